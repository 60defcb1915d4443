import { afterEach, describe, expect, test } from 'vitest'
import { peekPro } from '../../../../src/platforms/peek-pro/index.ts'
import { peekSteps } from '../../../../src/platforms/peek-pro/manual-steps.ts'
import { toWallClock } from '../../../../src/platforms/peek-pro/wall-clock.ts'
import { addMinutes, at } from '../../../../src/salon/time.ts'
import { fakeOcto } from '../../../support/platforms/fake-octo.ts'
import { fakePeekBridge } from '../../../support/platforms/fake-peek-bridge.ts'
import { openAdapter } from '../../../support/platforms/open-adapter.ts'
import { testClock, tinyZone } from '../../../support/tiny-book.ts'

const resellerKey = '6d0f2c1e-7a55-4f0e-9f5e-0d6a3b1c2e4f'

async function bridge(more: Partial<Parameters<typeof fakePeekBridge>[0]> = {}, given: object = {}) {
  const clock = testClock()
  const fake = fakePeekBridge({ clock, ...more })
  const { adapter } = openAdapter({ kind: peekPro, credentials: { bridgeKey: 'peek-bridge-key', timezone: tinyZone, ...given }, server: fake.server, clock })
  await adapter.catalog()
  return { clock, fake, adapter, read: async (name: string) => {
    const found = await adapter.visit({ id: fake.book.idOf(name) })
    if (!found.ok) throw new Error(found.error.message)
    return found.value
  } }
}

function reseller(given: object = {}) {
  const clock = testClock()
  const fake = fakeOcto({ clock, endpoint: 'https://octo.peek.com/integrations/octo', apiKey: resellerKey })
  return { clock, fake, ...openAdapter({ kind: peekPro, credentials: { resellerKey, ...given }, server: fake.server, clock }) }
}

const zoneBefore = process.env['TZ']
afterEach(() => {
  if (zoneBefore === undefined) delete process.env['TZ']
  else process.env['TZ'] = zoneBefore
})

describe('connecting', () => {
  test.each([
    [{}, 'one of the two'], [{ resellerKey, bridgeKey: 'peek-bridge-key', timezone: tinyZone }, 'one of the two'],
    [{ bridgeKey: 'peek-bridge-key' }, 'time zone'], [{ bridgeKey: 'peek-bridge-key', timezone: 'Pacific Time' }, 'time zone'], [{ resellerKey: 'not a uuid' }, 'e-mail'],
  ])('%j asks for what is missing', (credentials, words) => {
    const parsed = peekPro.credentials.safeParse(credentials)
    expect(parsed.success ? '' : parsed.error.message).toContain(words)
  })
})

describe('the clock on the wall', () => {
  test.each([
    ['2026-11-27T17:00:00', '2026-11-27T17:00:00'], ['2026-11-27T17:00', '2026-11-27T17:00:00'], ['2026-11-27 5:00 PM', '2026-11-27T17:00:00'], ['2026-11-27 12:00 AM', '2026-11-27T00:00:00'],
    ['2026-11-27 12:15 pm', '2026-11-27T12:15:00'], ['Nov 27, 2026 at 5:00pm', '2026-11-27T17:00:00'], ['Friday, November 27, 2026 9 AM', '2026-11-27T09:00:00'], ['November 7th, 2026 5:30 p.m.', '2026-11-07T17:30:00'],
    ['5:00 PM', undefined], ['2026-11-27', undefined], ['03/04/2026 5:00 PM', undefined], ['2026-02-30 5:00 PM', undefined], ['2026-11-27 25:00', undefined], ['2026-11-27 13:00 PM', undefined], ['2026-11-27T5:61 PM', undefined], ['soon', undefined],
  ])('%j is %j', (text, expected) => {
    expect(toWallClock(text)).toBe(expected)
  })

  test.each(['Asia/Tokyo', 'UTC', 'America/New_York'])('a booking without a UTC twin is at the place\'s time, on a server in %s too', async (zone) => {
    process.env['TZ'] = zone
    const { read } = await bridge({ twins: false })
    expect((await read('b-cut')).visit).toMatchObject({ start: at('2026-11-21', '10:00', tinyZone), end: at('2026-11-21', '10:45', tinyZone) })
  })

  test.each([['2026-11-01', '01:30'], ['2027-03-14', '03:30']])('the night of %s loses and doubles no booking', async (date, time) => {
    const { fake, adapter } = await bridge({ twins: false })
    const start = at(date, time, tinyZone)
    fake.book.add({ id: 'b_night', clientId: '', locationId: 'peek-pro', status: 'booked', note: '', fields: {}, segments: fake.book.segmentsOf([{ serviceId: 'act_beard', staffId: 'team' }], start) })
    const found = await adapter.visits({ from: addMinutes(start, -60), to: addMinutes(start, 120) })
    expect(found.ok && found.value.items.map(({ visit }) => [visit.id, visit.start])).toEqual([['b_night', start]])
  })
})

