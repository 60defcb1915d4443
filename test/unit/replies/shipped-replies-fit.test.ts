import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { readReplyExamples, replyTask as task } from '../../../src/replies/reply-model.ts'
import { fitKey, shippedFit } from '../../../src/understanding/fitted-examples.ts'
import { testEmbedder } from '../../support/test-embedder.ts'

test('the shipped fit was made from the example replies, cues and embedder of today (else run "npm run fit:replies")', async () => {
  expect((await readFile(shippedFit(task))).toString('latin1', 0, 64)).toBe(fitKey({ task, examples: await readReplyExamples(), embedder: testEmbedder }))
})

test('there are examples of every meaning a clause can have, in both languages, and none stands twice', async () => {
  const examples = await readReplyExamples()
  for (const intent of task.intents) expect(examples.filter((each) => each.intent === intent).length).toBeGreaterThan(50)
  expect(examples.filter(({ text }) => /\b(?:puedo|quiero|cita|no me)\b/.test(text)).length).toBeGreaterThan(60)
  expect(new Set(examples.map(({ text, intent }) => `${intent} ${text}`)).size).toBe(examples.length)
})
