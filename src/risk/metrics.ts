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
  const clients = [...Map.groupBy(judged, (row) => row.client).values()]
  const random = linearCongruential(20180626)
  const drawn = Array.from({ length: resamples }, () => {
    const sample = clients.flatMap(() => clients[Math.floor(random() * clients.length)] ?? [])
    return sample.some((row) => row.failed) && sample.some((row) => !row.failed) ? figures(sample) : undefined
  }).filter((result) => result !== undefined)
  const whole = figures(judged)
  const figure = (name: keyof typeof whole): Figure => {
    const values = drawn.map((result) => result[name]).sort((a, b) => a - b)
    const at = (share: number): number => round(values[Math.round(share * (values.length - 1))] ?? whole[name])
    return { value: round(whole[name]), low: at(0.025), high: at(0.975) }
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

function figures(judged: Judged[]): Record<Exclude<keyof Metrics, 'n' | 'failures'>, number> {
  const ranked = judged.toSorted((a, b) => b.score - a.score)
  const ties = tieGroups(ranked)
  return {
    auc: rankingArea(ties),
    averagePrecision: averagePrecision(ties),
    brier: judged.reduce((sum, row) => sum + (row.score - Number(row.failed)) ** 2, 0) / judged.length,
    calibrationError: calibrationError(ranked),
    lift10: lift(ties, 0.1),
    lift20: lift(ties, 0.2),
  }
}

type Tie = { count: number; failures: number }

function tieGroups(ranked: Judged[]): Tie[] {
  const ties: Tie[] = []
  ranked.forEach((row, i) => {
    if (i === 0 || row.score !== ranked[i - 1]?.score) ties.push({ count: 0, failures: 0 })
    const tie = ties.at(-1) as Tie
    tie.count++
    tie.failures += Number(row.failed)
  })
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
function averagePrecision(ties: Tie[]): number {
  const failures = ties.reduce((sum, tie) => sum + tie.failures, 0)
  let [seen, found, area] = [0, 0, 0]
  for (const tie of ties) {
    seen += tie.count
    found += tie.failures
    area += (tie.failures / failures) * (found / seen)
  }
  return area
}

/** Failure rate among the top share, over the whole rate; a tie across the edge counts in proportion. */
function lift(ties: Tie[], share: number): number {
  const all = ties.reduce((sum, tie) => ({ count: sum.count + tie.count, failures: sum.failures + tie.failures }), { count: 0, failures: 0 })
  const size = Math.max(1, Math.round(share * all.count))
  let [room, found] = [size, 0]
  for (const tie of ties) {
    const taken = Math.min(room, tie.count)
    found += (tie.failures * taken) / tie.count
    room -= taken
  }
  return found / size / (all.failures / all.count)
}

/** Mean distance between stated and observed rate over ten equally large groups by score, weighted by size. */
function calibrationError(ranked: Judged[]): number {
  let total = 0
  for (let group = 0; group < 10; group++) {
    const rows = ranked.slice(Math.floor((group * ranked.length) / 10), Math.floor(((group + 1) * ranked.length) / 10))
    total += Math.abs(rows.reduce((sum, row) => sum + row.score - Number(row.failed), 0))
  }
  return total / ranked.length
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
