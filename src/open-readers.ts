import { join, resolve } from 'node:path'
import type { Embedder } from './embedding/embedder.ts'
import { openEmbedder } from './embedding/open-embedder.ts'
import { once } from './once.ts'
import type { Policies } from './policies/open-policies.ts'
import type { ReplyModel } from './replies/reply-model.ts'
import type { Understanding } from './understanding/open-understanding.ts'

/**
 * What reads words and knows nothing of anybody's book: models, their fits and the policies' index. Each opens at first use,
 * and any number of desks in one process may share them.
 */
export type Readers = {
  embedder: Embedder
  /** Reads what the team writes. */
  understanding: () => Promise<Understanding>
  /** Reads what clients write. */
  replyModel: () => Promise<ReplyModel>
  /** Policy answers from the salon's own folder, or from `dir`. */
  policies: (dir?: string) => Promise<Policies>
}

const shippedKnowledge = resolve(import.meta.dirname, '../knowledge')

/** `embedder` takes the place of the one that is kept in `home`. */
export async function openReaders({ home, knowledge = shippedKnowledge, embedder: given }: { home: string; knowledge?: string | undefined; embedder?: Embedder }): Promise<Readers> {
  const embedder = given ?? (await openEmbedder({ cacheDir: join(home, 'models') }))
  const cacheDir = join(home, 'understanding')
  const openedPolicies = new Map<string, () => Promise<Policies>>()
  return {
    embedder,
    understanding: once(async () => (await import('./understanding/open-understanding.ts')).openUnderstanding({ embedder, cacheDir })),
    replyModel: once(async () => (await import('./replies/reply-model.ts')).openReplyModel({ embedder, cacheDir })),
    policies(dir = knowledge) {
      const opened = openedPolicies.get(dir) ?? once(async () => (await import('./policies/open-policies.ts')).openPolicies({ dir, embedder, cacheDir: join(home, 'policies') }))
      openedPolicies.set(dir, opened)
      return opened()
    },
  }
}
