import type { FeatureName } from './features.ts'
import type { ModelDescription } from './model-files.ts'

/** The graph's cells, row after row (unknown ones already filled) → a probability a row. */
export type Predict = (cells: Float32Array) => Promise<Float32Array>

/** By how much each feature moves the log-odds away from those of an average booking. */
export type Contributions = Partial<Record<FeatureName, number>>

/**
 * The model's own account of each score. Linear: slope × weight × (value - mean) / scale, exact. Trees: how much the log-odds
 * fall when the feature alone is set to its mean (ablation), asked of the same graph in one batch.
 */
export async function contributionsOf({ cells, scores, description, predict }: { cells: Float32Array; scores: Float32Array; description: ModelDescription; predict: Predict }): Promise<Contributions[]> {
  const { features, kind, calibration } = description
  const width = features.length
  const cell = (row: number, column: number): number => cells[row * width + column] as number
  if (kind === 'logistic') {
    return Array.from(scores, (_, i) => named(features, features.map(({ mean, scale = 1, weight = 0 }, j) => (calibration.slope * weight * (cell(i, j) - mean)) / scale)))
  }
  const ablated = new Float32Array(scores.length * width * width)
  scores.forEach((_, i) => features.forEach(({ mean }, j) => {
    ablated.set(cells.subarray(i * width, (i + 1) * width), (i * width + j) * width)
    ablated[(i * width + j) * width + j] = mean
  }))
  const without = await predict(ablated)
  return Array.from(scores, (score, i) => named(features, features.map((_feature, j) => logOdds(score) - logOdds(without[i * width + j] as number))))
}

function named(features: ModelDescription['features'], values: number[]): Contributions {
  return Object.fromEntries(features.map(({ name }, j) => [name, values[j]]))
}

function logOdds(p: number): number {
  const inside = Math.min(1 - 1e-7, Math.max(1e-7, p))
  return Math.log(inside / (1 - inside))
}
