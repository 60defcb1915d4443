import { measure } from './metrics.ts'
import type { Metrics } from './metrics.ts'
import type { ScoredRow } from './walk-forward.ts'

/** The model beside the naive rule on the same visits, with and without consultations (null where there was nothing to rank). */
export type Comparison = {
  model: Metrics | null
  naive: Metrics | null
  withoutConsultations: { model: Metrics | null; naive: Metrics | null }
}

/**
 * Measures scores beside the client's past failure rate. Consultations are reported apart because many are coded so only
 * after the client did not come: a model that knows the code then knows the end.
 */
export function compareToNaive(scored: ScoredRow[]): Comparison {
  const proper = scored.filter(({ row }) => row.values.consultation !== 1)
  return { ...both(scored), withoutConsultations: both(proper) }
}

function both(scored: ScoredRow[]): { model: Metrics | null; naive: Metrics | null } {
  const judged = (scoreOf: (scored: ScoredRow) => number) => scored.map((each) => ({ client: each.row.clientId, score: scoreOf(each), failed: each.row.failed }))
  return { model: measure({ judged: judged(({ score }) => score) }), naive: measure({ judged: judged(({ row }) => row.naive) }) }
}
