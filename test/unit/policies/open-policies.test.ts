import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Embedder } from '../../../src/embedding/embedder.ts'
import { commonEntries } from '../../../src/policies/index-entries.ts'
import { openPolicies } from '../../../src/policies/open-policies.ts'
import { testEmbedder } from '../../support/test-embedder.ts'

let dir = ''
let cacheDir = ''
// The embedder remembers what every index holds besides the folder, so that no single test waits for it.
beforeAll(async () => {
  await testEmbedder.embed(commonEntries.map(({ text }) => text))
})
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'desk-knowledge-'))
  cacheDir = await mkdtemp(join(tmpdir(), 'desk-index-'))
  await writeFile(join(dir, 'pets.md'), '## Pets\n\nPets stay at home. Guide dogs are welcome.\n')
  await writeFile(join(dir, 'lateness.md'), '---\nid: lateness\n---\n## Late {#late}\n\nAfter 15 minutes we may have to find another time.\n')
})
afterEach(() => Promise.all([dir, cacheDir].map((path) => rm(path, { recursive: true }))))

/** The real embedder, counting what it is asked to embed. */
function counting(): Embedder & { texts: string[] } {
  const texts: string[] = []
  return { ...testEmbedder, texts, embed: (given) => (texts.push(...given), testEmbedder.embed(given)) }
}

test('an unchanged folder is not embedded again; a changed file only where it changed, from the next question on', async () => {
  await openPolicies({ dir, embedder: testEmbedder, cacheDir })
  const embedder = counting()
  const policies = await openPolicies({ dir, embedder, cacheDir })
  expect(embedder.texts).toEqual([])

  expect((await policies.answer('can I bring my dog?')).answer).toContain('Pets stay at home.')
  embedder.texts.length = 0
  await writeFile(join(dir, 'pets.md'), '## Pets\n\nSmall dogs may come in a carrier.\n')
  const { answer } = await policies.answer('can I bring my dog?')
  expect(answer).toBe('Small dogs may come in a carrier.')
  expect(embedder.texts.filter((text) => text.includes('Small dogs'))).toHaveLength(2)
  expect(embedder.texts.filter((text) => text.includes('15 minutes'))).toEqual([])
})

test('a file broken while the desk runs is reported until it is mended', async () => {
  const policies = await openPolicies({ dir, embedder: testEmbedder, cacheDir })
  await writeFile(join(dir, 'pets.md'), '')
  await expect(policies.answer('can I bring my dog?')).rejects.toMatchObject({ code: 'invalid_input', userMessage: expect.stringContaining('pets.md is empty') })
  await writeFile(join(dir, 'pets.md'), '## Pets\n\nNo pets.\n')
  expect((await policies.answer('are pets allowed?')).answer).toBe('No pets.')
})

test('several processes may build at once, and a damaged index is built anew', async () => {
  const opened = await Promise.all([1, 2, 3].map(() => openPolicies({ dir, embedder: testEmbedder, cacheDir })))
  for (const policies of opened) expect((await policies.search('late', 1))[0]).toMatchObject({ file: 'lateness.md', section: 'late' })
  const indexes = await readdir(cacheDir)
  expect(indexes).toHaveLength(2)
  for (const file of ['hnswlib.index', 'vectors.f32']) {
    for (const index of indexes) await writeFile(join(cacheDir, index, file), 'broken')
    const again = await openPolicies({ dir, embedder: testEmbedder, cacheDir })
    expect((await again.search('late', 1))[0]).toMatchObject({ section: 'late' })
  }
})

test('a section is found by its id, with or without its document', async () => {
  const policies = await openPolicies({ dir, embedder: testEmbedder, cacheDir })
  for (const id of ['lateness#late', 'lateness.md#late', 'late']) expect((await policies.section(id))?.title).toBe('Late')
  expect(await policies.section('nowhere')).toBeUndefined()
})

test('with a language model, unsupported sentences fall away, and the policy itself answers where none is left or the model fails', async () => {
  const ask = async (compose: () => Promise<{ sentences: { text: string; section: string; quote: string }[] }>) => (await openPolicies({ dir, embedder: testEmbedder, cacheDir, compose })).answer('is my dog allowed?')
  const good = { text: 'Please leave pets at home.', section: 'pets', quote: 'Pets stay at home.' }
  const made = { text: 'Dogs pay $10.', section: 'pets', quote: 'dogs pay ten dollars' }
  expect((await ask(async () => ({ sentences: [made, good] }))).answer).toBe('Please leave pets at home.')
  expect((await ask(async () => ({ sentences: [made] }))).answer).toContain('Pets stay at home.')
  expect((await ask(() => Promise.reject(new Error('no network')))).answer).toContain('Pets stay at home.')
})

test('a question about nothing in the folder is not answered, and the model is not asked', async () => {
  let asked = 0
  const compose = () => (asked++, Promise.resolve({ sentences: [] }))
  const policies = await openPolicies({ dir, embedder: testEmbedder, cacheDir, compose })
  expect(await policies.answer('do you sell gift cards?')).toEqual({ answered: false, answer: expect.stringMatching(/^The policy does not say\. The nearest topics are: .*Pets/), citations: [] })
  expect(asked).toBe(0)
})
