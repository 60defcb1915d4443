import { expect, it } from 'vitest'
import { quantize } from '../../../src/embedding/quantize.ts'

it('gives each run of weights its own scale, with the largest at 127 and zero at zero', () => {
  const { values, scales } = quantize({ weights: new Float32Array([1, -2, 0, 0.5, 0, 0, -0.25, 0.125]), runLength: 2 })
  expect([...values]).toEqual([64, -127, 0, 127, 0, 0, -127, 64])
  expect([...scales]).toEqual([2 / 127, 0.5 / 127, 1, 0.25 / 127].map(Math.fround))
})
