/** p = 1 / (1 + exp(-(intercept + Σ weight × (x - mean) / scale))). */
export type LinearFit = { kind: 'logistic'; means: number[]; scales: number[]; weights: number[]; intercept: number }

/**
 * Logistic regression with an L2 penalty `lambda`/2 × Σ weight² on standardised columns (the intercept is free), by damped
 * Newton steps (iteratively reweighted least squares; Hastie, Tibshirani & Friedman 2009, 4.4.1 and 18.4).
 * Unknown cells (NaN) take their column's mean; a column that never varies gets weight 0. Deterministic.
 */
export function fitLogistic({ rows, labels, lambda }: { rows: number[][]; labels: number[]; lambda: number }): LinearFit {
  const { means, scales } = columnMoments(rows)
  const inputs = rows.map((row) => [1, ...standardised(row, { means, scales })])
  const positives = labels.reduce((sum, label) => sum + label, 0)
  const penalties = [1e-9, ...means.map(() => lambda)]
  let beta = [Math.log((positives + 0.5) / (labels.length - positives + 0.5)), ...means.map(() => 0)]
  let loss = penalisedLoss({ inputs, labels, beta, penalties })
  for (let step = 0; step < 50; step++) {
    const direction = newtonDirection({ inputs, labels, beta, penalties })
    // Halving keeps a step from overshooting where classes are nearly separable.
    let size = 1
    let next = beta
    let nextLoss = Infinity
    for (; size > 1e-4 && !(nextLoss <= loss); size /= 2) {
      next = beta.map((value, i) => value + size * (direction[i] ?? 0))
      nextLoss = penalisedLoss({ inputs, labels, beta: next, penalties })
    }
    if (!(nextLoss <= loss)) break
    const gained = loss - nextLoss
    beta = next
    loss = nextLoss
    if (gained < 1e-10) break
  }
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
export function standardised(row: number[], { means, scales }: { means: number[]; scales: number[] }): number[] {
  return row.map((value, j) => (scales[j] === 0 || Number.isNaN(value) ? 0 : (value - (means[j] as number)) / (scales[j] as number)))
}

export function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit))
}

type Problem = { inputs: number[][]; labels: number[]; beta: number[]; penalties: number[] }

function penalisedLoss({ inputs, labels, beta, penalties }: Problem): number {
  const penalty = sum(beta.map((value, i) => ((penalties[i] as number) * value * value) / 2))
  return inputs.reduce((total, input, k) => {
    const logit = dot(input, beta)
    // log(1 + e^z) - y z, written so that it cannot overflow
    return total + Math.max(logit, 0) + Math.log1p(Math.exp(-Math.abs(logit))) - (labels[k] as number) * logit
  }, penalty)
}

function newtonDirection({ inputs, labels, beta, penalties }: Problem): number[] {
  const size = beta.length
  const gradient = beta.map((value, i) => -(penalties[i] as number) * value)
  const hessian = penalties.map((penalty, i) => beta.map((_, j) => (i === j ? penalty : 0)))
  inputs.forEach((input, k) => {
    const p = sigmoid(dot(input, beta))
    const residual = (labels[k] as number) - p
    const weight = p * (1 - p)
    for (let i = 0; i < size; i++) {
      const value = input[i] as number
      gradient[i] = (gradient[i] as number) + residual * value
      const line = hessian[i] as number[]
      for (let j = 0; j <= i; j++) line[j] = (line[j] as number) + weight * value * (input[j] as number)
    }
  })
  return solveSymmetric(hessian, gradient)
}

/** Solves A x = b for a symmetric positive definite A given by its lower triangle (Cholesky). */
function solveSymmetric(a: number[][], b: number[]): number[] {
  const lower = a.map((line) => [...line])
  const cell = (i: number, j: number): number => (lower[i] as number[])[j] as number
  for (let i = 0; i < b.length; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = cell(i, j)
      for (let k = 0; k < j; k++) rest -= cell(i, k) * cell(j, k)
      ;(lower[i] as number[])[j] = i === j ? Math.sqrt(Math.max(rest, 1e-12)) : rest / cell(j, j)
    }
  }
  const x = [...b]
  for (let i = 0; i < x.length; i++) {
    for (let k = 0; k < i; k++) x[i] = (x[i] as number) - cell(i, k) * (x[k] as number)
    x[i] = (x[i] as number) / cell(i, i)
  }
  for (let i = x.length - 1; i >= 0; i--) {
    for (let k = i + 1; k < x.length; k++) x[i] = (x[i] as number) - cell(k, i) * (x[k] as number)
    x[i] = (x[i] as number) / cell(i, i)
  }
  return x
}

function dot(a: number[], b: number[]): number {
  let total = 0
  for (let i = 0; i < a.length; i++) total += (a[i] as number) * (b[i] as number)
  return total
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
