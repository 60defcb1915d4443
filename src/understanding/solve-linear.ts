/** Lower triangle L with L Lᵀ = m, for a symmetric positive definite m of which only the lower half is read. */
export function cholesky(m: Float64Array[]): Float64Array[] {
  const lower = m.map((_, i) => new Float64Array(i + 1))
  for (let i = 0; i < m.length; i++) {
    const rowI = lower[i]!
    for (let j = 0; j <= i; j++) {
      const rowJ = lower[j]!
      let sum = m[i]![j]!
      for (let k = 0; k < j; k++) sum -= rowI[k]! * rowJ[k]!
      rowI[j] = i === j ? Math.sqrt(sum) : sum / rowJ[j]!
    }
  }
  return lower
}

/** The x of L Lᵀ x = right. */
export function solve(lower: Float64Array[], right: Float64Array): Float64Array {
  const n = lower.length
  const x = Float64Array.from(right)
  for (let i = 0; i < n; i++) {
    let sum = x[i]!
    for (let k = 0; k < i; k++) sum -= lower[i]![k]! * x[k]!
    x[i] = sum / lower[i]![i]!
  }
  for (let i = n - 1; i >= 0; i--) {
    x[i]! /= lower[i]![i]!
    for (let k = 0; k < i; k++) x[k]! -= lower[i]![k]! * x[i]!
  }
  return x
}
