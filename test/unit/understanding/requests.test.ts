import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { evaluateRequests, type LabelledRequest } from '../../../src/understanding/evaluate-requests.ts'
import { openUnderstanding, readExamples } from '../../../src/understanding/open-understanding.ts'
import { testEmbedder, testModelDir } from '../../support/test-embedder.ts'
import { directory, now, zone } from './salon-fixture.ts'

type Row = LabelledRequest & { id: string; split: 'dev' | 'test' }

const rows = readFileSync(join(import.meta.dirname, '../../data/requests.jsonl'), 'utf8').trim().split('\n').map((line): Row => JSON.parse(line))
const understanding = await openUnderstanding({ embedder: testEmbedder, cacheDir: testModelDir })

async function score(split: Row['split']) {
  const lines = rows.filter((row) => row.split === split).map(({ split: _split, ...line }) => line)
  const evaluation = await evaluateRequests({ understanding, lines, directory, now, zone })
  const table = Object.entries(evaluation.byIntent).map(([intent, { n, right }]) => `${intent} ${right}/${n}`).join(', ')
  process.stdout.write(`requests (${split}): ${evaluation.right}/${evaluation.n} right, intent ${evaluation.rightIntent}; keywords ${evaluation.baseline.right}/${evaluation.n}. ${table}\n`)
  return evaluation
}

test('at least 95 % of the requests kept for testing are read with the right intent and slots, far above keywords', async () => {
  const evaluation = await score('test')
  expect(evaluation.n).toBeGreaterThanOrEqual(120)
  expect(evaluation.right / evaluation.n).toBeGreaterThanOrEqual(0.95)
  expect(evaluation.right).toBeGreaterThan(evaluation.baseline.right * 1.5)
})

test('the requests used for tuning stay read', async () => {
  const evaluation = await score('dev')
  expect(evaluation.right / evaluation.n).toBeGreaterThanOrEqual(0.97)
})

test('no request kept for testing is an example, and no example stands twice', async () => {
  const plain = (text: string): string => text.toLowerCase().replace(/[^\p{L}\d]+/gu, ' ').trim()
  const examples = new Set((await readExamples()).map(({ text }) => plain(text)))
  expect(rows.filter(({ split, text, slots }) => split === 'test' && Object.keys(slots ?? {}).length > 0 && examples.has(plain(text)))).toEqual([])
  expect(examples.size).toBeGreaterThanOrEqual(250)
})
