import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEmbedder } from '../embedding/open-embedder.ts'
import { shipFit } from '../understanding/fitted-examples.ts'
import { readReplyExamples, replyTask } from './reply-model.ts'

// `npm run fit:replies`: makes the shipped fit anew after the example replies, the cues or the embedder changed.
const embedder = await openEmbedder({ cacheDir: join(tmpdir(), 'front-desk-copilot-test-models') })
const examples = await readReplyExamples()
process.stdout.write(`${examples.length} examples fitted: ${await shipFit({ task: replyTask, examples, embedder })}\n`)
