import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEmbedder } from '../../src/embedding/open-embedder.ts'

/** Where tests keep the converted model; the file's name holds the embedder's id and its checksum, so it is made once for all runs. */
export const testModelDir = join(tmpdir(), 'front-desk-copilot-test-models')

/** The real local embedder, shared by the tests of one worker. */
export const testEmbedder = await openEmbedder({ cacheDir: testModelDir })
