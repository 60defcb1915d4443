/**
 * How many of independent events happen: the probability of 0, 1, … n of them, for events with the probabilities `chances`.
 * The Poisson-binomial distribution, event by event: P(k) ← P(k) · (1 − p) + P(k − 1) · p (Hong 2013, Computational Statistics & Data Analysis 59).
 */
export function poissonBinomial(chances: number[]): number[] {
  let found = [1]
  for (const p of chances) {
    const before = found
    found = before.concat(0).map((same, k) => same * (1 - p) + (before[k - 1] ?? 0) * p)
  }
  return found
}

/** The smallest number that is not exceeded with probability `q` or more. */
export function atMost(distribution: number[], q: number): number {
  let sum = 0
  // What is lost in rounding must not make it one more.
  const index = distribution.findIndex((p) => (sum += p) >= q - 1e-12)
  return index === -1 ? distribution.length - 1 : index
}
