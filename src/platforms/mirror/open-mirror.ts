import type { Clock } from '../../salon/time.ts'
import type { Store } from '../../store/open-store.ts'
import { type BookingPlatform, type Capabilities, failed, ok, type Outcome } from '../booking-platform.ts'
import { openEmbeddedBook } from '../embedded/index.ts'
import { failureOf } from '../embedded/failure.ts'
import { addMinutes } from '../../salon/time.ts'
import type { PlatformAdapter } from '../platform-adapter.ts'
import { createThere } from './book.ts'
import { cancelThere, rescheduleThere, setStatusThere } from './change.ts'
import { readAsOf, readFreshness } from './freshness.ts'
import { guarded } from './guard.ts'
import { lookAfter } from './look-after.ts'
import type { MirrorReport, MirrorRoom } from './mirror-room.ts'
import { addNoteThere, removeNoteThere } from './note-there.ts'
import { lookUpSlot, searchOffers } from './offers.ts'
import { refreshVisit } from './refresh.ts'
import { addToWaitlistThere, removeFromWaitlistThere } from './waitlist-there.ts'
import { wantRisks } from './write-back.ts'

/** A visit that was read this recently is not asked for again. */
const freshSeconds = 5

/**
 * A salon's own platform behind the port: everything is read from the copy, which webhooks and polling keep (`keepUp`), with
 * its age as `observedAt`; one visit by its id is read there first. Every write goes there, once a key, and is read back.
 */
export function openMirror({ store, clock, adapter, name = adapter.provider, capabilities, report = () => {} }: { store: Store; clock: Clock; adapter: PlatformAdapter; name?: string; capabilities: () => Promise<Capabilities>; report?: (event: MirrorReport) => void }): { platform: BookingPlatform; room: MirrorRoom } {
  const room: MirrorRoom = { store, clock, capabilities, report, adapter: guarded({ adapter, store, clock, onRefused: () => report({ what: 'key_refused' }) }) }
  const copy = openEmbeddedBook({ store, clock })
  const aged = async <T>(read: Promise<Outcome<T>>): Promise<Outcome<T>> => {
    const [outcome, at] = await Promise.all([read, readAsOf(store)])
    return outcome.ok ? ok(outcome.value, at ?? clock.now()) : outcome
  }
  const platform: BookingPlatform = {
    provider: adapter.provider,
    name,
    // The feed is the copy's: what features follow is the same whatever the platform sends.
    capabilities: async () => ({ ...(await capabilities()), changes: 'feed' }),
    check: () => room.adapter.check(),
    freshness: () => readFreshness({ store, clock }),
    catalog: () => aged(copy.catalog()),
    async appointments(query) {
      // Somebody for whom an answer was lost: what the copy says of them may not be so.
      const looked = query.clientId === undefined ? undefined : await lookAfter(room, query.clientId)
      return looked?.ok === false ? looked : aged(copy.appointments(query))
    },
    appointment: ({ id }) => readThrough(room, copy, id),
    client: (query) => aged(copy.client(query)),
    clients: (query) => aged(copy.clients(query)),
    findClients: (query) => aged(copy.findClients(query)),
    clientsByPhone: (query) => aged(copy.clientsByPhone(query)),
    clientNames: () => aged(copy.clientNames()),
    history: (query) => aged(copy.history(query)),
    searchSlots: (query) => valued(() => searchOffers(room, query)),
    slot: (query) => lookUpSlot(room, query),
    create: (command) => valued(() => createThere(room, command)),
    reschedule: (command) => rescheduleThere(room, command),
    cancel: (command) => cancelThere(room, command),
    setStatus: (command) => setStatusThere(room, command),
    addNote: (command) => addNoteThere(room, command),
    removeNote: (command) => removeNoteThere(room, command),
    async writeRisk({ risks }) {
      const { riskField } = await capabilities()
      const { write_back } = await store.db.selectFrom('platform_connection').select('write_back').executeTakeFirst() ?? { write_back: { risk: false } }
      return riskField === 'none' ? failed('unsupported', 'this platform has no place for a score', { capability: 'riskField' }) : wantRisks(room, risks, { toPlatform: write_back.risk })
    },
    waitlist: async () => failed('unsupported', 'this platform does not tell who waits', { capability: 'waitlist' }),
    waitlistAdd: (command) => addToWaitlistThere(room, command),
    waitlistSet: (command) => removeFromWaitlistThere(room, command),
    changes: (query) => copy.changes(query),
  }
  return { platform, room }
}

/** One visit as it is there now; as the copy has it, with its age, where the platform cannot be asked and no write of ours hangs in the air. */
async function readThrough(room: MirrorRoom, copy: BookingPlatform, id: string): ReturnType<BookingPlatform['appointment']> {
  const { store, clock } = room
  const row = await store.db.selectFrom('book_appointments').select('seen_at').where('id', '=', id).executeTakeFirst()
  const known = await copy.appointment({ id })
  if (known.ok && row?.seen_at != null && row.seen_at >= addMinutes(clock.now(), -freshSeconds / 60)) return known
  const now = await refreshVisit(room, id)
  if (now.ok) return ok(now.value.visit, now.observedAt)
  if (now.error.kind === 'not_found') return copy.appointment({ id })
  if (!known.ok) return now.error.kind === 'unsupported' ? known : now
  const open = await store.db.selectFrom('platform_writes').select('key').where('subject', '=', id).where('state', '=', 'unknown').executeTakeFirst()
  return open === undefined ? ok(known.value, known.value.fetchedAt) : now
}

/** What cannot be a value at all (a time that is none) is refused, as a platform would. */
async function valued<T>(work: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
  try {
    return await work()
  } catch (error) {
    return failureOf(error, { sent: true })
  }
}
