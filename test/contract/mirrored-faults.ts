import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { follow, hear } from '../../src/platforms/mirror/hear.ts'
import { keepUp } from '../../src/platforms/mirror/keep-up.ts'
import type { Outcome } from '../../src/platforms/booking-platform.ts'
import type { PlatformKind } from '../../src/platforms/platform-adapter.ts'
import { liveStatuses } from '../../src/salon/salon.ts'
import { addMinutes, at as localAt } from '../../src/salon/time.ts'
import { seededRandom } from '../../src/salon/seeded-random.ts'
import type { FakeVisit } from '../support/platforms/fake-book.ts'
import type { Fits } from '../support/platforms/fake-server.ts'
import { mirroredDesks, type MirroredDesk } from '../support/platforms/mirrored.ts'
import { type TestClock, tinyZone } from '../support/tiny-book.ts'
import type { AdapterFake } from './adapter-contract.ts'
import { kindOf, value } from './booking-platform-contract.ts'

type Setup<Credentials> = {
  kind: PlatformKind<Credentials>
  credentials: unknown
  makeFake: (clock: TestClock) => AdapterFake
  /** What tells the decisive request apart where all of a vendor's calls share one address. */
  decisiveBody?: (body: unknown) => RegExp
  /** The request that takes the time, where an earlier one does that than the one that books (a hold). */
  taking?: Fits
  /** False where a move keeps the staff member. */
  movesToOtherStaff?: boolean
}

const tuesday = { from: localAt('2026-11-24', '09:00', tinyZone), to: localAt('2026-11-24', '17:00', tinyZone) }

