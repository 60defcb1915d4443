import type { Embedder } from '../embedding/embedder.ts'
import type { ReplyReader } from './reading.ts'
import { readReply } from './read-reply.ts'

/** Reads clients' texts: by rules first. */
export async function openReplyReader(_given: { embedder: Embedder }): Promise<ReplyReader> {
  return { read: (context) => Promise.resolve(readReply(context)) }
}
