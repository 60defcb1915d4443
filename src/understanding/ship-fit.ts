import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEmbedder } from '../embedding/open-embedder.ts'
import { shipFit } from './fitted-examples.ts'
import { readExamples, requestTask } from './open-understanding.ts'

// `npm run fit:requests`: makes the shipped fit anew after the examples, the cues or the embedder changed.
const embedder = await openEmbedder({ cacheDir: join(tmpdir(), 'front-desk-copilot-test-models') })
const examples = await readExamples()
process.stdout.write(`${examples.length} examples fitted: ${await shipFit({ task: requestTask, examples, embedder })}\n`)
