/** One measured number of the bench report. `n` is how many runs it is the median of. */
export type BenchFigure = {
  name: string
  value: number
  unit: string
  n: number
  /** baseline / value: how many times better than the figure named `baseline`. */
  ratio?: number
  baseline?: string
}

/**
 * The median time of `run` in milliseconds over `n` runs, after `warmUp` runs that are not counted. `run` is given its
 * number, so that it can ask something new each time and measures no cache.
 */
export async function measure({ name, n, warmUp = 3, run }: { name: string; n: number; warmUp?: number; run: (i: number) => unknown }): Promise<BenchFigure> {
  const times: number[] = []
  for (let i = 0; i < warmUp + n; i++) {
    const start = performance.now()
    await run(i)
    if (i >= warmUp) times.push(performance.now() - start)
  }
  return { name, value: median(times), unit: 'ms', n }
}

/** The figure for one of the `parts` that a measured run did together. */
export function perPart({ figure, parts, name }: { figure: BenchFigure; parts: number; name: string }): BenchFigure {
  return { ...figure, name, value: figure.value / parts }
}

/** The figure with how many times smaller it is than `baseline`. */
export function against({ figure, baseline }: { figure: BenchFigure; baseline: BenchFigure }): BenchFigure {
  return { ...figure, ratio: baseline.value / figure.value, baseline: baseline.name }
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}
