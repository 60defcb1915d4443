import { DeskError } from '../salon/errors.ts'
import type { AppointmentHistory, Catalog } from '../salon/salon.ts'
import { daysBetween } from '../salon/time.ts'
import type { LocalDate } from '../salon/time.ts'
import { candidates } from './candidates.ts'
import { fitModel, logLoss } from './fit-model.ts'
import type { Candidate, RiskFit } from './fit-model.ts'
import { compareToNaive } from './compare-to-naive.ts'
import type { Comparison } from './compare-to-naive.ts'
import { measure } from './metrics.ts'
import type { Metrics } from './metrics.ts'
import type { RiskModel } from './open-model.ts'
import { trainingRows } from './training-rows.ts'
import { walkForward } from './walk-forward.ts'
import type { ScoredRow } from './walk-forward.ts'

type CandidateResult = { name: string; logLoss: number; model: Metrics | null; naive: Metrics | null }

/** What a training made and found out; `writeModel` puts it into a folder. */
export type Training = {
  fit: RiskFit
  candidate: string
  trainedThrough: LocalDate
  walkForward: { from: LocalDate; to: LocalDate }
  /** The winner beside the naive rule. */
  comparison: Comparison
  results: CandidateResult[]
  /** Whether the new model deserves to replace the current one, and why (not). */
  promoted: boolean
  why: string
}

/** With less there is nothing to learn from that chance would not explain. */
const fewest = { visits: 200, failures: 20, newFailures: 10 }

/**
 * Fits and compares the candidates on a salon's own history up to `through` (default: all of it), scoring forward in time from
 * when a third of the visits had ended. A later, more complex candidate wins only if its log loss is lower by more than one
 * standard error; the winner is promoted if it beats the naive rule, and the current model on visits that one has not seen.
 * Throws `DeskError('invalid_input')` when the history is too small. Deterministic.
 */
export async function train({ histories, catalog, through, current }: {
  histories: AppointmentHistory[]
  catalog: Catalog
  through?: LocalDate
  current?: RiskModel
}): Promise<Training> {
  const rows = trainingRows({ histories, catalog }).filter((row) => through === undefined || row.date <= through)
  const failures = rows.filter((row) => row.failed).length
  const [from, to] = [rows[Math.floor(rows.length / 3)]?.date, rows.at(-1)?.date]
  if (rows.length < fewest.visits || failures < fewest.failures || from === undefined || to === undefined) {
    throw new DeskError('invalid_input', {
      message: `too little history: ${rows.length} visits, ${failures} failures`,
      userMessage: `There is too little history to learn from: ${rows.length} past visits with ${failures} no-shows or late cancellations. At least ${fewest.visits} with ${fewest.failures} are needed; until then the model that came with the desk is used.`,
    })
  }
  // About a dozen refits compare candidates as well as sixty would, and a long history stays a matter of seconds.
  const refitDays = Math.max(7, Math.ceil(daysBetween(from, to) / 12))
  const tried = candidates.map((candidate) => ({ candidate, scored: [...walkForward({ rows, candidate, from, to, refitDays })] }))
  const champion = tried.reduce((best, next) => (clearlyBetter(next.scored, best.scored) ? next : best))
  const comparison = compareToNaive(champion.scored)
  return {
    fit: fitModel({ rows, candidate: champion.candidate }),
    candidate: champion.candidate.name,
    trainedThrough: to,
    walkForward: { from, to },
    comparison,
    results: tried.map(({ candidate, scored }) => resultOf({ candidate, scored, naive: comparison.naive })),
    ...(await verdict({ comparison, scored: champion.scored, current })),
  }
}

async function verdict({ comparison, scored, current }: { comparison: Comparison; scored: ScoredRow[]; current: RiskModel | undefined }): Promise<{ promoted: boolean; why: string }> {
  const { model, naive } = comparison
  if (!model || !naive) return { promoted: false, why: 'there was nothing to rank in the weeks scored' }
  if (model.auc.value <= naive.auc.value || model.brier.value >= naive.brier.value) {
    return { promoted: false, why: `it does not beat the client's past failure rate (AUC ${model.auc.value} against ${naive.auc.value})` }
  }
  if (!current) return { promoted: true, why: `it beats the client's past failure rate (AUC ${model.auc.value} against ${naive.auc.value}) and there is no current model` }
  const unseen = scored.filter(({ row }) => row.date > current.trainedThrough)
  const labels = unseen.map(({ row }) => Number(row.failed))
  if (labels.filter(Boolean).length < fewest.newFailures) {
    return { promoted: false, why: unseen.length === 0 ? 'the current model has learned from these same visits: there is nothing new to judge by' : `only ${unseen.length} of these visits are new to the current model, with too few failures to judge by` }
  }
  const currentScores = (await current.score(unseen.map(({ row }) => row))).map(({ score }) => score)
  const [old, fresh] = [logLoss(currentScores, labels), logLoss(unseen.map(({ score }) => score), labels)]
  const figures = `log loss ${fresh.toFixed(4)} against ${old.toFixed(4)} on ${unseen.length} visits that the current model has not seen`
  return fresh < old ? { promoted: true, why: `it beats the current model: ${figures}` } : { promoted: false, why: `it does not beat the current model: ${figures}` }
}

function resultOf({ candidate, scored, naive }: { candidate: Candidate; scored: ScoredRow[]; naive: Metrics | null }): CandidateResult {
  return {
    name: candidate.name,
    logLoss: logLoss(scored.map(({ score }) => score), scored.map(({ row }) => Number(row.failed))),
    model: measure({ judged: scored.map(({ row, score }) => ({ client: row.clientId, score, failed: row.failed })) }),
    naive,
  }
}

/** Whether the mean paired difference in log loss is more than one standard error in `a`'s favour. Both scored the same rows. */
function clearlyBetter(a: ScoredRow[], b: ScoredRow[]): boolean {
  const gains = a.map(({ row, score }, i) => logLoss([b[i]?.score ?? score], [Number(row.failed)]) - logLoss([score], [Number(row.failed)]))
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length
  const variance = gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0) / (gains.length - 1)
  return mean > Math.sqrt(variance / gains.length)
}
