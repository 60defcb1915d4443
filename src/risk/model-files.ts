import { z } from 'zod'
import { featureNames } from './features.ts'

/** The files of a model's folder. */
export const modelFiles = { graph: 'model.onnx', features: 'features.json', metrics: 'metrics.json', card: 'card.md' } as const

/** A score at or above `medium` or `high` is in that band. */
const bandsSchema = z.object({ medium: z.number().gt(0).lt(1), high: z.number().gt(0).lt(1) })
export type Bands = z.infer<typeof bandsSchema>

/** `features.json`: what the graph's columns mean and what is needed to explain a score. No rows, no people. */
export const modelDescription = z.object({
  version: z.literal(1),
  id: z.string().min(1),
  kind: z.enum(['logistic', 'trees']),
  candidate: z.string(),
  /** The last day whose visits it learned from. */
  trainedThrough: z.iso.date(),
  rows: z.int().positive(),
  failures: z.int().nonnegative(),
  baseRate: z.number().gt(0).lt(1),
  bands: bandsSchema,
  /** Log-odds after calibration = slope × log-odds + offset. */
  calibration: z.object({ slope: z.number(), offset: z.number() }),
  lambda: z.number().optional(),
  intercept: z.number().optional(),
  /** In the order of the graph's columns. `mean` stands in for an unknown value; `scale` and `weight` only for logistic models. */
  features: z.array(z.object({ name: z.enum(featureNames), mean: z.number(), scale: z.number().positive().optional(), weight: z.number().optional() })).min(1),
})
export type ModelDescription = z.infer<typeof modelDescription>

/**
 * Bands that suit a salon's own rate: `medium` from 1.25 times it, `high` from 2.5 times it. On the real salon's history that
 * is about one booking in ten and one in twenty.
 */
export function usualBands(baseRate: number): Bands {
  return { medium: Math.min(0.8, 1.25 * baseRate), high: Math.min(0.9, 2.5 * baseRate) }
}
