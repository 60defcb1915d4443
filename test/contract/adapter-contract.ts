import { beforeEach, describe, expect, test } from 'vitest'
import type { Outcome } from '../../src/platforms/booking-platform.ts'
import type { Delivery } from '../../src/platforms/kit/webhook.ts'
import type { OfferedSlot, PlatformAdapter, PlatformKind, SeenVisit } from '../../src/platforms/platform-adapter.ts'
import { addMinutes, at, dayRange } from '../../src/salon/time.ts'
import type { FakeBook } from '../support/platforms/fake-book.ts'
import type { FakeServer, Fits } from '../support/platforms/fake-server.ts'
import { openAdapter } from '../support/platforms/open-adapter.ts'
import { testClock, tinyZone, type TestClock } from '../support/tiny-book.ts'

/** A vendor's fake with the tiny salon in it; see `FakeBook`. */
export type AdapterFake = {
  book: FakeBook
  server: FakeServer
  /** From now on the key is no longer good. */
  revoke(): void
  /** A webhook as this vendor sends it for a visit, genuine; absent where it sends none. */
  webhook?: (visitId: string) => Delivery
}

type AdapterSetup<Credentials> = {
  kind: PlatformKind<Credentials>
  credentials: unknown
  makeFake: (clock: TestClock) => AdapterFake
  /** How this vendor's server answers a request when it is overloaded; 429 with `Retry-After: 7` unless said otherwise. */
  tooMany?: { status: number; body?: unknown; headers?: Record<string, string> }
  /** False where the vendor's visits hold one service only. */
  severalServices?: boolean
  /** False where the vendor's list of services does not say how long they take. */
  serviceLengths?: boolean
  /** False where a move keeps the staff member (the vendor's own call has no place for another one). */
  movesToOtherStaff?: boolean
  /** False where the vendor lists no range of visits: they are read by their client. */
  listsRanges?: boolean
  /** Which request of a booking is the one that books; the last that is no GET unless said otherwise (for vendors whose calls share one address). */
  decisive?: Fits
}

/**
 * What every vendor's folder must do, tried against a fake of the vendor's server: its words become ours and ours its, its
 * refusals the right kind, its bad days no crash. The mirror adds the rest; `booking-platform-contract` tries both together.
 */
