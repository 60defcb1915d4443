import { type Appointment, type AppointmentStatus, type Client, type Slot } from '../../salon/salon.ts'
import type { Instant } from '../../salon/time.ts'
import { type BookingPlatform, type Capabilities, failed, ok, type Outcome, type WriteCommand } from '../booking-platform.ts'
import { whyNotStep } from '../embedded/change-status.ts'
import { readClients } from '../embedded/find-clients.ts'
import { readAppointment } from '../embedded/read-appointments.ts'
import { type BookCatalog, readCatalog } from '../embedded/read-catalog.ts'
import type { SeenVisit, SettableStatus } from '../platform-adapter.ts'
import type { OwnChange } from './apply-visits.ts'
import { byHand, isByHand } from './by-hand.ts'
import { findClash, notOffered, placesOf } from './book.ts'
import { once } from './journal.ts'
import { keepStatus } from './keep-status.ts'
import type { MirrorRoom } from './mirror-room.ts'
import { findOffer } from './offers.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { noteDouble } from './overbooked.ts'
import { applySeen, refreshVisit } from './refresh.ts'
import { readSlotId } from './slot-ids.ts'
import { vendorKey } from './vendor-key.ts'

type Moving = Parameters<BookingPlatform['reschedule']>[0]
type Cancelling = Parameters<BookingPlatform['cancel']>[0]
type Stepping = Parameters<BookingPlatform['setStatus']>[0]

/** A visit as it is there right now, and as the copy has it after that reading. */
type Current = { seen: SeenVisit; visit: Appointment; client: Client; catalog: BookCatalog; caps: Capabilities; maybeDone: boolean; startedAt: Instant }

const movable: ReadonlySet<AppointmentStatus> = new Set(['requested', 'booked', 'confirmed', 'held'])

/** Moves a visit: read again right before, refused when it was changed since, when the time is no longer offered, when somebody else has it after all. */
export function rescheduleThere(room: MirrorRoom, command: Moving): Promise<Outcome<Appointment>> {
  const { adapter, clock, store } = room
  return changing(room, { operation: 'reschedule', command, async apply({ seen, visit, client, catalog, caps, maybeDone, startedAt }) {
    const slot = readSlotId(command.slotId, catalog)
    if (slot === undefined) return failed('invalid', 'not a slot of this platform')
    const own = { key: command.key, by: command.by, keepsStatus: true }
    if (maybeDone && isAt(visit, slot)) {
      // Where it was before is no longer known, so it cannot be put back: people are told.
      if (caps.conflicts !== 'refused' && (await findClash(room, { visit: seen.visit })) !== undefined) await sayDouble(room, { visit: seen.visit, id: visit.id, undone: false })
      return finish(room, seen, own)
    }
    if (visit.version !== command.expectedVersion) return failed('conflict_version', 'changed meanwhile')
    if (!movable.has(visit.status) || visit.end <= clock.now()) return failed('policy_blocked', `a visit that is ${visit.status} cannot be moved`)
    if (slot.start < clock.now()) return failed('policy_blocked', 'that time has passed')
    if (services(slot.segments) !== services(visit.segments)) return failed('invalid', 'the slot is for other services than the visit')
    if (isByHand(caps.reschedule, adapter)) return byHand(adapter, { kind: 'reschedule', client, visit, slot, catalog })
    if (caps.reschedule !== 'yes' || adapter.reschedule === undefined) return failed('unsupported', 'this platform moves no visits for us', { capability: 'reschedule' })
    const reschedule = adapter.reschedule.bind(adapter)
    return oneAtATime({ store, places: caps.conflicts === 'refused' ? [] : placesOf(slot, catalog), async work() {
      const offer = await findOffer(room, { slot, moving: seen })
      if (!offer.ok) return offer
      if (offer.value === undefined) return notOffered({ maybeDone, holds: caps.hold === 'native', startedAt, now: clock.now() })
      const moved = await reschedule({ key: vendorKey(command.key), visit: seen, slot: offer.value })
      if (!moved.ok || caps.conflicts === 'refused' || (await findClash(room, { visit: moved.value.visit })) === undefined) return moved.ok ? finish(room, moved.value, own) : moved
      return moveBack(room, { moved: moved.value, before: seen, own })
    } })
  } })
}

export function cancelThere(room: MirrorRoom, command: Cancelling): Promise<Outcome<Appointment>> {
  const { adapter, clock } = room
  return changing(room, { operation: 'cancel', command, async apply({ seen, visit, client, catalog, caps, maybeDone }) {
    const { key, by, cancelledBy, reason } = command
    const own = { key, by, cancelledBy }
    if (maybeDone && visit.status === 'cancelled') return finish(room, seen, own)
    if (visit.version !== command.expectedVersion) return failed('conflict_version', 'changed meanwhile')
    const senseless = whyNotStep({ visit, to: 'cancelled', now: clock.now() }) ?? (visit.end <= clock.now() ? 'a visit that is over cannot be cancelled' : undefined)
    if (senseless !== undefined) return failed('policy_blocked', senseless)
    if (isByHand(caps.cancel, adapter)) return byHand(adapter, { kind: 'cancel', client, visit, catalog, cancelledBy })
    if (caps.cancel !== 'yes' || adapter.cancel === undefined) return failed('unsupported', 'this platform cancels nothing for us', { capability: 'cancel' })
    const cancelled = await adapter.cancel({ key: vendorKey(key), visit: seen, cancelledBy, ...(reason !== undefined && { reason }) })
    return cancelled.ok ? finish(room, cancelled.value, own) : cancelled
  } })
}

