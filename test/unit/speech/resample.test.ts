import { expect, test } from 'vitest'
import { resample } from '../../../src/speech/resample.ts'

const tone = ({ hertz, rate, seconds = 0.5 }: { hertz: number; rate: number; seconds?: number }): Float32Array => Float32Array.from({ length: rate * seconds }, (_, i) => Math.sin((2 * Math.PI * hertz * i) / rate))
/** Loudness of the middle half, in decibels below a full tone; the ends have silence beside them. */
const loudness = (samples: Float32Array): number => {
  const middle = samples.subarray(samples.length / 4, (3 * samples.length) / 4)
  return 10 * Math.log10((2 * middle.reduce((sum, value) => sum + value * value, 0)) / middle.length)
}

test.each([8_000, 11_025, 22_050, 44_100, 48_000])('a tone of 1 kHz at %i Hz is the same tone at 16 kHz', (rate) => {
  const made = resample(tone({ hertz: 1_000, rate }), { from: rate, to: 16_000 })
  const wanted = tone({ hertz: 1_000, rate: 16_000 })
  expect(Math.abs(made.length - wanted.length)).toBeLessThanOrEqual(1)
  const middle = [...made.subarray(2_000, 6_000)].map((value, i) => Math.abs(value - (wanted[i + 2_000] as number)))
  expect(Math.max(...middle)).toBeLessThan(0.002)
})

test('what 16 kHz cannot hold does not fold back into it', () => {
  expect(loudness(resample(tone({ hertz: 10_000, rate: 48_000 }), { from: 48_000, to: 16_000 }))).toBeLessThan(-60)
})

test('telephone sound gets no mirror image above its 4 kHz', () => {
  const made = resample(tone({ hertz: 3_000, rate: 8_000 }), { from: 8_000, to: 16_000 })
  const wanted = tone({ hertz: 3_000, rate: 16_000 })
  expect(loudness(made.map((value, i) => value - (wanted[i] ?? 0)))).toBeLessThan(-50)
})
