import { createHmac } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Outcome } from '../../../../src/platforms/booking-platform.ts'
import type { PlatformAdapter, SeenVisit } from '../../../../src/platforms/platform-adapter.ts'
import { zenoti } from '../../../../src/platforms/zenoti/index.ts'
import { addMinutes, at, dayRange } from '../../../../src/salon/time.ts'
import { fakeZenoti } from '../../../support/platforms/fake-zenoti.ts'
import { openAdapter } from '../../../support/platforms/open-adapter.ts'
import { testClock, tinyBook, tinyZone, type TestClock } from '../../../support/tiny-book.ts'

const credentials = { apiKey: 'zenoti-key-of-the-tiny-salon', timezone: tinyZone, searchGuestId: 'search-guest', webhookSecret: 'zenoti-webhook-secret' }

describe('Zenoti', () => {
  let clock: TestClock
  let fake: ReturnType<typeof fakeZenoti>
  let adapter: PlatformAdapter
  let budget: ReturnType<typeof openAdapter>['budget']
  const open = async (more: Record<string, unknown> = {}) => {
    ;({ adapter, budget } = openAdapter({ kind: zenoti, credentials: { ...credentials, ...more }, server: fake.server, clock }))
    value(await adapter.catalog())
  }
  beforeEach(async () => {
    clock = testClock()
    fake = fakeZenoti({ clock })
    await open()
  })
  const seen = async (id = 'b-cut'): Promise<SeenVisit> => value(await adapter.visit({ id }))
  /** A receptionist puts a blow-dry after the cut, on the same invoice. */
  const addService = (id = 'b-cut') => {
    const visit = fake.book.visits.get(id)
    if (visit === undefined) throw new Error('no such visit')
    fake.book.change(id, { segments: [...visit.segments, ...fake.book.segmentsOf([{ serviceId: 'blowdry', staffId: 'bea' }], visit.end)] })
  }
  const saturday = dayRange('2026-11-21', tinyZone)

  describe('an invoice is cancelled as a whole', () => {
    test('so all its services are one visit, and go together', async () => {
      addService()
      const visit = await seen()
      expect(visit.visit.segments.map(({ serviceId }) => serviceId)).toEqual(['cut', 'blowdry'])
      expect(visit.visit).toMatchObject({ start: at('2026-11-21', '10:00', tinyZone), end: at('2026-11-21', '11:15', tinyZone) })
      expect(value(await adapter.visits(saturday)).items.find((one) => one.visit.id === 'b-cut')?.visit).toEqual(visit.visit)
      expect(value(await adapter.cancel?.({ key: 'k', visit, cancelledBy: 'client' })).visit).toMatchObject({ status: 'cancelled', cancelledBy: 'client' })
    })

    test('and what a receptionist puts on it a second before is not cancelled silently', async () => {
      const visit = await seen()
      addService()
      const outcome = await adapter.cancel?.({ key: 'k', visit, cancelledBy: 'client' })
      expect(outcome).toMatchObject({ ok: false, error: { kind: 'policy_blocked', message: expect.stringContaining('1 more service than this visit') as string } })
      expect(fake.book.visits.get('b-cut')?.status).toBe('booked')
      expect(fake.server.requests.some(({ method }) => method === 'PUT')).toBe(false)
    })

    test('and neither is a purchase that lies on it', async () => {
      const visit = await seen()
      fake.book.change('b-cut', { fields: { products: 1 } })
      expect(kindOf(await adapter.cancel?.({ key: 'k', visit, cancelledBy: 'client' }))).toBe('policy_blocked')
      expect(fake.book.visits.get('b-cut')?.status).toBe('booked')
    })

    test('but a row without a service, which is nobody\'s visit, is known to lie on it', async () => {
      addService()
      fake.book.change('b-cut', { fields: { appointments: [{}, { service: null }] } })
      const visit = await seen()
      expect(visit.visit.segments).toHaveLength(1)
      expect(value(await adapter.cancel?.({ key: 'k', visit, cancelledBy: 'salon' })).visit.status).toBe('cancelled')
    })

    test('and Zenoti\'s own refusal, inside a 200, is told as such', async () => {
      const visit = await seen()
      fake.book.change('b-cut', { fields: { paid: true } })
      expect(await adapter.cancel?.({ key: 'k', visit, cancelledBy: 'client' })).toMatchObject({ ok: false, error: { kind: 'policy_blocked', providerCode: '502' } })
    })

    test('and a cancellation that was sent and not answered is unknown', async () => {
      const visit = await seen()
      fake.server.failNext({ method: 'PUT', path: /cancel$/ }, { do: 'drop' })
      expect(kindOf(await adapter.cancel?.({ key: 'k', visit, cancelledBy: 'client' }))).toBe('unknown_outcome')
      expect(fake.book.visits.get('b-cut')?.status).toBe('cancelled')
    })

    test('one that was done and could not be read back is unknown too, not failed', async () => {
      const visit = await seen()
      fake.server.failNext({ path: /appointments\/b-cut-service-0$/ }, { do: 'lose' })
      expect(kindOf(await adapter.cancel?.({ key: 'k', visit, cancelledBy: 'client' }))).toBe('unknown_outcome')
    })
  })

  describe('an error inside a 200', () => {
    test.each([[438, 'forbidden'], ['602', 'forbidden'], [401, 'auth'], [429, 'rate_limited'], [9_999, 'invalid'], [undefined, 'invalid']])('with code %s is %s', async (code, kind) => {
      fake.server.always({ do: 'answer', status: 200, body: { error: { code, message: 'x' } } })
      expect(kindOf(await adapter.visits(saturday))).toBe(kind)
    })

    test('null is none', async () => {
      fake.server.failNext({ path: /appointments$/ }, { do: 'answer', status: 200, body: { appointments: [], error: null } })
      expect(value(await adapter.visits(saturday)).items).toEqual([])
    })
  })

  describe('four steps', () => {
    const slotAt = async (time: string, moving?: SeenVisit) => {
      const slot = value(await adapter.slots?.({ locationId: 'main', wants: [{ serviceId: 'cut', staffId: 'ana' }], from: at('2026-11-24', time, tinyZone), to: at('2026-11-24', '17:00', tinyZone), ...(moving !== undefined && { moving }) }))[0]
      if (slot === undefined) throw new Error('nothing free')
      return slot
    }
    const fay = async () => value(await adapter.client?.({ id: 'fay' }))

    test('a search costs two calls a day and books nothing; a move names the old invoice and item, and stays one invoice', async () => {
      const before = budget.taken
      const count = fake.book.visits.size
      await slotAt('09:00')
      expect(budget.taken - before).toBe(2)
      expect(fake.book.visits.size).toBe(count)
      const visit = await seen()
      const moved = value(await adapter.reschedule?.({ key: 'k', visit, slot: await slotAt('09:00', visit) }))
      expect(moved.visit).toMatchObject({ id: 'b-cut', start: at('2026-11-24', '09:00', tinyZone) })
      expect(fake.book.visits.size).toBe(count)
      const asked = fake.server.requests.findLast(({ method, path }) => method === 'POST' && path === '/v1/bookings')?.body
      expect(asked).toMatchObject({ date: '2026-11-24', guests: [{ id: 'dana-k', invoice_id: 'b-cut', items: [{ invoice_item_id: 'b-cut-item-0', item: { id: 'cut' }, therapist: { id: 'ana' } }] }] })
    })

    test('a service put on the invoice meanwhile is not left behind: the move is refused', async () => {
      const visit = await seen()
      const slot = await slotAt('09:00', visit)
      addService()
      expect(kindOf(await adapter.reschedule?.({ key: 'k', visit, slot }))).toBe('conflict_version')
      expect(fake.book.visits.get('b-cut')?.start).toBe(visit.visit.start)
    })

    test('a move does not exchange services', async () => {
      const visit = await seen()
      const [slot] = value(await adapter.slots?.({ locationId: 'main', wants: [{ serviceId: 'beard', staffId: 'ana' }], from: at('2026-11-24', '09:00', tinyZone), to: at('2026-11-24', '17:00', tinyZone) }))
      expect(kindOf(await adapter.reschedule?.({ key: 'k', visit, slot: slot ?? await slotAt('09:00') }))).toBe('unsupported')
    })

    test('a reservation whose answer is lost changed nothing and may be tried again; a confirmation is unknown', async () => {
      const slot = await slotAt('09:00')
      fake.server.failNext({ path: /reserve$/ }, { do: 'drop' })
      expect(kindOf(await adapter.create?.({ key: 'k', slot, client: await fay() }))).toBe('unavailable')
      expect(fake.book.list((visit) => visit.clientId === 'fay')).toEqual([])
      clock.advance(11) // the lost reservation runs out
      fake.server.failNext({ path: /confirm$/ }, { do: 'drop' })
      expect(kindOf(await adapter.create?.({ key: 'k', slot, client: await fay() }))).toBe('unknown_outcome')
      expect(fake.book.list((visit) => visit.clientId === 'fay')).toHaveLength(1)
    })

    test('a time that goes between reservation and confirmation is a conflict', async () => {
      const slot = await slotAt('09:00')
      fake.server.failNext({ path: /confirm$/ }, { do: 'before', run: () => { fake.book.add({ clientId: 'jo', locationId: 'main', status: 'booked', note: '', fields: {}, segments: fake.book.segmentsOf([{ serviceId: 'cut', staffId: 'ana' }], slot.start) }) } })
      expect(await adapter.create?.({ key: 'k', slot, client: await fay() })).toMatchObject({ ok: false, error: { kind: 'conflict_slot', providerCode: '4072' } })
    })

    test('a note goes along with the booking, signed and dated, and is read back', async () => {
      const made = value(await adapter.create?.({ key: 'k', slot: await slotAt('09:00'), client: await fay(), note: 'by the window' }))
      expect(made.visit.notes).toMatchObject([{ text: 'by the window', by: 'desk' }])
    })

    test('when the organization\'s calls run out in the middle of a search, the earliest times are given', async () => {
      fake.server.failNext({ method: 'POST', path: /bookings$/ }, { do: 'before', run: () => { fake.server.failNext({ method: 'POST', path: /bookings$/ }, { do: 'answer', status: 429, headers: { 'retry-after': '30' } }) } })
      const slots = value(await adapter.slots?.({ locationId: 'main', wants: [{ serviceId: 'cut', staffId: 'ana' }], from: at('2026-11-24', '16:00', tinyZone), to: at('2026-11-25', '17:00', tinyZone) }))
      expect(slots.map(({ start }) => start.slice(0, 10)).every((date) => date === '2026-11-25' || date === '2026-11-24')).toBe(true)
      expect(slots.at(-1)?.start).toBeDefined()
      expect(slots.every(({ start }) => start < at('2026-11-25', '00:00', tinyZone))).toBe(true)
    })
  })

  describe('times', () => {
    test.each(['2027-03-14', '2027-11-07'])('of both forms agree on %s, on a machine in another zone too', async (date) => {
      clock.set(at(date, '00:30', tinyZone))
      const visit = fake.book.add({ clientId: 'jo', locationId: 'main', status: 'booked', note: '', fields: {}, segments: fake.book.segmentsOf([{ serviceId: 'cut', staffId: 'cruz' }], at(date, '10:00', tinyZone)) })
      const zone = process.env.TZ
      try {
        for (const machine of ['Asia/Tokyo', 'UTC', 'America/St_Johns']) {
          process.env.TZ = machine
          fake.book.change(visit.id, { fields: {} })
          expect((await seen(visit.id)).visit.start).toBe(at(date, '10:00', tinyZone))
          // Without the time in UTC the wall clock is read in the centre's zone.
          fake.book.change(visit.id, { fields: { appointments: [{ start_time_utc: undefined, end_time_utc: null }] } })
          expect((await seen(visit.id)).visit).toMatchObject({ start: at(date, '10:00', tinyZone), end: at(date, '10:45', tinyZone) })
        }
      } finally {
        if (zone === undefined) delete process.env.TZ
        else process.env.TZ = zone
      }
    })

    test('the hour that comes twice is told apart by the time in UTC', async () => {
      const second = '2026-11-01T09:30:00.000Z' // 1:30 standard time, an hour after 1:30 daylight time
      const visit = fake.book.add({ clientId: 'jo', locationId: 'main', status: 'completed', note: '', fields: {}, segments: fake.book.segmentsOf([{ serviceId: 'cut', staffId: 'cruz' }], second) })
      expect((await seen(visit.id)).visit.start).toBe(second)
    })

    test('a range of seven days that touches eight dates is asked in two', async () => {
      const from = at('2026-11-14', '13:00', tinyZone)
      const to = addMinutes(from, 7 * 1440)
      const first = value(await adapter.visits({ from, to }))
      const second = value(await adapter.visits({ from, to, cursor: first.cursor ?? 'none' }))
      expect(second.cursor).toBeUndefined()
      expect([...first.items, ...second.items].map(({ visit }) => visit.id).toSorted()).toEqual(fake.book.list((visit) => visit.start >= from && visit.start < to).map(({ id }) => id).toSorted())
      expect(fake.server.requests.filter(({ path }) => path === '/v1/appointments').map(({ query }) => [query.start_date, query.end_date])).toEqual([['2026-11-14', '2026-11-21'], ['2026-11-21', '2026-11-22']])
    })

    test('a zone that Zenoti names as Windows does is known, another one is the one that was given', async () => {
      fake = fakeZenoti({ clock, zoneName: 'Eastern Standard Time' })
      await open()
      expect(value(await adapter.catalog()).locations[0]?.zone).toBe('America/New_York')
      fake = fakeZenoti({ clock, zoneName: 'Mars Standard Time' })
      await open({ timezone: 'America/Vancouver' })
      expect(value(await adapter.catalog()).locations[0]?.zone).toBe('America/Vancouver')
    })
  })

  test('breaks are nobody\'s visit, and what is cancelled of a visit falls out of it', async () => {
    expect(value(await adapter.visits(saturday)).items.every(({ visit }) => !visit.id.startsWith('block'))).toBe(true)
    addService()
    fake.book.change('b-cut', { fields: { appointments: [{}, { status: -1 }] } })
    expect((await seen()).visit).toMatchObject({ status: 'booked', segments: [{ serviceId: 'cut' }], end: at('2026-11-21', '10:45', tinyZone) })
    fake.book.change('b-cut', { fields: { appointments: [{ status: -1 }, { status: 21 }] } })
    expect((await seen()).visit).toMatchObject({ status: 'cancelled', cancelledBy: 'unknown', segments: [{ serviceId: 'cut' }, { serviceId: 'blowdry' }] })
  })

  test('an id of zeros is none: no therapist yet, no invoice yet', async () => {
    const none = '00000000-0000-0000-0000-000000000000'
    fake.book.change('b-cut', { fields: { appointments: [{ therapist: { id: none }, invoice_id: none, start_time_utc: '0001-01-01T00:00:00' }] } })
    const visit = await seen('b-cut-service-0')
    expect(visit.visit).toMatchObject({ id: 'b-cut-service-0', start: at('2026-11-21', '10:00', tinyZone), segments: [{ staffId: '' }] })
    expect(value(await adapter.visits(saturday)).items.find(({ visit: { id } }) => id === 'b-cut-service-0')?.visit).toEqual(visit.visit)
    expect(kindOf(await adapter.cancel?.({ key: 'k', visit, cancelledBy: 'client' }))).toBe('policy_blocked')
  })

  test('an appointment\'s own id leads to its visit', async () => {
    expect((await seen('b-cut-service-0')).visit.id).toBe('b-cut')
  })

  test.each([
    [[{ status: 0 }, { status: 4 }], 'confirmed'], [[{ status: 2 }, { status: 0 }], 'arrived'], [[{ status: 1 }, { status: 0 }], 'in_service'], [[{ status: 2, progress: 1 }, { status: 2 }], 'in_service'],
    [[{ status: 1 }, { status: 1 }], 'completed'], [[{ status: -2 }, { status: -1 }], 'no_show'], [[{ status: -2 }, { status: 1 }], 'completed'], [[{ status: '4' }, { status: '4' }], 'confirmed'], [[{ status: null }, { status: 99 }], 'unknown'],
  ])('services with %j are a visit that is %s', async (appointments, status) => {
    addService()
    fake.book.change('b-cut', { fields: { appointments } })
    expect((await seen()).visit.status).toBe(status)
  })

  test('steps: confirmed and back, arrived and back, missed; nothing completes', async () => {
    const set = async (to: 'booked' | 'confirmed' | 'arrived' | 'completed' | 'no_show') => adapter.setStatus?.({ key: to, visit: await seen(), to })
    expect(value(await set('confirmed')).visit.status).toBe('confirmed')
    expect(value(await set('booked')).visit.status).toBe('booked')
    expect(value(await set('arrived')).visit.status).toBe('arrived')
    expect(value(await set('booked')).visit.status).toBe('booked')
    expect(kindOf(await set('completed'))).toBe('unsupported')
    expect(value(await set('no_show')).visit.status).toBe('no_show')
    fake.book.change('c-beard', { fields: { paid: true } })
    expect(kindOf(await adapter.setStatus?.({ key: 'paid', visit: await seen('c-beard'), to: 'no_show' }))).toBe('policy_blocked')
  })

  test('a no-show is a group\'s: one that holds somebody else\'s visit is not marked', async () => {
    fake.book.change('b-cut', { fields: { groupId: 'together' } })
    fake.book.change('a-cut', { fields: { groupId: 'together' } })
    expect(kindOf(await adapter.setStatus?.({ key: 'k', visit: await seen(), to: 'no_show' }))).toBe('policy_blocked')
    expect(fake.book.visits.get('a-cut')?.status).toBe('booked')
  })

  test('checking in is a group\'s too: nobody else of it has come because one has', async () => {
    for (const id of ['b-cut', 'a-cut']) fake.book.change(id, { fields: { groupId: 'together' } })
    expect(kindOf(await adapter.setStatus?.({ key: 'k', visit: await seen(), to: 'arrived' }))).toBe('policy_blocked')
    expect(fake.book.visits.get('a-cut')?.status).toBe('booked')
    for (const id of ['b-cut', 'a-cut']) fake.book.change(id, { status: 'arrived' })
    expect(kindOf(await adapter.setStatus?.({ key: 'back', visit: await seen(), to: 'booked' }))).toBe('policy_blocked')
    expect(fake.book.visits.get('a-cut')?.status).toBe('arrived')
  })

  test('a service that was deleted and that its invoice still names does not take the rest of the visit with it', async () => {
    addService()
    const gone = () => fake.server.failNext({ path: /appointments\/b-cut-service-0$/ }, { do: 'answer', status: 200, body: { error: { code: 410, message: 'Appointment could not be found.' } } })
    gone()
    const visit = await seen()
    expect(visit.visit.segments.map(({ serviceId }) => serviceId)).toEqual(['blowdry'])
    gone()
    // What the invoice still names was seen: it is nobody else's service.
    expect(value(await adapter.cancel?.({ key: 'k', visit, cancelledBy: 'client' })).visit.status).toBe('cancelled')
  })

  test('risk is one note of the guest, rewritten, with an entry for each coming visit; other notes stay, and it is not read as one', async () => {
    const client = value(await adapter.client?.({ id: 'dana-k' }))
    await adapter.addClientNote?.({ key: 'n', client, text: 'likes tea', by: 'Maya', at: clock.now() })
    const later = fake.book.add({ clientId: 'dana-k', locationId: 'main', status: 'booked', note: '', fields: {}, segments: fake.book.segmentsOf([{ serviceId: 'cut', staffId: 'ana' }], at('2026-12-02', '09:00', tinyZone)) })
    for (const [id, score] of [['b-cut', 0.31], [later.id, 0.05], ['b-cut', 0.12]] as const) value(await adapter.writeRisk?.({ visit: await seen(id), score, band: 'low', model: 'test', at: clock.now() }))
    expect(fake.notes.get('dana-k')?.map(({ notes }) => notes.replace(/\(.*\)/, '(…)'))).toEqual(['likes tea (…)', 'Risk of not coming, estimated by the front-desk copilot: 2026-11-21 10:00 low 0.12; 2026-12-02 09:00 low 0.05'])
    expect(value(await adapter.client?.({ id: 'dana-k' })).notes.map(({ text, by }) => [text, by])).toEqual([['likes tea', 'Maya']])
    clock.set(at('2026-11-25', '09:00', tinyZone))
    value(await adapter.writeRisk?.({ visit: await seen(later.id), score: 0.5, band: 'high', model: 'test', at: clock.now() }))
    expect(fake.notes.get('dana-k')?.[1]?.notes).toMatch(/: 2026-12-02 09:00 high 0\.50$/)
  })

  test('an opt-out at Zenoti is one here; that nobody objected is no consent', async () => {
    const answer = (allowed: boolean) => fake.server.failNext({ path: /guests\/fay$/ }, { do: 'answer', status: 200, body: { id: 'fay', personal_info: { first_name: 'Fay', last_name: null, mobile_phone: { country_code: 95, number: '98855 17727', display_number: null }, date_of_birth: '1997-08-02T00:00:00' }, preferences: { receive_transactional_sms: allowed } } })
    answer(false)
    expect(value(await adapter.client?.({ id: 'fay' }))).toMatchObject({ consent: { sms: 'out', email: 'unknown' }, phones: ['+919885517727'], birthday: '08-02', lastName: '' })
    answer(true)
    expect(value(await adapter.client?.({ id: 'fay' })).consent.sms).toBe('unknown')
  })

  test('every centre that the key sees is read, or the one that was named; a visit elsewhere is not ours', async () => {
    const data = tinyBook()
    const [main] = data.catalog.locations
    if (main === undefined) throw new Error('no location')
    data.catalog.locations.push({ ...main, id: 'second-center', name: 'Second Street' })
    fake = fakeZenoti({ clock, data })
    await open()
    const there = fake.book.add({ clientId: 'jo', locationId: 'second-center', status: 'booked', note: '', fields: {}, segments: fake.book.segmentsOf([{ serviceId: 'cut', staffId: 'ana' }], at('2026-11-21', '16:00', tinyZone)) })
    const first = value(await adapter.visits(saturday))
    expect(first.items.map(({ visit }) => visit.locationId)).not.toContain('second-center')
    expect(value(await adapter.visits({ ...saturday, cursor: first.cursor ?? '' })).items.map(({ visit }) => visit.id)).toEqual([there.id])
    expect(value(await adapter.check())).toEqual({ account: 'Main Street and 1 more' })
    await open({ centerId: 'second-center' })
    expect(value(await adapter.catalog()).locations.map(({ id }) => id)).toEqual(['second-center'])
    expect(kindOf(await adapter.visit({ id: 'b-cut' }))).toBe('not_found')
  })

  describe('webhooks', () => {
    const hooks = () => {
      if (adapter.webhooks === undefined) throw new Error('none')
      return adapter.webhooks
    }
    const delivery = (rawBody: string, signature?: string) => ({ url: 'https://desk.example.com/webhooks/zenoti', rawBody, headers: { 'zenoti-webhook-signature': signature } })

    test('are signed in hex with dashes and capitals, or plain; without a secret nothing is taken', async () => {
      const body = '{"event_type":"AppointmentGroup.Created","event_id":"e1","data":{"invoice_id":"i1"}}'
      const hex = createHmac('sha256', credentials.webhookSecret).update(body).digest('hex')
      for (const signature of [`sha256 =${hex.toUpperCase().match(/../g)?.join('-')}`, `sha256=${hex}`, hex, hex.toUpperCase()]) expect(hooks().verify(delivery(body, signature))).toBe('signed')
      for (const signature of [undefined, '', 'sha256 =', `sha256 =${hex.slice(2)}`, `sha1 =${hex}`]) expect(hooks().verify(delivery(body, signature))).toBe('rejected')
      await open({ webhookSecret: undefined })
      expect(hooks().verify(delivery(body, hex))).toBe('rejected')
    })

    test('the empty ping of the settings page says nothing and is no forgery', () => {
      expect(hooks().read(delivery(''))).toEqual([])
      expect(hooks().verify(delivery(''))).toBe('unproven')
    })

    test.each([
      ['{"event_id":"e","event_type":"AppointmentGroup.Created","event_timestamp":"2024-07-25T14:52:06.769417Z","data":{"invoice_id":"i1","appointments":[]}}', [{ dedupeKey: 'e', kind: 'visit', id: 'i1', occurredAt: '2024-07-25T14:52:06.769Z' }]],
      ['{"event_id":"e","event_type":"Invoice.Closed","data":{"invoice":{"id":"i1"}}}', [{ dedupeKey: 'e', kind: 'visit', id: 'i1' }]],
      // As the documentation shows an opt-out: without an envelope. A refused delivery is one of twenty before Zenoti stops sending.
      ['{"id":"g1","_id":7,"timestamp":"2023-11-15T14:30:45Z","details":{"first_name":"x"},"preference_update":{"category":"transactional","channel":"sms"},"current_preferences":{"transactional":{"sms":"opted-out"}}}', [{ dedupeKey: expect.stringMatching(/^[\da-f]{24}$/) as string, kind: 'client', id: 'g1' }]],
      ['{"event_id":"e","event_type":"Guest.OptedOut","data":{"id":"g1","preference_update":{"category":"marketing","channel":"sms"}}}', [{ dedupeKey: 'e', kind: 'client', id: 'g1' }]],
      ['{"event_id":"e","event_type":"Guest.Updated","data":{"id":"g1","_id":7}}', [{ dedupeKey: 'e', kind: 'client', id: 'g1' }]],
      ['{"event_id":"e","event_type":"Class.Booking.NoShow","data":{"workshop_id":1}}', [{ dedupeKey: 'e', kind: 'nothing', id: '' }]],
      // Appointments that started or ended come without an envelope.
      ['{"invoice_id":"i1","appointment_group_id":"g","appointments":[{"id":"a"}]}', [{ dedupeKey: expect.stringMatching(/^[\da-f]{24}$/) as string, kind: 'visit', id: 'i1' }]],
      ['{"hello":"world"}', undefined],
    ])('%s', (body, hints) => {
      expect(hooks().read(delivery(body))).toEqual(hints)
    })
  })

  test.each([['http://api.zenoti.com'], ['https://api.zenoti.com.evil.example'], ['https://zenoti.com@evil.example'], ['https://api.zenoti.com/v2']])('the key is sent to Zenoti only: %s is refused', (host) => {
    expect(zenoti.credentials.safeParse({ ...credentials, host }).success).toBe(false)
  })
})

function value<T>(outcome: Outcome<T> | undefined): T {
  if (outcome?.ok !== true) throw new Error(`expected an answer, got ${outcome?.error.kind}: ${outcome?.error.message}`)
  return outcome.value
}

function kindOf(outcome: Outcome<unknown> | undefined): string {
  return outcome === undefined ? 'missing' : outcome.ok ? 'ok' : outcome.error.kind
}