export function describeAdapter<Credentials>(name: string, { kind, credentials, makeFake, serviceLengths = true, tooMany = { status: 429, body: {}, headers: { 'retry-after': '7' } }, movesToOtherStaff = true, listsRanges = true, decisive }: AdapterSetup<Credentials>): void {
  describe(`the adapter of ${name}`, () => {
    let fake: AdapterFake
    let clock: TestClock
    let adapter: PlatformAdapter
    let budget: ReturnType<typeof openAdapter>['budget']
    beforeEach(async () => {
      clock = testClock()
      fake = makeFake(clock)
      ;({ adapter, budget } = openAdapter({ kind, credentials, server: fake.server, clock }))
      value(await adapter.catalog())
    })
    const id = (tiny: string) => fake.book.idOf(tiny)
    const { declared } = kind
    // What needs a proof with a salon's own key is written all the same, and works against the fake.
    const isThere = (mode: string) => mode === 'yes' || mode === 'unverified'

    test('declares itself, and the check says whose account it is', async () => {
      expect(kind.provider).toMatch(/^[a-z0-9-]+$/)
      expect(adapter.provider).toBe(kind.provider)
      expect(value(await adapter.check())).toEqual({ account: expect.any(String) as string })
      expect(value(await adapter.capabilities())).toEqual(declared)
      expect(kind.fields.length).toBeGreaterThan(0)
    })

    test('the catalogue holds together and has the salon\'s zone, prices and lengths', async () => {
      const { business, locations, services, staff } = value(await adapter.catalog())
      expect(business).toMatchObject({ demo: false, name: expect.any(String) as string })
      expect(locations.map((location) => [location.id, location.zone])).toEqual([[id('main'), tinyZone]])
      expect(services.find((service) => service.id === id('cut'))).toMatchObject({ name: "Women's cut", ...(serviceLengths && { durationMin: 45 }), price: { minor: 6500, currency: 'USD' }, active: true })
      // Where a vendor knows no staff, all three are the same stand-in.
      expect(staff.map((member) => member.id).toSorted()).toEqual([...new Set([id('ana'), id('bea'), id('cruz')])].toSorted())
      const known = new Set(services.map((service) => service.id))
      expect(staff.flatMap(({ serviceIds }) => serviceIds).filter((service) => !known.has(service))).toEqual([])
      expect(staff.find((member) => member.id === id('bea'))?.serviceIds).toContain(id('cut'))
    })

    test.skipIf(listsRanges)('visits of a range cannot be listed, and are read by their client', async () => {
      expect(await adapter.visits({ from: at('2026-11-21', '00:00', tinyZone), to: at('2026-11-22', '00:00', tinyZone) })).toMatchObject({ ok: false, error: { kind: 'unsupported', capability: 'read' } })
      const found = value(await adapter.clientVisits?.({ clientId: id('dana-w') }))
      expect(found.map(({ visit }) => visit.id).toSorted()).toEqual(fake.book.list((visit) => visit.clientId === id('dana-w')).map((visit) => visit.id).toSorted())
      expect(value(await adapter.visit({ id: id('b-cut') })).visit).toMatchObject({
        start: at('2026-11-21', '10:00', tinyZone), end: at('2026-11-21', '10:45', tinyZone), locationId: id('main'), clientId: id('dana-k'), status: 'booked', timeKnown: true, fetchedAt: clock.now(),
        segments: [{ serviceId: id('cut'), staffId: id('bea'), durationMin: 45, price: { minor: 6500, currency: 'USD' } }],
      })
      expect(value(await adapter.clientVisits?.({ clientId: id('nobody-has-this') }))).toEqual([])
    })

    test.skipIf(!listsRanges)('visits of a range come whole, page by page, in the salon\'s time, cancelled ones too', async () => {
      const days = Math.min(declared.maxRangeDays ?? 31, 7)
      const from = at('2026-11-14', '00:00', tinyZone)
      const to = addMinutes(from, days * 1440)
      const found = await all(adapter, from, to)
      const there = fake.book.list((visit) => visit.start >= from && visit.start < to)
      expect(found.map(({ visit }) => visit.id).toSorted()).toEqual(there.map((visit) => visit.id).toSorted())
      const cancelled = found.find(({ visit }) => visit.id === id('old-cancelled'))
      if (cancelled !== undefined) expect(cancelled.visit.status).toBe('cancelled')
      const day = await all(adapter, at('2026-11-21', '00:00', tinyZone), at('2026-11-22', '00:00', tinyZone))
      expect(day.find(({ visit }) => visit.id === id('b-cut'))?.visit).toMatchObject({
        start: at('2026-11-21', '10:00', tinyZone), end: at('2026-11-21', '10:45', tinyZone), locationId: id('main'), clientId: id('dana-k'), status: 'booked', timeKnown: true, fetchedAt: clock.now(),
        segments: [{ serviceId: id('cut'), staffId: id('bea'), durationMin: 45, price: { minor: 6500, currency: 'USD' } }],
      })
      const edge = await all(adapter, at('2026-11-21', '10:00', tinyZone), at('2026-11-21', '13:00', tinyZone))
      expect(edge.map(({ visit }) => visit.id)).toEqual([id('b-cut')])
    })

    test('one visit can be read by itself and is the same; what is not there is not found', async () => {
      const listed = (listsRanges ? await all(adapter, at('2026-11-21', '10:00', tinyZone), at('2026-11-21', '10:01', tinyZone)) : value(await adapter.clientVisits?.({ clientId: id('dana-k') }))).find(({ visit }) => visit.id === id('b-cut'))
      const read = value(await adapter.visit({ id: id('b-cut') }))
      expect(read.visit).toEqual(listed?.visit)
      expect(read.visit.version).not.toBe('')
      expect(kindOf(await adapter.visit({ id: id('nobody-has-this') }))).toBe('not_found')
    })

    test('everybody has a name and a number, from the directory or with their visits', async () => {
      const seen = new Map<string, unknown>()
      if (adapter.clients === undefined && adapter.client !== undefined) seen.set(id('dana-k'), value(await adapter.client({ id: id('dana-k') })))
      else if (adapter.clients === undefined) for (const { client } of await all(adapter, at('2026-11-21', '00:00', tinyZone), at('2026-11-22', '00:00', tinyZone))) seen.set(client?.id ?? '', client)
      else {
        for (let cursor: string | undefined, page = 0; page === 0 || cursor !== undefined; page++) {
          const answer = value(await adapter.clients(cursor === undefined ? {} : { cursor }))
          for (const client of answer.items) seen.set(client.id, client)
          cursor = answer.cursor
        }
        expect(seen.size).toBe(fake.book.clients.size)
      }
      const dana = seen.get(id('dana-k')) as { phones: string[] } | undefined
      expect(dana).toMatchObject({ firstName: 'Dana', lastName: 'Kim' })
      expect(dana?.phones.map((phone) => phone.replace(/\D/g, '').slice(-10))).toEqual(['2135550102'])
      if (adapter.client === undefined) return
      expect(value(await adapter.client({ id: id('dana-k') }))).toEqual(dana)
      expect(kindOf(await adapter.client({ id: id('nobody-has-this') }))).toBe('not_found')
    })

    test('a status it has never heard of is "unknown", a field that is missing no crash', async () => {
      fake.book.change(id('b-cut'), { fields: { oddStatus: 'SOMETHING_NEW_OF_2031' } })
      expect(['unknown', 'booked']).toContain(value(await adapter.visit({ id: id('b-cut') })).visit.status)
    })

    describe.skipIf(declared.availability === 'none')('free times', () => {
      const saturday = { from: at('2026-11-24', '09:00', tinyZone), to: at('2026-11-24', '17:00', tinyZone) }
      const search = (query: Partial<Parameters<NonNullable<PlatformAdapter['slots']>>[0]> = {}) => slotsOf(adapter)({ locationId: id('main'), wants: [{ serviceId: id('cut'), staffId: id('ana') }], ...saturday, ...query })

      test('lie in the range, in order, with who does what how long', async () => {
        const slots = value(await search())
        expect(slots.length).toBeGreaterThan(1)
        expect(slots.map(({ start }) => start)).toEqual(slots.map(({ start }) => start).toSorted())
        expect(slots[0]).toMatchObject({ locationId: id('main'), start: saturday.from, end: addMinutes(saturday.from, 45), segments: [{ serviceId: id('cut'), staffId: id('ana'), start: saturday.from, durationMin: 45, price: { minor: 6500, currency: 'USD' } }] })
        expect(slots.every(({ start, token = '' }) => start >= saturday.from && start < saturday.to && token.length <= 1_000)).toBe(true)
      })

      test('leave out what is booked, but not what would move', async () => {
        const query = { wants: [{ serviceId: id('cut'), staffId: id('bea') }], from: at('2026-11-21', '10:00', tinyZone), to: at('2026-11-21', '10:01', tinyZone) }
        expect(value(await search(query))).toEqual([])
        const moving = value(await adapter.visit({ id: id('b-cut') }))
        expect(value(await search({ ...query, moving })).map(({ start }) => start)).toEqual([query.from])
      })

      test.each([['2027-03-14', '10:00'], ['2027-11-07', '10:00'], ['2026-11-29', '10:00']])('on %s begin when the door opens on the wall clock, and are booked at that time', async (date, opens) => {
        clock.set(at(date, '00:00', tinyZone) < clock.now() ? clock.now() : addMinutes(at(date, '00:00', tinyZone), -5 * 1440))
        const [first] = value(await search({ wants: [{ serviceId: id('cut'), staffId: id('cruz') }], ...dayRange(date, tinyZone) }))
        expect(first?.start).toBe(at(date, opens, tinyZone))
        if (!isThere(declared.create) || first === undefined) return
        const made = value(await create(adapter, { key: `dst-${date}`, slot: first, clientId: id('fay') }))
        expect(made.visit.start).toBe(at(date, opens, tinyZone))
        expect(fake.book.visits.get(made.visit.id)?.start).toBe(at(date, opens, tinyZone))
      })

      test.skipIf(declared.multiService !== 'native')('for several services follow one another', async () => {
        const [slot] = value(await search({ wants: [{ serviceId: id('cut'), staffId: id('ana') }, { serviceId: id('beard') }] }))
        expect(slot?.segments.map(({ serviceId, start }) => [serviceId, start])).toEqual([[id('cut'), saturday.from], [id('beard'), addMinutes(saturday.from, 45)]])
      })
    })

    describe.skipIf(!isThere(declared.create))('writing', () => {
      const free = async (): Promise<OfferedSlot> => firstOf(value(await slotsOf(adapter)({ locationId: id('main'), wants: [{ serviceId: id('cut'), staffId: id('ana') }], from: at('2026-11-24', '09:00', tinyZone), to: at('2026-11-24', '17:00', tinyZone) })))
      const booked = async (): Promise<SeenVisit> => value(await adapter.visit({ id: id('b-cut') }))

      test('what was booked is at its time, for its client, read back', async () => {
        const slot = await free()
        const made = value(await create(adapter, { key: 'book-1', slot, clientId: id('fay') }))
        expect(made.visit).toMatchObject({ clientId: id('fay'), start: slot.start, end: slot.end, status: 'booked', segments: [{ serviceId: id('cut'), staffId: id('ana'), durationMin: 45 }] })
        expect(fake.book.visits.get(made.visit.id)).toMatchObject({ clientId: id('fay'), start: slot.start, status: 'booked' })
        expect(value(await adapter.visit({ id: made.visit.id })).visit).toEqual(made.visit)
      })

      test.skipIf(!isThere(declared.reschedule))('a move takes the new time and keeps the visit', async () => {
        const before = await booked()
        const staffId = id(movesToOtherStaff ? 'ana' : 'bea')
        const slot = firstOf(value(await slotsOf(adapter)({ locationId: id('main'), wants: [{ serviceId: id('cut'), staffId }], from: at('2026-11-24', '09:00', tinyZone), to: at('2026-11-24', '17:00', tinyZone), moving: before })))
        const moved = value(await adapter.reschedule?.({ key: 'move-1', visit: before, slot }))
        expect(moved.visit).toMatchObject({ start: slot.start, status: 'booked', clientId: id('dana-k'), segments: [{ serviceId: id('cut'), staffId }] })
        expect(moved.visit.version).not.toBe(before.visit.version)
        expect(fake.book.list((visit) => visit.clientId === id('dana-k') && visit.status === 'booked').map(({ start }) => start)).toEqual([slot.start])
      })

      test('F39: a time that is taken meanwhile is a conflict, where the vendor refuses it', async () => {
        const slot = await free()
        fake.book.add({ clientId: id('jo'), locationId: id('main'), status: 'booked', note: '', fields: {}, segments: fake.book.segmentsOf([{ serviceId: id('cut'), staffId: id('ana') }], slot.start) })
        const outcome = await create(adapter, { key: 'late', slot, clientId: id('fay') })
        if (declared.conflicts === 'refused') expect(kindOf(outcome)).toBe('conflict_slot')
        else expect(['ok', 'conflict_slot']).toContain(kindOf(outcome))
      })

      test.skipIf(declared.version === 'none' || declared.reschedule !== 'yes')('a write with an old version is refused by the vendor itself', async () => {
        const before = await booked()
        clock.advance(1)
        fake.book.change(id('b-cut'), { note: 'somebody was here' })
        const slot = await free()
        expect(kindOf(await adapter.reschedule?.({ key: 'stale', visit: before, slot }))).toBe('conflict_version')
      })

      test.skipIf(!isThere(declared.cancel))('a cancelled visit is cancelled, or gone', async () => {
        const cancelled = await adapter.cancel?.({ key: 'cancel-1', visit: await booked(), cancelledBy: 'client', reason: 'ill' })
        expect(value(cancelled).visit).toMatchObject({ id: id('b-cut'), status: 'cancelled' })
        const there = fake.book.visits.get(id('b-cut'))
        expect(there === undefined || there.status === 'cancelled').toBe(true)
      })

      test.skipIf(declared.confirm !== 'yes')('a visit is confirmed', async () => {
        expect(value(await adapter.setStatus?.({ key: 'confirm', visit: await booked(), to: 'confirmed' })).visit.status).toBe('confirmed')
      })

      test.skipIf(!isThere(declared.notes.appointment))('notes on visits come, and go where they can', async () => {
        const noted = value(await adapter.addVisitNote?.({ key: 'note', visit: await booked(), text: 'likes tea', by: 'Maya', at: clock.now() }))
        const [note] = noted.visit.notes
        expect(note).toMatchObject({ text: 'likes tea' })
        if (adapter.removeVisitNote !== undefined) expect(value(await adapter.removeVisitNote({ key: 'un-note', visit: noted, noteId: note?.id ?? '' })).visit.notes).toEqual([])
      })

      test.skipIf(declared.notes.client !== 'yes')('notes on clients come, and go where they can', async () => {
        const client = await clientOf(adapter, id('dana-k'))
        const noted = value(await adapter.addClientNote?.({ key: 'note', client, text: 'likes tea', by: 'Maya', at: clock.now() }))
        expect(noted.notes.map(({ text }) => text)).toEqual(['likes tea'])
        if (adapter.removeClientNote !== undefined) expect(value(await adapter.removeClientNote({ key: 'un-note', client: noted, noteId: noted.notes[0]?.id ?? '' })).notes).toEqual([])
      })

      test.skipIf(declared.riskField === 'none')('the risk score is kept where the vendor keeps one, also the second one', async () => {
        for (const score of [0.31, 0.12]) expect(value(await adapter.writeRisk?.({ visit: await booked(), score, band: 'high', model: 'test', at: clock.now() }))).toBeNull()
        expect(JSON.stringify([fake.book.visits.get(id('b-cut')), fake.book.clients.get(id('dana-k'))])).toContain('0.12')
      })

      test('F38: an answer that is lost after the write was sent is unknown, not failed', async () => {
        const slot = await free()
        const last = decisive ?? lastWrite(await recorded(fake, () => create(adapter, { key: 'probe', slot, clientId: id('fay') })))
        const next = firstOf(value(await slotsOf(adapter)({ locationId: id('main'), wants: [{ serviceId: id('cut'), staffId: id('ana') }], from: slot.end, to: at('2026-11-24', '17:00', tinyZone) })))
        fake.server.failNext(last, { do: 'drop' })
        expect(kindOf(await create(adapter, { key: 'lost', slot: next, clientId: id('fay') }))).toBe('unknown_outcome')
        expect(fake.book.list((visit) => visit.clientId === id('fay') && visit.start === next.start)).toHaveLength(1)
      })
    })

    test('F43: a key that is no longer good is "auth", without a second try', async () => {
      fake.revoke()
      const before = fake.server.requests.length
      expect(kindOf(await adapter.visit({ id: id('b-cut') }))).toBe('auth')
      // One more where a token has to be fetched anew.
      expect(fake.server.requests.length - before).toBeLessThanOrEqual(3)
    })

    test('its limit slows the desk down for as long as it says', async () => {
      fake.server.always({ do: 'answer', ...tooMany })
      expect(kindOf(await adapter.visit({ id: id('b-cut') }))).toBe('rate_limited')
      expect(budget.slowed.length).toBeGreaterThan(0)
    })

    test.each([
      ['503', { status: 503, body: 'down for maintenance' }], ['a page of HTML', { status: 200, body: '<html>Welcome</html>', headers: { 'content-type': 'text/html' } }], ['an empty answer', { status: 200, body: '' }], ['a list of nothing', { status: 200, body: [] }], ['half a record', { status: 200, body: { id: null } }],
    ])('%s is "unavailable" and no crash', async (_name, answer) => {
      fake.server.always({ do: 'answer', ...answer })
      for (const outcome of [await adapter.visit({ id: id('b-cut') }), await adapter.visits({ from: at('2026-11-21', '00:00', tinyZone), to: at('2026-11-22', '00:00', tinyZone) })]) {
        expect(['unavailable', 'not_found', 'ok', ...(listsRanges ? [] : ['unsupported'])]).toContain(kindOf(outcome))
        if (outcome.ok) expect('items' in outcome.value ? outcome.value.items : ['a visit out of nothing']).toEqual([])
      }
    })

    describe.skipIf(declared.webhookProof === undefined)('webhooks', () => {
      const genuine = () => {
        const delivery = fake.webhook?.(id('b-cut'))
        if (delivery === undefined || adapter.webhooks === undefined) throw new Error('no webhook to try')
        return { delivery, reader: adapter.webhooks }
      }

      test('a genuine one is trusted as far as its proof goes, and names the visit', () => {
        const { delivery, reader } = genuine()
        expect(reader.verify(delivery)).toBe({ signed_body: 'signed', signed_headers: 'signed', token: 'token', none: 'unproven' }[declared.webhookProof ?? 'none'])
        expect(reader.read(delivery)).toMatchObject([{ kind: 'visit', id: id('b-cut'), dedupeKey: expect.stringMatching(/.+/) as string }])
        expect(reader.read(delivery)?.map(({ dedupeKey }) => dedupeKey)).toEqual(reader.read(delivery)?.map(({ dedupeKey }) => dedupeKey))
      })

      test.skipIf(declared.webhookProof === 'none')('one without its proof, or with another one, is rejected', () => {
        const { delivery, reader } = genuine()
        expect(reader.verify({ ...delivery, headers: {} })).toBe('rejected')
        expect(reader.verify({ ...delivery, headers: Object.fromEntries(Object.entries(delivery.headers).map(([name, given = '']) => [name, /signature|hmac-sha|hmac$|token|^authorization$/.test(name) ? given.replace(/[A-Za-z0-9]/, (first) => (first === '0' ? '1' : '0')) : given])) })).toBe('rejected')
        if (declared.webhookProof === 'signed_body') expect(reader.verify({ ...delivery, rawBody: `${delivery.rawBody} ` })).toBe('rejected')
      })

      test.each(['', 'null', '[]', '{', '{"id":1}', '<xml/>', '{"data":{"object":null}}'])('a body like %j is read without a crash', (rawBody) => {
        const { delivery, reader } = genuine()
        expect(reader.read({ ...delivery, rawBody }) ?? []).toEqual(expect.any(Array))
      })
    })
  })
}

