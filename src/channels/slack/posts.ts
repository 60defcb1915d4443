import type { Instant } from '../../salon/time.ts'
import { enqueueEffect } from '../../store/outbox.ts'
import type { Trx } from '../../store/open-store.ts'
import type { PostLane } from '../../store/tables/channels.ts'
import type { View } from '../cards/card.ts'

/** A message the desk wants in Slack: a live `subject`, drawn as it is when it is sent and again whenever it changes, or a `view` that stays. */
export type WantedPost = {
  /** Names this message: the same key is posted once, whoever asks how often. */
  key: string
  /** A channel, or a person for their direct messages. */
  channel: string
  threadTs?: string | undefined
  lane: PostLane
  subject?: string | undefined
  view?: View | undefined
  now: Instant
}

export const postKind = (lane: PostLane): string => `slack.post:${lane}`

/** Wants a message within the caller's transaction; what it is about and the wish commit together. Answers whether it is new. */
export async function wantPost(trx: Trx, { key, channel, threadTs, lane, subject, view, now }: WantedPost): Promise<boolean> {
  const row = await trx.insertInto('slack_posts')
    .values({ key, channel, thread_ts: threadTs ?? null, lane, subject: subject ?? null, content: view === undefined ? null : JSON.stringify(view), ts: null, shown: null, state: 'wanted', created_at: now, updated_at: now })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .returning('key').executeTakeFirst()
  if (row !== undefined) await enqueueEffect(trx, { kind: postKind(lane), key: `slack.post:${key}`, payload: { key }, now })
  return row !== undefined
}
