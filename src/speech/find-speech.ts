import type { Sound } from './sound.ts'

/** Where somebody speaks, in samples. */
export type Piece = { from: number; to: number }

/** How loud a stretch must be to be speech at all, against the loudest there can be (-50 dB): quieter is a room. */
const leastLoudness = 10 ** (-50 / 20)
/** How far above what is always there (10 dB): speech rises and falls, a hum or a hiss does not. */
const leastRise = 10 ** (10 / 20)
/** How often a second loudness is measured. */
const framesPerSecond = 50
/** Shorter is a click, a cough or a key (60 ms loud in a row). */
const leastFrames = 3
/** What is kept before and after, so that soft beginnings and ends of words are not cut off (300 ms). */
const margin = 15
/** A pause that ends a piece: the model was trained on speech without long holes (1.2 s). */
const longPause = 60
/** The longest piece the model gets, in frames (12 s): it holds 30 s, but every piece keeps the processor as long as it is. */
const longestPiece = 600

/**
 * The stretches of `sound` that hold speech, in order, each at most 12 s long and cut where it is quietest. None for silence,
 * a hum, or even noise: the model would make words of them.
 */
export function findSpeech({ samples, rate }: Sound): Piece[] {
  const step = Math.round(rate / framesPerSecond)
  const loudness = measure(samples, { step, rate })
  const threshold = Math.max(leastLoudness, quietest(loudness) * leastRise)
  const stretches = loudStretches(loudness, threshold)
  const pieces = join(stretches, loudness.length).flatMap((stretch) => cut(stretch, loudness))
  return pieces.map(({ from, to }) => ({ from: from * step, to: Math.min(samples.length, to * step) }))
}

/** Loudness (root mean square) of each frame, without what is below 120 Hz: a mains hum or a push on the microphone is no voice. */
function measure(samples: Float32Array, { step, rate }: { step: number; rate: number }): Float32Array {
  const keep = Math.exp((-2 * Math.PI * 120) / rate)
  const loudness = new Float32Array(Math.floor(samples.length / step))
  let before = 0
  let passed = 0
  for (let frame = 0; frame < loudness.length; frame++) {
    let sum = 0
    for (let i = frame * step; i < (frame + 1) * step; i++) {
      const sample = samples[i] as number
      passed = keep * (passed + sample - before)
      before = sample
      sum += passed * passed
    }
    loudness[frame] = Math.sqrt(sum / step)
  }
  return loudness
}

/** What is always there: louder is nine tenths of the sound. */
function quietest(loudness: Float32Array): number {
  return loudness.toSorted()[Math.floor(loudness.length / 10)] ?? 0
}

function loudStretches(loudness: Float32Array, threshold: number): Piece[] {
  const found: Piece[] = []
  for (let at = 0; at < loudness.length; at++) {
    if ((loudness[at] as number) < threshold) continue
    const from = at
    while (at < loudness.length && (loudness[at] as number) >= threshold) at++
    if (at - from >= leastFrames) found.push({ from, to: at })
  }
  return found
}

/** With their margins; what lies closer together than a long pause is one. */
function join(stretches: Piece[], end: number): Piece[] {
  const joined: Piece[] = []
  for (const { from, to } of stretches) {
    const last = joined.at(-1)
    const wide = { from: Math.max(0, from - margin), to: Math.min(end, to + margin) }
    if (last !== undefined && from - (last.to - margin) <= longPause) last.to = wide.to
    else joined.push(wide)
  }
  return joined
}

/** Parts that fit the model, cut at the quietest 100 ms of the later half of what fits. */
function cut(piece: Piece, loudness: Float32Array): Piece[] {
  const parts: Piece[] = []
  let { from } = piece
  while (piece.to - from > longestPiece) {
    const middle = from + longestPiece / 2
    const place = middle + quietPlace(loudness.subarray(middle, from + longestPiece))
    parts.push({ from, to: place })
    from = place
  }
  return [...parts, { from, to: piece.to }]
}

function quietPlace(loudness: Float32Array): number {
  const width = 5
  let best = { at: 0, sum: Infinity }
  for (let at = 0; at + width <= loudness.length; at++) {
    const sum = loudness.subarray(at, at + width).reduce((total, value) => total + value, 0)
    if (sum < best.sum) best = { at, sum }
  }
  return best.at + Math.floor(width / 2)
}
