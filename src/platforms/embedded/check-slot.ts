import type { PlatformError } from '../booking-platform.ts'
import type { Appointment, Segment } from '../../salon/salon.ts'
import { type Instant, localDate } from '../../salon/time.ts'
import { startOf } from './fold-events.ts'
import type { BookCatalog } from './read-catalog.ts'
import { findFormer } from './former-times.ts'
import { readSlotId } from './slot-id.ts'
import { instantOf, seconds } from './stretches.ts'
import { openingSpans, workingSpans } from './working-time.ts'

/** `goesBack`: it is where the visit was before. */
export type CheckedSlot = { locationId: string; segments: Segment[]; goesBack: boolean }

type Refusal = { ok: false; error: PlatformError }

const past = refused('policy_blocked', 'the time is in the past')

/**
 * Reads a slot id back and checks everything but whether the time is free, which the database decides:
 * known and active services, staff who can do them and work then, opening hours, and (unless `mayBePast`) not in the past.
 * `moving`: the visit that would move; it keeps its lengths and prices. `former`: where it was before, and may be again as it was.
 */
export function checkSlot({ slotId, catalog, now, moving, former = [], mayBePast = false }: { slotId: string; catalog: BookCatalog; now: Instant; moving?: Appointment | undefined; former?: Segment[][]; mayBePast?: boolean }): CheckedSlot | Refusal {
  const plan = readSlotId(slotId)
  const location = plan && catalog.locationById.get(plan.locationId)
  if (plan === undefined || location === undefined) return refused('invalid', 'not a slot of this book: search again and use an id from the result')
  const was = findFormer({ former, plan })
  if (was !== undefined) return mayBePast || startOf(was) >= now ? { locationId: location.id, segments: was, goesBack: true } : past
  const lengths = keptLengths(moving)
  const segments: Segment[] = []
  for (const { serviceId, staffId, start, requested } of plan.segments) {
    const service = catalog.serviceById.get(serviceId)
    const member = catalog.staffById.get(staffId)
    if (service === undefined || member === undefined) return refused('invalid', 'not a slot of this book: search again and use an id from the result')
    const kept = lengths.take(serviceId)
    if (!service.active && kept === undefined) return refused('policy_blocked', 'the service is no longer offered')
    if (!member.active || !member.locationIds.includes(location.id)) return refused('policy_blocked', 'the staff member does not work at this location')
    if (!member.serviceIds.includes(serviceId)) return refused('policy_blocked', 'the staff member does not do this service')
    const durationMin = kept?.durationMin ?? service.durationMin
    const end = start + durationMin * 60
    const date = localDate(instantOf(start), location.zone)
    const inside = (span: { from: number; to: number }) => span.from <= start && end <= span.to
    const open = openingSpans({ location, date })
    if (open.length === 0) return refused('policy_blocked', 'the location is closed on that day')
    if (!open.some(inside)) return refused('policy_blocked', 'the time is outside opening hours')
    if (!workingSpans({ catalog, location, staffId, date, open }).some(inside)) return refused('policy_blocked', 'the staff member does not work at that time')
    const before = segments.at(-1)
    if (before !== undefined && start < seconds(before.start) + before.durationMin * 60) return refused('invalid', 'the services of the slot overlap')
    segments.push({ serviceId, staffId, staffPreference: requested ? 'requested' : 'any', start: instantOf(start), durationMin, price: kept?.price ?? service.price })
  }
  if (!mayBePast && seconds(segments[0]?.start ?? now) < seconds(now)) return past
  return { locationId: location.id, segments, goesBack: false }
}

/** The segments of the visit that moves, handed out once each by service. */
export function keptLengths(moving: Appointment | undefined): { take(serviceId: string): Segment | undefined } {
  const left = [...moving?.segments ?? []]
  return {
    take(serviceId) {
      const at = left.findIndex((segment) => segment.serviceId === serviceId)
      return at < 0 ? undefined : left.splice(at, 1)[0]
    },
  }
}

function refused(kind: 'invalid' | 'policy_blocked', message: string): Refusal {
  return { ok: false, error: { kind, message } }
}
