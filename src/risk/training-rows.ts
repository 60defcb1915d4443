import type { AppointmentHistory, Catalog } from '../salon/salon.ts'
import type { Instant, LocalDate } from '../salon/time.ts'
import { featuresOf, indexCatalog, pastVisits } from './features.ts'
import type { FeatureRow, SalonIndex } from './features.ts'
import { isFailure, scoringMoment, visitOutcome } from './outcome.ts'
import type { VisitOutcome } from './outcome.ts'

/** A past call-list visit: its features as of the morning before, and what came of it. */
export type LabelledRow = FeatureRow & {
  date: LocalDate
  outcome: Exclude<VisitOutcome, 'early_cancel'>
  failed: boolean
  /** The moment it was scored as of. */
  asOf: Instant
  /** From when on the label may be used. */
  knownAt: Instant
  /** The rule to beat: the client's past failure rate, the salon's when the client has no record. */
  naive: number
}

/** Before there is much history the salon's rate is pulled to 8 failures in 100 bookings, worth 25 bookings. */
const priorRate = { rate: 0.08, bookings: 25 }

/**
 * Every ended call-list visit (not cancelled before its window) in the order of its date, each scored as of the start of the
 * day before. Labels come from the whole of `histories`; a trainer must still keep to rows whose `knownAt` has passed.
 */
export function trainingRows({ histories, catalog }: { histories: AppointmentHistory[]; catalog: Catalog }): LabelledRow[] {
  const salon = indexCatalog(catalog)
  const byClient = Map.groupBy(histories, ({ appointment }) => appointment.clientId)
  const rateAsOf = baseRates({ histories, salon })
  const rows = histories.flatMap((history): LabelledRow[] => {
    const zone = salon.zoneOf(history.appointment.locationId)
    const visit = visitOutcome({ history, zone })
    if (!visit || visit.outcome === 'early_cancel') return []
    const asOf = scoringMoment(visit.date, zone)
    const ofClient = byClient.get(visit.clientId) ?? []
    const baseRate = rateAsOf(asOf)
    const own = pastVisits({ history, ofClient, salon, asOf }).filter((past) => past.outcome !== 'early_cancel')
    return [{
      ...featuresOf({ history, ofClient, salon, baseRate, asOf }),
      date: visit.date,
      outcome: visit.outcome,
      failed: isFailure(visit.outcome),
      asOf,
      knownAt: visit.knownAt,
      naive: own.length === 0 ? baseRate : own.filter((past) => isFailure(past.outcome)).length / own.length,
    }]
  })
  return rows.sort((a, b) => compare(a.date, b.date) || compare(a.appointmentId, b.appointmentId))
}

/**
 * The salon's failure rate as a function of the moment. Built from what was known when: a no-show that was corrected
 * later counts as one until then.
 */
function baseRates({ histories, salon }: { histories: AppointmentHistory[]; salon: SalonIndex }): (asOf: Instant) => number {
  const changes = histories.flatMap((history) => changesOf(history, salon)).sort((a, b) => compare(a.knownAt, b.knownAt))
  const totals = [{ bookings: 0, failures: 0 }]
  for (const change of changes) {
    const before = totals.at(-1) ?? { bookings: 0, failures: 0 }
    totals.push({ bookings: before.bookings + change.bookings, failures: before.failures + change.failures })
  }
  return (asOf) => {
    let low = 0
    for (let high = changes.length; low < high; ) {
      const middle = (low + high) >> 1
      if ((changes[middle]?.knownAt ?? '') <= asOf) low = middle + 1
      else high = middle
    }
    const { bookings, failures } = totals[low] ?? { bookings: 0, failures: 0 }
    return (failures + priorRate.rate * priorRate.bookings) / (bookings + priorRate.bookings)
  }
}

type Change = { knownAt: Instant; bookings: number; failures: number }

function changesOf(history: AppointmentHistory, salon: SalonIndex): Change[] {
  const zone = salon.zoneOf(history.appointment.locationId)
  let before = { bookings: 0, failures: 0 }
  return [...new Set(history.events.map((event) => event.knownAt))].sort().map((knownAt) => {
    const outcome = visitOutcome({ history, asOf: knownAt, zone })?.outcome
    const counts = outcome !== undefined && outcome !== 'early_cancel'
    const now = { bookings: Number(counts), failures: Number(counts && isFailure(outcome)) }
    const change = { knownAt, bookings: now.bookings - before.bookings, failures: now.failures - before.failures }
    before = now
    return change
  })
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
