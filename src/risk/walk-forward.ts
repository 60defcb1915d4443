import { addDays } from '../salon/time.ts'
import type { LocalDate } from '../salon/time.ts'
import { fitModel, probability } from './fit-model.ts'
import type { Candidate } from './fit-model.ts'
import type { LabelledRow } from './training-rows.ts'

/** A visit with the score it would have been given. */
export type ScoredRow = { row: LabelledRow; score: number }

/** A week starts scoring only on a model that has seen at least this many failures. */
const fewestFailures = 5

/**
 * Scores every row dated `from` to `to` (both included) as on the morning before, with a model refitted each week
 * (or every `refitDays`) from `from` on, on rows alone whose outcome was known when the first of those days was scored. Weeks with too little past are left out.
 */
export function* walkForward({ rows, candidate, from, to, refitDays = 7 }: { rows: LabelledRow[]; candidate: Candidate; from: LocalDate; to: LocalDate; refitDays?: number }): Generator<ScoredRow> {
  for (let start = from; start <= to; start = addDays(start, refitDays)) {
    const end = addDays(start, refitDays)
    const due = rows.filter((row) => row.date >= start && row.date < end && row.date <= to)
    const first = due.map((row) => row.asOf).sort()[0]
    if (first === undefined) continue
    const past = rows.filter((row) => row.knownAt <= first)
    if (past.filter((row) => row.failed).length < fewestFailures) continue
    const fit = fitModel({ rows: past, candidate })
    for (const row of due) yield { row, score: probability(fit, row) }
  }
}
