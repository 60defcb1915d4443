import { DeskError } from '../salon/errors.ts'
import type { AppointmentHistory, Catalog } from '../salon/salon.ts'
import type { LocalDate } from '../salon/time.ts'
import { candidates } from './candidates.ts'
import { compareToNaive } from './compare-to-naive.ts'
import type { Comparison } from './compare-to-naive.ts'
import type { Metrics } from './metrics.ts'
import { trainingRows } from './training-rows.ts'
import type { LabelledRow } from './training-rows.ts'
import { walkForward } from './walk-forward.ts'

/** One visit as it would have been scored on the start of the day before. `score` and `naive` are probabilities of failure. */
export type BacktestLine = { client: string; date: LocalDate; score: number; outcome: LabelledRow['outcome']; naive: number }

/** The model's figures at the top, the naive rule's and those without consultations beside them. Each with a 95 % interval. */
export type BacktestSummary = Metrics & { from: LocalDate; to: LocalDate; naive: Metrics | null; withoutConsultations: Comparison['withoutConsultations'] }

/**
 * Scores every call-list visit from `from` to `to` (both included) as on the start of the day before, refitting the
 * regression each week on visits whose end was known by then. Lines come in the order of date, then appointment.
 * Throws `DeskError('invalid_input')` when the range is empty or the time before it has too little history.
 */
export function backtest({ histories, catalog, from, to }: { histories: AppointmentHistory[]; catalog: Catalog; from: LocalDate; to: LocalDate }): { lines: BacktestLine[]; summary: BacktestSummary } {
  if (from > to) throw new DeskError('invalid_input', { message: 'backtest range is reversed', userMessage: `The first day ${from} is after the last day ${to}.` })
  const scored = [...walkForward({ rows: trainingRows({ histories, catalog }), candidate: candidates[0], from, to })]
  const { model, naive, withoutConsultations } = compareToNaive(scored)
  if (!model) {
    throw new DeskError('invalid_input', {
      message: `nothing to backtest from ${from} to ${to}: ${scored.length} visits scored`,
      userMessage: `There is nothing to judge between ${from} and ${to}: it needs visits that ended there, failures among them, and at least five failures before.`,
    })
  }
  return {
    lines: scored.map(({ row, score }) => ({ client: row.clientId, date: row.date, score: round(score), outcome: row.outcome, naive: round(row.naive) })),
    summary: { from, to, ...model, naive, withoutConsultations },
  }
}

function round(value: number): number {
  return Math.round(value * 1e6) / 1e6
}
