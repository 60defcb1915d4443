/** Rows with labels 0 or 1, and a Gaussian belief: each coefficient lies near its `centre`, the nearer the higher its penalty. */
type Problem = { inputs: number[][]; labels: number[]; penalties: number[]; centre: number[] }

/**
 * The coefficients that minimise Σ log-loss + Σ penalty/2 × (coefficient - centre)², by Newton steps (iteratively reweighted
 * least squares) that are halved until they help: nearly separable classes make a full step overshoot. Deterministic.
 */
export function fitPenalised({ start, ...problem }: Problem & { start: number[] }): number[] {
  let beta = start
  let loss = penalisedLoss(problem, beta)
  for (let step = 0; step < 50; step++) {
    const direction = newtonDirection(problem, beta)
    let next = beta
    let nextLoss = Infinity
    for (let size = 1; size > 1e-4 && !(nextLoss <= loss); size /= 2) {
      next = beta.map((value, i) => value + size * (direction[i] ?? 0))
      nextLoss = penalisedLoss(problem, next)
    }
    if (!(nextLoss <= loss)) break
    const gained = loss - nextLoss
    beta = next
    loss = nextLoss
    if (gained < 1e-10) break
  }
  return beta
}

export function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit))
}

function penalisedLoss({ inputs, labels, penalties, centre }: Problem, beta: number[]): number {
  let total = 0
  beta.forEach((value, i) => (total += ((penalties[i] as number) * (value - (centre[i] as number)) ** 2) / 2))
  inputs.forEach((input, k) => {
    const logit = dot(input, beta)
    // log(1 + e^z) - y z, written so that it cannot overflow
    total += Math.max(logit, 0) + Math.log1p(Math.exp(-Math.abs(logit))) - (labels[k] as number) * logit
  })
  return total
}

function newtonDirection({ inputs, labels, penalties, centre }: Problem, beta: number[]): number[] {
  const size = beta.length
  const gradient = beta.map((value, i) => -(penalties[i] as number) * (value - (centre[i] as number)))
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