test('a booking with an odd time is left out of its day, and the others are read', async () => {
  const { fake, adapter } = await bridge()
  fake.server.failNext({ path: /bookings$/ }, { do: 'answer', status: 200, body: [{ bookingId: 'odd', startsAtUtc: '2026-11-24T18:00:00 UTC' }, { bookingId: 'even', startsAtUtc: '2026-11-24T18:00:00' }] })
  const found = await adapter.visits({ from: '2026-11-24T00:00:00.000Z', to: '2026-11-25T00:00:00.000Z' })
  expect(found.ok && found.value.items.map(({ visit }) => visit.id)).toEqual(['even'])
})

describe('an operator\'s bridge key', () => {
  test('reads the whole book and leaves changes to people, step by step', async () => {
    const { adapter } = await bridge()
    expect(await adapter.capabilities()).toMatchObject({ ok: true, value: { create: 'assisted', reschedule: 'assisted', cancel: 'assisted', availability: 'none', webhookProof: 'none' } })
    expect(Object.keys(adapter).filter((name) => /^(create|reschedule|cancel|setStatus|slots)$/.test(name))).toEqual([])
    const steps = adapter.manualSteps?.({ kind: 'reschedule', client: 'Dana Kim', service: 'City walk', from: 'Saturday 21 November at 10:00 am', to: 'Friday 27 November at 3:00 pm', staff: 'The team' })?.join(' ')
    for (const word of ['Dana Kim', 'City walk', 'Saturday 21 November at 10:00 am', 'Friday 27 November at 3:00 pm']) expect(steps).toContain(word)
    expect(peekSteps({ kind: 'cancel', client: 'Dana Kim', service: 'City walk', when: 'today', cancelledBy: 'client' }).join(' ')).toContain('the client')
    expect(peekSteps({ kind: 'create', client: 'Dana Kim', service: 'City walk', staff: 'The team', when: 'today', note: 'by the window' }).join(' ')).toContain('by the window')
    expect(peekSteps({ kind: 'setStatus', client: 'Dana Kim', service: 'City walk', when: 'today', to: 'no_show' }).at(-1)).toBe('Mark it as a no-show.')
  })

  test('tells no-shows and check-ins; add-ons are no activities', async () => {
    const { fake, adapter, read } = await bridge()
    expect((await read('old-missed')).visit.status).toBe('no_show')
    fake.book.change('b_b_cut', { status: 'arrived' })
    expect((await read('b-cut')).visit.status).toBe('arrived')
    const catalog = await adapter.catalog()
    expect(catalog.ok && catalog.value.services.map(({ id }) => id)).toEqual(['act_cut', 'act_color', 'act_blowdry', 'act_beard', 'act_consult'])
  })

  test('a key without access to customers has names only, and two of one name stay two', async () => {
    const { fake, read } = await bridge({ wholeCustomers: false })
    const [first, second] = [await read('a-color'), await read('old-kept')]
    expect(first.client).toMatchObject({ firstName: 'Dana', lastName: 'Whitfield', phones: [] })
    expect(first.visit.clientId).not.toBe(second.visit.clientId)
    fake.book.change('b_a_color', { clientId: '' })
    expect(await read('a-color')).toMatchObject({ visit: { clientId: '' } })
  })

  test('notes are appended by Peek, on a line of their own, and go again without the others', async () => {
    const { clock, fake, adapter, read } = await bridge()
    fake.book.change('b_b_cut', { note: 'wheelchair' })
    const noted = await adapter.addVisitNote!({ key: 'n', visit: await read('b-cut'), text: 'likes tea', by: 'Maya', at: clock.now() })
    expect(noted.ok && noted.value.visit.notes.map(({ text, by }) => [text, by])).toEqual([['wheelchair', 'salon'], ['likes tea', 'Maya']])
    expect(fake.server.requests.findLast(({ method }) => method === 'POST')?.body).toMatchObject({ appendOrOverwrite: 'append' })
    if (!noted.ok) return
    const left = await adapter.removeVisitNote!({ key: 'm', visit: noted.value, noteId: noted.value.visit.notes[1]?.id ?? '' })
    expect(left.ok && left.value.visit.notes.map(({ text }) => text)).toEqual(['wheelchair'])
    expect(await adapter.removeVisitNote!({ key: 'm', visit: noted.value, noteId: 'gone' })).toMatchObject({ ok: false, error: { kind: 'not_found' } })
    fake.server.failNext({ method: 'POST' }, { do: 'drop' })
    expect(await adapter.addVisitNote!({ key: 'o', visit: noted.value, text: 'lost', by: 'Maya', at: clock.now() })).toMatchObject({ ok: false, error: { kind: 'unknown_outcome' } })
  })
})

