import { beforeEach, describe, expect, test } from 'vitest'
import type { Outcome } from '../../../../src/platforms/booking-platform.ts'
import { calcom } from '../../../../src/platforms/calcom/index.ts'
import type { PlatformAdapter } from '../../../../src/platforms/platform-adapter.ts'
import type { Client } from '../../../../src/salon/salon.ts'
import { addMinutes, at, dayRange } from '../../../../src/salon/time.ts'
import { calcomKey, fakeCalcom } from '../../../support/platforms/fake-calcom.ts'
import { openAdapter } from '../../../support/platforms/open-adapter.ts'
import { testClock, tinyZone, type TestClock } from '../../../support/tiny-book.ts'

const tuesday = { from: at('2026-11-24', '09:00', tinyZone), to: at('2026-11-24', '17:00', tinyZone) }

describe('Cal.com, what only it does', () => {
  let clock: TestClock
  let fake: ReturnType<typeof fakeCalcom>
  let adapter: PlatformAdapter
  const open = async ({ team = true, ...options }: Partial<Parameters<typeof fakeCalcom>[0]> = {}, more: Record<string, unknown> = {}) => {
    clock = testClock()
    fake = fakeCalcom({ clock, team, ...options })
    ;({ adapter } = openAdapter({ kind: calcom, credentials: { apiKey: calcomKey, webhookSecret: 'calcom-webhook-secret', ...(team && { teamId: 7 }), ...more }, server: fake.server, clock }))
    value(await adapter.catalog())
  }
  beforeEach(() => open())
  const id = (name: string) => fake.book.idOf(name)
  const booked = async (uid = 'b-cut') => value(await adapter.visit({ id: uid }))
  const search = async (staff?: string, range = tuesday) => value(await adapter.slots?.({ locationId: 'main', wants: [{ serviceId: id('cut'), ...(staff !== undefined && { staffId: id(staff) }) }], ...range }))
  const first = async (staff?: string) => {
    const [slot] = await search(staff)
    if (slot === undefined) throw new Error('no time is free')
    return slot
  }
  const person = (more: Partial<Client> = {}): Client => ({ id: '', firstName: 'Fay', lastName: "O'Neil", phones: [], consent: { sms: 'unknown', email: 'unknown' }, tags: [], notes: [], holdings: [], ...more })

  describe('a move', () => {
    test('has a new uid: the new booking says where it came from, the old one where it went', async () => {
      const moved = value(await adapter.reschedule?.({ key: 'm', visit: await booked(), slot: await first('ana') }))
      expect(moved.visit.id).not.toBe('b-cut')
      expect(moved).toMatchObject({ movedFrom: 'b-cut', visit: { status: 'booked', start: tuesday.from } })
      expect(await booked()).toMatchObject({ movedTo: moved.visit.id, visit: { status: 'cancelled' } })
      expect((await booked(moved.visit.id)).movedFrom).toBe('b-cut')
      const day = value(await adapter.visits(dayRange('2026-11-21', tinyZone))).items.find(({ visit }) => visit.id === 'b-cut')
      expect(day?.movedTo).toBe(moved.visit.id)
    })

    test('whose answer is lost is found through the old booking', async () => {
      const [before, slot] = [await booked(), await first('ana')]
      fake.server.failNext({ path: /reschedule/ }, { do: 'drop' })
      expect(kindOf(await adapter.reschedule?.({ key: 'm', visit: before, slot }))).toBe('unknown_outcome')
      const { movedTo = '' } = await booked()
      expect((await booked(movedTo)).visit.start).toBe(slot.start)
    })

    test('is in the owner\'s name, so that it needs no second confirmation, also right after a start', async () => {
      await open({ needsConfirmation: true })
      const slot = await first('ana')
      const { adapter: again } = openAdapter({ kind: calcom, credentials: { apiKey: calcomKey, teamId: 7 }, server: fake.server, clock })
      expect(value(await again.reschedule?.({ key: 'm', visit: await booked(), slot })).visit.status).toBe('booked')
    })

    test('keeps the service', async () => {
      const slot = await first('ana')
      const [segment] = slot.segments
      if (segment === undefined) throw new Error('a slot of nothing')
      const other = { ...slot, segments: [{ ...segment, serviceId: id('color') }] }
      expect(kindOf(await adapter.reschedule?.({ key: 'm', visit: await booked(), slot: other }))).toBe('invalid')
    })
  })

  describe('people are attendees', () => {
    test('the same address in other letters is the same client', async () => {
      const clientOf = async (email: string) => {
        fake.book.change('b-cut', { fields: { attendee: { email } } })
        return (await booked()).visit.clientId
      }
      expect(await clientOf('Fay@Example.com')).toBe(await clientOf(' fay@example.com'))
      expect(await clientOf('fay@example.com')).toBe(id('fay'))
      expect(await clientOf('jo@example.com')).toBe(id('jo'))
    })

    test('somebody with a phone number alone has no address to write to', async () => {
      const made = value(await adapter.create?.({ key: 'k', slot: await first('ana'), client: person({ phones: ['+12135550104'] }) }))
      expect(made.client).toMatchObject({ id: made.visit.clientId, firstName: 'Fay', lastName: "O'Neil", phones: ['+12135550104'] })
      expect(made.client).not.toHaveProperty('email')
      expect(kindOf(await adapter.create?.({ key: 'n', slot: await first('ana'), client: person() }))).toBe('invalid')
    })
  })

  describe('status', () => {
    test('a client who did not come is marked absent, and that can be taken back', async () => {
      clock.set('2026-11-21T20:00:00.000Z')
      expect((await booked()).visit.status).toBe('completed')
      const missed = value(await adapter.setStatus?.({ key: 'n', visit: await booked(), to: 'no_show' }))
      expect(missed.visit.status).toBe('no_show')
      expect(fake.server.requests.at(-1)).toMatchObject({ path: '/v2/bookings/b-cut/mark-absent', body: { attendees: [{ email: fake.emailOf('dana-k'), absent: true }] } })
      expect(value(await adapter.setStatus?.({ key: 'u', visit: missed, to: 'completed' })).visit.status).toBe('completed')
    })

    test('while its time runs, absent goes back to booked; that they are in the chair is nothing Cal.com could keep', async () => {
      clock.set('2026-11-21T18:20:00.000Z')
      const missed = value(await adapter.setStatus?.({ key: 'n', visit: await booked(), to: 'no_show' }))
      for (const to of ['arrived', 'completed'] as const) expect(kindOf(await adapter.setStatus?.({ key: to, visit: missed, to }))).toBe('unsupported')
      expect(value(await adapter.setStatus?.({ key: 'b', visit: missed, to: 'booked' })).visit.status).toBe('booked')
    })

    test('a request is accepted by Cal.com\'s "confirm"; a client\'s own confirmation has no place there', async () => {
      await open({ needsConfirmation: true })
      const made = value(await adapter.create?.({ key: 'k', slot: await first('ana'), client: person({ email: 'fay@example.com' }) }))
      expect(made.visit.status).toBe('requested')
      expect(value(await adapter.setStatus?.({ key: 'b', visit: made, to: 'booked' })).visit.status).toBe('booked')
      expect(kindOf(await adapter.setStatus?.({ key: 'c', visit: await booked(), to: 'confirmed' }))).toBe('unsupported')
    })

    test.each([['client', 'dana-k@example.com'], ['salon', 'bea-novak@salon.example'], ['unknown', 'somebody@example.com']])('cancelled by the %s', async (by, cancelledByEmail) => {
      fake.book.change('b-cut', { status: 'cancelled', fields: { cancelledByEmail } })
      expect((await booked()).visit).toMatchObject({ status: 'cancelled', cancelledBy: by })
    })
  })

  describe('lists', () => {
    test('hold what begins in the range, even where the server forgets its filters', async () => {
      fake.book.add({ id: 'late', clientId: id('fay'), locationId: 'main', status: 'booked', note: '', fields: {}, segments: fake.book.segmentsOf([{ serviceId: id('color'), staffId: id('cruz') }], at('2026-11-21', '23:30', tinyZone)) })
      const day = dayRange('2026-11-21', tinyZone)
      const found = value(await adapter.visits(day)).items.map(({ visit }) => visit.id).toSorted()
      expect(found).toEqual(['a-color', 'a-cut', 'b-cut', 'c-beard', 'late'])
      const { fetch } = fake.server
      const forgetful = { ...fake.server, fetch: ((url, init) => fetch(url.replace(/(afterStart|beforeEnd)=/g, 'ignored='), init)) satisfies typeof fetch }
      const { adapter: other } = openAdapter({ kind: calcom, credentials: { apiKey: calcomKey, teamId: 7 }, server: forgetful, clock })
      expect(value(await other.visits(day)).items.map(({ visit }) => visit.id).toSorted()).toEqual(found)
    })

    test('are read to their end, a hundred at a time', async () => {
      for (let n = 0; n < 230; n++) fake.book.add({ id: `many-${n}`, clientId: id('fay'), locationId: 'main', status: 'booked', note: '', fields: {}, segments: fake.book.segmentsOf([{ serviceId: id('beard'), staffId: id('ana') }], addMinutes(tuesday.from, n)) })
      const found: string[] = []
      for (let cursor: string | undefined, page = 0; page === 0 || cursor !== undefined; page++) {
        const answer = value(await adapter.visits({ ...dayRange('2026-11-24', tinyZone), ...(cursor !== undefined && { cursor }) }))
        found.push(...answer.items.map(({ visit }) => visit.id))
        cursor = answer.cursor
      }
      expect([found.length, new Set(found).size]).toEqual([230, 230])
    })

    test('of changes hold new bookings too, which have no time of change', async () => {
      const since = clock.now()
      clock.advance(5)
      const made = value(await adapter.create?.({ key: 'k', slot: await first('ana'), client: person({ email: 'fay@example.com' }) }))
      value(await adapter.cancel?.({ key: 'c', visit: await booked(), cancelledBy: 'client' }))
      const found = new Set<string>()
      for (let cursor: string | undefined, page = 0; page === 0 || cursor !== undefined; page++) {
        const answer = value(await adapter.changedVisits?.({ since, ...(cursor !== undefined && { cursor }) }))
        for (const { visit } of answer.items) found.add(visit.id)
        cursor = answer.cursor
      }
      expect([...found].toSorted()).toEqual(['b-cut', made.visit.id].toSorted())
    })
  })

  describe('hosts', () => {
    test('a search for anybody says who would do it, each host asked once', async () => {
      const before = fake.server.requests.length
      const slots = await search()
      expect(slots.map(({ start }) => start)).toEqual([...new Set(slots.map(({ start }) => start))].toSorted())
      expect(slots.every(({ segments: [segment] }) => segment?.staffPreference === 'any' && segment.staffId !== '')).toBe(true)
      expect(fake.server.requests.slice(before).map(({ query }) => query['rrHostSubsetIds'] ?? '').toSorted()).toEqual([id('ana'), id('bea'), id('cruz')].toSorted())
    })

    test('where the server pays no heed to the host asked for, the answer tells who it really is', async () => {
      const { fetch } = fake.server
      const old = { ...fake.server, fetch: ((url, init) => fetch(url, { ...init, ...(init.body !== undefined && { body: init.body.replace('rrHostSubsetIds', 'unknownField') }) })) satisfies typeof fetch }
      const { adapter: other } = openAdapter({ kind: calcom, credentials: { apiKey: calcomKey, teamId: 7 }, server: old, clock })
      value(await other.catalog())
      const made = value(await other.create?.({ key: 'k', slot: await first('cruz'), client: person({ email: 'fay@example.com' }) }))
      expect(made.visit.segments[0]?.staffId).toBe(id('ana'))
    })

    test('one person\'s account has that person, and never asks for a host', async () => {
      await open({ team: false })
      const { staff } = value(await adapter.catalog())
      expect(staff.map(({ name }) => name)).toEqual(['Ana Ortiz'])
      const made = value(await adapter.create?.({ key: 'k', slot: await first('ana'), client: person({ email: 'fay@example.com' }) }))
      expect(made.visit.segments[0]?.staffId).toBe(id('ana'))
      expect(JSON.stringify(fake.server.requests)).not.toContain('rrHostSubsetIds')
    })

    test('a managed event type is a template that nobody books', async () => {
      const answer = await fake.server.fetch('https://api.cal.com/v2/teams/7/event-types', { method: 'GET', headers: { authorization: `Bearer ${calcomKey}`, 'cal-api-version': '2024-06-14' }, signal: AbortSignal.timeout(1_000), redirect: 'error' })
      const { data } = await answer.json() as { data: object[] }
      fake.server.failNext({ path: /teams\/7\/event-types/ }, { do: 'answer', status: 200, body: { status: 'success', data: data.map((type) => Object.assign(type, { schedulingType: 'managed' })) } })
      expect(value(await adapter.catalog()).services.map(({ active }) => active)).not.toContain(true)
    })
  })

  describe('errors', () => {
    test.each([
      [400, 'User either already has booking at this time or is not available', 'conflict_slot'], [409, 'booking_conflict', 'conflict_slot'], [500, 'no_available_users_found_error', 'conflict_slot'],
      [500, 'Internal server error', 'unknown_outcome'], [400, 'Invalid phone number', 'invalid'], [200, 'Something went wrong', 'invalid'], [429, 'Too many requests, the API is not available', 'rate_limited'],
    ])('%i "%s" is %s', async (status, message, kind) => {
      const slot = await first('ana')
      fake.server.failNext({ method: 'POST' }, { do: 'answer', status, body: { status: 'error', error: { code: 'SomeException', message } } })
      expect(kindOf(await adapter.create?.({ key: 'k', slot, client: person({ email: 'fay@example.com' }) }))).toBe(kind)
    })

    test('the uid of a recurring booking answers with all of them: the first is the visit', async () => {
      fake.server.failNext({}, { do: 'answer', status: 200, body: { status: 'success', data: [{ uid: 'r1', status: 'accepted', start: '2026-11-24T17:00:00Z', end: '2026-11-24T17:45:00Z' }, { uid: 'r2', status: 'accepted', start: '2026-12-01T17:00:00Z', end: '2026-12-01T17:45:00Z' }] } })
      expect((await booked('r')).visit).toMatchObject({ id: 'r1', clientId: '', start: '2026-11-24T17:00:00.000Z', segments: [{ serviceId: '', staffId: '', durationMin: 45 }] })
    })
  })

  test('a note given at booking is in the metadata, which clients do not see, and is read back', async () => {
    const made = value(await adapter.create?.({ key: 'k', slot: await first('ana'), client: person({ email: 'fay@example.com' }), note: `by the window ${'x'.repeat(600)}` }))
    expect(made.visit.notes).toMatchObject([{ by: 'desk', text: expect.stringMatching(/^by the window/) as string }])
    expect(fake.server.requests.at(-1)?.body).toMatchObject({ attendee: { name: "Fay O'Neil", timeZone: tinyZone } })
    expect(fake.server.requests.at(-1)?.body).not.toHaveProperty('bookingFieldsResponses')
  })

  describe('webhooks', () => {
    const read = (...given: Parameters<typeof fake.webhook>) => adapter.webhooks?.read(fake.webhook(...given))

    test('of a move tell both bookings, of a no-show the booking, of other things nothing', () => {
      expect(read('new', { triggerEvent: 'BOOKING_RESCHEDULED', payload: { rescheduleUid: 'b-cut' } })?.map(({ kind, id: of }) => [kind, of])).toEqual([['visit', 'new'], ['visit', 'b-cut']])
      expect(new Set(read('new', { triggerEvent: 'BOOKING_RESCHEDULED', payload: { rescheduleUid: 'b-cut' } })?.map(({ dedupeKey }) => dedupeKey)).size).toBe(2)
      expect(read('b-cut', { triggerEvent: 'BOOKING_NO_SHOW_UPDATED', payload: { uid: undefined, bookingUid: 'b-cut' } })).toMatchObject([{ kind: 'visit', id: 'b-cut', occurredAt: clock.now() }])
      expect(read('x', { triggerEvent: 'OOO_CREATED' })).toMatchObject([{ kind: 'nothing' }])
      const flat = { ...fake.webhook('b-cut'), rawBody: JSON.stringify({ triggerEvent: 'MEETING_ENDED', uid: 'b-cut', createdAt: 'yesterday' }) }
      expect(adapter.webhooks?.read(flat)).toMatchObject([{ kind: 'visit', id: 'b-cut' }])
    })

    test('are taken with the secret only', async () => {
      expect(adapter.webhooks?.verify(fake.webhook('b-cut', { secret: 'another-secret' }))).toBe('rejected')
      await open({}, { webhookSecret: undefined })
      expect(adapter.webhooks?.verify(fake.webhook('b-cut'))).toBe('rejected')
    })
  })

  test.each([[{}, { baseUrl: 'https://api.cal.com/v2' }], [{ baseUrl: 'https://book.example.com/api/v2/', teamId: '12' }, { baseUrl: 'https://book.example.com/api/v2', teamId: 12 }]])('credentials %j', (given, kept) => {
    expect(calcom.credentials.parse({ apiKey: calcomKey, ...given })).toMatchObject(kept)
  })

  test.each(['http://localhost:5555/v2', 'http://192.168.1.20/v2', 'http://calcom:5555/v2', 'http://[::1]:5555/v2'])('%s is within the house', (baseUrl) => {
    expect(calcom.credentials.safeParse({ apiKey: calcomKey, baseUrl }).success).toBe(true)
  })

  test.each([{ apiKey: 'sk_live_1234567890' }, { apiKey: calcomKey, teamId: 'tiny' }, { apiKey: calcomKey, baseUrl: 'api.cal.com' }, { apiKey: calcomKey, baseUrl: 'http://book.example.com/v2' }, { apiKey: calcomKey, baseUrl: 'http://10.example.com/v2' }])('%j is refused', (given) => {
    expect(calcom.credentials.safeParse(given).success).toBe(false)
  })
})

function value<T>(outcome: Outcome<T> | undefined): T {
  if (outcome === undefined) throw new Error('the adapter has no such call')
  if (!outcome.ok) throw new Error(`expected an answer, got ${outcome.error.kind}: ${outcome.error.message}`)
  return outcome.value
}

function kindOf(outcome: Outcome<unknown> | undefined): string {
  return outcome === undefined ? 'missing' : outcome.ok ? 'ok' : outcome.error.kind
}
