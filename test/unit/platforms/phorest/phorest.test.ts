import { beforeEach, describe, expect, test } from 'vitest'
import type { Outcome } from '../../../../src/platforms/booking-platform.ts'
import { phorest } from '../../../../src/platforms/phorest/index.ts'
import { fromSpan, toSpan } from '../../../../src/platforms/phorest/times.ts'
import type { OfferedSlot, SeenVisit } from '../../../../src/platforms/platform-adapter.ts'
import { addMinutes, at } from '../../../../src/salon/time.ts'
import { fakePhorest, phorestTestCredentials } from '../../../support/platforms/fake-phorest.ts'
import { openAdapter } from '../../../support/platforms/open-adapter.ts'
import { testClock, tinyZone } from '../../../support/tiny-book.ts'

const tuesday = { from: at('2026-11-24', '09:00', tinyZone), to: at('2026-11-24', '18:00', tinyZone) }

async function open({ times = 'utc', told = times, findsById = true }: { times?: 'utc' | 'salon'; told?: 'utc' | 'salon'; findsById?: boolean } = {}) {
  const clock = testClock()
  const fake = fakePhorest({ clock, times, findsById })
  const { adapter } = openAdapter({ kind: phorest, credentials: { ...phorestTestCredentials, times: told }, server: fake.server, clock })
  value(await adapter.catalog())
  const slot = async (): Promise<OfferedSlot> => {
    const [first] = value(await adapter.slots!({ locationId: 'main', wants: [{ serviceId: 'cut', staffId: 'ana' }], ...tuesday }))
    if (first === undefined) throw new Error('nothing is free')
    return first
  }
  const fay = value(await adapter.client!({ id: 'fay' }))
  return { adapter, fake, clock, slot, fay, create: async (offered: OfferedSlot) => adapter.create!({ key: 'k', slot: offered, client: fay }) }
}

describe('dates and times of day', () => {
  const utc = { times: 'utc', zone: tinyZone } as const
  const salon = { times: 'salon', zone: tinyZone } as const

  test('an appointment that ends in the hour which the clock shows twice lasts half an hour, not a day', () => {
    expect(toSpan({ appointmentDate: '2026-11-01', startTime: '01:45:00', endTime: '01:15:00' }, salon)).toEqual({ start: '2026-11-01T08:45:00.000Z', end: '2026-11-01T09:15:00.000Z' })
  })

  test('an appointment that crosses midnight has one date and ends on the next', () => {
    expect(toSpan({ appointmentDate: '2026-11-21', startTime: '23:30:00', endTime: '00:15:00' }, utc)).toEqual({ start: '2026-11-21T23:30:00.000Z', end: '2026-11-22T00:15:00.000Z' })
    // In Los Angeles that is half past three in the afternoon; in the salon's own time nothing crosses.
    expect(toSpan({ appointmentDate: '2026-11-21', startTime: '15:30:00', endTime: '16:15:00' }, salon)).toEqual({ start: '2026-11-21T23:30:00.000Z', end: '2026-11-22T00:15:00.000Z' })
    expect(toSpan({ appointmentDate: '2026-12-31', startTime: '23:30', endTime: '00:15' }, salon).end).toBe(at('2027-01-01', '00:15', tinyZone))
  })

  test.each(['2027-03-14', '2027-11-07', '2026-12-31', '2028-02-29'])('there and back is the same on %s, either way', (date) => {
    for (const dating of [utc, salon]) for (const time of ['09:00', '12:15', '16:30', '17:45', '23:30']) {
      const span = { start: at(date, time, tinyZone), end: addMinutes(at(date, time, tinyZone), 45) }
      expect(toSpan(fromSpan(span, dating), dating)).toEqual(span)
    }
  })
})

