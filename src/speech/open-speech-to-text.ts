import { performance } from 'node:perf_hooks'
import { setImmediate as turnOfTheLoop } from 'node:timers/promises'
import { findSpeech } from './find-speech.ts'
import { modelRate, openModel, type SpeechModel } from './open-model.ts'
import { resample } from './resample.ts'
import { sayIds } from './say-ids.ts'
import type { Sound } from './sound.ts'

/** English speech, written down on this machine; nothing of it is kept or leaves. */
export type SpeechToText = {
  /**
   * The words; empty when nobody speaks, or nothing can be made of it. One after the other, in the order asked. Throws
   * `DeskError('unavailable')` when the model cannot be loaded; the next call tries again.
   */
  transcribe(sound: Sound): Promise<{ text: string; soundMs: number; tookMs: number }>
}

/** Opening is free: the model (about half a second, 110 MB of memory) loads at the first sound. `open` is another model than the package's. */
export function openSpeechToText({ open = openModel }: { open?: () => Promise<SpeechModel> } = {}): SpeechToText {
  let model: Promise<SpeechModel> | undefined
  let last: Promise<unknown> = Promise.resolve()

  async function ready(): Promise<SpeechModel> {
    model ??= open()
    try {
      return await model
    } catch (error) {
      model = undefined
      throw error
    }
  }

  async function listen(sound: Sound): Promise<{ text: string; soundMs: number; tookMs: number }> {
    const began = performance.now()
    const said: string[] = []
    for (const { from, to } of findSpeech(sound)) {
      const samples = resample(sound.samples.subarray(from, to), { from: sound.rate, to: modelRate })
      const text = sayIds(await (await ready())(samples))
      if (text !== '') said.push(text)
      // Filtering and the model's own steps keep the loop for milliseconds each; others get their turn between pieces.
      await turnOfTheLoop()
    }
    return { text: said.join(' '), soundMs: Math.round((sound.samples.length / sound.rate) * 1_000), tookMs: Math.round(performance.now() - began) }
  }

  return {
    transcribe(sound) {
      const turn = last.then(() => listen(sound))
      last = turn.catch(() => {})
      return turn
    },
  }
}
