import { openReplyReader } from '../../src/replies/open-reply-reader.ts'
import { testEmbedder } from './test-embedder.ts'

/** The real reader of clients' texts, shared by the tests of one worker. */
export const testReader = await openReplyReader({ embedder: testEmbedder })
