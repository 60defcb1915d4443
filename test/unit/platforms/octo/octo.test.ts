import { beforeEach, describe, expect, test } from 'vitest'
import { contactId, splitName } from '../../../../src/platforms/kit/contact-id.ts'
import { toCatalog, toSlots, toVisit } from '../../../../src/platforms/kit/octo/read.ts'
import { Availabilities, Booking, Products } from '../../../../src/platforms/kit/octo/schema.ts'
import { octo } from '../../../../src/platforms/octo/index.ts'
import type { PlatformAdapter } from '../../../../src/platforms/platform-adapter.ts'
import { addMinutes, at } from '../../../../src/salon/time.ts'
import { fakeOcto } from '../../../support/platforms/fake-octo.ts'
import { openAdapter } from '../../../support/platforms/open-adapter.ts'
import { testClock, tinyZone } from '../../../support/tiny-book.ts'

const credentials = { endpoint: 'https://octo.example.com/octo', apiKey: 'octo-test-key-of-a-reseller' }
const fay = { id: 'c-fay', firstName: 'Fay', lastName: "O'Neil", phones: ['+12135550104'], consent: { sms: 'unknown' as const, email: 'unknown' as const }, tags: [], notes: [], holdings: [] }

let clock: ReturnType<typeof testClock>
let fake: ReturnType<typeof fakeOcto>
let adapter: PlatformAdapter
const open = async (more: Partial<Parameters<typeof fakeOcto>[0]> = {}, given: object = {}) => {
  clock = testClock()
  fake = fakeOcto({ clock, ...more })
  ;({ adapter } = openAdapter({ kind: octo, credentials: { ...credentials, ...given }, server: fake.server, clock }))
  await adapter.catalog()
}
beforeEach(() => open())

async function freeSlot(n = 0) {
  const found = await adapter.slots?.({ locationId: 'main', wants: [{ serviceId: 'cut/DEFAULT' }], from: at('2026-11-24', '09:00', tinyZone), to: at('2026-11-24', '17:00', tinyZone) })
  const slot = found?.ok === true ? found.value[n] : undefined
  if (slot === undefined) throw new Error('nothing free')
  return slot
}
const book = async (key: string) => adapter.create!({ key, slot: await freeSlot(), client: fay })
const fays = () => fake.book.list(({ start, segments }) => start === at('2026-11-24', '09:00', tinyZone) && segments[0]?.serviceId === 'cut/DEFAULT')
const posts = (path: RegExp) => fake.server.requests.filter((request) => request.method === 'POST' && path.test(request.path)).length

describe('one command is one booking', () => {
  test('a second try after a lost answer finds the first one and sends nothing again', async () => {
    const slot = await freeSlot()
    fake.server.failNext({ path: /confirm$/ }, { do: 'drop' })
    expect(await adapter.create!({ key: 'k', slot, client: fay })).toMatchObject({ ok: false, error: { kind: 'unknown_outcome' } })
    const again = await adapter.create!({ key: 'k', slot, client: fay })
    expect(again).toMatchObject({ ok: true, value: { visit: { status: 'booked', start: slot.start } } })
    expect([posts(/\/bookings$/), posts(/confirm$/)]).toEqual([1, 1])
    expect(fays()).toHaveLength(1)
  })

  test('a hold whose answer was lost is nothing lasting: try again, and it is confirmed', async () => {
    fake.server.failNext({ method: 'POST', path: /\/bookings$/ }, { do: 'drop' })
    expect(await book('k')).toMatchObject({ ok: false, error: { kind: 'unavailable' } })
    expect(fays().map(({ status }) => status)).toEqual(['held'])
    const slot = await freeSlot()
    expect(slot.start).not.toBe(fays()[0]?.start) // its seat is held meanwhile
    expect(await adapter.create!({ key: 'k', slot, client: fay })).toMatchObject({ ok: true, value: { visit: { status: 'booked', start: at('2026-11-24', '09:00', tinyZone) } } })
    expect(fays().map(({ status }) => status)).toEqual(['booked'])
  })

  test('a hold that ran out frees its seat, and the next try is another booking', async () => {
    fake.server.failNext({ method: 'POST', path: /\/bookings$/ }, { do: 'drop' })
    await book('k')
    clock.advance(10)
    const made = await book('k')
    expect(made).toMatchObject({ ok: true, value: { visit: { status: 'booked' } } })
    expect(fays().map(({ status }) => status).toSorted()).toEqual(['booked', 'declined'])
  })

  test('one that was cancelled since its answer was lost is not told as booked: the next try is another booking', async () => {
    fake.server.failNext({ path: /confirm$/ }, { do: 'drop' })
    await book('k')
    const [first] = fays()
    fake.book.change(first?.id ?? '', { status: 'cancelled' })
    expect(await book('k')).toMatchObject({ ok: true, value: { visit: { status: 'booked' } } })
    expect(fays().map(({ status }) => status).toSorted()).toEqual(['booked', 'cancelled'])
  })

  test('one that the supplier rejects when it is confirmed is no booking', async () => {
    const slot = await freeSlot()
    fake.server.failNext({ path: /confirm$/ }, { do: 'answer', status: 200, body: { uuid: 'x', status: 'REJECTED', productId: 'cut', optionId: 'DEFAULT' } })
    expect(await adapter.create!({ key: 'k', slot, client: fay })).toMatchObject({ ok: false, error: { kind: 'conflict_slot', providerCode: 'REJECTED' } })
  })

  test('the server itself answers a uuid that is sent twice with 500', async () => {
    const slot = await freeSlot()
    const body = JSON.stringify({ uuid: '40fa27f3-1247-4c0f-a1fd-58e5be29c8ce', productId: 'cut', optionId: 'DEFAULT', availabilityId: slot.token, unitItems: [{ unitId: 'adult' }] })
    const post = () => fake.server.fetch('https://octo.example.com/octo/bookings', { method: 'POST', headers: { authorization: `Bearer ${credentials.apiKey}`, 'octo-capabilities': '' }, body, signal: AbortSignal.timeout(1_000), redirect: 'error' })
    expect([(await post()).status, (await post()).status]).toEqual([200, 500])
  })
})

