import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { bokun } from '../../../../src/platforms/bokun/index.ts'
import { bokunSteps } from '../../../../src/platforms/bokun/manual-steps.ts'
import { fromSearch, minutesOf, toCatalog, toSlots, toVisit } from '../../../../src/platforms/bokun/read.ts'
import { Activity, Availabilities, ProductBookings } from '../../../../src/platforms/bokun/schema.ts'
import type { PlatformAdapter, SeenVisit } from '../../../../src/platforms/platform-adapter.ts'
import { at } from '../../../../src/salon/time.ts'
import { fakeBokun } from '../../../support/platforms/fake-bokun.ts'
import { openAdapter } from '../../../support/platforms/open-adapter.ts'
import { testClock, tinyZone } from '../../../support/tiny-book.ts'

const credentials = { accessKey: 'bokun-access-key', secretKey: 'bokun-secret-key', appSecret: 'bokun-app-secret', timezone: tinyZone }
const day = { from: at('2026-11-21', '00:00', tinyZone), to: at('2026-11-22', '00:00', tinyZone) }

let clock: ReturnType<typeof testClock>
let fake: ReturnType<typeof fakeBokun>
let adapter: PlatformAdapter
const open = async (more: { most?: number } = {}, given: object = {}) => {
  clock = testClock()
  fake = fakeBokun({ clock, ...more })
  ;({ adapter } = openAdapter({ kind: bokun, credentials: { ...credentials, ...given }, server: fake.server, clock }))
  await adapter.catalog()
}
beforeEach(() => open())
const id = (name: string) => fake.book.idOf(name)

async function all(): Promise<SeenVisit[]> {
  const items: SeenVisit[] = []
  for (let cursor: string | undefined, page = 0; page === 0 || cursor !== undefined; page++) {
    const answer = await adapter.visits({ ...day, ...(cursor !== undefined && { cursor }) })
    if (!answer.ok) throw new Error(answer.error.message)
    items.push(...answer.value.items)
    cursor = answer.value.cursor
  }
  return items
}

async function read(name: string): Promise<SeenVisit> {
  const found = await adapter.visit({ id: id(name) })
  if (!found.ok) throw new Error(found.error.message)
  return found.value
}

const zoneBefore = process.env['TZ']
afterEach(() => {
  if (zoneBefore === undefined) delete process.env['TZ']
  else process.env['TZ'] = zoneBefore
})

describe('signing', () => {
  test('covers the query as it is sent, in UTC, on a server in Tokyo too', async () => {
    process.env['TZ'] = 'Asia/Tokyo'
    await open({}, { currency: 'USD' })
    const slots = await adapter.slots!({ locationId: 'bokun', wants: [{ serviceId: id('cut') }], from: at('2026-11-24', '09:00', tinyZone), to: at('2026-11-24', '10:00', tinyZone) })
    expect(slots.ok && slots.value.length).toBe(4)
    expect(fake.server.requests.at(-1)?.query).toEqual({ start: '2026-11-24', end: '2026-11-24', currency: 'USD' })
  })

  test('with another key is "auth"', async () => {
    await open({}, { secretKey: 'another-secret-key' })
    expect(await adapter.check()).toMatchObject({ ok: false, error: { kind: 'auth' } })
  })
})

describe('searching', () => {
  test('finds what an agency sold, and what the operator sold itself only once', async () => {
    const found = await all()
    expect(found.map(({ visit }) => visit.id).toSorted()).toEqual(['a-color', 'a-cut', 'b-cut', 'c-beard'].map(id).toSorted())
    expect(fake.server.requests.filter(({ path }) => path.endsWith('product-booking-search')).map(({ body }) => (body as { bookingRole: string }).bookingRole)).toEqual(['SELLER', 'SELLER', 'SUPPLIER', 'SUPPLIER'])
  })

  test.each([[1, 7], [3, 3], [50, 2]])('with %i on a page all are found, by %i searches in both roles', async (most, searches) => {
    await open({ most })
    expect(await all()).toHaveLength(4)
    expect(fake.server.requests.filter(({ path }) => path.endsWith('product-booking-search'))).toHaveLength(searches)
  })

  test('a total that says too little ends no list that goes on: full pages are followed', async () => {
    const results = Array.from({ length: 100 }, (_, n) => ({ id: n + 1, status: 'CONFIRMED', startDate: Date.parse('2026-11-21T00:00:00Z'), fields: { startTimeStr: '10:00' } }))
    fake.server.failNext({ path: /product-booking-search$/ }, { do: 'answer', status: 200, body: { totalHits: 80, results } })
    expect(await adapter.visits(day)).toMatchObject({ ok: true, value: { cursor: 'SELLER 2 100' } })
  })

  test('one product is read from its record, not from the search; what a webhook names whole is found by it, later if need be', async () => {
    fake.book.change(id('b-cut'), { fields: { fresh: true } })
    expect((await read('b-cut')).visit.id).toBe(id('b-cut'))
    const whole = fake.webhook(id('b-cut'), { whole: true })
    const [hint] = adapter.webhooks?.read(whole) ?? []
    expect(hint).toMatchObject({ kind: 'visit', id: `booking-${900_000 + Number(id('b-cut'))}` })
    // Not in the search yet is not "gone".
    expect(await adapter.visit({ id: hint?.id ?? '' })).toMatchObject({ ok: false, error: { kind: 'unavailable', retryAfterMs: 120_000 } })
    fake.book.change(id('b-cut'), { fields: {} })
    expect(await adapter.visit({ id: hint?.id ?? '' })).toMatchObject({ ok: true, value: { visit: { id: id('b-cut') } } })
  })

  test('an id that is no number of Bókun\'s costs no request', async () => {
    const before = fake.server.requests.length
    for (const odd of ['b-cut', '', 'booking-', '1/../2', 'booking-1x']) expect(await adapter.visit({ id: odd })).toMatchObject({ ok: false, error: { kind: 'not_found' } })
    expect(fake.server.requests).toHaveLength(before)
  })
})

