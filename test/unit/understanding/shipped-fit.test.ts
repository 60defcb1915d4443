import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fitKey, fittedExamples, shippedFit } from '../../../src/understanding/fitted-examples.ts'
import { readExamples, requestTask as task } from '../../../src/understanding/open-understanding.ts'
import type { Embedder } from '../../../src/embedding/embedder.ts'
import { testEmbedder } from '../../support/test-embedder.ts'

const examples = await readExamples()
const silent: Embedder = { id: testEmbedder.id, dimensions: testEmbedder.dimensions, embed: () => Promise.reject(new Error('nothing was to be embedded')) }

test('the shipped fit was made from the examples, cues and embedder of today (else run "npm run fit:requests")', async () => {
  expect((await readFile(shippedFit(task))).toString('latin1', 0, 64)).toBe(fitKey({ task, examples, embedder: testEmbedder }))
  const { vectors } = await fittedExamples({ task, examples, embedder: silent })
  const length = Math.hypot(...vectors.subarray(0, testEmbedder.dimensions))
  expect(length).toBeGreaterThan(0.99)
  expect(length).toBeLessThan(1.01)
})

test('a fit made from other examples, or a broken file, is not used; a new one is made and kept, to the last bit', async () => {
  const cacheDir = await mkdtemp(join(tmpdir(), 'desk-fit-'))
  const few = examples.filter((_each, i) => i % 40 === 0)
  const made = await fittedExamples({ task, examples: few, embedder: testEmbedder, cacheDir })
  const kept = await fittedExamples({ task, examples: few, embedder: silent, cacheDir })
  expect(kept).toEqual(made)
  const [file = ''] = await readdir(cacheDir)
  await writeFile(join(cacheDir, file), 'half')
  expect(await fittedExamples({ task, examples: few, embedder: testEmbedder, cacheDir })).toEqual(made)
  await rm(cacheDir, { recursive: true })
})
