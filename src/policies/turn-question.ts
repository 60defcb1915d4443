import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { DeskError } from '../salon/errors.ts'

/** Moves a question's vector towards where policies that answer such questions lie; unit vector in, unit vector out. */
export type TurnQuestion = (vector: Float32Array) => Float32Array

const matrixSchema = z.object({ scale: z.number().positive(), values: z.base64() })
const mapSchema = z.object({ embedder: z.string(), dimensions: z.number().int().positive(), rank: z.number().int().positive(), narrow: matrixSchema, widen: matrixSchema })

/**
 * The learned map of questions: q becomes q + (q · narrow) · widen, brought to length 1. People ask in other words than policies are written in,
 * and the embedder puts the two apart in much the same way everywhere (models/policies/card.md says how it was learned). A question in an embedder of
 * another width stays as it is. Throws `unavailable` for a damaged file.
 */
export async function openQuestionMap({ dimensions, file = new URL('../../models/policies/question-map.json', import.meta.url) }: { dimensions: number; file?: URL }): Promise<TurnQuestion> {
  const map = await readMap(file)
  if (map.dimensions !== dimensions) return (vector) => vector
  const narrow = numbersOf(map.narrow)
  const widen = numbersOf(map.widen)
  if (narrow.length !== dimensions * map.rank || widen.length !== dimensions * map.rank) throw damaged()
  return (vector) => {
    const turned = Float32Array.from(vector)
    for (let k = 0; k < map.rank; k++) {
      let along = 0
      for (let i = 0; i < dimensions; i++) along += (vector[i] as number) * (narrow[i * map.rank + k] as number)
      for (let i = 0; i < dimensions; i++) turned[i] = (turned[i] as number) + along * (widen[k * dimensions + i] as number)
    }
    const length = Math.hypot(...turned)
    return length === 0 ? vector : turned.map((value) => value / length)
  }
}

async function readMap(file: URL): Promise<z.infer<typeof mapSchema>> {
  try {
    return mapSchema.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (cause) {
    throw damaged(cause)
  }
}

function numbersOf({ scale, values }: z.infer<typeof matrixSchema>): Float32Array {
  return Float32Array.from(new Int8Array(Buffer.from(values, 'base64')), (value) => value * scale)
}

function damaged(cause?: unknown): DeskError {
  return new DeskError('unavailable', { message: 'models/policies/question-map.json cannot be read', userMessage: 'A file of the desk is missing or damaged: models/policies/question-map.json. Install the desk again.', cause })
}