describe('cancelling', () => {
  test('cancels the booking by its code, tells nobody, refunds nothing, and reads it back', async () => {
    expect(bokun.declared.cancel).toBe('unverified')
    const cancelled = await adapter.cancel!({ key: 'c', visit: await read('b-cut'), cancelledBy: 'client', reason: 'ill' })
    expect(cancelled).toMatchObject({ ok: true, value: { visit: { id: id('b-cut'), status: 'cancelled' } } })
    expect(fake.server.requests.findLast(({ path }) => path.includes('cancel-booking'))?.body).toEqual({ note: 'ill', notify: false, refund: false })
    expect(await adapter.cancel!({ key: 'd', visit: await read('b-cut'), cancelledBy: 'client' })).toMatchObject({ ok: false, error: { kind: 'invalid' } })
  })

  test('is refused when another product of the same booking would go with it', async () => {
    for (const name of ['b-cut', 'c-friday']) fake.book.change(id(name), { fields: { order: 5_000 } })
    expect(await adapter.cancel!({ key: 'c', visit: await read('b-cut'), cancelledBy: 'client' })).toMatchObject({ ok: false, error: { kind: 'policy_blocked', providerCode: 'several_products' } })
    expect(['b-cut', 'c-friday'].map((name) => fake.book.visits.get(id(name))?.status)).toEqual(['booked', 'booked'])
    fake.book.change(id('c-friday'), { status: 'cancelled' })
    expect(await adapter.cancel!({ key: 'c', visit: await read('b-cut'), cancelledBy: 'client' })).toMatchObject({ ok: true })
  })

  test('is refused when a bed or a seat was bought with it, and when the order does not name what it holds', async () => {
    const visit = await read('b-cut')
    const order = { confirmationCode: 'TINY-1', activityBookings: [{ bookingId: Number(id('b-cut')), status: 'CONFIRMED' }] }
    const cancel = (body: object) => {
      fake.server.failNext({ path: /\/booking\.json\/booking\// }, { do: 'answer', status: 200, body })
      return adapter.cancel!({ key: 'c', visit, cancelledBy: 'client' })
    }
    expect(await cancel({ ...order, accommodationBookings: [{ bookingId: 77, status: 'CONFIRMED' }] })).toMatchObject({ ok: false, error: { kind: 'policy_blocked', providerCode: 'several_products' } })
    expect(await cancel({ ...order, routeBookings: [{ bookingId: 78, status: 'CONFIRMED' }] })).toMatchObject({ ok: false, error: { kind: 'policy_blocked' } })
    expect(await cancel({ confirmationCode: 'TINY-1' })).toMatchObject({ ok: false, error: { kind: 'unavailable' } })
    expect(fake.book.visits.get(id('b-cut'))?.status).toBe('booked')
    expect(await cancel({ ...order, accommodationBookings: [{ bookingId: 77, status: 'CANCELLED' }] })).toMatchObject({ ok: true })
  })

  test('that was done and cannot be read back is unknown, not "try again"', async () => {
    const visit = await read('b-cut')
    fake.server.failNext({ path: /activity-booking/ }, { do: 'answer', status: 503 })
    expect(await adapter.cancel!({ key: 'c', visit, cancelledBy: 'salon' })).toMatchObject({ ok: false, error: { kind: 'unknown_outcome' } })
    expect(fake.book.visits.get(id('b-cut'))?.status).toBe('cancelled')
  })

  test('whose answer is lost is unknown', async () => {
    const visit = await read('b-cut')
    fake.server.failNext({ path: /cancel-booking/ }, { do: 'drop' })
    expect(await adapter.cancel!({ key: 'c', visit, cancelledBy: 'salon' })).toMatchObject({ ok: false, error: { kind: 'unknown_outcome' } })
    expect(fake.book.visits.get(id('b-cut'))?.status).toBe('cancelled')
  })

  test('and all that has no call of its own is told to a person', () => {
    const words = { client: 'Dana Kim', service: 'Glacier walk' }
    const told = [
      bokunSteps({ kind: 'create', ...words, staff: 'The team', when: 'today at 3', note: 'by the window' }), bokunSteps({ kind: 'reschedule', ...words, staff: 'The team', from: 'today at 3', to: 'tomorrow at 4' }),
      bokunSteps({ kind: 'cancel', ...words, when: 'today at 3', cancelledBy: 'salon' }), bokunSteps({ kind: 'setStatus', ...words, when: 'today at 3', to: 'no_show' }),
    ].map((steps) => steps.join(' '))
    for (const steps of told) for (const word of ['Dana Kim', 'Glacier walk', 'today at 3']) expect(steps).toContain(word)
    expect(told[1]).toContain('tomorrow at 4')
    expect(Object.keys(adapter).filter((name) => /^(create|reschedule|setStatus|addVisitNote)$/.test(name))).toEqual([])
  })
})

describe('webhooks', () => {
  test.each([['hex', true], ['base64', true], ['hex', false], ['base64', false]] as const)('signed in %s, with names %j, are believed', (encoding, named) => {
    const delivery = fake.webhook(id('b-cut'), { encoding, named })
    expect(adapter.webhooks?.verify(delivery)).toBe('signed')
    expect(adapter.webhooks?.read(delivery)).toMatchObject([{ kind: 'visit', id: id('b-cut') }])
  })

  test('a body is anybody\'s: it changes no id, and a header that is changed or added breaks the proof', () => {
    const delivery = fake.webhook(id('b-cut'))
    const forged = { ...delivery, rawBody: JSON.stringify({ bookingId: 666, experienceBookingId: 667 }) }
    expect(adapter.webhooks?.verify(forged)).toBe('signed')
    expect(adapter.webhooks?.read(forged)).toMatchObject([{ id: id('b-cut') }])
    for (const headers of [{ ...delivery.headers, 'x-bokun-experiencebooking-id': '667' }, { ...delivery.headers, 'x-bokun-extra': '1' }, { ...delivery.headers, 'x-bokun-hmac': '' }]) expect(adapter.webhooks?.verify({ ...delivery, headers })).toBe('rejected')
  })

  test('two changes of one booking have the same headers and are still two', () => {
    const first = fake.webhook(id('b-cut'))
    clock.advance(1)
    const second = fake.webhook(id('b-cut'))
    expect(second.headers['x-bokun-hmac']).toBe(first.headers['x-bokun-hmac'])
    expect(adapter.webhooks?.read(second)?.[0]?.dedupeKey).not.toBe(adapter.webhooks?.read(first)?.[0]?.dedupeKey)
  })

  test('of other topics; without a topic; without the app\'s secret', async () => {
    const of = (topic: string) => adapter.webhooks?.read(fake.webhook(id('b-cut'), { topic }))
    expect([of('experiences/update')?.[0]?.kind, of('experiences/availability_update')?.[0]?.kind, of('apps/uninstall')?.[0]?.kind, of('')]).toEqual(['catalog', 'nothing', 'nothing', undefined])
    await open({}, { appSecret: undefined })
    expect(adapter.webhooks?.verify(fake.webhook(id('b-cut')))).toBe('rejected')
    const told = await adapter.capabilities()
    expect(told).toMatchObject({ ok: true, value: { changes: 'poll' } })
    expect(told.ok && told.value.webhookProof).toBeUndefined()
  })
})

describe('reading', () => {
  const found = (more: object) => {
    const [item] = ProductBookings.parse({ totalHits: 1, results: [{ id: 5, status: 'CONFIRMED', product: { id: 9 }, startDate: Date.parse('2026-11-21T00:00:00Z'), fields: { startTimeStr: '10:00' }, ...more }] }).found
    if (item === undefined) throw new Error('nothing parsed')
    return item
  }
  const visitOf = (more: object, { zone = 'Atlantic/Reykjavik', now = '2026-11-20T12:00:00.000Z' }: { zone?: string; now?: string } = {}) => toVisit({ told: fromSearch(found(more)), catalog: undefined, zone, asked: now, now })

  test.each([['Atlantic/Reykjavik', '2026-11-21T10:00:00.000Z'], ['Pacific/Honolulu', '2026-11-21T20:00:00.000Z'], ['Asia/Bangkok', '2026-11-21T03:00:00.000Z'], ['Pacific/Auckland', '2026-11-20T21:00:00.000Z']])('a day is that day in %s, though it comes as midnight UTC', (zone, start) => {
    expect(visitOf({}, { zone })?.visit.start).toBe(start)
  })

  test('the place\'s own midnight is that day too', () => {
    expect(visitOf({ startDate: Date.parse('2026-11-20T17:00:00Z') }, { zone: 'Asia/Bangkok' })?.visit.start).toBe('2026-11-21T03:00:00.000Z')
  })

  test.each([['2026-11-01', '01:30', '2026-11-01T08:30:00.000Z'], ['2027-03-14', '03:30', '2027-03-14T10:30:00.000Z'], ['2027-03-14', '02:30', '2027-03-14T10:30:00.000Z']])('departures of %s at %s are at %s', (date, startTime, start) => {
    const availabilities = Availabilities.parse([{ id: 'x', date: Date.parse(`${date}T00:00:00Z`), startTime, availabilityCount: 3 }])
    expect(toSlots({ availabilities, serviceId: '9', catalog: undefined, zone: tinyZone, own: undefined })[0]?.start).toBe(start)
  })

  test('departures that are full, closed or without a time are none; unlimited ones are', () => {
    const base = { date: Date.parse('2026-11-24T00:00:00Z') }
    const availabilities = Availabilities.parse([{ ...base, startTime: '9:00', soldOut: true, availabilityCount: 2 }, { ...base, startTime: '10:00', unavailable: true, unlimitedAvailability: true }, { ...base, availabilityCount: 5 }, { ...base, startTime: '11:00', unlimitedAvailability: true }, { ...base, startTime: '12:00', availabilityCount: 0 }])
    expect(toSlots({ availabilities, serviceId: '9', catalog: undefined, zone: 'UTC', own: undefined }).map(({ start }) => start)).toEqual(['2026-11-24T11:00:00.000Z'])
  })

  test.each([
    ['REQUESTED', 'requested'], ['RESERVED', 'held'], ['CONFIRMED', 'booked'], ['ARRIVED', 'arrived'], ['NO_SHOW', 'no_show'], ['CANCELLED', 'cancelled'], ['REJECTED', 'declined'], ['TIMEOUT', 'declined'], ['ABORTED', 'declined'], ['ERROR', 'declined'], ['STARTED', 'unknown'], ['WHATEVER', 'unknown'],
  ])('%s is %s', (status, expected) => {
    expect(visitOf({ status })?.visit.status).toBe(expected)
    expect(visitOf({ status }, { now: '2026-11-22T12:00:00.000Z' })?.visit.status).toBe({ booked: 'completed', arrived: 'completed' }[expected] ?? expected)
  })

  test('a pass for a day has no time of its own, and is kept when the day is over', () => {
    const pass = { fields: { startTimeStr: null } }
    expect(visitOf(pass, { now: '2026-11-21T20:00:00.000Z' })?.visit).toMatchObject({ start: '2026-11-21T00:00:00.000Z', timeKnown: false, status: 'booked' })
    expect(visitOf(pass, { now: '2026-11-22T00:00:00.000Z' })?.visit.status).toBe('completed')
    expect(visitOf({ startDate: null })).toBeUndefined()
  })

  test('a króna has no hundredths; lengths come in whichever unit; numbers with their country before them', () => {
    expect(visitOf({ totalPrice: 12_900, currency: 'ISK' })?.visit.segments[0]?.price).toEqual({ minor: 12_900, currency: 'ISK' })
    expect(visitOf({ totalPrice: 65.5, currency: 'EUR' })?.visit.segments[0]?.price).toEqual({ minor: 6_550, currency: 'EUR' })
    expect([{ durationHours: 3, durationMinutes: 30 }, { durationType: 'HOURS', duration: 8 }, { durationType: 'AGES', duration: 8 }, {}].map((more) => minutesOf(Activity.parse({ id: 1, ...more })))).toEqual([210, 480, undefined, undefined])
    expect(visitOf({ customer: { firstName: 'Dana', lastName: 'Kim', phoneNumber: 'IS+354 555 0102', language: 'is_IS' } })?.client).toMatchObject({ phones: ['+354 555 0102'], language: 'is' })
    expect(toCatalog({ activities: [], zone: 'UTC', currency: undefined })).toMatchObject({ business: { name: 'Bókun' }, services: [], locations: [{ zone: 'UTC', currency: 'USD' }] })
  })
})
