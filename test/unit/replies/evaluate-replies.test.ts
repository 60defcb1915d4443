import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { evaluateReplies, LabelledReply, type ReplyEvaluation } from '../../../src/replies/evaluate-replies.ts'
import { readFirstWord } from '../../../src/replies/first-word.ts'
import { openReplyReader } from '../../../src/replies/open-reply-reader.ts'
import type { ReplyReading } from '../../../src/replies/reading.ts'
import { testEmbedder, testModelDir } from '../../support/test-embedder.ts'

const shared = join(import.meta.dirname, '../../../../shared/data/replies')
const at = { now: '2019-03-01T16:00:00.000Z', zone: 'America/Los_Angeles' }

function row(given: Record<string, unknown>): LabelledReply {
  return LabelledReply.parse(given)
}

test('rows of every shape are understood, and a row without words or label is refused', () => {
  expect(row({ ctx: 'CONFIRM', text: 'yes', label: 'YES', lang: 'es', note: null })).toMatchObject({ asked: { kind: 'confirm' }, label: 'YES', lang: 'es' })
  expect(row({ utterance: 'sure', system_before: 'Shall I book it?', label: 'YES' })).toMatchObject({ text: 'sure', asked: { kind: 'confirm' }, lang: 'en' })
  expect(row({ utterance: 'sure', context: 'OFFER', label: 'YES', asks: ['price'] })).toMatchObject({ asked: { kind: 'offer' }, asks: ['price'] })
  expect(row({ text: 'what is love', intent: 'oos' })).toMatchObject({ asked: { kind: 'nothing' }, label: 'OOS' })
  expect(LabelledReply.safeParse({ label: 'YES' }).error?.issues[0]?.path).toEqual(['text'])
  expect(LabelledReply.safeParse({ text: 'yes' }).error?.issues[0]?.path).toEqual(['label'])
})

test('figures count what they say', async () => {
  const said = (text: string, more: Partial<ReplyReading>): [string, ReplyReading] => [text, { intent: 'unclear', confidence: 1, sure: true, quote: text, parts: [], questions: [], language: 'en', by: 'rules', ...more }]
  const readings = new Map([said('a', { intent: 'yes' }), said('b', { intent: 'yes' }), said('c', { intent: 'stop', refuses: 'all' }), said('d', { intent: 'yes', sure: false }), said('e', { intent: 'stop', refuses: 'marketing' })])
  const evaluation = await evaluateReplies({
    reader: { read: ({ text }) => Promise.resolve(readings.get(text)!) }, ...at, elapsed: () => 0,
    rows: [
      row({ text: 'a', ctx: 'CONFIRM', label: 'YES', asks: ['price'] }), row({ text: 'b', ctx: 'CONFIRM', label: 'AMBIGUOUS' }), row({ text: 'b', ctx: 'NONE', label: 'YES' }), row({ text: 'c', ctx: 'CONFIRM', label: 'AMBIGUOUS', auto: 'optout' }),
      row({ text: 'c', ctx: 'CONFIRM', label: 'NO' }), row({ text: 'd', ctx: 'CONFIRM', label: 'YES' }), row({ text: 'e', ctx: 'NONE', label: 'STOP' }),
    ],
  })
  expect(evaluation.reader).toEqual({
    yesRecall: { hits: 1, of: 2 }, falseYes: { hits: 2, of: 5 }, falseCancel: { hits: 0, of: 7 }, noRecall: { hits: 0, of: 1 }, questionsCaptured: { hits: 0, of: 1 },
    stopRecall: { hits: 1, of: 1 }, wronglySuppressed: { hits: 1, of: 5 }, actedOnNothing: { hits: 1, of: 1 },
  })
  expect(evaluation.misread.map(({ what }) => what)).toEqual(['question lost', 'false yes', 'acted on', 'wrongly suppressed', 'yes missed'])
})

test('the first word is what it is compared with', () => {
  expect(['yes but 3:30', 'no problem', 'cancel', 'please stop'].map((text) => readFirstWord({ text, asked: { kind: 'confirm' } }))).toEqual(['yes', 'no', 'stop', 'other'])
})

/** The half that was never looked at: an odd first byte of the hash of the words. */
async function reportHalf(file: string): Promise<ReplyEvaluation> {
  const rows = readFileSync(join(shared, file), 'utf8').trim().split('\n').map((line) => row(JSON.parse(line) as Record<string, unknown>))
    .filter(({ text }) => createHash('sha256').update(text.toLowerCase()).digest()[0]! % 2 === 1)
  return evaluateReplies({ reader: await openReplyReader({ embedder: testEmbedder, cacheDir: testModelDir }), rows, ...at, elapsed: () => performance.now() })
}

test.skipIf(!existsSync(shared))('the half of the open replies kept for reporting is read within the limits', async () => {
  const { reader, firstWord, byLanguage, misread } = await reportHalf('authored_open.jsonl')
  expect(misread.filter(({ what }) => /false|suppressed|opt-out|acted/.test(what))).toEqual([])
  expect(reader.yesRecall.hits / reader.yesRecall.of).toBeGreaterThanOrEqual(0.97)
  expect(reader.stopRecall.hits / reader.stopRecall.of).toBeGreaterThanOrEqual(0.99)
  expect(byLanguage['es']!.yesRecall.hits / byLanguage['es']!.yesRecall.of).toBeGreaterThanOrEqual(0.94)
  expect(firstWord.falseYes.hits).toBeGreaterThan(10)
}, 60_000)

test.skipIf(!existsSync(shared))('nothing is acted on for texts that have nothing to do with a salon', async () => {
  const { reader } = await reportHalf('sms_spam_collection_ham_sample.jsonl')
  expect(reader.actedOnNothing.hits).toBe(0)
}, 60_000)
