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
  switch (visit.status) {
    case 'confirmed':
    case 'arrived': {
      const at = notAfter(changedAt ?? now, now)
      return [...events, { kind: visit.status, at, knownAt: at }]
    }
    case 'completed': {
      const at = notAfter(visit.end, now)
      return [...events, { kind: 'completed', at, knownAt: at }]
    }
    case 'no_show': {
      // Nobody is a no-show before the start.
      const at = notAfter(changedAt !== undefined && changedAt > visit.start ? changedAt : visit.start, now)
      return [...events, { kind: 'no_show', at, knownAt: at }]
    }
    case 'cancelled': {
      const at = notAfter(changedAt ?? visit.start, now)
      return [...events, { kind: 'cancelled', at, knownAt: at, by: visit.cancelledBy ?? 'unknown' }]
    }
    default:
      return events
  }
}

function notAfter(at: Instant, now: Instant): Instant {
  return at < now ? at : now
}
