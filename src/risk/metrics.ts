/** A figure with its 95 % interval. */
export type Figure = { value: number; low: number; high: number }

export type Metrics = {
  n: number
  failures: number
  auc: Figure
  averagePrecision: Figure
  brier: Figure
  calibrationError: Figure
  lift10: Figure
  lift20: Figure
}

export type Judged = { client: string; score: number; failed: boolean }

/**
 * How well scores rank and state failures. Intervals are percentile bootstraps over clients (a client's visits are not
 * independent), with a fixed seed. Null when there is no failure or nothing but failures: then there is nothing to rank.
 */
export function measure({ judged, resamples = 500 }: { judged: Judged[]; resamples?: number }): Metrics | null {
  const failures = judged.filter((row) => row.failed).length
  if (failures === 0 || failures === judged.length) return null
  const ranking = rank(judged)
  const value = figures(ranking, new Float64Array(ranking.clients).fill(1))
  const random = linearCongruential(20180626)
  const drawn: Figures[] = []
  for (let i = 0; i < resamples; i++) {
    const weights = new Float64Array(ranking.clients)
    for (let j = 0; j < ranking.clients; j++) {
      const client = Math.floor(random() * ranking.clients)
      weights[client] = (weights[client] as number) + 1
    }
    const sample = figures(ranking, weights)
    // A draw without a failure, or with nothing else, has no order to judge.
    if (Number.isFinite(sample.auc)) drawn.push(sample)
  }
  const figure = (name: keyof Figures): Figure => {
    const values = drawn.map((result) => result[name]).sort((a, b) => a - b)
    const at = (share: number): number => round(values[Math.round(share * (values.length - 1))] ?? value[name])
    return { value: round(value[name]), low: at(0.025), high: at(0.975) }
  }
  return {
    n: judged.length,
    failures,
    auc: figure('auc'),
    averagePrecision: figure('averagePrecision'),
    brier: figure('brier'),
    calibrationError: figure('calibrationError'),
    lift10: figure('lift10'),
    lift20: figure('lift20'),
  }
}

type Figures = Record<Exclude<keyof Metrics, 'n' | 'failures'>, number>

/** Rows by falling score, with their client's number: sorted once, weighed anew for each draw. */
type Ranking = { rows: { score: number; failed: number; client: number }[]; clients: number }

function rank(judged: Judged[]): Ranking {
  const numbers = new Map([...new Set(judged.map((row) => row.client))].map((client, i) => [client, i]))
  const rows = judged.map((row) => ({ score: row.score, failed: Number(row.failed), client: numbers.get(row.client) ?? 0 }))
  return { rows: rows.sort((a, b) => b.score - a.score), clients: numbers.size }
}

function figures({ rows }: Ranking, weights: Float64Array): Figures {
  const ties = tieGroups(rows, weights)
  const all = { count: 0, failures: 0 }
  for (const tie of ties) {
    all.count += tie.count
    all.failures += tie.failures
  }
  return {
    auc: rankingArea(ties),
    averagePrecision: averagePrecision(ties, all),
    ...distances(rows, weights, all.count),
    lift10: lift(ties, all, 0.1),
    lift20: lift(ties, all, 0.2),
  }
}

type Tie = { count: number; failures: number }

function tieGroups(rows: Ranking['rows'], weights: Float64Array): Tie[] {
  const ties: Tie[] = []
  let tie: Tie = { count: 0, failures: 0 }
  let score = NaN
  for (const row of rows) {
    const weight = weights[row.client] as number
    if (weight === 0) continue
    if (row.score !== score) ties.push((tie = { count: 0, failures: 0 }))
    score = row.score
    tie.count += weight
    tie.failures += weight * row.failed
  }
  return ties
}

/** Area under the ROC curve: the chance that a failure outranks a kept visit, ties counting half. */
function rankingArea(ties: Tie[]): number {
  let [failuresAbove, pairs, kept] = [0, 0, 0]
  for (const tie of ties) {
    const keptHere = tie.count - tie.failures
    pairs += keptHere * (failuresAbove + tie.failures / 2)
    failuresAbove += tie.failures
    kept += keptHere
  }
  return pairs / (failuresAbove * kept)
}

/** Σ (recall step × precision) over distinct scores from the top. */
function averagePrecision(ties: Tie[], all: Tie): number {
  let [seen, found, area] = [0, 0, 0]
  for (const tie of ties) {
    seen += tie.count
    found += tie.failures
    area += (tie.failures / all.failures) * (found / seen)
  }
  return area
}

/** Failure rate among the top share, over the whole rate; a tie across the edge counts in proportion. */
function lift(ties: Tie[], all: Tie, share: number): number {
  const size = Math.max(1, Math.round(share * all.count))
  let [room, found] = [size, 0]
  for (const tie of ties) {
    const taken = Math.min(room, tie.count)
    found += (tie.failures * taken) / tie.count
    room -= taken
  }
  return found / size / (all.failures / all.count)
}

/** Brier: mean squared distance to the outcome. Calibration error: mean distance between stated and observed rate over ten equally large groups by score. */
function distances(rows: Ranking['rows'], weights: Float64Array, count: number): { brier: number; calibrationError: number } {
  const groups = new Float64Array(10)
  let [brier, seen] = [0, 0]
  for (const { score, failed, client } of rows) {
    const weight = weights[client] as number
    const group = Math.min(9, Math.floor((10 * seen) / count))
    brier += weight * (score - failed) ** 2
    groups[group] = (groups[group] as number) + weight * (score - failed)
    seen += weight
  }
  return { brier: brier / count, calibrationError: groups.reduce((sum, gap) => sum + Math.abs(gap), 0) / count }
}

/** Numerical Recipes' 32-bit generator: enough to draw a bootstrap, and the same on every machine. */
function linearCongruential(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 4294967296
  }
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000
}