test('a note that was taken and cannot be read back is not "nothing was done": sent again it would stand there twice', async () => {
  const { clock, fake, adapter, read } = await bridge()
  const visit = await read('b-cut')
  fake.server.failNext({ method: 'GET' }, { do: 'answer', status: 503 })
  expect(await adapter.addVisitNote!({ key: 'n', visit, text: 'likes tea', by: 'Maya', at: clock.now() })).toMatchObject({ ok: false, error: { kind: 'unknown_outcome' } })
  expect(fake.book.visits.get('b_b_cut')?.note).toContain('likes tea')
})

describe('a seat that came free', () => {
  const delivery = (data: unknown) => ({ url: 'https://desk.example.com/webhooks/peek-pro/spot-open', rawBody: JSON.stringify({ data }), headers: {} })

  test('has an instant where the zone is known, else the clock on the wall of the place', async () => {
    const spot = { activity_id: 'act_cut', slot_datetime: '2026-11-27 5:00 PM', spots_available: 2 }
    const local = reseller().adapter.webhooks?.read(delivery(spot))
    expect(local).toMatchObject([{ kind: 'waitlist_opening', opening: { serviceId: 'act_cut', local: '2026-11-27T17:00:00', spots: 2 } }])
    expect(local?.[0]?.opening).not.toHaveProperty('start')
    expect((await bridge()).adapter.webhooks?.read(delivery(spot))).toMatchObject([{ opening: { start: at('2026-11-27', '17:00', tinyZone), spots: 2 } }])
    expect(reseller().adapter.webhooks?.read(delivery({ ...spot, slot_datetime: '2026-11-27T17:00:00-08:00', spots_available: '1' }))).toMatchObject([{ opening: { start: '2026-11-28T01:00:00.000Z', spots: 1 } }])
  })

  test('that cannot be read, or is none, wakes nobody', () => {
    const { adapter } = reseller()
    for (const data of [{ activity_id: 'act_cut', slot_datetime: '5:00 PM', spots_available: 1 }, { activity_id: 'act_cut', slot_datetime: '2026-11-27 5:00 PM' }, {}, undefined]) expect(adapter.webhooks?.read(delivery(data))).toBeUndefined()
    expect(adapter.webhooks?.read(delivery({ activity_id: 'act_cut', slot_datetime: '2026-11-27 5:00 PM', spots_available: 0 }))).toEqual([])
  })

  test('twice within minutes is one delivery, an hour later another seat', () => {
    const { adapter, clock } = reseller()
    const keyOf = () => adapter.webhooks?.read(delivery({ activity_id: 'act_cut', slot_datetime: '2026-11-27 5:00 PM', spots_available: 1 }))?.[0]?.dedupeKey
    const first = keyOf()
    clock.advance(1)
    expect(keyOf()).toBe(first)
    clock.advance(60)
    expect(keyOf()).not.toBe(first)
  })

  test('is believed by its token, and without one is unproven', () => {
    const { headers: _, ...bare } = delivery({})
    expect(reseller().adapter.webhooks?.verify(delivery({}))).toBe('unproven')
    const { adapter } = reseller({ webhookToken: 'a-token-of-ours-42' })
    expect([undefined, 'Bearer a-token-of-ours-42', 'Bearer a-token-of-ours-43', 'Basic !!!', `Basic ${Buffer.from('desk:a-token-of-ours-42').toString('base64')}`].map((authorization) => adapter.webhooks?.verify({ ...bare, headers: { authorization } }))).toEqual(['rejected', 'token', 'rejected', 'rejected', 'token'])
  })
})

test('the bridge\'s events are told apart by their state, in whichever wrapping', async () => {
  const { adapter } = await bridge()
  const read = (body: unknown) => adapter.webhooks?.read({ url: 'https://desk.example.com/webhooks/peek-pro', rawBody: JSON.stringify(body), headers: {} })
  for (const body of [{ bookingId: 'b_1' }, { booking: { bookingId: 'b_1' } }, { eventType: 'booking.updated', data: { bookingId: 'b_1' } }, { data: { booking: { bookingId: 'b_1' } } }, { booking: { id: 'b_1' } }]) expect(read(body)).toMatchObject([{ kind: 'visit', id: 'b_1' }])
  expect(read({ bookingId: 'b_1', isCanceled: false })?.[0]?.dedupeKey).not.toBe(read({ bookingId: 'b_1', isCanceled: true })?.[0]?.dedupeKey)
  expect(read({ eventType: 'waiver.signed' })).toBeUndefined()
})