/** The rows of the fault matrix that are about a booking platform, run on the wire between the adapter and the vendor's fake. */
export function describeMirroredFaults<Credentials>(name: string, setup: Setup<Credentials>): void {
  const { declared } = setup.kind
  const desks = mirroredDesks(setup)
  afterAll(() => desks.end())

  describe(`the faults of ${name}`, () => {
    let desk: MirroredDesk<AdapterFake>
    beforeEach(async () => { desk = await desks.make() })
    afterEach(() => desk.store.close())
    const id = (tiny: string) => desk.fake.book.idOf(tiny)
    const booked = async () => value(await desk.platform.appointment({ id: id('b-cut') }))
    const slots = async (query: object = {}) => value(await desk.platform.searchSlots({ locationId: id('main'), wants: [{ serviceId: id('cut'), staffId: id('ana') }], ...tuesday, ...query }))
    /** Somebody whom the platform knows; where only visits make clients, somebody with one. */
    const fay = () => id(desk.adapter.clients === undefined ? 'hana' : 'fay')
    const at = (visits: FakeVisit[]) => visits.filter(({ start }) => start >= tuesday.from && start < tuesday.to)
    /** Which request of a change really changes the book there: found out on a desk of its own. */
    const decisive = async (work: (other: MirroredDesk<AdapterFake>) => Promise<unknown>): Promise<Fits> => {
      const other = await desks.make()
      try {
        const { server, book } = other.fake
        const before = server.requests.length
        let last = before
        book.onChange(() => { last = server.requests.length })
        await work(other)
        const request = server.requests[last - 1]
        if (last === before || request === undefined) throw new Error('nothing changed there')
        const path = request.path.split('/').map((part) => (part.length > 20 || /^[\da-f-]+$/.test(part) ? '[^/]+' : part.replaceAll('.', '\\.')))
        return { method: request.method, path: new RegExp(`^${path.join('/')}$`), ...(setup.decisiveBody !== undefined && { body: setup.decisiveBody(request.body) }) }
      } finally {
        await other.store.close()
      }
    }
    /** The same again until it is known how it ended: a time that we ourselves hold there is let go after a while. */
    const settled = async <T>(send: () => Promise<Outcome<T>>): Promise<T> => {
      const outcome = await send()
      if (kindOf(outcome) !== 'unknown_outcome') return value(outcome)
      desk.clock.advance(20)
      return value(await send())
    }

    describe.skipIf(declared.create !== 'yes')('F38: an answer lost on the way back', () => {
      test.each(['drop', 'lose', 'timeout'] as const)('of a booking (%s): the same again converges, with one booking, told once under its key', async (fault) => {
        const [slot] = await slots()
        const cursor = value(await desk.platform.changes({})).cursor
        const wire = await decisive(async (other) => other.platform.create({ key: 'probe', slotId: slot?.id ?? '', clientId: fay() }))
        const command = { key: 'lost', slotId: slot?.id ?? '', clientId: fay(), by: 'maya' }
        desk.fake.server.failNext(wire, { do: fault })
        expect(kindOf(await desk.platform.create(command))).toBe('unknown_outcome')
        const made = await settled(() => desk.platform.create(command))
        expect(made).toMatchObject({ clientId: fay(), start: slot?.start })
        expect(value(await desk.platform.create(command))).toEqual(made)
        expect(at(desk.fake.book.list((visit) => visit.clientId === fay() && liveStatuses.includes(visit.status))).map(({ start }) => start)).toEqual([slot?.start])
        const told = value(await desk.platform.changes({ cursor })).changes.filter((change) => change.id === made.id)
        expect(told).toMatchObject([{ kind: 'created', key: 'lost' }])
      })

      test('while nobody knows, nobody is told that it was not done', async () => {
        const [slot] = await slots()
        const wire = await decisive(async (other) => other.platform.create({ key: 'probe', slotId: slot?.id ?? '', clientId: fay() }))
        desk.fake.server.failNext(wire, { do: 'drop' })
        expect(kindOf(await desk.platform.create({ key: 'lost', slotId: slot?.id ?? '', clientId: fay() }))).toBe('unknown_outcome')
        desk.fake.server.always({ do: 'answer', status: 503, body: 'away' })
        const look = await desk.platform.appointments({ clientId: fay(), from: slot?.start ?? '', to: addMinutes(slot?.start ?? '', 1) })
        expect(kindOf(look)).not.toBe('ok')
        desk.fake.server.calm()
        expect(value(await desk.platform.appointments({ clientId: fay(), from: slot?.start ?? '', to: addMinutes(slot?.start ?? '', 1) })).items).toHaveLength(1)
      })

      test.skipIf(declared.reschedule !== 'yes').each(['drop', 'lose'] as const)('of a move (%s): read back by its id, one move, told once under its key', async (fault) => {
        const before = await booked()
        const [slot] = await slots({ rescheduling: before.id, ...(setup.movesToOtherStaff === false && { wants: [{ serviceId: id('cut'), staffId: id('bea') }] }) })
        const cursor = value(await desk.platform.changes({})).cursor
        const wire = await decisive(async (other) => other.platform.reschedule({ key: 'probe', id: before.id, expectedVersion: before.version, slotId: slot?.id ?? '' }))
        const command = { key: 'lost-move', id: before.id, expectedVersion: before.version, slotId: slot?.id ?? '' }
        desk.fake.server.failNext(wire, { do: fault })
        expect(kindOf(await desk.platform.reschedule(command))).toBe('unknown_outcome')
        expect(await settled(() => desk.platform.reschedule(command))).toMatchObject({ id: before.id, start: slot?.start })
        expect(desk.fake.book.list((visit) => visit.clientId === id('dana-k') && liveStatuses.includes(visit.status)).map(({ start }) => start)).toEqual([slot?.start])
        expect(value(await desk.platform.changes({ cursor })).changes.filter((change) => change.id === before.id)).toMatchObject([{ kind: 'updated', key: 'lost-move' }])
      })

      test.skipIf(declared.cancel !== 'yes')('of a cancellation: it is cancelled once, by whom we know', async () => {
        const before = await booked()
        const wire = await decisive(async (other) => other.platform.cancel({ key: 'probe', id: before.id, expectedVersion: before.version, cancelledBy: 'client' }))
        desk.fake.server.failNext(wire, { do: 'drop' })
        const command = { key: 'lost-cancel', id: before.id, expectedVersion: before.version, cancelledBy: 'client' as const }
        expect(kindOf(await desk.platform.cancel(command))).toBe('unknown_outcome')
        const again = await desk.platform.cancel(command)
        // Where a cancelled visit is deleted, it cannot be read back: it is gone, which is what was wanted.
        expect(['ok', 'not_found']).toContain(kindOf(again))
        expect(value(await desk.platform.appointment({ id: before.id }))).toMatchObject({ status: 'cancelled', cancelledBy: 'client' })
      })
    })

    test.skipIf(declared.create !== 'yes')('F39: somebody takes the time in the moment of booking: the one booking there is theirs, and nobody is told "booked"', async () => {
      const [slot] = await slots()
      const wire = setup.taking ?? await decisive(async (other) => other.platform.create({ key: 'probe', slotId: slot?.id ?? '', clientId: fay() }))
      desk.fake.server.failNext(wire, { do: 'before', run: () => {
        desk.fake.book.add({ clientId: id('jo'), locationId: id('main'), status: 'booked', note: '', fields: {}, segments: desk.fake.book.segmentsOf([{ serviceId: id('cut'), staffId: id('ana') }], slot?.start ?? '') })
      } })
      expect(kindOf(await desk.platform.create({ key: 'late', slotId: slot?.id ?? '', clientId: fay() }))).toBe('conflict_slot')
      expect(desk.fake.book.list((visit) => visit.start === slot?.start && liveStatuses.includes(visit.status)).map(({ clientId }) => clientId)).toEqual([id('jo')])
      expect(desk.reports.map(({ what }) => what)).toEqual(declared.conflicts === 'refused' ? [] : ['double_booking_undone'])
    })

    test.skipIf(declared.read !== 'live').each([1, 2, 3])('F41: webhooks shuffled, doubled and one in ten lost: after a reconciliation the copy is the platform\'s book (seed %i)', async (seed) => {
      const chance = seededRandom(`F41 ${seed}`)
      const random = () => chance.next()
      const deliveries: { visitId: string }[] = []
      desk.fake.book.onChange(({ visit }) => { deliveries.push({ visitId: visit.id }) })
      for (let n = 0; n < 12; n++) {
        desk.clock.advance(1)
        const ahead = desk.fake.book.list((visit) => visit.start > desk.clock.now() && liveStatuses.includes(visit.status))
        const visit = ahead[Math.floor(random() * ahead.length)]
        const dice = random()
        if (visit === undefined || dice < 0.3) desk.fake.book.add({ clientId: id('jo'), locationId: id('main'), status: 'booked', note: '', fields: {}, segments: desk.fake.book.segmentsOf([{ serviceId: id('beard'), staffId: id('cruz') }], addMinutes(tuesday.from, 30 * n)) })
        else if (dice < 0.7) desk.fake.book.change(visit.id, { segments: desk.fake.book.segmentsOf(visit.segments, addMinutes(visit.start, 15)) })
        else if (dice < 0.85) desk.fake.book.change(visit.id, { status: 'cancelled', cancelledBy: 'salon' })
        else desk.fake.book.remove(visit.id)
      }
      const shuffled = [...deliveries, ...deliveries].filter(() => random() > 0.1).map((delivery) => ({ delivery, order: random() })).sort((a, b) => a.order - b.order)
      for (const { delivery: { visitId } } of shuffled) {
        const delivery = desk.fake.book.visits.has(visitId) ? desk.fake.webhook?.(visitId) : undefined
        if (delivery === undefined) continue
        expect((await hear(desk.room, delivery)).status).toBe(200)
        await follow(desk.room, { payload: { kind: 'visit', id: visitId } })
      }
      desk.clock.advance(61)
      await keepUp(desk.room)
      const range = { from: desk.clock.now(), to: addMinutes(desk.clock.now(), 20 * 1440) }
      const copy = value(await desk.platform.appointments(range)).items.map((visit) => [visit.clientId, visit.start, visit.segments[0]?.staffId].join(' '))
      const there = desk.fake.book.list((visit) => liveStatuses.includes(visit.status) && visit.start >= range.from && visit.start < range.to).map((visit) => [visit.clientId, visit.start, visit.segments[0]?.staffId].join(' '))
      expect(copy.toSorted()).toEqual(there.toSorted())
    })

    test.skipIf(declared.create !== 'yes' || declared.webhookProof === undefined)('F42: the echo of our own booking is recognised, before its answer and after: told once, under our key', async () => {
      const [slot] = await slots()
      const cursor = value(await desk.platform.changes({})).cursor
      const echoes: Promise<void>[] = []
      desk.fake.book.onChange(({ visit }) => {
        echoes.push((async () => {
          const delivery = desk.fake.webhook?.(visit.id)
          if (delivery !== undefined) await hear(desk.room, delivery)
          await follow(desk.room, { payload: { kind: 'visit', id: visit.id } })
        })())
      })
      const made = value(await desk.platform.create({ key: 'mine', slotId: slot?.id ?? '', clientId: fay() }))
      await Promise.all(echoes)
      await follow(desk.room, { payload: { kind: 'visit', id: made.id } })
      await follow(desk.room, { payload: { kind: 'visit', id: made.id } })
      const told = value(await desk.platform.changes({ cursor })).changes.filter((change) => change.id === made.id)
      expect(told).toMatchObject([{ kind: 'created', key: 'mine' }])
    })

    test('F43: a revoked key pauses writes without a storm, is said once, and what is read is marked as old', async () => {
      const before = await booked()
      desk.clock.advance(20)
      desk.fake.revoke()
      const requests = desk.fake.server.requests.length
      const outcomes = []
      for (let n = 0; n < 20; n++) outcomes.push(await desk.platform.cancel({ key: `revoked-${n}`, id: before.id, expectedVersion: before.version, cancelledBy: 'client' }))
      await keepUp(desk.room)
      if (declared.read === 'live' && declared.cancel === 'yes') {
        expect(new Set(outcomes.map(kindOf))).toEqual(new Set(['auth']))
        // The first one, and one more where a token is fetched anew.
        expect(desk.fake.server.requests.length - requests).toBeLessThanOrEqual(6)
        expect(desk.reports.filter(({ what }) => what === 'key_refused')).toHaveLength(1)
        expect((await desk.platform.freshness()).state).toBe('refused')
      }
      const read = await desk.platform.appointments({ from: before.start, to: addMinutes(before.start, 1) })
      expect(value(read).items.map((visit) => visit.id)).toContain(before.id)
      expect(read.ok && read.observedAt < desk.clock.now()).toBe(true)
      // Nothing was kept of the refused writes: the same key can be sent when the platform takes ours again.
      expect(await desk.store.db.selectFrom('platform_writes').select('key').execute()).toEqual([])
    })
  })
}
