import type { Db } from '../../store/open-store.ts'
import type { View } from '../cards/card.ts'
import { wantUpdate } from './post-effect.ts'
import { wantPost } from './posts.ts'
import type { SlackRoom } from './slack-room.ts'

type Where = { room: Pick<SlackRoom, 'store' | 'clock'>; key: string; channel: string; threadTs?: string | undefined }

const keyOf = (key: string): string => `turn:${key}`

/**
 * Wants the answer to one request posted, and a card for each thing it proposed: the same request again wants nothing new.
 * Where its words streamed, the message that streamed becomes the answer.
 */
export async function postAnswer({ room, key, channel, threadTs, view, proposals = [], keepStreamed = false }: Where & {
  view: View
  proposals?: string[]
  /** Leaves the words that streamed as they are: somebody stopped them there. */
  keepStreamed?: boolean
}): Promise<void> {
  const now = room.clock.now()
  const where = { channel, ...(threadTs === undefined ? {} : { threadTs }), now }
  await room.store.transaction(async (trx) => {
    // Words that belong to a card go with it, before it.
    const isNew = await wantPost(trx, { key: keyOf(key), lane: proposals.length > 0 ? 'card' : 'talk', view, ...where })
    // What is there already is what streamed: it becomes the whole answer.
    const streamed = isNew || keepStreamed ? undefined : await trx.updateTable('slack_posts').set({ content: JSON.stringify(view), shown: null, updated_at: now }).where('key', '=', keyOf(key)).where('shown', '=', streaming).returning('key').executeTakeFirst()
    if (streamed !== undefined) await wantUpdate(trx, { key: streamed.key, now })
    for (const subject of proposals) await wantPost(trx, { key: `card:${subject}:${channel}:${threadTs ?? ''}`, lane: 'card', subject, ...where })
  })
}

/** Shown by a message whose words are still coming. */
const streaming = 'streaming'

/** Keeps the message in which an answer streams, so that it is finished by whoever ends the turn. */
postAnswer.begin = async ({ room, key, channel, threadTs, ts }: Where & { ts: string }): Promise<void> => {
  const now = room.clock.now()
  await room.store.db.insertInto('slack_posts')
    .values({ key: keyOf(key), subject: null, content: JSON.stringify({ subject: 'line', summary: '…', cards: [] } satisfies View), lane: 'talk', channel, thread_ts: threadTs ?? null, ts, shown: streaming, state: 'posted', created_at: now, updated_at: now })
    .onConflict((conflict) => conflict.column('key').doNothing()).execute()
}

/** The message in which the answer to this request began to stream before, when it did. */
export async function streamedBefore(db: Db, key: string): Promise<string | undefined> {
  return (await db.selectFrom('slack_posts').select('ts').where('key', '=', keyOf(key)).executeTakeFirst())?.ts ?? undefined
}

/** Wants a live message: it is drawn again whenever its subject changes. */
export async function postBrief({ room, key, channel, subject }: Where & { subject: string }): Promise<void> {
  await room.store.transaction((trx) => wantPost(trx, { key: `brief:${key}`, channel, lane: 'talk', subject, now: room.clock.now() }))
}
