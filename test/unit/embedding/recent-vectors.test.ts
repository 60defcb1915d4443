import { expect, it } from 'vitest'
import { recentVectors } from '../../../src/embedding/recent-vectors.ts'

it('forgets what was not asked for the longest, and never keeps a passage', () => {
  const recent = recentVectors()
  for (let i = 0; i < 1000; i++) recent.set(`text ${i}`, new Float32Array([i]))
  expect(recent.get('text 0')).toEqual(new Float32Array([0]))
  recent.set('one more', new Float32Array([1]))
  expect(recent.get('text 0')).toBeDefined()
  expect(recent.get('text 1')).toBeUndefined()
  recent.set('long '.repeat(100), new Float32Array([2]))
  expect(recent.get('long '.repeat(100))).toBeUndefined()
})