/** A step of a visit's life. Where the platform has no such step the desk keeps it itself, as long as the visit stays as it is. */
export function setStatusThere(room: MirrorRoom, command: Stepping): Promise<Outcome<Appointment>> {
  const { adapter, clock } = room
  return changing(room, { operation: 'setStatus', command, async apply({ seen, visit, client, catalog, caps, maybeDone }) {
    const { key, by, to } = command
    if (maybeDone && visit.status === to) return finish(room, seen, { key, by })
    if (visit.version !== command.expectedVersion) return failed('conflict_version', 'changed meanwhile')
    if (visit.status === to) return ok(visit, clock.now())
    const senseless = whyNotStep({ visit, to, now: clock.now() })
    if (senseless !== undefined) return failed('policy_blocked', senseless)
    const isBack = visit.status === 'cancelled'
    if (isBack && (caps.restore !== 'yes' || adapter.setStatus === undefined)) return failed('unsupported', 'a cancelled visit does not come back on this platform', { capability: 'restore' })
    if (modeOf(caps, to) === 'assisted') return byHand(adapter, { kind: 'setStatus', client, visit, catalog, to })
    if (isBack && caps.conflicts !== 'refused' && (await findClash(room, { visit })) !== undefined) return failed('conflict_slot', 'somebody else has the time')
    const stepped = modeOf(caps, to) === 'none' ? undefined : await adapter.setStatus?.({ key: vendorKey(key), visit: seen, to })
    if (stepped?.ok === true) {
      const done = await finish(room, stepped.value, { key, by })
      // Taken there, but under a word that says less (a visit marked as not absent is only booked again).
      return done.ok && done.value.status !== to && !isBack ? keepStatus(room, { id: visit.id, version: done.value.version, to, key, by }) : done
    }
    if (stepped !== undefined && stepped.error.kind !== 'unsupported') return stepped
    return isBack ? failed('unsupported', 'a cancelled visit does not come back on this platform', { capability: 'restore' }) : keepStatus(room, { id: visit.id, version: visit.version, to, key, by })
  } })
}

/** Reads the visit as it is there now, one change of it at a time over all instances, and hands it on; a repeated key has its first outcome. */
export function changing<T>(room: MirrorRoom, { operation, command, apply }: { operation: string; command: WriteCommand & { id: string }; apply: (current: Current) => Promise<Outcome<T>> }): Promise<Outcome<T>> {
  const { store, clock } = room
  return once({ store, clock, operation, subject: command.id, command, run: ({ maybeDone, startedAt }) => oneAtATime({ store, places: [`visit:${command.id}`], async work() {
    const copy = await readAppointment({ db: store.db, id: command.id, now: clock.now() })
    if (!copy.ok) return copy
    const caps = await room.capabilities()
    const now = await refreshVisit(room, command.id)
    // A platform that cannot be asked (its changes are made by hand) leaves the copy.
    if (!now.ok && now.error.kind !== 'unsupported') return now
    const { seen, visit } = now.ok ? now.value : { seen: { visit: copy.value }, visit: copy.value }
    const [catalog, clients] = [await readCatalog(store.db), await readClients({ store, ids: [visit.clientId], now: clock.now() })]
    if (!clients.ok) return clients
    const [client] = clients.value
    if (catalog === undefined || client === undefined) return failed('not_found', 'the visit\'s client is not in the copy')
    return apply({ seen, visit, client, catalog, caps, maybeDone, startedAt })
  } }) })
}

async function finish(room: MirrorRoom, seen: SeenVisit, own: OwnChange): Promise<Outcome<Appointment>> {
  const applied = await applySeen(room, seen, own)
  return applied.ok ? ok(applied.value.visit, applied.observedAt) : failed('unknown_outcome', 'changed, and not understood')
}

/** Somebody else had the time after all: the visit goes back to where it was. */
async function moveBack(room: MirrorRoom, { moved, before, own }: { moved: SeenVisit; before: SeenVisit; own: OwnChange }): Promise<Outcome<Appointment>> {
  const { locationId, start, end, segments } = before.visit
  const back = await room.adapter.reschedule?.({ key: vendorKey(`${own.key}:back`), visit: moved, slot: { locationId, start, end, segments } })
  const applied = await applySeen(room, back?.ok === true ? back.value : moved, own)
  const visitId = applied.ok ? applied.value.visit.id : before.visit.id
  await sayDouble(room, { visit: moved.visit, id: visitId, undone: back?.ok === true })
  return failed('conflict_slot', 'somebody else has the time')
}

async function sayDouble(room: MirrorRoom, { visit, id, undone }: { visit: Appointment; id: string; undone: boolean }): Promise<void> {
  await room.store.transaction((trx) => noteDouble(trx, { visit, id, of: 'move', undone, now: room.clock.now() }))
  room.report({ what: undone ? 'double_booking_undone' : 'double_booking_stays', visitId: id })
}

function modeOf(caps: Capabilities, to: SettableStatus): 'yes' | 'assisted' | 'none' {
  const mode = to === 'confirmed' ? caps.confirm : to === 'no_show' ? caps.setNoShow : 'yes'
  return mode === 'assisted' ? 'assisted' : mode === 'yes' || mode === 'via_cancel_reason' ? 'yes' : 'none'
}

function isAt(visit: Appointment, slot: Slot): boolean {
  return visit.start === slot.start && visit.segments.every(({ serviceId, staffId }, n) => serviceId === slot.segments[n]?.serviceId && staffId === slot.segments[n].staffId)
}

function services(segments: { serviceId: string }[]): string {
  return JSON.stringify(segments.map(({ serviceId }) => serviceId).sort())
}
