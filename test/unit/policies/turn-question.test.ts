import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { openQuestionMap } from '../../../src/policies/turn-question.ts'

test('a question is turned a little and keeps its length; in an embedder of another width it stays as it is', async () => {
  const vector = new Float32Array(384).fill(1 / Math.sqrt(384))
  const turned = (await openQuestionMap({ dimensions: 384 }))(vector)
  expect(Math.hypot(...turned)).toBeCloseTo(1, 5)
  const cosine = turned.reduce((sum, value, i) => sum + value * (vector[i] as number), 0)
  expect(cosine).toBeGreaterThan(0.7)
  expect(cosine).toBeLessThan(0.9999)
  const short = Float32Array.of(0.6, 0.8)
  expect((await openQuestionMap({ dimensions: 2 }))(short)).toBe(short)
})

test('a damaged map is named', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'desk-map-'))
  const file = join(dir, 'question-map.json')
  await writeFile(file, '{"dimensions": 384')
  await expect(openQuestionMap({ dimensions: 384, file: pathToFileURL(file) })).rejects.toMatchObject({ code: 'unavailable', userMessage: expect.stringContaining('question-map.json') })
  await rm(dir, { recursive: true })
})
