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
  const total = (list: Float64Array): number => members.reduce((sum, i) => sum + (list[i] as number), 0)
  const [gradient, hessian] = [total(gradients), total(hessians)]
  let best = { gain: 1e-6, feature: -1, cut: 0 }
  for (let feature = 0; depth > 0 && feature < cuts.length; feature++) {
    const points = cuts[feature] as number[]
    const bins = points.map(() => ({ gradient: 0, hessian: 0, count: 0 }))
    const binsOfRows = binOf[feature] as Uint8Array
    for (const i of members) {
      const bin = bins[binsOfRows[i] as number]
      if (!bin) continue
      bin.gradient += gradients[i] as number
      bin.hessian += hessians[i] as number
      bin.count++
    }
    const left = { gradient: 0, hessian: 0, count: 0 }
    bins.forEach((bin, b) => {
      left.gradient += bin.gradient
      left.hessian += bin.hessian
      left.count += bin.count
      if (left.count < settings.leafRows || members.length - left.count < settings.leafRows) return
      const gain = worth(left.gradient, left.hessian) + worth(gradient - left.gradient, hessian - left.hessian) - worth(gradient, hessian)
      if (gain > best.gain) best = { gain, feature, cut: b }
    })
  }
  if (best.feature < 0) return { leaf: (settings.rate * gradient) / (hessian + settings.leafPenalty) }
  const bins = binOf[best.feature] as Uint8Array
  const goesLeft = (i: number): boolean => (bins[i] as number) <= best.cut
  return {
    feature: best.feature,
    threshold: (cuts[best.feature] as number[])[best.cut] as number,
    left: grow(growing, members.filter(goesLeft), depth - 1),
    right: grow(growing, members.filter((i) => !goesLeft(i)), depth - 1),
  }
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
