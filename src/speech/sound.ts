/** Sound in one channel: values between -1 and 1, `rate` of them a second. */
export type Sound = { samples: Float32Array; rate: number }

/** The longest sound that is listened to: a note, not a lecture. */
export const longestSeconds = 120

/** Pieces of one channel, one after the other. */
export function joinSamples(parts: Float32Array[]): Float32Array {
  const joined = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}

/** Channels of the same length as one: their average. */
export function mixChannels(channels: Float32Array[]): Float32Array {
  const [first = new Float32Array(), ...others] = channels
  if (others.length === 0) return first
  return first.map((value, i) => others.reduce((sum, channel) => sum + (channel[i] ?? 0), value) / channels.length)
}
