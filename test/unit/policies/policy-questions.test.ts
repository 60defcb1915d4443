import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openPolicies } from '../../../src/policies/open-policies.ts'
import { squeeze } from '../../../src/policies/split-text.ts'
import { testEmbedder } from '../../support/test-embedder.ts'

const root = join(import.meta.dirname, '../../..')
const cacheDir = join(tmpdir(), 'front-desk-copilot-test-policies')
/**
 * `section` null, or no `file`: the policies do not answer. `also`: another section (its title, in a folder without ids) that answers as well.
 * `tune` and `dev` rows shaped the ranking; `test` and `blind` rows did not.
 */
const rowSchema = z.object({
  question: z.string(),
  split: z.enum(['tune', 'test', 'dev', 'blind']),
  section: z.string().nullable().optional(),
  also: z.array(z.string()).optional(),
  file: z.string().nullable().optional(),
  title: z.string().nullable().optional(),
})
type Row = z.infer<typeof rowSchema>

const rowsOf = async (name: string): Promise<Row[]> =>
  (await readFile(join(root, 'test/data', name), 'utf8')).trim().split('\n').map((line) => rowSchema.parse(JSON.parse(line)))

async function figuresFor({ dir, rows }: { dir: string; rows: Row[] }) {
  const policies = await openPolicies({ dir: join(root, dir), embedder: testEmbedder, cacheDir })
  const counts = { known: 0, first: 0, amongThree: 0, answered: 0, open: 0, wronglyAnswered: 0 }
  const wrong: string[] = []
  for (const row of rows) {
    const answer = await policies.answer(row.question)
    for (const { file, section, quote } of answer.citations) expect(squeeze((await policies.section(`${file}#${section}`))?.text ?? '')).toContain(quote)
    const wanted = row.section ? [row.section, ...(row.also ?? [])] : policies.sections.filter(({ file, title }) => file === row.file && [row.title ?? '', ...(row.also ?? [])].some((wanted) => title.startsWith(wanted))).map(({ id }) => id)
    if (wanted.length === 0) {
      counts.open++
      counts.wronglyAnswered += answer.answered ? 1 : 0
      if (answer.answered) wrong.push(`answered: ${row.question}`)
      continue
    }
    const found = await Promise.all((await policies.search(row.question, 3)).map(async ({ file, section }) => (await policies.section(`${file}#${section}`))?.id ?? ''))
    counts.known++
    if (wanted.includes(found[0] ?? '')) counts.first++
    else wrong.push(`${row.question} -> ${found[0]}`)
    if (found.some((id) => wanted.includes(id))) counts.amongThree++
    if (answer.answered) counts.answered++
    else wrong.push(`not answered: ${row.question}`)
  }
  return { ...counts, wrong }
}

function say(name: string, { known, first, amongThree, answered, open, wronglyAnswered }: Awaited<ReturnType<typeof figuresFor>>): void {
  console.log(`${name}: right section first ${first}/${known}, among three ${amongThree}/${known}, answered ${answered}/${known}; not in the policies and answered ${wronglyAnswered}/${open}`)
}

describe('the demo salon\'s policies', () => {
  // Where the index was never built this takes seconds.
  beforeAll(async () => {
    await openPolicies({ dir: join(root, 'knowledge'), embedder: testEmbedder, cacheDir })
  })

  test('the split follows the question, or is tuning; no question of the test split is an indexed example', async () => {
    const policies = await openPolicies({ dir: join(root, 'knowledge'), embedder: testEmbedder, cacheDir })
    const bare = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ').trim()
    const examples = new Set(policies.sections.flatMap((section) => section.examples).map(bare))
    for (const { question, split } of await rowsOf('policy-questions.jsonl')) {
      if (split === 'tune') continue
      expect(createHash('sha256').update(question).digest()[0]).toBeGreaterThanOrEqual(102)
      expect(examples.has(bare(question)), question).toBe(false)
    }
  })

  test('questions of the test split', async () => {
    const rows = (await rowsOf('policy-questions.jsonl')).filter(({ split }) => split === 'test')
    const figures = await figuresFor({ dir: 'knowledge', rows })
    say('test split', figures)
    expect(figures.known).toBeGreaterThanOrEqual(40)
    expect(figures.open).toBeGreaterThanOrEqual(15)
    expect(figures.first / figures.known, figures.wrong.join('\n')).toBeGreaterThanOrEqual(0.9)
    expect(figures.amongThree / figures.known).toBeGreaterThanOrEqual(0.97)
    expect(figures.answered / figures.known).toBeGreaterThanOrEqual(0.97)
    expect(figures.wronglyAnswered / figures.open, figures.wrong.join('\n')).toBeLessThanOrEqual(1 / 15)
  })

  // Short, slangy and indirect on purpose; the floors are what is measured, below the aim of 0.9.
  test('everyday questions of the blind half', async () => {
    const figures = await figuresFor({ dir: 'knowledge', rows: (await rowsOf('policy-questions-everyday.jsonl')).filter(({ split }) => split === 'blind') })
    say('everyday questions', figures)
    expect(figures.first / figures.known, figures.wrong.join('\n')).toBeGreaterThanOrEqual(0.78)
    expect(figures.amongThree / figures.known).toBeGreaterThanOrEqual(0.92)
    expect(figures.answered / figures.known).toBeGreaterThanOrEqual(0.94)
  })

  test('near misses of the blind half: the topic is written, the fact is not', async () => {
    const figures = await figuresFor({ dir: 'knowledge', rows: (await rowsOf('policy-questions-unanswerable.jsonl')).filter(({ split }) => split === 'blind') })
    say('near misses and far questions', figures)
    expect(figures.open).toBe(16)
    expect(figures.wronglyAnswered, figures.wrong.join('\n')).toBeLessThanOrEqual(6)
  })
})

describe('folders that nothing was written for', () => {
  test.each([
    ['dayspa', 'test', 0.9, 1, 0.9],
    ['lashes', 'test', 0.85, 0.95, 0.85],
    ['barbershop', 'blind', 0.85, 0.9, 0.75],
    ['aesthetics', 'blind', 0.75, 0.9, 0.6],
    ['nailbar', 'blind', 0.5, 0.9, 0.7],
  ] as const)('%s', async (name, split, first, amongThree, answered) => {
    const figures = await figuresFor({ dir: `test/data/knowledge-other-${name}`, rows: (await rowsOf(`policy-questions-${name}.jsonl`)).filter((row) => row.split === split) })
    say(name, figures)
    expect(figures.first / figures.known, figures.wrong.join('\n')).toBeGreaterThanOrEqual(first)
    expect(figures.amongThree / figures.known).toBeGreaterThanOrEqual(amongThree)
    expect(figures.answered / figures.known).toBeGreaterThanOrEqual(answered)
    expect(figures.wronglyAnswered, figures.wrong.join('\n')).toBeLessThanOrEqual(1)
  })
})
