import { saveConnection } from '../../../src/platforms/mirror/connection.ts'
import { keepUp } from '../../../src/platforms/mirror/keep-up.ts'
import type { MirrorReport, MirrorRoom } from '../../../src/platforms/mirror/mirror-room.ts'
import { openMirror } from '../../../src/platforms/mirror/open-mirror.ts'
import { readCatalog } from '../../../src/platforms/embedded/read-catalog.ts'
import type { BookingPlatform } from '../../../src/platforms/booking-platform.ts'
import type { PlatformAdapter, PlatformKind } from '../../../src/platforms/platform-adapter.ts'
import type { Store } from '../../../src/store/open-store.ts'
import { withOwnWaitlist } from '../../../src/waitlist/own-list/with-own-waitlist.ts'
import type { AdapterFake } from '../../contract/adapter-contract.ts'
import { createTestDatabase, createTestStore, openTestStore, type TestDatabase } from '../test-store.ts'
import { testClock, type TestClock } from '../tiny-book.ts'
import { openAdapter } from './open-adapter.ts'

export type MirroredDesk<Fake extends AdapterFake> = { store: Store; clock: TestClock; fake: Fake; adapter: PlatformAdapter; room: MirrorRoom; platform: BookingPlatform; reports: MirrorReport[]; budget: ReturnType<typeof openAdapter>['budget'] }

type Setup<Credentials, Fake extends AdapterFake> = { kind: PlatformKind<Credentials>; credentials: unknown; makeFake: (clock: TestClock) => Fake }

/** A desk whose salon is on a vendor's platform (its fake), connected and, unless `read` is false, with its first reading done. Close the store after the test. */
export async function createMirroredDesk<Credentials, Fake extends AdapterFake>(setup: Setup<Credentials, Fake> & { read?: boolean; writeBack?: { risk: boolean; notes: boolean } }): Promise<MirroredDesk<Fake>> {
  const clock = testClock()
  const store = await createTestStore({ clock })
  const desk = open(setup, store, clock)
  await saveConnection({ store, connection: { provider: setup.kind.provider, account: 'Tiny Salon', credentials: setup.credentials, capabilities: setup.kind.declared, writeBack: setup.writeBack ?? { risk: true, notes: true } }, by: 'owner', now: clock.now() })
  if (setup.read !== false) await readAll(desk.room)
  return desk
}

/** Another instance of the same desk: its own connections and its own memory, the same database and the same platform. */
export function anotherInstance<Fake extends AdapterFake>(desk: MirroredDesk<Fake>, setup: Setup<unknown, Fake>): MirroredDesk<Fake> {
  return open({ ...setup, makeFake: () => desk.fake }, openTestStore(desk.store.url, async () => {}, desk.clock), desk.clock)
}

/** The first reading, whole. Throws when it does not come to an end. */
export async function readAll(room: MirrorRoom): Promise<void> {
  for (let turn = 0; turn < 50; turn++) {
    if (!(await keepUp(room)).more) {
      const { phase, error_code } = await room.store.db.selectFrom('platform_sync').select(['phase', 'error_code']).executeTakeFirstOrThrow()
      if (phase !== 'done') throw new Error(`the first reading stopped in ${phase}: ${error_code}`)
      return
    }
  }
  throw new Error('the first reading has no end')
}

/** Makes desks like `createMirroredDesk`, quickly: the first reading is done once and copied. `make` makes the next desk, `end` forgets the copy. */
export function mirroredDesks<Credentials, Fake extends AdapterFake>(setup: Setup<Credentials, Fake>): { make(): Promise<MirroredDesk<Fake>>; end(): Promise<void> } {
  let template: Promise<TestDatabase> | undefined
  const prepare = async (): Promise<TestDatabase> => {
    const database = await createTestDatabase()
    const clock = testClock()
    const store = openTestStore(database.url, async () => {}, clock)
    const { room } = open(setup, store, clock)
    await saveConnection({ store, connection: { provider: setup.kind.provider, account: 'Tiny Salon', credentials: setup.credentials, capabilities: setup.kind.declared, writeBack: { risk: true, notes: true } }, by: 'owner', now: clock.now() })
    await readAll(room)
    await store.close()
    return database
  }
  return {
    async make() {
      template ??= prepare()
      const { url, drop } = await createTestDatabase({ template: (await template).name })
      const clock = testClock()
      const desk = open(setup, openTestStore(url, drop, clock), clock)
      // So that the adapter knows the catalogue as it would after the reading.
      await desk.adapter.catalog()
      return desk
    },
    async end() {
      if (template !== undefined) await (await template).drop()
    },
  }
}

function open<Credentials, Fake extends AdapterFake>({ kind, credentials, makeFake }: Setup<Credentials, Fake>, store: Store, clock: TestClock): MirroredDesk<Fake> {
  const fake = makeFake(clock)
  const reports: MirrorReport[] = []
  const { adapter, budget } = openAdapter({ kind, credentials, server: fake.server, clock, catalog: () => readCatalog(store.db) })
  const { platform, room } = openMirror({ store, clock, adapter, capabilities: async () => kind.declared, report: (event) => { reports.push(event) } })
  return { store, clock, fake, adapter, room, platform: withOwnWaitlist({ platform, store, clock }), reports, budget }
}
