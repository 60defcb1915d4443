import { createHash } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { writeOnnx } from '../onnx/write-onnx.ts'
import { modelFiles, usualBands } from './model-files.ts'
import type { ModelDescription } from './model-files.ts'
import { riskGraph } from './risk-graph.ts'
import type { Training } from './train.ts'
import { writeCard } from './write-card.ts'

/**
 * Writes a training as a model folder: model.onnx, features.json, metrics.json, card.md. `source` says in one or two sentences
 * whose history it is and on what terms (it goes into the card). The folder is replaced as a whole, so that a reader never
 * finds files of two models. Returns the model's id. The same training gives the same bytes.
 */
export async function writeModel({ dir, training, source }: { dir: string; training: Training; source: string }): Promise<{ id: string }> {
  const graph = writeOnnx(riskGraph(training.fit))
  const id = `${training.fit.fit.kind}-${training.trainedThrough}-${createHash('sha256').update(graph).digest('hex').slice(0, 8)}`
  const description = describe({ id, training })
  const { walkForward, comparison, results, candidate, promoted, why } = training
  const draft = `${dir}.draft`
  await rm(draft, { recursive: true, force: true })
  await mkdir(draft, { recursive: true })
  await writeFile(join(draft, modelFiles.graph), graph)
  await writeFile(join(draft, modelFiles.features), json(description))
  await writeFile(join(draft, modelFiles.metrics), json({ id, candidate, promoted, why, walkForward, ...comparison, candidates: results.map(({ name, logLoss, model }) => ({ name, logLoss, model })) }))
  await writeFile(join(draft, modelFiles.card), writeCard({ description, training, source }))
  const old = `${dir}.old`
  await mkdir(dirname(dir), { recursive: true })
  await rm(old, { recursive: true, force: true })
  await rename(dir, old).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
  await rename(draft, dir)
  await rm(old, { recursive: true, force: true })
  return { id }
}

function describe({ id, training: { fit, candidate, trainedThrough } }: { id: string; training: Training }): ModelDescription {
  const { fit: inner, features, calibration, lambda, rows, failures } = fit
  const baseRate = failures / rows
  return {
    version: 1,
    id,
    kind: inner.kind,
    candidate,
    trainedThrough,
    rows,
    failures,
    baseRate,
    bands: usualBands(baseRate),
    calibration,
    ...(lambda !== undefined && { lambda }),
    ...(inner.kind === 'logistic' && { intercept: inner.intercept }),
    features: features.map((name, j) => {
      const mean = inner.means[j] ?? 0
      return inner.kind === 'logistic' ? { name, mean, scale: inner.scales[j] || 1, weight: inner.weights[j] ?? 0 } : { name, mean }
    }),
  }
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