function value<T>(outcome: Outcome<T> | undefined): T {
  if (outcome === undefined) throw new Error('the adapter has no such call')
  if (!outcome.ok) throw new Error(`expected an answer, got ${outcome.error.kind}: ${outcome.error.message}`)
  return outcome.value
}

function kindOf(outcome: Outcome<unknown> | undefined): string {
  return outcome === undefined ? 'missing' : outcome.ok ? 'ok' : outcome.error.kind
}

function firstOf<T>(items: T[]): T {
  const [first] = items
  if (first === undefined) throw new Error('there is none')
  return first
}

async function all(adapter: PlatformAdapter, from: string, to: string): Promise<SeenVisit[]> {
  const items: SeenVisit[] = []
  for (let cursor: string | undefined, page = 0; page === 0 || cursor !== undefined; page++) {
    const answer = value(await adapter.visits({ from, to, ...(cursor !== undefined && { cursor }) }))
    items.push(...answer.items)
    cursor = answer.cursor
  }
  return items
}

function slotsOf(adapter: PlatformAdapter): NonNullable<PlatformAdapter['slots']> {
  return async (query) => {
    if (adapter.slots === undefined) throw new Error('the adapter has no slots')
    return adapter.slots(query)
  }
}

async function clientOf(adapter: PlatformAdapter, clientId: string) {
  if (adapter.client !== undefined) return value(await adapter.client({ id: clientId }))
  for (const { client } of await all(adapter, at('2026-11-21', '00:00', tinyZone), at('2026-11-28', '00:00', tinyZone))) if (client?.id === clientId) return client
  return { id: clientId, firstName: 'Fay', lastName: "O'Neil", phones: ['+12135550104'], email: 'fay@example.com', consent: { sms: 'unknown' as const, email: 'unknown' as const }, tags: [], notes: [], holdings: [] }
}

async function create(adapter: PlatformAdapter, { key, slot, clientId }: { key: string; slot: OfferedSlot; clientId: string }): Promise<Outcome<SeenVisit>> {
  if (adapter.create === undefined) throw new Error('the adapter cannot book')
  return adapter.create({ key, slot, client: await clientOf(adapter, clientId) })
}

async function recorded(fake: AdapterFake, work: () => Promise<unknown>): Promise<AdapterFake['server']['requests']> {
  const before = fake.server.requests.length
  await work()
  return fake.server.requests.slice(before)
}

/** What the last request that changed something looked like; ids in its path may be others next time. */
function lastWrite(requests: AdapterFake['server']['requests']): { method: string; path: RegExp } {
  const { method, path } = firstOf(requests.filter((request) => request.method !== 'GET').slice(-1))
  const parts = path.split('/').map((part) => (part.length > 20 || /^[\da-f-]+$/.test(part) ? '[^/]+' : part.replaceAll('.', '\\.')))
  return { method, path: new RegExp(`^${parts.join('/')}$`) }
}