describe('reading', () => {
  test('a late afternoon in Los Angeles is on the next day in UTC, and is found on its own', async () => {
    const { adapter, fake } = await open()
    const start = at('2026-11-21', '16:30', tinyZone)
    fake.book.add({ id: 'late', clientId: 'fay', locationId: 'main', status: 'booked', note: '', fields: {}, segments: fake.book.segmentsOf([{ serviceId: 'cut', staffId: 'ana' }], start) })
    expect(start.slice(0, 10)).toBe('2026-11-22')
    const day = value(await adapter.visits({ from: at('2026-11-21', '00:00', tinyZone), to: at('2026-11-22', '00:00', tinyZone) }))
    expect(day.items.find(({ visit }) => visit.id === 'late')?.visit).toMatchObject({ start, end: addMinutes(start, 45) })
    expect(value(await adapter.visit({ id: 'late' })).visit.start).toBe(start)
  })

  test('the longest range stays within a month of inclusive dates, also in February, and pages are read to the end', async () => {
    const { adapter, fake, clock } = await open()
    clock.set('2027-01-20T00:00:00Z')
    for (let n = 0; n < 130; n++) fake.book.add({ id: `feb-${n}`, clientId: 'fay', locationId: 'main', status: 'booked', note: '', fields: {}, segments: fake.book.segmentsOf([{ serviceId: 'beard', staffId: 'ana' }], addMinutes(at('2027-02-02', '09:00', tinyZone), n * 15)) })
    const query = { from: at('2027-02-01', '00:00', tinyZone), to: addMinutes(at('2027-02-01', '00:00', tinyZone), (phorest.declared.maxRangeDays ?? 0) * 1440) }
    const first = value(await adapter.visits(query))
    expect(first.items).toHaveLength(100)
    const second = value(await adapter.visits({ ...query, cursor: first.cursor! }))
    expect([second.items.length, second.cursor]).toEqual([30, undefined])
  })

  test('changes come in windows of at most a month, each once, and none is missed', async () => {
    const { adapter, fake, clock } = await open()
    fake.book.change('c-friday', { note: 'moved a chair' })
    clock.advance(40 * 1440)
    fake.book.change('a-cut', { note: 'likes tea' })
    const seen: string[] = []
    let requests = 0
    for (let cursor: string | undefined; requests === 0 || cursor !== undefined; requests++) {
      const page: { items: SeenVisit[]; cursor?: string } = value(await adapter.changedVisits!({ since: '2026-11-21T15:00:00.000Z', ...(cursor !== undefined && { cursor }) }))
      seen.push(...page.items.map(({ visit }) => visit.id))
      cursor = page.cursor
    }
    expect(seen).toEqual(['c-friday', 'a-cut'])
    expect(requests).toBe(2)
  })

  test('a salon whose Phorest finds nothing by its id is told so; nothing is taken for gone', async () => {
    const { adapter } = await open({ findsById: false })
    expect(kindOf(await adapter.visit({ id: 'b-cut' }))).toBe('unavailable')
    const sound = await open()
    expect(kindOf(await sound.adapter.visit({ id: 'never-was' }))).toBe('not_found')
  })

  test('an answer that is no page is not an empty book', async () => {
    const { adapter, fake } = await open()
    for (const body of [[], {}, { message: 'hello' }, { _embedded: { appointments: 'none' } }]) {
      fake.server.failNext({ path: /appointment$/ }, { do: 'answer', status: 200, body })
      expect(kindOf(await adapter.visits(tuesday))).toBe('unavailable')
    }
  })

  test('"no" to Phorest\'s texts is a no, its "yes" is not ours', async () => {
    const { adapter, fake } = await open()
    expect(value(await adapter.client!({ id: 'fay' })).consent.sms).toBe('unknown')
    fake.server.failNext({ path: /client\/fay/ }, { do: 'answer', status: 200, body: { clientId: 'fay', version: 1, firstName: 'Fay', smsReminderConsent: false } })
    expect(value(await adapter.client!({ id: 'fay' })).consent.sms).toBe('out')
  })
})

