import { beforeEach, describe, expect, test } from 'vitest'
import type { Outcome } from '../../../../src/platforms/booking-platform.ts'
import { boulevard } from '../../../../src/platforms/boulevard/index.ts'
import type { OfferedSlot, PlatformAdapter } from '../../../../src/platforms/platform-adapter.ts'
import { addMinutes, at } from '../../../../src/salon/time.ts'
import { fakeBoulevard } from '../../../support/platforms/fake-boulevard.ts'
import { openAdapter } from '../../../support/platforms/open-adapter.ts'
import { testClock, tinyZone } from '../../../support/tiny-book.ts'

const secret = Buffer.from('secret of the tiny salon').toString('base64')
const credentials = { businessId: 'b1f0-tiny', apiKey: 'api-key-of-the-tiny-salon', apiSecret: secret }

let clock: ReturnType<typeof testClock>
let fake: ReturnType<typeof fakeBoulevard>
let adapter: PlatformAdapter
let budget: ReturnType<typeof openAdapter>['budget']
beforeEach(async () => {
  clock = testClock()
  fake = fakeBoulevard({ clock })
  ;({ adapter, budget } = openAdapter({ kind: boulevard, credentials, server: fake.server, clock }))
  value(await adapter.catalog())
})
const id = (tiny: string) => fake.book.idOf(tiny)
const tuesday = { from: at('2026-11-24', '09:00', tinyZone), to: at('2026-11-24', '17:00', tinyZone) }
const slots = async (query: Partial<Parameters<NonNullable<PlatformAdapter['slots']>>[0]> = {}) => adapter.slots!({ locationId: id('main'), wants: [{ serviceId: id('cut'), staffId: id('ana') }], ...tuesday, ...query })
const fay = async () => value(await adapter.client!({ id: id('fay') }))
const create = async (slot: OfferedSlot, note?: string) => adapter.create!({ key: 'k', slot, client: await fay(), ...(note !== undefined && { note }) })
const bCut = async () => value(await adapter.visit({ id: id('b-cut') }))
const sent = (operation: RegExp) => fake.server.requests.filter(({ body }) => operation.test(JSON.stringify(body)))

