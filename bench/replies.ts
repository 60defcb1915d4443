import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEmbedder } from '../src/embedding/open-embedder.ts'
import { draftReply } from '../src/replies/read-reply.ts'
import { openReplyReader } from '../src/replies/open-reply-reader.ts'
import type { Asked } from '../src/replies/reading.ts'
import { against, measure } from './figure.ts'
import type { BenchFigure } from './figure.ts'

const now = '2026-11-18T16:00:00.000Z'
const zone = 'America/Los_Angeles'
const asked: Asked = { kind: 'confirm', start: '2026-11-20T23:00:00.000Z' }

/** Opening the reader with its shipped fit, and reading replies without a language model: plain ones, and such as only the embedder knows; every reply is new. */
export async function benchReplies(): Promise<BenchFigure[]> {
  const embedder = await openEmbedder({ cacheDir: join(tmpdir(), 'front-desk-copilot-bench-models') })
  await embedder.embed(['warm'])
  const opening = await measure({ name: 'replies: open the reader', n: 3, warmUp: 0, run: () => openReplyReader({ embedder }) })
  const reader = await openReplyReader({ embedder })
  const mixed = await measure({ name: 'replies: read one reply', n: 300, warmUp: 30, run: (i) => reader.read({ text: mixedReply(i), asked, now, zone }) })
  const embedded = await measure({ name: 'replies: read one that needs the embedder', n: 200, warmUp: 20, run: (i) => reader.read({ text: oddReply(i), asked, now, zone }) })
  const rules = await measure({ name: 'replies: the same by rules alone', n: 200, warmUp: 20, run: (i) => draftReply({ text: oddReply(i), asked, now, zone }) })
  return [opening, mixed, against({ figure: rules, baseline: embedded }), embedded]
}

/** Three in four are plain, as in the open replies. */
function mixedReply(i: number): string {
  return [`Yes, that works. What's the address of number ${i}?`, `can we do ${1 + (i % 5)}:${10 + (i % 50)} instead`, ['yes please', 'ok see you then', 'Sí, ahí estaré', 'no I cannot make it'][Math.floor(i / 4) % 4]!, oddReply(i)][i % 4]!
}

function oddReply(i: number): string {
  return `I reckon the whole family of case ${i} would be over the moon about it`
}