describe('booking', () => {
  let room: Awaited<ReturnType<typeof open>>
  beforeEach(async () => { room = await open() })
  const made = () => room.fake.book.list((visit) => visit.clientId === 'fay')
  const steps = () => room.fake.server.requests.filter(({ method, path }) => method === 'POST' && path.includes('/booking')).map(({ path }) => path.split('/').at(-1))

  test('reserves, looks, activates', async () => {
    const slot = await room.slot()
    expect(value(await room.create(slot)).visit).toMatchObject({ start: slot.start, status: 'booked' })
    expect(steps()).toEqual(['booking', 'activate'])
    expect(room.fake.server.requests.find(({ path }) => path.endsWith('/booking'))?.body).toMatchObject({ bookingStatus: 'RESERVED' })
  })

  test('a reservation whose answer is lost may be tried again: it runs out by itself', async () => {
    const slot = await room.slot()
    room.fake.server.failNext({ method: 'POST', path: /\/booking$/ }, { do: 'drop' })
    expect(kindOf(await room.create(slot))).toBe('unavailable')
    expect(made().map(({ status }) => status)).toEqual(['held'])
    room.clock.advance(11)
    expect(value(await room.create(slot)).visit.status).toBe('booked')
    expect(made().map(({ status }) => status)).toEqual(['booked'])
  })

  test('an activation that ran out of time is a time that is gone, and nothing is left', async () => {
    const slot = await room.slot()
    room.fake.server.failNext({ path: /activate$/ }, { do: 'before', run: () => room.clock.advance(11) })
    expect(kindOf(await room.create(slot))).toBe('conflict_slot')
    expect(made()).toEqual([])
  })

  test('a reservation that cannot be read back is let go, not activated', async () => {
    const slot = await room.slot()
    room.fake.server.failNext({ method: 'GET', path: /appointment$/ }, { do: 'answer', status: 503, body: {} })
    expect(kindOf(await room.create(slot))).toBe('unavailable')
    expect(steps()).toEqual(['booking', 'cancel'])
    expect(made().map(({ status }) => status)).toEqual(['cancelled'])
  })

  test('done and not read back is unknown, not failed', async () => {
    const slot = await room.slot()
    room.fake.server.failNext({ path: /activate$/ }, { do: 'before', run: () => { room.fake.server.failNext({ method: 'GET', path: /appointment$/ }, { do: 'answer', status: 503, body: {} }) } })
    expect(kindOf(await room.create(slot))).toBe('unknown_outcome')
    expect(made().map(({ status }) => status)).toEqual(['booked'])
  })

  test.each([['salon', 'utc'], ['utc', 'salon']] as const)('where times are in fact %s and we were told %s, nothing is booked at a wrong time', async (times, told) => {
    room = await open({ times, told })
    const outcome = await room.create(await room.slot())
    expect(outcome).toMatchObject({ ok: false, error: { kind: 'invalid', providerCode: 'times' } })
    expect(made().map(({ status }) => status)).toEqual(['cancelled'])
    expect(steps()).toEqual(['booking', 'cancel'])
  })

  test('who does not work then is a time that is not free, in Phorest\'s own words', async () => {
    const slot = await room.slot()
    const start = at('2026-11-24', '20:00', tinyZone)
    const outcome = await room.create({ ...slot, start, end: addMinutes(start, 45), segments: room.fake.book.segmentsOf(slot.segments, start) })
    expect(outcome).toMatchObject({ ok: false, error: { kind: 'conflict_slot', providerCode: 'STAFF_NOT_WORKING' } })
  })

  test('several services are not booked as one', async () => {
    const slot = await room.slot()
    expect(kindOf(await room.create({ ...slot, segments: [...slot.segments, ...slot.segments] }))).toBe('unsupported')
    expect(steps()).toEqual([])
  })
})

