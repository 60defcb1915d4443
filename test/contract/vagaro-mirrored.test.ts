import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { follow, hear } from '../../src/platforms/mirror/hear.ts'
import { openMirror } from '../../src/platforms/mirror/open-mirror.ts'
import { vagaro } from '../../src/platforms/vagaro/index.ts'
import { liveStatuses } from '../../src/salon/salon.ts'
import { addMinutes, at } from '../../src/salon/time.ts'
import { fakeVagaro, vagaroTestCredentials } from '../support/platforms/fake-vagaro.ts'
import { mirroredDesks, type MirroredDesk } from '../support/platforms/mirrored.ts'
import { type TestClock, tinyZone } from '../support/tiny-book.ts'
import { kindOf, value } from './booking-platform-contract.ts'

// Vagaro lists no range: the copy begins empty and grows by webhooks. Writes are there once a probe has proven them for this salon.
const desks = mirroredDesks({ kind: vagaro, credentials: vagaroTestCredentials, makeFake: (clock: TestClock) => fakeVagaro({ clock }) })
afterAll(() => desks.end())

describe('Vagaro, mirrored', () => {
  let desk: MirroredDesk<ReturnType<typeof fakeVagaro>>
  beforeEach(async () => { desk = await desks.make() })
  afterEach(() => desk.store.close())
  const id = (tiny: string) => desk.fake.book.idOf(tiny)
  const tell = async (visitId: string) => {
    const delivery = desk.fake.webhook?.(visitId)
    expect(delivery !== undefined && (await hear(desk.room, delivery)).trust).toBe('token')
    for (const row of await desk.store.db.selectFrom('inbox').selectAll().where('state', '=', 'new').orderBy('id').execute()) {
      await follow(desk.room, { payload: row.payload })
      await desk.store.db.updateTable('inbox').set({ state: 'done' }).where('id', '=', row.id).execute()
    }
  }
  const day = { from: at('2026-11-21', '00:00', tinyZone), to: at('2026-11-22', '00:00', tinyZone) }

  test('what a webhook names is read, and its client brings all their visits', async () => {
    expect(value(await desk.platform.appointments(day)).items).toEqual([])
    await tell(id('a-color'))
    expect(value(await desk.platform.appointments(day)).items).toMatchObject([{ id: id('a-color'), start: at('2026-11-21', '09:00', tinyZone), clientId: id('dana-w') }])
    expect(value(await desk.platform.history({ clientIds: [id('dana-w')] })).map(({ appointment }) => appointment.id).toSorted()).toEqual([id('a-color'), id('old-kept')].toSorted())
    expect(value(await desk.platform.client({ id: id('dana-w') }))).toMatchObject({ firstName: 'Dana', lastName: 'Whitfield' })
  })

  test('before a probe nothing is written, and it is said', async () => {
    await tell(id('b-cut'))
    const before = value(await desk.platform.appointment({ id: id('b-cut') }))
    const requests = desk.fake.server.requests.length
    expect(kindOf(await desk.platform.cancel({ key: 'early', id: before.id, expectedVersion: before.version, cancelledBy: 'client' }))).toBe('unsupported')
    expect(desk.fake.server.requests.slice(requests).some(({ path }) => /delete|create/.test(path))).toBe(false)
  })

  describe('after it', () => {
    const proven = () => {
      const { store, clock, adapter } = desk
      return openMirror({ store, clock, adapter, capabilities: async () => ({ ...vagaro.declared, create: 'yes', reschedule: 'yes', cancel: 'yes' }) }).platform
    }
    const slot = async () => value(await proven().searchSlots({ locationId: id('main'), wants: [{ serviceId: id('cut'), staffId: id('ana') }], from: at('2026-11-24', '09:00', tinyZone), to: at('2026-11-24', '17:00', tinyZone) }))[0]

    test.each(['drop', 'lose'] as const)('F38: a booking whose answer is lost (%s) is looked for among the client\'s visits, and there is one', async (fault) => {
      await tell(id('b-cut'))
      const free = await slot()
      const command = { key: 'lost', slotId: free?.id ?? '', clientId: id('dana-k') }
      desk.fake.server.failNext({ path: /appointments\/create$/ }, { do: fault })
      expect(kindOf(await proven().create(command))).toBe('unknown_outcome')
      expect(value(await proven().create(command))).toMatchObject({ start: free?.start, clientId: id('dana-k') })
      expect(desk.fake.book.list((visit) => visit.clientId === id('dana-k') && liveStatuses.includes(visit.status) && visit.start === free?.start)).toHaveLength(1)
    })

    test('F41: a move there that nobody told of is seen when the visit is looked at, and never moved from a time it no longer has', async () => {
      await tell(id('b-cut'))
      const before = value(await desk.platform.appointment({ id: id('b-cut') }))
      desk.clock.advance(1)
      desk.fake.book.change(id('b-cut'), { segments: desk.fake.book.segmentsOf(desk.fake.book.visits.get(id('b-cut'))?.segments ?? [], at('2026-11-21', '11:00', tinyZone)) })
      const free = await slot()
      expect(kindOf(await proven().reschedule({ key: 'old', id: before.id, expectedVersion: before.version, slotId: free?.id ?? '' }))).toBe('conflict_version')
      expect(value(await desk.platform.appointments({ from: at('2026-11-21', '11:00', tinyZone), to: addMinutes(at('2026-11-21', '11:00', tinyZone), 1) })).items.map((visit) => visit.id)).toEqual([id('b-cut')])
    })
  })
})
