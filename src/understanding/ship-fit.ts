import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEmbedder } from '../embedding/open-embedder.ts'
import { fitKey, keepFit, makeFit, shippedFit } from './fitted-examples.ts'
import { readExamples } from './open-understanding.ts'

// `npm run fit:requests`: makes the shipped fit anew after the examples, the cues or the embedder changed.
const embedder = await openEmbedder({ cacheDir: join(tmpdir(), 'front-desk-copilot-test-models') })
const examples = await readExamples()
await keepFit({ path: shippedFit, key: fitKey({ examples, embedder }), fitted: await makeFit({ examples, embedder }), dimensions: embedder.dimensions })
process.stdout.write(`${examples.length} examples fitted: ${shippedFit}\n`)