describe('refusals', () => {
  test('fewer people than the tour takes, and a change after the cutoff, are the supplier\'s policy', async () => {
    clock.set(at('2026-11-21', '12:00', tinyZone))
    const past = await adapter.visit({ id: fake.book.idOf('b-cut') })
    if (!past.ok) throw new Error(past.error.message)
    expect(await adapter.cancel!({ key: 'c', visit: past.value, cancelledBy: 'client' })).toMatchObject({ ok: false, error: { kind: 'policy_blocked', providerCode: 'UNPROCESSABLE_ENTITY' } })
    await open({ minUnits: 2 })
    expect(await book('k')).toMatchObject({ ok: false, error: { kind: 'policy_blocked' } })
    expect(fays()).toEqual([])
  })

  test('FORBIDDEN is the key when not even reading goes, and the thing itself when only writing does not', async () => {
    const slot = await freeSlot()
    fake.server.always({ do: 'answer', status: 403, body: { error: 'FORBIDDEN', errorMessage: 'no' } }, { path: /confirm$/ })
    expect(await adapter.create!({ key: 'k', slot, client: fay })).toMatchObject({ ok: false, error: { kind: 'forbidden' } })
    fake.server.always({ do: 'answer', status: 403, body: { error: 'FORBIDDEN', errorMessage: 'no' } }, { method: 'POST', path: /bookings$/ })
    expect(await adapter.create!({ key: 'l', slot: await freeSlot(1), client: fay })).toMatchObject({ ok: false, error: { kind: 'forbidden' } })
    fake.server.calm()
    fake.revoke()
    expect(await adapter.check()).toMatchObject({ ok: false, error: { kind: 'auth' } })
  })

  test('several products in one booking are not in the standard', async () => {
    expect(await adapter.slots?.({ locationId: 'main', wants: [{ serviceId: 'cut/DEFAULT' }, { serviceId: 'beard/DEFAULT' }], from: clock.now(), to: addMinutes(clock.now(), 60) })).toMatchObject({ ok: false, error: { kind: 'unsupported', capability: 'multiService' } })
  })
})

