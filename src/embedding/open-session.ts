import type { InferenceSession, Tensor } from 'onnxruntime-node'
import { DeskError } from '../salon/errors.ts'

/** Rows of token ids, of any lengths, become one vector each. */
export type Session = (rows: number[][]) => Promise<Float32Array[]>

/**
 * Loads the model file at `path` for running on the processor. The runtime itself is loaded here too, so that commands
 * that embed nothing do not pay for it. Throws `unavailable` when the runtime or the file cannot be loaded.
 */
export async function openSession({ path, dimensions }: { path: string; dimensions: number }): Promise<Session> {
  const { session, TensorOf } = await load(path)
  return async (rows) => {
    const length = Math.max(...rows.map((ids) => ids.length))
    const padded = new BigInt64Array(rows.length * length)
    for (const [i, ids] of rows.entries()) padded.set(ids.map(BigInt), i * length)
    const { vectors } = await session.run({ ids: new TensorOf('int64', padded, [rows.length, length]) })
    const numbers = vectors?.data as Float32Array
    return rows.map((_, i) => numbers.slice(i * dimensions, (i + 1) * dimensions))
  }
}

async function load(path: string): Promise<{ session: InferenceSession; TensorOf: typeof Tensor }> {
  try {
    const runtime = await import('onnxruntime-node')
    const session = await runtime.InferenceSession.create(path, {
      executionProviders: ['cpu'],
      intraOpNumThreads: 2,
      interOpNumThreads: 1,
      // The arena keeps the memory of the largest batch for ever; without it a query is as fast.
      enableCpuMemArena: false,
      enableMemPattern: false,
      // Idle threads sleep instead of burning a core.
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    })
    return { session, TensorOf: runtime.Tensor }
  } catch (cause) {
    throw new DeskError('unavailable', {
      message: 'onnxruntime cannot load the embedding model',
      userMessage: 'The language model cannot run on this machine. Run "npm ci" again; if that does not help, the log has the reason.',
      cause,
    })
  }
}
