import type { InferenceSession, Tensor } from 'onnxruntime-node'
import { findPackageJSON } from 'node:module'
import { dirname, join } from 'node:path'
import { DeskError } from '../salon/errors.ts'

/** Sound at 16 kHz becomes the ids of the words' parts, with how sure the model was of each (natural logarithm). */
export type SpeechModel = (samples: Float32Array) => Promise<{ ids: number[]; sureness: number[] }>

/** What the model was trained on; its package's `model.ts` has the ids, shape and pace below. */
export const modelRate = 16_000
const beginId = 1
const endId = 2
const layers = 6
const heads = 8
const headWidth = 36
/** Nobody says more parts of words than that in a second; what goes on beyond is the model talking to itself. */
const idsPerSecond = 6.5
/** How sure the model must be that there are no words at all. Of noises it is (-0.01 at most); of speech it sometimes only doubts (-0.1 to -0.8). */
const sureOfNothing = -0.05

/**
 * Loads Moonshine Tiny (English, MIT) out of the npm package. Throws `unavailable` when the package, a file or the
 * runtime is missing.
 */
export async function openModel(): Promise<SpeechModel> {
  const { encoder, decoder, TensorOf } = await load()
  const empty = new TensorOf('float32', new Float32Array(), [0, heads, 1, headWidth])
  return async (samples) => {
    const { last_hidden_state: heard } = await encoder.run({ input_values: new TensorOf('float32', samples, [1, samples.length]) })
    const most = Math.ceil((samples.length / modelRate) * idsPerSecond)
    const past: Record<string, Tensor> = Object.fromEntries(pastNames.map((name) => [`past_key_values.${name}`, empty]))
    const ids: number[] = []
    const sureness: number[] = []
    for (let last = beginId; ids.length < most;) {
      const isFirst = last === beginId
      const output = await decoder.run({ ...past, input_ids: new TensorOf('int64', [BigInt(last)], [1, 1]), encoder_hidden_states: heard as Tensor, use_cache_branch: new TensorOf('bool', [!isFirst]) })
      const logits = output['logits']?.data as Float32Array
      let best = mostLikely(logits)
      if (isFirst && best.id === endId && best.sureness < sureOfNothing) {
        logits[endId] = -Infinity
        best = mostLikely(logits)
      }
      sureness.push(best.sureness)
      if (best.id === endId) break
      ids.push(best.id)
      last = best.id
      // What was heard stays as it was; the graph gives it out once, with the first word.
      for (const name of pastNames) if (isFirst || name.includes('decoder')) past[`past_key_values.${name}`] = output[`present.${name}`] as Tensor
    }
    return { ids, sureness }
  }
}

const pastNames = Array.from({ length: layers }, (_, layer) => ['decoder', 'encoder'].flatMap((side) => ['key', 'value'].map((part) => `${layer}.${side}.${part}`))).flat()

/** The likeliest id, and the logarithm of its share. */
function mostLikely(logits: Float32Array): { id: number; sureness: number } {
  let id = 0
  for (let i = 1; i < logits.length; i++) if ((logits[i] as number) > (logits[id] as number)) id = i
  const top = logits[id] as number
  let sum = 0
  for (const logit of logits) sum += Math.exp(logit - top)
  return { id, sureness: -Math.log(sum) }
}

async function load(): Promise<{ encoder: InferenceSession; decoder: InferenceSession; TensorOf: typeof Tensor }> {
  try {
    const runtime = await import('onnxruntime-node')
    const manifest = findPackageJSON('@moonshine-ai/moonshine-js', import.meta.url)
    if (manifest === undefined) throw new Error('the package is not there')
    const open = (name: string, { arena, threads }: { arena: boolean; threads: number }): Promise<InferenceSession> => runtime.InferenceSession.create(join(dirname(manifest), 'dist/model/tiny/quantized', name), {
      executionProviders: ['cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      enableCpuMemArena: arena,
      enableMemPattern: false,
      // Idle threads sleep instead of burning a core.
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    })
    return {
      encoder: await open('encoder_model.onnx', { arena: false, threads: 2 }),
      // A word takes 10 ms with memory it keeps (20 MB) and 23 ms without; a second thread gains it nothing.
      decoder: await open('decoder_model_merged.onnx', { arena: true, threads: 1 }),
      TensorOf: runtime.Tensor,
    }
  } catch (cause) {
    throw new DeskError('unavailable', {
      message: 'the speech model cannot be loaded',
      userMessage: 'The desk cannot listen on this machine: the speech model does not load. Run "npm ci" again; if that does not help, the log has the reason. Typing works.',
      cause,
    })
  }
}