describe('requests to Boulevard', () => {
  test('are signed with the time of the clock that was passed in, each anew', async () => {
    clock.advance(60 * 24 * 400)
    expect(value(await adapter.check())).toEqual({ account: 'Tiny Salon' })
    const { adapter: late } = openAdapter({ kind: boulevard, credentials, server: fake.server, clock: testClock('2026-11-21T12:00:00Z') })
    expect(kindOf(await late.check())).toBe('auth')
  })

  test.each([
    [{ message: 'Appointment not found', extensions: { code: 'NOT_FOUND' } }, 'not_found'], [{ message: 'You are not authorized to access this location' }, 'forbidden'],
    [{ message: 'startTime is invalid', extensions: { code: 'BAD_USER_INPUT' } }, 'invalid'], [{ message: 'API limit exceeded' }, 'rate_limited'], [{ message: 'Something went wrong' }, 'unavailable'],
  ])('fail for what is said inside an answer 200: %j', async (error, kind) => {
    fake.server.failNext({}, { do: 'answer', status: 200, body: { data: null, errors: [error] } })
    expect(kindOf(await adapter.visit({ id: id('b-cut') }))).toBe(kind)
    if (kind === 'rate_limited') expect(budget.slowed).toEqual([10_000])
  })

  test('that change something and fail for a reason nobody knows may have been done', async () => {
    const visit = await bCut()
    fake.server.failNext({ body: /cancelAppointment\(/ }, { do: 'answer', status: 200, body: { data: null, errors: [{ message: 'Something went wrong' }] } })
    expect(kindOf(await adapter.cancel!({ key: 'k', visit, cancelledBy: 'client' }))).toBe('unknown_outcome')
  })

  test('that changed something and could not be read back are not "failed"', async () => {
    const visit = await bCut()
    fake.server.failNext({ body: /query Appointment\(/ }, { do: 'lose' })
    expect(kindOf(await adapter.cancel!({ key: 'k', visit, cancelledBy: 'client' }))).toBe('unknown_outcome')
    expect(fake.book.visits.get(id('b-cut'))?.status).toBe('cancelled')
  })

  test.each([
    ['an unexpected failure', { data: null, errors: [{ message: 'An unexpected error occurred' }] }], ['a step that ran out of time', { data: null, errors: [{ message: 'time limit exceeded' }] }],
    ['a record that is told in part', { data: { cancelAppointment: { appointment: null } }, errors: [{ message: 'not authorized to read this field', extensions: { code: 'FORBIDDEN' } }] }],
  ])('that change something may have been done: %s', async (_what, body) => {
    const visit = await bCut()
    fake.server.failNext({ body: /cancelAppointment\(/ }, { do: 'answer', status: 200, body })
    expect(kindOf(await adapter.cancel!({ key: 'k', visit, cancelledBy: 'client' }))).toBe('unknown_outcome')
  })

  test('that made a visit which is not to be read yet are not "not found": it was made', async () => {
    const [slot] = value(await slots())
    fake.server.failNext({ body: /query Appointment\(/ }, { do: 'answer', status: 200, body: { data: { appointment: null } } })
    expect(kindOf(await create(slot!))).toBe('unknown_outcome')
    expect(fake.book.list(({ clientId }) => clientId === id('fay'))).toHaveLength(1)
  })

  test('for a list cost more of the account\'s points than one for a visit', async () => {
    const before = budget.taken
    value(await adapter.visits(tuesday))
    const list = budget.taken - before
    await bCut()
    expect([list, budget.taken - before - list]).toEqual([4, 1])
  })
})

describe('booking in Boulevard', () => {
  test('takes three steps, with the wall clock\'s time and the booking\'s own client', async () => {
    const [slot] = value(await slots())
    const made = value(await create(slot!, 'by the window'))
    const steps = fake.server.requests.map(({ body }) => body as { query: string; variables: { input: Record<string, string> } }).filter(({ query }) => /mutation Booking/.test(query)).map(({ query, variables: { input } }) => [/Booking\w+/.exec(query)?.[0], input])
    expect(steps).toEqual([
      ['BookingCreate', { locationId: id('main'), clientId: id('fay'), startTime: '2026-11-24T09:00:00' }],
      ['BookingAddService', { bookingId: expect.any(String) as string, bookingClientId: expect.stringContaining('BookingClient') as string, serviceId: id('cut'), staffId: id('ana') }],
      ['BookingComplete', { bookingId: expect.any(String) as string, bookWithStaffId: id('ana') }],
    ])
    expect(made.visit.notes).toMatchObject([{ text: 'by the window', by: 'desk' }])
  })

  test('stops before the last step when Boulevard only warns of an overlap', async () => {
    const [slot] = value(await slots())
    fake.book.add({ clientId: id('jo'), locationId: id('main'), status: 'booked', note: '', fields: {}, segments: fake.book.segmentsOf([{ serviceId: id('cut'), staffId: id('ana') }], slot!.start) })
    expect(kindOf(await create(slot!))).toBe('conflict_slot')
    expect(fake.book.list(({ clientId }) => clientId === id('fay'))).toEqual([])
    expect(fake.bookings.size).toBe(1)
  })

  test('stops at an error inside the payload of a step', async () => {
    const [slot] = value(await slots())
    expect(kindOf(await adapter.create!({ key: 'k', slot: slot!, client: { ...await fay(), id: 'urn:blvd:Client:gone' } }))).toBe('not_found')
    expect(sent(/bookingAddService/)).toEqual([])
  })

  test('the second of the two hours of a clock that goes back cannot be written without a zone: it is refused, not booked an hour early', async () => {
    const [slot] = value(await slots())
    const again = '2026-11-01T09:30:00.000Z'
    expect(kindOf(await create({ ...slot!, start: again, end: addMinutes(again, 45), segments: [{ ...slot!.segments[0]!, start: again }] }))).toBe('policy_blocked')
    expect(sent(/bookingCreate/)).toEqual([])
  })

  test('a lost answer to a step before the last one is safe to try again', async () => {
    const [slot] = value(await slots())
    for (const step of [/bookingCreate\(/, /bookingAddService\(/]) {
      fake.server.failNext({ body: step }, { do: 'drop' })
      expect(kindOf(await create(slot!))).toBe('unavailable')
    }
    expect(fake.book.list(({ clientId }) => clientId === id('fay'))).toEqual([])
  })

  test('a note that is refused does not hide that it was booked', async () => {
    const [slot] = value(await slots())
    fake.server.failNext({ body: /updateAppointment\(/ }, { do: 'answer', status: 200, body: { errors: [{ message: 'notes are too long' }] } })
    expect(value(await create(slot!, 'by the window')).visit).toMatchObject({ status: 'booked', notes: [] })
  })
})

describe('free times in Boulevard', () => {
  test('of anybody name somebody who is free then', async () => {
    const found = value(await slots({ wants: [{ serviceId: id('cut') }], from: at('2026-11-21', '10:00', tinyZone), to: at('2026-11-21', '10:30', tinyZone) }))
    expect(found.map(({ segments: [segment] }) => [segment?.staffId, segment?.staffPreference])).toEqual([[id('cruz'), 'any'], [id('cruz'), 'any']])
  })

  test('of somebody who does not do it, none; of a service that is not online, said so', async () => {
    expect(value(await slots({ wants: [{ serviceId: id('color'), staffId: id('bea') }] }))).toEqual([])
    expect(kindOf(await slots({ wants: [{ serviceId: 'urn:blvd:Service:phone-only' }] }))).toBe('unsupported')
  })

  test('over a fortnight are asked a week of days at a time, no more than are wanted', async () => {
    const found = value(await slots({ from: tuesday.from, to: addMinutes(tuesday.from, 14 * 1_440), limit: 500 }))
    expect(new Set(found.map(({ start }) => start.slice(0, 10))).size).toBeGreaterThan(7)
    expect(sent(/query Times/)).toHaveLength(2)
    expect(value(await slots({ from: tuesday.from, to: addMinutes(tuesday.from, 14 * 1_440), limit: 3 }))).toHaveLength(3)
  })
})

describe('moving in Boulevard', () => {
  test('keeps the people: with others it is not offered', async () => {
    expect(kindOf(await slots({ moving: await bCut() }))).toBe('unsupported')
  })

  test('asks for a fresh time, however old the offer is', async () => {
    const moving = await bCut()
    const [slot] = value(await slots({ moving, wants: [{ serviceId: id('cut'), staffId: id('bea') }] }))
    clock.advance(180)
    const moved = value(await adapter.reschedule!({ key: 'k', visit: moving, slot: slot! }))
    expect(moved.visit.start).toBe(slot!.start)
    expect(sent(/sendNotification\\?":false/)).toHaveLength(1)
  })

  test('to a time that is gone is a conflict, and nothing was sent', async () => {
    const moving = await bCut()
    const [slot] = value(await slots({ moving, wants: [{ serviceId: id('cut'), staffId: id('bea') }] }))
    fake.book.add({ clientId: id('jo'), locationId: id('main'), status: 'booked', note: '', fields: {}, segments: fake.book.segmentsOf([{ serviceId: id('cut'), staffId: id('bea') }], slot!.start) })
    expect(kindOf(await adapter.reschedule!({ key: 'k', visit: moving, slot: slot! }))).toBe('conflict_slot')
    expect(sent(/appointmentReschedule\(/)).toEqual([])
  })
})

test('not coming is a reason of cancelling; completing is for the till', async () => {
  expect(value(await adapter.setStatus!({ key: 'k', visit: await bCut(), to: 'no_show' })).visit.status).toBe('no_show')
  expect(fake.book.visits.get(id('b-cut'))?.fields.reason).toBe('NO_SHOW')
  expect(kindOf(await adapter.setStatus!({ key: 'k', visit: await bCut(), to: 'completed' }))).toBe('unsupported')
})

test('who came after all was cancelled there, which takes no state back: the desk keeps it', async () => {
  const missed = value(await adapter.setStatus!({ key: 'k', visit: await bCut(), to: 'no_show' }))
  expect(kindOf(await adapter.setStatus!({ key: 'came', visit: missed, to: 'arrived' }))).toBe('unsupported')
  expect(sent(/updateAppointment\(/)).toEqual([])
})

test('who cancelled, and when that became known, is read', async () => {
  const cancelled = value(await adapter.cancel!({ key: 'k', visit: await bCut(), cancelledBy: 'client', reason: 'ill' }))
  expect([cancelled.visit.cancelledBy, cancelled.changedAt]).toEqual(['client', clock.now()])
  expect(fake.book.visits.get(id('b-cut'))?.fields).toMatchObject({ reason: 'CLIENT_CANCEL', cancelNotes: 'ill' })
})

test('waiting is added as the client, in the location\'s time, over all that is wanted', async () => {
  const wanted = [{ from: at('2026-11-24', '09:00', tinyZone), to: at('2026-11-24', '12:00', tinyZone) }, { from: at('2026-11-27', '09:00', tinyZone), to: at('2026-11-27', '12:00', tinyZone) }]
  const { id: cart } = value(await adapter.waitlistAdd!({ key: 'k', client: await fay(), entry: { locationId: id('main'), serviceId: id('cut'), staffId: id('bea'), wanted } }))
  expect(fake.carts.get(cart)).toMatchObject({ owner: id('fay'), items: [{ serviceId: id('cut'), staffId: id('bea') }], waiting: { lower: wanted[0]?.from, upper: wanted[1]?.to } })
  expect(sent(/preferredTimeLower\\?":\\?"2026-11-24T09:00:00\\?"/)).toHaveLength(1)
})

test('a long day comes over several pages', async () => {
  for (let n = 0; n < 230; n++) fake.book.add({ clientId: id('jo'), locationId: id('main'), status: 'booked', note: '', fields: {}, segments: fake.book.segmentsOf([{ serviceId: id('beard'), staffId: id('cruz') }], addMinutes(tuesday.from, n)) })
  const sizes: number[] = []
  for (let cursor: string | undefined, page = 0; page === 0 || cursor !== undefined; page++) {
    const answer = value(await adapter.visits({ ...tuesday, ...(cursor !== undefined && { cursor }) }))
    sizes.push(answer.items.length)
    cursor = answer.cursor
  }
  expect(sizes).toEqual([100, 100, 30])
})

test('a key without the Client API can still move, cancel and confirm', async () => {
  fake.noClientApi()
  expect(value(await adapter.capabilities())).toEqual({ ...boulevard.declared, availability: 'booking_scoped', create: 'none', waitlist: 'none' })
})

describe('webhooks of Boulevard', () => {
  test('a ping says nothing; the other spelling of an event is understood', () => {
    const read = (event: string) => adapter.webhooks?.read(fake.webhook(id('b-cut'), { event }))
    expect(read('PING')).toEqual([])
    expect(read('appointment.completed')).toMatchObject([{ kind: 'visit', id: id('b-cut'), occurredAt: clock.now() }])
    expect(read('CLIENT_UPDATED')).toMatchObject([{ kind: 'client' }])
    expect(read('MEMBERSHIP_CREATED')).toMatchObject([{ kind: 'nothing' }])
  })

  test('may be signed with a secret of their own', () => {
    const webhookSecret = Buffer.from('another one').toString('base64')
    const own = openAdapter({ kind: boulevard, credentials: { ...credentials, webhookSecret }, server: fake.server, clock }).adapter
    expect(own.webhooks?.verify(fake.webhook(id('b-cut'), { key: webhookSecret }))).toBe('signed')
    expect(own.webhooks?.verify(fake.webhook(id('b-cut')))).toBe('rejected')
  })
})

function value<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(`expected an answer, got ${outcome.error.kind}: ${outcome.error.message}`)
  return outcome.value
}

function kindOf(outcome: Outcome<unknown>): string {
  return outcome.ok ? 'ok' : outcome.error.kind
}
