import { type Appointment, type Client, liveStatuses, type Slot } from '../../salon/salon.ts'
import { addMinutes, type Instant, localDate } from '../../salon/time.ts'
import { expectVisit } from '../../store/expected-visits.ts'
import { type BookingPlatform, failed, ok, type Outcome } from '../booking-platform.ts'
import { readClients } from '../embedded/find-clients.ts'
import { isNote, longestNote } from '../embedded/notes.ts'
import { type BookCatalog, readCatalog } from '../embedded/read-catalog.ts'
import type { SeenVisit } from '../platform-adapter.ts'
import { byHand, isByHand } from './by-hand.ts'
import { once } from './journal.ts'
import type { MirrorRoom } from './mirror-room.ts'
import { findOffer } from './offers.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { noteDouble } from './overbooked.ts'
import { applySeen } from './refresh.ts'
import { readSlotId } from './slot-ids.ts'
import { vendorKey } from './vendor-key.ts'
import { wantUndone } from './write-back.ts'

type CreateCommand = Parameters<BookingPlatform['create']>[0]

/** Books: looks whether an earlier try was done, whether the platform still offers the time, books, looks that nobody else has it, reads back. */
export function createThere(room: MirrorRoom, command: CreateCommand): Promise<Outcome<Appointment>> {
  const { store, clock, adapter } = room
  return once({ store, clock, operation: 'create', subject: command.clientId, command, async run({ maybeDone, startedAt }) {
    const caps = await room.capabilities()
    const { key, by } = command
    const own = { key, by }
    const asked = await understand(room, command)
    if (!asked.ok) return asked
    const { slot, client, catalog, note } = asked.value
    if (isByHand(caps.create, adapter)) {
      // It may appear there without its client.
      await expectVisit(store.db, { key, clientId: client.id, locationId: slot.locationId, segments: slot.segments, start: slot.start, end: slot.end, now: clock.now() })
      return byHand(adapter, { kind: 'create', client, slot, catalog, ...(note !== undefined && { note }) })
    }
    if (caps.create !== 'yes' || adapter.create === undefined) return failed('unsupported', 'this platform takes no bookings from us', { capability: 'create' })
    const create = adapter.create.bind(adapter)
    const finish = async (seen: SeenVisit): Promise<Outcome<Appointment>> => {
      // Not every platform says when a visit was booked; of ours we know.
      const applied = await applySeen(room, { ...seen, visit: { ...seen.visit, bookedAt: seen.visit.bookedAt ?? startedAt } }, own)
      return applied.ok ? ok(applied.value.visit, applied.observedAt) : failed('unknown_outcome', 'booked, and not understood')
    }
    const finishUnlessDouble = async (made: SeenVisit): Promise<Outcome<Appointment>> => {
      const clash = caps.conflicts === 'refused' ? undefined : await findClash(room, { visit: made.visit })
      return clash === undefined ? finish(made) : undoDouble(room, { made, own })
    }
    if (maybeDone) {
      const found = await findMade(room, { slot, clientId: command.clientId, since: startedAt })
      if (!found.ok) return found
      if (found.value !== undefined) return finishUnlessDouble(found.value)
    }
    return oneAtATime({ store, places: caps.conflicts === 'refused' ? [] : placesOf(slot, catalog), async work() {
      const offer = await findOffer(room, { slot, moving: undefined })
      if (!offer.ok) return offer
      if (offer.value === undefined) return notOffered({ maybeDone, holds: caps.hold === 'native', startedAt, now: clock.now() })
      const made = await create({ key: vendorKey(key), slot: offer.value, client, ...(note !== undefined && { note }) })
      return made.ok ? finishUnlessDouble(made.value) : made
    } })
  } })
}

/** For how long a time that an earlier try of ours held there may stay held. Zenoti's and Phorest's reservations last minutes. */
const holdMinutes = 15

/** The time is not offered: taken, or still held by our own try whose answer was lost; then nobody can tell for a while. */
export function notOffered<T>({ maybeDone, holds, startedAt, now }: { maybeDone: boolean; holds: boolean; startedAt: Instant; now: Instant }): Outcome<T> {
  if (maybeDone && holds && now < addMinutes(startedAt, holdMinutes)) return failed('unknown_outcome', 'the time may be held by an earlier try', { retryAfterMs: 60_000 })
  return failed('conflict_slot', 'the time is no longer offered')
}

