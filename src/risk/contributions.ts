import type { FeatureName } from './features.ts'
import type { ModelDescription } from './model-files.ts'

/** Batch of rows (unknown cells already filled) → their probabilities. */
export type Predict = (inputs: number[][]) => Promise<number[]>

/** By how much each feature moves the log-odds away from those of an average booking. */
export type Contributions = Partial<Record<FeatureName, number>>

/**
 * The model's own account of each score. Linear: slope × weight × (value - mean) / scale, exact. Trees: how much the log-odds
 * fall when the feature alone is set to its mean (ablation), asked of the same graph in one batch.
 */
export async function contributionsOf({ inputs, scores, description, predict }: { inputs: number[][]; scores: number[]; description: ModelDescription; predict: Predict }): Promise<Contributions[]> {
  const { features, kind, calibration } = description
  if (kind === 'logistic') {
    return inputs.map((input) => named(features, features.map(({ mean, scale = 1, weight = 0 }, j) => (calibration.slope * weight * ((input[j] as number) - mean)) / scale)))
  }
  const ablated = await predict(inputs.flatMap((input) => features.map(({ mean }, j) => input.with(j, mean))))
  return inputs.map((_, i) => named(features, features.map((_feature, j) => logOdds(scores[i] as number) - logOdds(ablated[i * features.length + j] as number))))
}

function named(features: ModelDescription['features'], values: number[]): Contributions {
  return Object.fromEntries(features.map(({ name }, j) => [name, values[j]]))
}

function logOdds(p: number): number {
  const inside = Math.min(1 - 1e-7, Math.max(1e-7, p))
  return Math.log(inside / (1 - inside))
}
