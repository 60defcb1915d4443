import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEmbedder } from '../embedding/open-embedder.ts'
import { fitKey, keepFit, makeFit, shippedFit } from './fitted-examples.ts'
import { readExamples, requestTask } from './open-understanding.ts'

// `npm run fit:requests`: makes the shipped fit anew after the examples, the cues or the embedder changed.
const embedder = await openEmbedder({ cacheDir: join(tmpdir(), 'front-desk-copilot-test-models') })
const examples = await readExamples()
const path = shippedFit(requestTask)
await keepFit({ path, key: fitKey({ task: requestTask, examples, embedder }), fitted: await makeFit({ task: requestTask, examples, embedder }), dimensions: embedder.dimensions })
process.stdout.write(`${examples.length} examples fitted: ${path}\n`)
