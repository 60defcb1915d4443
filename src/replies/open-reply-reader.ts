import type { Embedder } from '../embedding/embedder.ts'
import { judgeClauses } from './judge-clauses.ts'
import { draftReply, finishReply } from './read-reply.ts'
import type { ReplyReader } from './reading.ts'
import { openReplyModel, type ReplyModel } from './reply-model.ts'
import { secondReading, type SecondReader } from './second-reader.ts'

/**
 * Opens the reader of clients' texts with a model of its own. Takes a tenth of a second with the shipped fit, else some
 * seconds once (kept in `cacheDir`). Throws the embedder's `DeskError` when that cannot run.
 */
export async function openReplyReader({ embedder, secondReader, cacheDir }: { embedder: Embedder; secondReader?: SecondReader; cacheDir?: string }): Promise<ReplyReader> {
  return replyReader({ model: await openReplyModel({ embedder, ...(cacheDir !== undefined && { cacheDir }) }), ...(secondReader !== undefined && { secondReader }) })
}

/**
 * Reads clients' texts: rules first, the local embedder for clauses that no rule knows, and, where they are not sure, a
 * language model that may only agree. Reading never throws.
 */
export function replyReader({ model, secondReader }: { model: ReplyModel; secondReader?: SecondReader }): ReplyReader {
  return {
    async read(context) {
      const draft = draftReply(context)
      if ('whole' in draft) return draft.whole
      const judged = await judgeClauses({ clauses: draft.clauses, model })
      const reading = finishReply({ ...draft, context, clauses: judged.clauses, by: judged.any ? 'embedded' : 'rules' })
      const settled = judged.optsOut ? { ...reading, intent: 'stop' as const, sure: false, refuses: 'all' as const } : reading
      return secondReader === undefined ? settled : secondReading({ reading: settled, context, secondReader })
    },
  }
}