describe('webhooks', () => {
  test('without a password nothing is proven, and the capabilities say so', async () => {
    expect(adapter.webhooks?.verify(fake.webhook(fake.book.idOf('b-cut')))).toBe('unproven')
    expect(await adapter.capabilities()).toMatchObject({ ok: true, value: { changes: 'webhooks', webhookProof: 'none' } })
    fake.server.always({ do: 'answer', status: 200, body: [{ id: 'octo/pricing' }] }, { path: /capabilities$/ })
    const polled = await adapter.capabilities()
    expect(polled).toMatchObject({ ok: true, value: { changes: 'poll' } })
    expect(polled.ok && polled.value.webhookProof).toBeUndefined()
  })

  test('a password as Basic or bearer; the state of a booking is what makes deliveries differ', async () => {
    await open({}, { webhookPassword: 'octo-webhook-password' })
    const delivery = fake.webhook(fake.book.idOf('b-cut'))
    expect(adapter.webhooks?.verify({ ...delivery, headers: { authorization: 'Bearer octo-webhook-password' } })).toBe('token')
    expect(adapter.webhooks?.verify(fake.webhook(fake.book.idOf('b-cut'), { password: 'octo-webhook-passwore' }))).toBe('rejected')
    clock.advance(1)
    fake.book.change(fake.book.idOf('b-cut'), { status: 'cancelled' })
    expect(adapter.webhooks?.read(fake.webhook(fake.book.idOf('b-cut')))?.[0]?.dedupeKey).not.toBe(adapter.webhooks?.read(delivery)?.[0]?.dedupeKey)
  })
})

test('a delivery without a time that can be read is told apart by all that it says, and stops nothing', async () => {
  const read = (booking: object) => adapter.webhooks?.read({ url: '', rawBody: JSON.stringify({ booking: { uuid: 'u', status: 'CONFIRMED', ...booking } }), headers: {} })?.[0]
  expect(read({ notes: 'a' })?.dedupeKey).not.toBe(read({ notes: 'b' })?.dedupeKey)
  expect(read({ notes: 'a' })?.dedupeKey).toBe(read({ notes: 'a' })?.dedupeKey)
  expect(read({ utcUpdatedAt: 'Zebra' })).toMatchObject({ kind: 'visit', id: 'u' })
})

test('a booking whose time nobody can place stops no more than its own answer; other odd times are left out', async () => {
  const booking = { uuid: 'u', status: 'CONFIRMED', productId: 'cut', optionId: 'DEFAULT', utcCreatedAt: '2026-11-20T10:00:00', utcUpdatedAt: 'soon', availability: { id: 'a', localDateTimeStart: '2026-11-24T10:00:00-08:00', localDateTimeEnd: 'later' } }
  fake.server.failNext({ path: /bookings\/u$/ }, { do: 'answer', status: 200, body: booking })
  expect(await adapter.visit({ id: 'u' })).toMatchObject({ ok: true, value: { visit: { start: '2026-11-24T18:00:00.000Z', bookedAt: '2026-11-20T10:00:00.000Z' } } })
  fake.server.failNext({ path: /bookings\/u$/ }, { do: 'answer', status: 200, body: { ...booking, availability: { id: 'a', localDateTimeStart: 'soon' } } })
  expect(await adapter.visit({ id: 'u' })).toMatchObject({ ok: false, error: { kind: 'unavailable', providerCode: 'shape' } })
})

