/** Zero crossings of the filter's sinc on each side: enough that what would fold back is 60 dB down. */
const crossings = 16

/**
 * The same sound at another rate, band-limited: a sinc under a Blackman window, one set of factors for each place an output
 * sample can have between two input samples. Outside the sound is silence.
 */
export function resample(samples: Float32Array, { from, to }: { from: number; to: number }): Float32Array {
  if (from === to) return samples
  const common = greatestCommonDivisor(from, to)
  const [up, down] = [to / common, from / common]
  // A little below the half of the lower rate, so that the filter's slope ends where folding begins.
  const cutoff = Math.min(1, to / from) * 0.94
  const half = Math.ceil(crossings / cutoff)
  const phases = Array.from({ length: up }, (_, phase) => factors({ offset: phase / up, half, cutoff }))
  const output = new Float32Array(Math.floor((samples.length * up) / down))
  for (let i = 0; i < output.length; i++) {
    const place = i * down
    const whole = Math.floor(place / up)
    const taps = phases[place % up] as Float32Array
    const first = whole - half + 1
    const begin = Math.max(0, -first)
    const end = Math.min(taps.length, samples.length - first)
    let sum = 0
    for (let tap = begin; tap < end; tap++) sum += (taps[tap] as number) * (samples[first + tap] as number)
    output[i] = sum
  }
  return output
}

/** What each of the 2 × `half` input samples around counts for an output sample that lies `offset` behind the middle one. */
function factors({ offset, half, cutoff }: { offset: number; half: number; cutoff: number }): Float32Array {
  const taps = new Float32Array(2 * half)
  let sum = 0
  for (let i = 0; i < taps.length; i++) {
    const distance = i - (half - 1) - offset
    const angle = Math.PI * distance
    const sinc = distance === 0 ? cutoff : Math.sin(angle * cutoff) / angle
    const window = Math.abs(distance) >= half ? 0 : 0.42 + 0.5 * Math.cos(angle / half) + 0.08 * Math.cos((2 * angle) / half)
    taps[i] = sinc * window
    sum += taps[i] as number
  }
  return taps.map((tap) => tap / sum)
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}
