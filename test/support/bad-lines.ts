import { resample } from '../../src/speech/resample.ts'
import type { Sound } from '../../src/speech/sound.ts'

/** What a telephone line may do to speech. `others`: sentences of other people, for a room full of them. The same every time. */
export type BadLine = (sound: Sound, others: readonly Sound[]) => Sound

/** How much speech goes with one packet, as calls over the internet have them. */
const packetSeconds = 0.02

export const badLines: Record<string, BadLine> = {
  'as it is': (sound) => sound,
  'hiss, 20 dB below': (sound) => withNoise(sound, { noise: hiss(sound.samples.length), below: 20 }),
  'hiss, 10 dB below': (sound) => withNoise(sound, { noise: hiss(sound.samples.length), below: 10 }),
  'five people talking, 20 dB below': (sound, others) => withNoise(sound, { noise: babble(sound.samples.length, others), below: 20 }),
  'five people talking, 10 dB below': (sound, others) => withNoise(sound, { noise: babble(sound.samples.length, others), below: 10 }),
  'nothing above 2.5 kHz': ({ samples, rate }) => ({ samples: resample(resample(samples, { from: rate, to: 5_000 }), { from: 5_000, to: rate }), rate }),
  '2 % of packets lost': (sound) => withLoss(sound, 0.02),
  '5 % of packets lost': (sound) => withLoss(sound, 0.05),
}

/** Numbers between 0 and 1 (mulberry32), the same for the same seed. */
function lots(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

function hiss(length: number): Float32Array {
  const next = lots(length)
  return Float32Array.from({ length }, () => next() * 2 - 1)
}

function babble(length: number, others: readonly Sound[]): Float32Array {
  const voices = others.slice(0, 5).map(({ samples }) => samples)
  return Float32Array.from({ length }, (_, i) => voices.reduce((sum, voice, at) => sum + (voice[(i + at * 3_001) % voice.length] ?? 0), 0))
}

/** `below`: how much quieter than the speech the noise is on average, in dB. */
function withNoise({ samples, rate }: Sound, { noise, below }: { noise: Float32Array; below: number }): Sound {
  const share = (loudness(samples) / loudness(noise)) * 10 ** (-below / 20)
  return { samples: samples.map((value, i) => value + share * (noise[i] ?? 0)), rate }
}

/** Lost packets are silence: nothing hides them. */
function withLoss({ samples, rate }: Sound, share: number): Sound {
  const next = lots(samples.length)
  const size = rate * packetSeconds
  const isLost = Array.from({ length: Math.ceil(samples.length / size) }, () => next() < share)
  return { samples: samples.map((value, i) => (isLost[Math.floor(i / size)] === true ? 0 : value)), rate }
}

function loudness(samples: Float32Array): number {
  return Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length)
}
