import type { AppointmentEvent } from '../../salon/salon.ts'
import type { Instant } from '../../salon/time.ts'
import type { SeenVisit } from '../platform-adapter.ts'

/**
 * What is known of a visit's life from one look at it: that it was booked, and what became of it. A platform that does not
 * say when a visit was cancelled leaves that open: it then counts as known from its start (or from now, if that is earlier),
 * so that no risk feature learns of it too early.
 */
export function lifeOf({ visit, changedAt }: SeenVisit, now: Instant): AppointmentEvent[] {
  const events: AppointmentEvent[] = visit.bookedAt === undefined ? [] : [{ kind: 'booked', at: visit.bookedAt, knownAt: notAfter(visit.bookedAt, now), by: 'unknown' }]
  const { status } = visit
  if (status === 'confirmed' || status === 'arrived') return [...events, knownAt(status, changedAt ?? now)]
  if (status === 'completed') return [...events, knownAt(status, visit.end)]
  // Nobody is a no-show before the start.
  if (status === 'no_show') return [...events, knownAt(status, changedAt !== undefined && changedAt > visit.start ? changedAt : visit.start)]
  if (status === 'cancelled') return [...events, { ...knownAt(status, changedAt ?? visit.start), by: visit.cancelledBy ?? 'unknown' }]
  return events

  function knownAt(kind: AppointmentEvent['kind'], at: Instant): AppointmentEvent {
    return { kind, at: notAfter(at, now), knownAt: notAfter(at, now) }
  }
}

function notAfter(at: Instant, now: Instant): Instant {
  return at < now ? at : now
}
