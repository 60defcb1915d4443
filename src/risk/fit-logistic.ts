import { fitPenalised } from './fit-penalised.ts'

/** p = 1 / (1 + exp(-(intercept + Σ weight × (x - mean) / scale))). */
export type LinearFit = { kind: 'logistic'; means: number[]; scales: number[]; weights: number[]; intercept: number }

/**
 * Logistic regression with an L2 penalty `lambda`/2 × Σ weight² on standardised columns (the intercept is free)
 * (Hastie, Tibshirani & Friedman 2009, 4.4 and 18.4).
 * Unknown cells (NaN) take their column's mean; a column that never varies gets weight 0. Deterministic.
 */
export function fitLogistic({ rows, labels, lambda }: { rows: number[][]; labels: number[]; lambda: number }): LinearFit {
  const { means, scales } = columnMoments(rows)
  const inputs = rows.map((row) => [1, ...standardised(row, { means, scales })])
  const positives = labels.reduce((sum, label) => sum + label, 0)
  const penalties = [1e-9, ...means.map(() => lambda)]
  const start = [Math.log((positives + 0.5) / (labels.length - positives + 0.5)), ...means.map(() => 0)]
  const beta = fitPenalised({ inputs, labels, penalties, centre: means.map(() => 0).concat(0), start })
  const [intercept = 0, ...weights] = beta
  return { kind: 'logistic', means, scales, weights: weights.map((weight, j) => (scales[j] === 0 ? 0 : weight)), intercept }
}

/** Log-odds of one row. */
export function linearLogit(fit: LinearFit, row: number[]): number {
  return standardised(row, fit).reduce((sum, value, j) => sum + value * (fit.weights[j] ?? 0), fit.intercept)
}

/** Mean and standard deviation of each column over its known cells; 0, 0 for a column nobody knows. */
export function columnMoments(rows: number[][]): { means: number[]; scales: number[] } {
  const columns = (rows[0] ?? []).map((_, j) => rows.map((row) => row[j] as number).filter((value) => !Number.isNaN(value)))
  const means = columns.map((column) => (column.length === 0 ? 0 : sum(column) / column.length))
  const scales = columns.map((column, j) => {
    const deviation = Math.sqrt(sum(column.map((value) => (value - (means[j] as number)) ** 2)) / (column.length || 1))
    return deviation < 1e-9 ? 0 : deviation
  })
  return { means, scales }
}

/** Deviations from the mean in standard deviations; 0 for an unknown cell and for a column that does not vary. */
function standardised(row: number[], { means, scales }: { means: number[]; scales: number[] }): number[] {
  return row.map((value, j) => (scales[j] === 0 || Number.isNaN(value) ? 0 : (value - (means[j] as number)) / (scales[j] as number)))
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
