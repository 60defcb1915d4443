import { failed, ok, type BookingPlatform, type Capabilities, type Change, type Outcome } from '../booking-platform.ts'
import type { Clock } from '../../salon/time.ts'
import type { Db, Store } from '../../store/open-store.ts'
import { createAppointment, moveAppointment } from './book-appointment.ts'
import { cancelAppointment, changeStatus } from './change-status.ts'
import { failureOf } from './failure.ts'
import { clientsByPhone, findClients, readClients } from './find-clients.ts'
import { addNote, longestNote, removeNote, writeRisk } from './notes.ts'
import { readAppointment, readAppointments, readHistory } from './read-appointments.ts'
import { readCatalog } from './read-catalog.ts'
import { readSlot } from './read-slot.ts'
import { searchSlots } from './search-slots.ts'
import { addToWaitlist, readWaitlist, setWaitlist } from './waitlist.ts'
import { write } from './write.ts'

const capabilities: Capabilities = {
  read: 'live',
  availability: 'search',
  multiService: 'native',
  hold: 'none',
  conflicts: 'refused',
  create: 'yes',
  reschedule: 'yes',
  cancel: 'yes',
  cancelGranularity: 'appointment',
  setNoShow: 'yes',
  confirm: 'yes',
  restore: 'yes',
  notes: { appointment: 'yes', client: 'yes', maxLength: longestNote },
  riskField: 'custom_field',
  waitlist: 'native_full',
  version: 'integer',
  idempotency: 'native_key',
  changes: 'feed',
}

/** The desk's own booking platform, on its own store. Everything is read as it was known at `clock.now()`. */
export function openEmbeddedBook({ store, clock }: { store: Store; clock: Clock }): BookingPlatform {
  const { db } = store
  const now = () => clock.now()
  const writing = { store, clock }
  return {
    provider: 'embedded',
    name: 'the built-in book',
    capabilities: async () => capabilities,
    check: () => reading(async () => {
      const catalog = await readCatalog(db)
      return catalog === undefined ? emptyBook() : ok({ account: catalog.business.name }, now())
    }),
    freshness: async () => ({ state: 'live', asOf: now() }),
    catalog: () => reading(async () => {
      const catalog = await readCatalog(db)
      if (catalog === undefined) return emptyBook()
      const { business, locations, staff, services, shifts } = catalog
      return ok({ business, locations, staff, services, shifts }, now())
    }),
    appointments: (query) => reading(() => readAppointments({ db, query, now: now() })),
    appointment: ({ id }) => reading(() => readAppointment({ db, id, now: now() })),
    client: ({ id }) => reading(async () => {
      const found = await readClients({ store, ids: [id], now: now() })
      if (!found.ok) return found
      const [client] = found.value
      return client === undefined ? failed('not_found', 'no such client') : ok(client, found.observedAt)
    }),
    clients: ({ ids }) => reading(() => readClients({ store, ids, now: now() })),
    findClients: (query) => reading(() => findClients({ store, query, now: now() })),
    clientsByPhone: ({ phones }) => reading(() => clientsByPhone({ store, phones, now: now() })),
    clientNames: () => reading(async () => {
      const rows = await db.selectFrom('book_clients').select(['id', 'first_name as firstName', 'last_name as lastName']).orderBy('id').execute()
      return ok(rows, now())
    }),
    history: ({ clientIds, knownBefore }) => reading(() => readHistory({ db, clientIds, knownBefore, now: now() })),
    searchSlots: (query) => reading(() => searchSlots({ db, query, now: now() })),
    slot: ({ id, rescheduling }) => reading(() => readSlot({ db, id, rescheduling, now: now() })),
    create: (command) => write({ ...writing, operation: 'create', command, apply: createAppointment }),
    reschedule: (command) => write({ ...writing, operation: 'reschedule', command, apply: moveAppointment }),
    cancel: (command) => write({ ...writing, operation: 'cancel', command, apply: cancelAppointment }),
    setStatus: (command) => write({ ...writing, operation: 'setStatus', command, apply: changeStatus }),
    addNote: (command) => write({ ...writing, operation: 'addNote', command, apply: addNote }),
    removeNote: (command) => write({ ...writing, operation: 'removeNote', command, apply: removeNote }),
    writeRisk: ({ risks }) => reading(() => writeRisk({ db, risks, now: now() })),
    waitlist: (query) => reading(() => readWaitlist({ db, ...query, now: now() })),
    waitlistAdd: (command) => write({ ...writing, operation: 'waitlistAdd', command, apply: addToWaitlist }),
    waitlistSet: (command) => write({ ...writing, operation: 'waitlistSet', command, apply: setWaitlist }),
    changes: (query) => reading(() => readChanges({ db, ...query, now: now() })),
  }
}

async function readChanges({ db, cursor, limit = 200, now }: { db: Db; cursor?: string; limit?: number; now: string }): Promise<Outcome<{ changes: Change[]; cursor: string }>> {
  if (cursor === undefined) {
    const { seq } = await db.selectFrom('book_head').select('seq').executeTakeFirstOrThrow()
    return ok({ changes: [], cursor: String(seq) }, now)
  }
  if (!/^\d{1,15}$/.test(cursor)) return failed('invalid', 'not a cursor of this feed')
  const rows = await db.selectFrom('book_changes').selectAll().where('seq', '>', Number(cursor)).orderBy('seq').limit(Math.max(1, Math.min(limit, 1_000))).execute()
  const changes = rows.map(({ at, kind, id, key }): Change => ({ at, kind, id, ...(key !== null && { key }) }))
  return ok({ changes, cursor: String(rows.at(-1)?.seq ?? cursor) }, now)
}

async function reading<T>(read: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
  try {
    return await read()
  } catch (error) {
    return failureOf(error, { sent: false })
  }
}

function emptyBook<T>(): Outcome<T> {
  return failed('not_found', 'the book is empty: load the demo salon or import a salon')
}