describe('changing', () => {
  test('a move keeps price, room, machine and confirmation, which a PUT would empty', async () => {
    const { adapter, fake, slot } = await open()
    fake.book.change('b-cut', { status: 'confirmed', fields: { price: 50, roomId: 'r-2', machineId: 'm-1' } })
    const visit = value(await adapter.visit({ id: 'b-cut' }))
    const moved = value(await adapter.reschedule!({ key: 'k', visit, slot: await slot() }))
    expect(moved.visit).toMatchObject({ status: 'confirmed', segments: [{ staffId: 'ana', price: { minor: 5000 } }] })
    expect(fake.book.visits.get('b-cut')?.fields).toMatchObject({ price: 50, roomId: 'r-2', machineId: 'm-1' })
  })

  test.each([['salon', 'utc'], ['utc', 'salon']] as const)('where times are in fact %s and we were told %s, no visit is sent to a wrong hour', async (times, told) => {
    const { adapter, fake, slot } = await open({ times, told })
    const [there] = fake.book.list(({ id }) => id === 'b-cut')
    const visit = value(await adapter.visit({ id: 'b-cut' }))
    expect(await adapter.reschedule!({ key: 'k', visit, slot: await slot() })).toMatchObject({ ok: false, error: { kind: 'invalid', providerCode: 'times' } })
    expect(fake.book.visits.get('b-cut')).toEqual(there)
    expect(fake.server.requests.some(({ method }) => method === 'PUT')).toBe(false)
  })

  test('in the hour that the clock shows twice no visit is sent: nobody could say which is meant', async () => {
    const { adapter, fake, clock } = await open({ times: 'salon' })
    clock.set(at('2027-11-06', '12:00', tinyZone))
    const visit = value(await adapter.visit({ id: 'b-cut' }))
    const slot = { locationId: 'main', start: '2027-11-07T09:30:00.000Z', end: '2027-11-07T10:15:00.000Z', segments: visit.visit.segments.map((segment) => ({ ...segment, start: '2027-11-07T09:30:00.000Z' })) }
    expect(await adapter.reschedule!({ key: 'k', visit, slot })).toMatchObject({ ok: false, error: { kind: 'invalid', providerCode: 'ambiguous_time' } })
    expect(fake.server.requests.some(({ method }) => method === 'PUT')).toBe(false)
  })

  test('a move that was answered well and reads back at another time is not told as done', async () => {
    const { adapter, fake } = await open()
    const visit = value(await adapter.visit({ id: 'b-cut' }))
    const [offered] = value(await adapter.slots!({ locationId: 'main', wants: [{ serviceId: 'cut', staffId: 'ana' }], from: at('2026-11-21', '12:00', tinyZone), to: at('2026-11-21', '17:00', tinyZone) }))
    if (offered === undefined) throw new Error('nothing is free')
    fake.server.failNext({ method: 'PUT' }, { do: 'answer', status: 200, body: {} })
    expect(await adapter.reschedule!({ key: 'k', visit, slot: offered })).toMatchObject({ ok: false, error: { kind: 'unknown_outcome', providerCode: 'times' } })
  })

  test('only the first move looks how times are dated, and not after a booking has shown it', async () => {
    const { adapter, fake, slot } = await open()
    const reservations = () => fake.server.requests.filter(({ path }) => path.endsWith('/booking')).length
    const moved = value(await adapter.reschedule!({ key: 'k', visit: value(await adapter.visit({ id: 'b-cut' })), slot: await slot() }))
    expect(reservations()).toBe(1)
    expect(fake.book.list(({ status }) => status === 'held')).toEqual([])
    value(await adapter.reschedule!({ key: 'k2', visit: moved, slot: await slot() }))
    expect(reservations()).toBe(1)
  })

  test('a refusal in words that nobody published is an old version only when the record says so', async () => {
    const { adapter, fake, slot } = await open()
    const visit = value(await adapter.visit({ id: 'b-cut' }))
    const offered = await slot()
    fake.server.failNext({ method: 'PUT' }, { do: 'answer', status: 400, body: { detail: 'no', errorCode: 'SOMETHING', id: '1' } })
    expect(kindOf(await adapter.reschedule!({ key: 'k', visit, slot: offered }))).toBe('invalid')
    fake.book.change('b-cut', { status: 'cancelled' })
    expect(kindOf(await adapter.reschedule!({ key: 'k', visit, slot: offered }))).toBe('conflict_version')
  })

  test('a client\'s note leaves everything else of the record as it was', async () => {
    const { adapter, fake, fay, clock } = await open()
    value(await adapter.addClientNote!({ key: 'k', client: fay, text: 'likes tea', by: 'Maya', at: clock.now() }))
    expect(fake.book.clients.get('fay')).toMatchObject({ phone: '+12135550104', fields: { loyaltyCard: { serial: '12', points: 40 } } })
  })

  test('arrived can be set, others cannot', async () => {
    const { adapter } = await open()
    const visit = value(await adapter.visit({ id: 'b-cut' }))
    expect(kindOf(await adapter.setStatus!({ key: 'k', visit, to: 'no_show' }))).toBe('unsupported')
    expect(value(await adapter.setStatus!({ key: 'k', visit, to: 'arrived' })).visit.status).toBe('arrived')
  })
})

test('the e-mail address is taken with or without "global/", a password with any letters', () => {
  expect(phorest.credentials.parse({ ...phorestTestCredentials, email: 'global/desk@example.com' }).email).toBe('desk@example.com')
  for (const wrong of [{ region: 'asia' }, { timezone: 'Los Angeles' }, { currency: 'dollars' }, { email: 'desk' }]) expect(phorest.credentials.safeParse({ ...phorestTestCredentials, ...wrong }).success).toBe(false)
})

function value<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(`${outcome.error.kind}: ${outcome.error.message}`)
  return outcome.value
}

function kindOf(outcome: Outcome<unknown>): string {
  return outcome.ok ? 'ok' : outcome.error.kind
}
