import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Embedder } from '../embedding/embedder.ts'
import { requestCues } from './cues.ts'
import { fittedExamples } from './fitted-examples.ts'
import { openIntentModel, type Example, type Task } from './intent-model.ts'
import { fillExample } from './mask-request.ts'
import { readRequest } from './read-request.ts'
import { intents, type Intent, type Reading, type Request } from './reading.ts'

/** Reads what a front-desk user wrote. Pure: everything it knows of the salon is in the request. */
export type Understanding = { read(request: Request): Promise<Reading> }

/** Telling apart what a front-desk user wants. */
export const requestTask: Task<Intent> = { name: 'requests', intents, cues: requestCues }

const Line = z.object({ intent: z.enum(intents), text: z.string().min(1) })

/**
 * Fits the reader on the shipped examples: some seconds the first time, a tenth of a second once the fit lies in
 * `cacheDir` (keyed by everything it depends on; without a folder it is made at every opening). Throws the embedder's
 * `DeskError` when that cannot run.
 */
export async function openUnderstanding({ embedder, cacheDir }: { embedder: Embedder; cacheDir?: string }): Promise<Understanding> {
  const examples = await readExamples()
  const { vectors, fit } = await fittedExamples({ task: requestTask, examples, embedder, ...(cacheDir !== undefined && { cacheDir }) })
  const model = openIntentModel({ task: requestTask, examples, vectors, fit, embedder })
  return { read: (request) => readRequest({ request, model }) }
}

/** The example phrasings with their placeholders filled, as the model sees requests: days and times in them are written as `maskRequest` writes them. */
export async function readExamples(): Promise<Example<Intent>[]> {
  const text = await readFile(join(import.meta.dirname, 'examples.jsonl'), 'utf8')
  return text.trim().split('\n').map((line) => Line.parse(JSON.parse(line))).map(({ intent, text: phrase }) => ({ intent, text: fillExample(phrase) }))
}
