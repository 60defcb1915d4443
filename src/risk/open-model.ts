import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { DeskError } from '../salon/errors.ts'
import type { RiskBand } from '../salon/salon.ts'
import type { LocalDate } from '../salon/time.ts'
import { contributionsOf } from './contributions.ts'
import type { Predict } from './contributions.ts'
import type { FeatureName, FeatureRow } from './features.ts'
import { modelDescription, modelFiles } from './model-files.ts'
import type { Bands, ModelDescription } from './model-files.ts'
import { modelInput } from './model-input.ts'
import { sayReasons } from './say-reasons.ts'
import { inputName, outputName } from './risk-graph.ts'

/** `score` is the calibrated probability of a no-show or late cancellation, 0 to 1; `reasons` are 1 to 3 plain clauses. */
export type RiskScore = { score: number; band: RiskBand; confidence: 'low' | 'medium' | 'high'; reasons: string[] }

export type RiskModel = {
  /** Kind, last day learned from and a digest of the weights: changes whenever a score could. */
  readonly id: string
  readonly features: readonly FeatureName[]
  /** Failures among the call-list visits it learned from. */
  readonly baseRate: number
  readonly bands: Bands
  readonly trainedThrough: LocalDate
  /** The calibrated probability of failure of each row, in order, in one batch. */
  probabilities(rows: Pick<FeatureRow, 'values'>[]): Promise<number[]>
  /** One score a row, in order, in one batch. */
  score(rows: FeatureRow[], options?: { bands?: Bands }): Promise<RiskScore[]>
}

/**
 * Opens a model folder (`model.onnx` and `features.json`). Throws `DeskError('corrupt')` when a file is missing, unreadable
 * or does not fit the other; a model is tried on one row before it is handed out.
 */
export async function openRiskModel({ dir }: { dir: string }): Promise<RiskModel> {
  const description = await readDescription(dir)
  const predict = await openGraph({ dir, columns: description.features.length })
  await predict(cellsOf([{ values: {} }], description))
  return {
    id: description.id,
    features: description.features.map(({ name }) => name),
    baseRate: description.baseRate,
    bands: description.bands,
    trainedThrough: description.trainedThrough,
    probabilities: async (rows) => (rows.length === 0 ? [] : Array.from(await predict(cellsOf(rows, description)))),
    score: async (rows, { bands = description.bands } = {}) => scoreRows({ rows, description, predict, bands }),
  }
}

async function scoreRows({ rows, description, predict, bands }: { rows: FeatureRow[]; description: ModelDescription; predict: Predict; bands: Bands }): Promise<RiskScore[]> {
  if (rows.length === 0) return []
  const cells = cellsOf(rows, description)
  const scores = await predict(cells)
  const contributions = await contributionsOf({ cells, scores, description, predict })
  return rows.map((row, i) => {
    const score = scores[i] as number
    return {
      score,
      band: score >= bands.high ? 'high' : score >= bands.medium ? 'medium' : 'low',
      confidence: confidenceIn(row, description),
      reasons: sayReasons({ row, contributions: contributions[i] ?? {}, baseRate: description.baseRate }),
    }
  })
}

/** The graph's columns row after row, unknown cells at their mean. */
function cellsOf(rows: Pick<FeatureRow, 'values'>[], { features }: ModelDescription): Float32Array {
  const cells = new Float32Array(rows.length * features.length)
  let at = 0
  for (const row of rows) {
    for (const { name, mean } of features) {
      const value = modelInput(row, name)
      cells[at++] = Number.isNaN(value) ? mean : value
    }
  }
  return cells
}

/**
 * High: five or more ended bookings on record and nothing unknown. Low: no record, or the unknown features carry more than a
 * third of the model's weight (all features count alike in trees).
 */
function confidenceIn(row: FeatureRow, { features }: ModelDescription): RiskScore['confidence'] {
  const { pastVisits = 0, pastNoShows = 0, pastLateCancels = 0 } = row.values
  const record = pastVisits + pastNoShows + pastLateCancels
  const weightOf = (some: ModelDescription['features']): number => some.reduce((sum, { weight = 1 }) => sum + Math.abs(weight), 0)
  const unknown = features.filter(({ name }) => row.values[name] === undefined)
  if (record === 0 || weightOf(unknown) > weightOf(features) / 3) return 'low'
  return record >= 5 && unknown.length === 0 ? 'high' : 'medium'
}

async function readDescription(dir: string): Promise<ModelDescription> {
  try {
    return modelDescription.parse(JSON.parse(await readFile(join(dir, modelFiles.features), 'utf8')))
  } catch (cause) {
    throw corrupt(modelFiles.features, cause)
  }
}

async function openGraph({ dir, columns }: { dir: string; columns: number }): Promise<Predict> {
  let session: InferenceSession
  try {
    session = await InferenceSession.create(new Uint8Array(await readFile(join(dir, modelFiles.graph))), { intraOpNumThreads: 1, interOpNumThreads: 1 })
  } catch (cause) {
    throw corrupt(modelFiles.graph, cause)
  }
  return async (cells) => {
    const rows = cells.length / columns
    try {
      const results = await session.run({ [inputName]: new Tensor('float32', cells, [rows, columns]) })
      const scores = results[outputName]?.data
      if (!(scores instanceof Float32Array) || scores.length !== rows || !scores.every((score) => score >= 0 && score <= 1)) throw new RangeError('not one probability a row')
      return scores
    } catch (cause) {
      throw corrupt(modelFiles.graph, cause)
    }
  }
}

function corrupt(file: string, cause: unknown): DeskError {
  return new DeskError('corrupt', {
    message: `risk model: ${file} cannot be used`,
    userMessage: `The risk model's ${file} is missing or damaged. Run "desk train" to make a new model, or put the one that came with the desk (models/risk) back.`,
    cause,
  })
}
