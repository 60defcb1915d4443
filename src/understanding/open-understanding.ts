import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Embedder } from '../embedding/embedder.ts'
import { cachedVectors } from './cached-vectors.ts'
import { fitIntents, type Example } from './intent-model.ts'
import { fillExample } from './mask-request.ts'
import { readRequest } from './read-request.ts'
import { intents, type Reading, type Request } from './reading.ts'

/** Reads what a front-desk user wrote. Pure: everything it knows of the salon is in the request. */
export type Understanding = { read(request: Request): Promise<Reading> }

const Line = z.object({ intent: z.enum(intents), text: z.string().min(1) })

/**
 * Fits the reader on the shipped examples: about half a second the first time, a fifth of that once the vectors of the
 * examples lie in `cacheDir` (keyed by embedder and content; without a folder they are computed at every opening).
 * Throws `DeskError` of the embedder when it cannot run.
 */
export async function openUnderstanding({ embedder, cacheDir }: { embedder: Embedder; cacheDir?: string }): Promise<Understanding> {
  const examples = await readExamples()
  const vectors = await cachedVectors({ texts: examples.map(({ text }) => text), embedder, ...(cacheDir !== undefined && { cacheDir }) })
  const model = await fitIntents({ examples, embedder, vectors })
  return { read: (request) => readRequest({ request, model }) }
}

/** The example phrasings with their placeholders filled, as the model sees requests. */
export async function readExamples(): Promise<Example[]> {
  const text = await readFile(join(import.meta.dirname, 'examples.jsonl'), 'utf8')
  return text.trim().split('\n').map((line) => Line.parse(JSON.parse(line))).map(({ intent, text: phrase }) => ({ intent, text: fillExample(phrase) }))
}
