import { calibrate, uncalibrated } from './calibrate.ts'
import type { Calibration } from './calibrate.ts'
import type { FeatureName } from './features.ts'
import { fitLogistic, linearLogit } from './fit-logistic.ts'
import type { LinearFit } from './fit-logistic.ts'
import { sigmoid } from './fit-penalised.ts'
import { fitTrees, treesLogit } from './fit-trees.ts'
import type { TreesFit } from './fit-trees.ts'
import { modelInput } from './model-input.ts'
import type { LabelledRow } from './training-rows.ts'

/** What may be fitted: a kind of model on a set of features. */
export type Candidate = { name: string; kind: 'logistic' | 'trees'; features: readonly FeatureName[] }

/** A fitted, calibrated model as plain data: the source of the ONNX file and its reference. */
export type RiskFit = { features: FeatureName[]; fit: LinearFit | TreesFit; calibration: Calibration; lambda?: number; rows: number; failures: number }

/** Nothing weaker than 30: with about a hundred failures the weights would follow noise. */
const lambdas = [30, 100, 300]
const usualLambda = 100

/** Below this many failures in the validation folds their verdict is noise: the usual penalty is taken and nothing is calibrated. */
const fewestFailures = 10

/**
 * Fits one candidate. The penalty and the calibration come from forward-chained folds inside the given rows (train on the
 * earlier 40, 60, 80 % whose labels were known when the next fifth was scored): time is never split at random.
 * Rows must be in the order of their date. Features that never vary in them are left out.
 */
export function fitModel({ rows, candidate }: { rows: LabelledRow[]; candidate: Candidate }): RiskFit {
  const features = candidate.features.filter((name) => varies(rows, name))
  const folds = forwardFolds(rows)
  const options = candidate.kind === 'logistic' ? lambdas : [undefined]
  const validated = folds.flatMap(({ test }) => test.map((row) => Number(row.failed)))
  const enough = validated.filter(Boolean).length >= fewestFailures
  const tried = (enough ? options : []).map((lambda) => {
    const logits = folds.flatMap(({ train, test }) => {
      const fit = fitOnce({ rows: train, candidate, features, lambda })
      return test.map((row) => logitOf(fit, features.map((name) => modelInput(row, name))))
    })
    return { lambda, logits, loss: logLoss(logits.map(sigmoid), validated) }
  })
  const best = tried.toSorted((a, b) => a.loss - b.loss)[0]
  const lambda = best ? best.lambda : candidate.kind === 'logistic' ? usualLambda : undefined
  return {
    features,
    fit: fitOnce({ rows, candidate, features, lambda }),
    calibration: best ? calibrate({ logits: best.logits, labels: validated }) : uncalibrated,
    ...(lambda !== undefined && { lambda }),
    rows: rows.length,
    failures: rows.filter((row) => row.failed).length,
  }
}

/** The calibrated probability of failure of one row, in plain JavaScript: what the ONNX file must agree with. */
export function probability({ features, fit, calibration }: RiskFit, row: Pick<LabelledRow, 'values'>): number {
  return sigmoid(calibration.slope * logitOf(fit, features.map((name) => modelInput(row, name))) + calibration.offset)
}

/** Mean negative log-likelihood. */
export function logLoss(scores: number[], labels: number[]): number {
  return -scores.reduce((sum, p, i) => sum + Math.log(Math.max(1e-12, labels[i] ? p : 1 - p)), 0) / scores.length
}

function logitOf(fit: LinearFit | TreesFit, input: number[]): number {
  return fit.kind === 'logistic' ? linearLogit(fit, input) : treesLogit(fit, input)
}

function fitOnce({ rows, candidate, features, lambda }: { rows: LabelledRow[]; candidate: Candidate; features: FeatureName[]; lambda: number | undefined }): LinearFit | TreesFit {
  const inputs = rows.map((row) => features.map((name) => modelInput(row, name)))
  const labels = rows.map((row) => Number(row.failed))
  return candidate.kind === 'logistic' ? fitLogistic({ rows: inputs, labels, lambda: lambda ?? usualLambda }) : fitTrees({ rows: inputs, labels })
}

function forwardFolds(rows: LabelledRow[]): { train: LabelledRow[]; test: LabelledRow[] }[] {
  return [0.4, 0.6, 0.8].flatMap((share) => {
    const test = rows.slice(Math.floor(rows.length * share), Math.floor(rows.length * (share + 0.2)))
    const train = rows.filter((row) => test[0] !== undefined && row.knownAt <= test[0].asOf)
    return train.some((row) => row.failed) && train.some((row) => !row.failed) ? [{ train, test }] : []
  })
}

function varies(rows: LabelledRow[], name: FeatureName): boolean {
  const known = rows.flatMap((row) => row.values[name] ?? [])
  return known.some((value) => value !== known[0])
}
