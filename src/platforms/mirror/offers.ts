import { failed, ok, type Outcome, type SlotQuery } from '../booking-platform.ts'
import { endedStatuses, type Slot } from '../../salon/salon.ts'
import { addMinutes, type Instant, toInstant } from '../../salon/time.ts'
import { type BookCatalog, readCatalog } from '../embedded/read-catalog.ts'
import { readAppointment } from '../embedded/read-appointments.ts'
import { searchSlots as searchCopy } from '../embedded/search-slots.ts'
import type { OfferedSlot, PlatformAdapter, SeenVisit } from '../platform-adapter.ts'
import { readAsOf } from './freshness.ts'
import type { MirrorRoom } from './mirror-room.ts'
import { partsOf } from './read-range.ts'
import { refreshVisit } from './refresh.ts'
import { isSameSlot, minuteOf, readSlotId, toSlot } from './slot-ids.ts'

const most = { usual: 50, days: 60 }

/** Free times as the platform offers them now. Where it has no such call they are worked out from the copy, which may be old: a person checks. */
export async function searchOffers(room: MirrorRoom, query: SlotQuery): Promise<Outcome<Slot[]>> {
  const { store, clock, adapter } = room
  const { multiService, availability } = await room.capabilities()
  const [from, to] = [toInstant(query.from), toInstant(query.to)]
  if (from >= to) return failed('invalid', 'the range ends before it begins')
  if (query.wants.length === 0) return failed('invalid', 'no service is asked for')
  const catalog = await readCatalog(store.db)
  const unknown = catalog === undefined ? 'nothing was read yet' : whatIsUnknown(query, catalog)
  if (unknown !== undefined) return failed('not_found', unknown)
  if (query.wants.length > 1 && multiService === 'none') return failed('unsupported', 'one service at a time on this platform', { capability: 'multiService' })
  if (availability === 'none') return failed('unsupported', 'this platform does not tell free times', { capability: 'availability' })
  if (adapter.slots === undefined) {
    const copy = await searchCopy({ db: store.db, query, now: clock.now() })
    // As old as the copy.
    return copy.ok ? ok(copy.value.map(toSlot), await readAsOf(store) ?? copy.observedAt) : copy
  }
  const moving = query.rescheduling === undefined ? undefined : await movingVisit(room, query.rescheduling)
  if (moving?.ok === false) return moving
  const begin = from < clock.now() ? wholeMinute(clock.now()) : from
  const end = to < addMinutes(begin, most.days * 1440) ? to : addMinutes(begin, most.days * 1440)
  if (begin >= end) return ok([], clock.now())
  const limit = Math.max(1, query.limit ?? most.usual)
  const found = await offeredUntilEnough(room, { locationId: query.locationId, wants: query.wants, from: begin, to: end, limit, ...(moving !== undefined && { moving: moving.value }) })
  if (!found.ok) return found
  const requested = new Set(query.wants.flatMap(({ staffId }) => staffId ?? []))
  const slots = found.value.filter(({ start }) => start >= begin && start < end).map((offer) => toSlot(withPreference(offer, requested)))
  return ok(onePerStart(slots).slice(0, limit), found.observedAt)
}

/** Part by part, as far as the platform looks at once, until there are enough. */
async function offeredUntilEnough(room: MirrorRoom, query: Parameters<NonNullable<PlatformAdapter['slots']>>[0] & { limit: number }): Promise<Outcome<OfferedSlot[]>> {
  const { maxRangeDays } = await room.capabilities()
  const found: OfferedSlot[] = []
  let observedAt = query.from
  for (const part of partsOf(query, maxRangeDays)) {
    const answer = await room.adapter.slots?.({ ...query, ...part })
    if (answer === undefined) break
    if (!answer.ok) return answer
    found.push(...answer.value)
    observedAt = answer.observedAt
    if (found.length >= query.limit) break
  }
  return ok(found, observedAt)
}

/** A slot by its id, and whether the platform offers it (still). */
export async function lookUpSlot(room: MirrorRoom, { id, rescheduling }: { id: string; rescheduling?: string }): Promise<Outcome<{ slot: Slot; free: boolean }>> {
  const { store, clock } = room
  const catalog = await readCatalog(store.db)
  const slot = catalog === undefined ? undefined : readSlotId(id, catalog)
  if (slot === undefined) return failed('invalid', 'not a slot of this platform')
  const moving = rescheduling === undefined ? undefined : await movingVisit(room, rescheduling)
  if (moving?.ok === false) return moving
  const offer = await findOffer(room, { slot, moving: moving?.value })
  if (!offer.ok) return offer
  return ok({ slot, free: slot.start >= clock.now() && offer.value !== undefined }, offer.observedAt)
}

/** The platform's offer for exactly this slot, with its token of this moment; undefined when it is not offered. */
export async function findOffer({ adapter, store, clock }: MirrorRoom, { slot, moving }: { slot: Slot; moving: SeenVisit | undefined }): Promise<Outcome<OfferedSlot | undefined>> {
  const wants = slot.segments.map(({ serviceId, staffId }) => ({ serviceId, staffId }))
  if (adapter.slots === undefined) {
    const copy = await searchCopy({ db: store.db, query: { locationId: slot.locationId, wants, ...minuteOf(slot), ...(moving !== undefined && { rescheduling: moving.visit.id }) }, now: clock.now() })
    return copy.ok ? ok(copy.value.find((offer) => isSameSlot(offer, slot)), copy.observedAt) : copy
  }
  const found = await adapter.slots({ locationId: slot.locationId, wants, ...minuteOf(slot), ...(moving !== undefined && { moving }) })
  if (!found.ok) return found
  const offer = found.value.find((one) => isSameSlot(one, slot))
  return ok(offer === undefined ? undefined : withPreference(offer, new Set(slot.segments.filter(({ staffPreference }) => staffPreference === 'requested').map(({ staffId }) => staffId))), found.observedAt)
}

/** The visit that would move, as the platform has it; from the copy where it cannot be asked. */
async function movingVisit(room: MirrorRoom, id: string): Promise<Outcome<SeenVisit>> {
  const copy = await readAppointment({ db: room.store.db, id, now: room.clock.now() })
  if (!copy.ok) return copy
  if (endedStatuses.includes(copy.value.status)) return ok({ visit: copy.value }, copy.observedAt)
  const read = await refreshVisit(room, id)
  if (read.ok) return ok(read.value.seen, read.observedAt)
  return read.error.kind === 'unsupported' ? ok({ visit: copy.value }, copy.observedAt) : read
}

function whatIsUnknown({ locationId, wants }: SlotQuery, catalog: BookCatalog): string | undefined {
  if (!catalog.locationById.has(locationId)) return 'no such location'
  if (wants.some(({ serviceId }) => !catalog.serviceById.has(serviceId))) return 'no such service'
  return wants.some(({ staffId }) => staffId !== undefined && !catalog.staffById.has(staffId)) ? 'no such staff member' : undefined
}

function withPreference(offer: OfferedSlot, requested: ReadonlySet<string>): OfferedSlot {
  return { ...offer, segments: offer.segments.map((segment) => ({ ...segment, staffPreference: requested.has(segment.staffId) ? 'requested' as const : 'any' as const })) }
}

/** One a start, as everywhere in the desk; the first that the platform names. */
function onePerStart(slots: Slot[]): Slot[] {
  return [...new Map(slots.toReversed().map((slot) => [slot.start, slot])).values()].sort((a, b) => (a.start < b.start ? -1 : 1))
}

function wholeMinute(instant: Instant): Instant {
  return new Date(Math.ceil(Date.parse(instant) / 60_000) * 60_000).toISOString()
}