describe('reading', () => {
  const now = '2026-11-21T12:00:00.000Z'
  const products = Products.parse([
    { id: 'walk/1', internalName: 'City walk', timeZone: 'Europe/London', defaultCurrency: 'GBP', options: [{ id: 'DEFAULT', units: [{ id: 'adult', pricingFrom: [{ retail: 1500, currency: 'EUR' }, { retail: 1200, currency: 'GBP' }] }] }] },
    { id: 'bus', internalName: 'Bus', timeZone: 'Europe/London', options: [{ id: 'day', internalName: 'Day' }, { id: 'night', internalName: 'Night' }] },
    { id: 'far', internalName: 'Far away', timeZone: 'Atlantic/Reykjavik', options: [{ id: 'DEFAULT' }] },
  ])
  const catalog = toCatalog({ provider: 'octo', supplier: { id: 's1', name: 'Edin Explore' }, products })

  test('a product of another time zone is at a place of its own, with a team of its own', () => {
    expect(catalog.locations.map(({ id, zone }) => [id, zone])).toEqual([['s1', 'Europe/London'], ['s1/Atlantic/Reykjavik', 'Atlantic/Reykjavik']])
    expect(catalog.staff.map(({ id, name, serviceIds }) => [id, name, serviceIds])).toEqual([['team', 'The team', ['walk%2F1/DEFAULT', 'bus/day', 'bus/night']], ['team/Atlantic/Reykjavik', 'The team', ['far/DEFAULT']]])
    expect(catalog.services.map(({ name, price }) => [name, price.minor, price.currency])).toEqual([['City walk', 1200, 'GBP'], ['Bus, Day', 0, 'USD'], ['Bus, Night', 0, 'USD'], ['Far away', 0, 'USD']])
  })

  test('both hours of the autumn night are two departures, each with its own offset; the id stays as it came', () => {
    const availabilities = Availabilities.parse(['2026-10-25T01:30:00+01:00', '2026-10-25T01:30:00+00:00'].map((id) => ({ id, localDateTimeStart: id, localDateTimeEnd: id, available: true })))
    const slots = toSlots({ availabilities, serviceId: 'bus/day', catalog, moving: undefined })
    expect(slots.map(({ start, token }) => [start, token])).toEqual([['2026-10-25T00:30:00.000Z', '2026-10-25T01:30:00+01:00'], ['2026-10-25T01:30:00.000Z', '2026-10-25T01:30:00+00:00']])
  })

  test('a supplier that leaves the offset out means the place\'s own time; a day ticket begins when the doors open', () => {
    const [spring] = toSlots({ availabilities: Availabilities.parse([{ id: 'x', localDateTimeStart: '2027-03-28T09:00:00', localDateTimeEnd: '2027-03-28T10:00:00', status: 'FREESALE' }]), serviceId: 'bus/day', catalog, moving: undefined })
    expect(spring).toMatchObject({ start: '2027-03-28T08:00:00.000Z', token: 'x' })
    const [day] = toSlots({ availabilities: Availabilities.parse([{ id: '2026-11-30T00:00:00+00:00', localDateTimeStart: '2026-11-30T00:00:00+00:00', localDateTimeEnd: '2026-12-01T00:00:00+00:00', allDay: true, available: true, openingHours: [{ from: '09:00', to: '17:00' }] }]), serviceId: 'bus/day', catalog, moving: undefined })
    expect(day).toMatchObject({ start: '2026-11-30T09:00:00.000Z', end: '2026-11-30T17:00:00.000Z', token: '2026-11-30T00:00:00+00:00' })
    expect(toSlots({ availabilities: Availabilities.parse([{ id: 'y', localDateTimeStart: '2026-11-30T09:00:00+00:00', status: 'CLOSED' }]), serviceId: 'bus/day', catalog, moving: undefined })).toEqual([])
  })

  test.each([
    ['ON_HOLD', 'held'], ['PENDING', 'requested'], ['CONFIRMED', 'booked'], ['REDEEMED', 'arrived'], ['CANCELLED', 'cancelled'], ['EXPIRED', 'declined'], ['REJECTED', 'declined'], ['NEW_WORD', 'unknown'],
  ])('%s is %s', (status, expected) => {
    const booking = Booking.parse({ uuid: 'u', status, productId: 'bus', optionId: 'day', availabilityId: '2026-11-30T09:00:00+00:00', availability: { id: 'a', localDateTimeStart: '2026-11-30T09:00:00+00:00', localDateTimeEnd: '2026-11-30T10:00:00+00:00' }, contact: { fullName: null } })
    const { visit, client } = toVisit({ booking, catalog, asked: now, now })
    expect([visit.status, visit.clientId, client]).toEqual([expected, '', undefined])
    expect(toVisit({ booking, catalog, asked: now, now: '2026-12-01T00:00:00.000Z' }).visit.status).toBe({ booked: 'completed', arrived: 'completed' }[expected] ?? expected)
  })

  test('a person is their number, else their address, else somebody of that booking', () => {
    const of = (contact: { phone?: string; email?: string }, booking = 'b1') => contactId({ phone: contact.phone, email: contact.email, booking })
    expect(of({ phone: '+1 (213) 555-0102', email: 'a@example.com' })).toBe(of({ phone: '+12135550102' }, 'b2'))
    expect(of({ email: ' Dana@Example.com' })).toBe(of({ email: 'dana@example.com' }, 'b2'))
    expect(of({})).not.toBe(of({}, 'b2'))
    expect([splitName('Dana Kim'), splitName('Maria del Mar Ruiz'), splitName('Cher'), splitName('')]).toEqual([
      { firstName: 'Dana', lastName: 'Kim' }, { firstName: 'Maria del Mar', lastName: 'Ruiz' }, { firstName: 'Cher', lastName: '' }, { firstName: '', lastName: '' },
    ])
  })
})