async function understand({ store, clock }: MirrorRoom, { slotId, clientId, note }: CreateCommand): Promise<Outcome<{ slot: Slot; client: Client; catalog: BookCatalog; note: string | undefined }>> {
  const catalog = await readCatalog(store.db)
  const slot = catalog === undefined ? undefined : readSlotId(slotId, catalog)
  if (catalog === undefined || slot === undefined) return failed('invalid', 'not a slot of this platform')
  if (note !== undefined && !isNote(note)) return failed('invalid', `a note has 1 to ${longestNote} characters`)
  const clients = await readClients({ store, ids: [clientId], now: clock.now() })
  if (!clients.ok) return clients
  const [client] = clients.value
  if (client === undefined) return failed('not_found', 'no such client')
  if (slot.start < clock.now()) return failed('policy_blocked', 'that time has passed')
  return ok({ slot, client, catalog, note }, clock.now())
}

/** The booking that an earlier try made, if it did: that client's, at that time, for that work, not older than the try. */
export async function findMade({ adapter }: MirrorRoom, { slot, clientId, since }: { slot: Slot; clientId: string; since: Instant }): Promise<Outcome<SeenVisit | undefined>> {
  const there = await readAround(adapter, { from: slot.start, to: addMinutes(slot.start, 1), clientId })
  if (!there.ok) return there
  // Clocks differ a little.
  const earliest = addMinutes(since, -5)
  return ok(there.value.find(({ visit }) => visit.clientId === clientId && visit.start === slot.start && liveStatuses.includes(visit.status) && visit.status !== 'held' // a reservation that nobody completed is no booking
    && (visit.bookedAt === undefined || visit.bookedAt >= earliest)
    && visit.segments.every(({ serviceId, staffId }, n) => serviceId === slot.segments[n]?.serviceId && staffId === slot.segments[n].staffId)), there.observedAt)
}

/** Another live visit of the same person's that lies on this one; on platforms that let that happen (Easy!Appointments answers 201 twice). */
export async function findClash({ adapter }: MirrorRoom, { visit }: { visit: Appointment }): Promise<SeenVisit | undefined> {
  // A visit that began before may last into this one: a working day back is enough.
  const there = await readAround(adapter, { from: addMinutes(visit.start, -12 * 60), to: visit.end })
  // Not seen is not taken back: should there be one, the next reconciliation finds it.
  if (!there.ok) return undefined
  return there.value.find(({ visit: other }) => other.id !== visit.id && liveStatuses.includes(other.status)
    && other.segments.some((theirs) => visit.segments.some((ours) => theirs.staffId === ours.staffId && theirs.start < addMinutes(ours.start, ours.durationMin) && ours.start < addMinutes(theirs.start, theirs.durationMin))))
}

async function readAround(adapter: MirrorRoom['adapter'], { from, to, clientId }: { from: Instant; to: Instant; clientId?: string }): Promise<Outcome<SeenVisit[]>> {
  const found: SeenVisit[] = []
  for (let cursor: string | undefined, page = 0; page === 0 || cursor !== undefined; page++) {
    const answer = await adapter.visits({ from, to, ...(cursor !== undefined && { cursor }) })
    if (!answer.ok && answer.error.kind === 'unsupported' && clientId !== undefined && adapter.clientVisits !== undefined) return adapter.clientVisits({ clientId })
    if (!answer.ok) return answer
    found.push(...answer.value.items)
    cursor = answer.value.cursor
    if (cursor === undefined) return ok(found, answer.observedAt)
  }
  return ok(found, '')
}

/** The chair was given twice: ours is taken back, at once or, if that does not work, by the write-back; people hear of it. */
export async function undoDouble(room: MirrorRoom, { made, own }: { made: SeenVisit; own: { key: string; by?: string | undefined } }): Promise<Outcome<Appointment>> {
  const { adapter, store, clock } = room
  const visitId = made.visit.id
  const undone = await adapter.cancel?.({ key: vendorKey(`${own.key}:undo`), visit: made, cancelledBy: 'salon', reason: 'double booking' })
  await store.transaction(async (trx) => {
    await noteDouble(trx, { visit: made.visit, of: 'booking', undone: undone?.ok === true, now: clock.now() })
    if (undone?.ok !== true) await wantUndone(trx, { visitId, now: clock.now() })
  })
  await applySeen(room, undone?.ok === true ? undone.value : made, own)
  room.report({ what: undone?.ok === true ? 'double_booking_undone' : 'double_booking_stays', visitId })
  return failed('conflict_slot', 'somebody else has the time')
}

export function placesOf({ segments, locationId }: Slot, catalog: BookCatalog): string[] {
  const zone = catalog.locationById.get(locationId)?.zone ?? 'UTC'
  return segments.map(({ staffId, start }) => `staff:${staffId}:${localDate(start, zone)}`)
}
