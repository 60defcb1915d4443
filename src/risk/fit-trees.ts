import { columnMoments } from './fit-logistic.ts'
import { sigmoid } from './fit-penalised.ts'

/** A split sends `x <= threshold` left. */
export type Tree = { feature: number; threshold: number; left: Tree; right: Tree } | { leaf: number }

/** Log-odds = base + Σ leaf values. Unknown cells take their column's mean. */
export type TreesFit = { kind: 'trees'; means: number[]; base: number; trees: Tree[] }

const settings = { trees: 60, rate: 0.06, depth: 3, leafRows: 25, leafPenalty: 10, bins: 32 }

/** `binOf[feature][row]` is the index of the first cut at or above the value; a value above all cuts has none of their bins. */
type Growing = { cuts: number[][]; binOf: Uint8Array[]; gradients: Float64Array; hessians: Float64Array }

/**
 * Gradient-boosted trees on histograms for the logistic loss: second-order gain and leaf values as in XGBoost
 * (Chen & Guestrin 2016, equations 6 and 7), cut points at quantiles. Small and strongly penalised, for histories of
 * hundreds to some ten thousands of bookings. Deterministic: no row or column is sampled.
 */
export function fitTrees({ rows: raw, labels }: { rows: number[][]; labels: number[] }): TreesFit {
  // 32-bit like everything the ONNX file holds, so that a value at a threshold goes the same way in both.
  const means = columnMoments(raw).means.map(Math.fround)
  const rows = raw.map((row) => imputed(row, means))
  const positives = labels.reduce((total, label) => total + label, 0)
  const base = Math.log((positives + 0.5) / (labels.length - positives + 0.5))
  const logits = new Float64Array(rows.length).fill(base)
  const cuts = means.map((_, j) => cutPoints(rows.map((row) => row[j] as number)))
  const binOf = cuts.map((points, j) => Uint8Array.from(rows, (row) => points.filter((point) => point < (row[j] as number)).length))
  const growing: Growing = { cuts, binOf, gradients: new Float64Array(rows.length), hessians: new Float64Array(rows.length) }
  const everyRow = rows.map((_, i) => i)
  const trees = Array.from({ length: settings.trees }, () => {
    logits.forEach((logit, i) => {
      const p = sigmoid(logit)
      growing.gradients[i] = (labels[i] as number) - p
      growing.hessians[i] = p * (1 - p)
    })
    const tree = grow(growing, everyRow, settings.depth)
    rows.forEach((row, i) => (logits[i] = (logits[i] as number) + leafOf(tree, row)))
    return tree
  })
  return { kind: 'trees', means, base, trees }
}

/** Log-odds of one row. */
export function treesLogit({ means, base, trees }: TreesFit, row: number[]): number {
  const known = imputed(row, means)
  return trees.reduce((total, tree) => total + leafOf(tree, known), base)
}

function grow(growing: Growing, members: number[], depth: number): Tree {
  const { cuts, binOf, gradients, hessians } = growing
  let [gradient, hessian] = [0, 0]
  for (const i of members) {
    gradient += gradients[i] as number
    hessian += hessians[i] as number
  }
  const best = depth > 0 && members.length >= 2 * settings.leafRows ? bestSplit(growing, members, { gradient, hessian }) : undefined
  if (!best) return { leaf: (settings.rate * gradient) / (hessian + settings.leafPenalty) }
  const bins = binOf[best.feature] as Uint8Array
  const goesLeft = (i: number): boolean => (bins[i] as number) <= best.cut
  return {
    feature: best.feature,
    threshold: (cuts[best.feature] as number[])[best.cut] as number,
    left: grow(growing, members.filter(goesLeft), depth - 1),
    right: grow(growing, members.filter((i) => !goesLeft(i)), depth - 1),
  }
}

function bestSplit({ cuts, binOf, gradients, hessians }: Growing, members: number[], all: { gradient: number; hessian: number }): { feature: number; cut: number } | undefined {
  let [best, bestGain]: [{ feature: number; cut: number } | undefined, number] = [undefined, 1e-6]
  const [binGradient, binHessian, binCount] = [new Float64Array(256), new Float64Array(256), new Uint32Array(256)]
  for (const [feature, points] of cuts.entries()) {
    for (const sums of [binGradient, binHessian, binCount]) sums.fill(0, 0, points.length + 1)
    const bins = binOf[feature] as Uint8Array
    for (const i of members) {
      const bin = bins[i] as number
      binGradient[bin] = (binGradient[bin] as number) + (gradients[i] as number)
      binHessian[bin] = (binHessian[bin] as number) + (hessians[i] as number)
      binCount[bin] = (binCount[bin] as number) + 1
    }
    let [gradient, hessian, count] = [0, 0, 0]
    for (let cut = 0; cut < points.length; cut++) {
      gradient += binGradient[cut] as number
      hessian += binHessian[cut] as number
      count += binCount[cut] as number
      if (count < settings.leafRows || members.length - count < settings.leafRows) continue
      const gain = worth(gradient, hessian) + worth(all.gradient - gradient, all.hessian - hessian) - worth(all.gradient, all.hessian)
      if (gain > bestGain) [best, bestGain] = [{ feature, cut }, gain]
    }
  }
  return best
}

function worth(gradient: number, hessian: number): number {
  return (gradient * gradient) / (hessian + settings.leafPenalty)
}

/** Midpoints between neighbouring quantiles, as 32-bit floats because ONNX keeps thresholds so; the last bin has no cut. */
function cutPoints(values: number[]): number[] {
  const sorted = [...new Set(values)].sort((a, b) => a - b)
  const step = Math.max(1, (sorted.length - 1) / settings.bins)
  const cuts = new Set<number>()
  for (let at = 0; Math.floor(at) + 1 < sorted.length; at += step) {
    cuts.add(Math.fround(((sorted[Math.floor(at)] as number) + (sorted[Math.floor(at) + 1] as number)) / 2))
  }
  return [...cuts]
}

function leafOf(tree: Tree, row: number[]): number {
  let node = tree
  while (!('leaf' in node)) node = (row[node.feature] as number) <= node.threshold ? node.left : node.right
  return node.leaf
}

function imputed(row: number[], means: number[]): number[] {
  return row.map((value, j) => (Number.isNaN(value) ? (means[j] as number) : value))
}
