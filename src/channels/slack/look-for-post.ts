import { z } from 'zod'
import type { Store } from '../../store/open-store.ts'
import type { CallResult, SlackCalls } from './calls.ts'

export const postEvent = 'desk_post'

const Message = z.looseObject({ ts: z.string(), metadata: z.looseObject({ event_type: z.string(), event_payload: z.record(z.string(), z.unknown()) }).optional() })
const Page = z.object({ messages: z.array(Message), has_more: z.boolean().optional() })

/** `absent` only when every message since then was seen. */
export type Looked = { found: string } | { absent: true } | { cannot: string; retryAfterMs?: number }

/** What a look is at most: apps that are sold to others get 15 messages a call (docs.slack.dev rate-limits, 29 May 2025). */
const pageSize = 15
const mostPages = 4

/**
 * Looks in Slack for a message that may have got through without an answer, by the key in its metadata. How far back is told
 * by Slack's own times (the newest message known to be older), never by our clock, which may be set for a demonstration.
 */
export async function lookForPost({ store, calls, key, channel, threadTs }: { store: Store; calls: SlackCalls; key: string; channel: string; threadTs: string | null }): Promise<Looked> {
  const place = await placeOf({ calls, channel })
  if ('cannot' in place) return place
  const anchor = await anchorOf({ store, key, channel: place.channel })
  // A channel is read from its newest message back, a thread from its beginning on.
  let edge = threadTs === null ? undefined : (anchor ?? threadTs)
  for (let pages = 0; pages < mostPages; pages++) {
    const common = { channel: place.channel, include_all_metadata: true, limit: pageSize }
    const result = threadTs === null
      ? await calls.call('conversations.history', { ...common, ...(anchor === undefined ? {} : { oldest: anchor }), ...(edge === undefined ? {} : { latest: edge }) })
      : await calls.call('conversations.replies', { ...common, ts: threadTs, oldest: edge })
    if (!result.ok) return notSeen(result)
    const page = Page.safeParse(result.response)
    if (!page.success) return { cannot: 'not_an_answer' }
    const found = page.data.messages.find(({ metadata }) => metadata?.event_type === postEvent && metadata.event_payload['key'] === key)
    if (found !== undefined) return { found: found.ts }
    const last = page.data.messages.at(-1)?.ts
    if (page.data.has_more !== true || last === undefined) return { absent: true }
    edge = last
  }
  return { cannot: 'too_many_messages' }
}

/** Messages with a person are in a channel of their own, which is read under its own name. */
async function placeOf({ calls, channel }: { calls: SlackCalls; channel: string }): Promise<{ channel: string } | { cannot: string; retryAfterMs?: number }> {
  if (!/^[UW]/.test(channel)) return { channel }
  const result = await calls.call('conversations.open', { users: channel })
  if (!result.ok) return notSeen(result)
  const opened = z.object({ channel: z.object({ id: z.string() }) }).safeParse(result.response)
  return opened.success ? { channel: opened.data.channel.id } : { cannot: 'not_an_answer' }
}

/** The newest message in this channel that was posted before this one was wanted. */
async function anchorOf({ store, key, channel }: { store: Store; key: string; channel: string }): Promise<string | undefined> {
  const row = await store.db.selectFrom('slack_posts as older').innerJoin('slack_posts as ours', (join) => join.onTrue())
    .select('older.ts').where('ours.key', '=', key).where('older.channel', '=', channel).where('older.ts', 'is not', null)
    .whereRef('older.updated_at', '<', 'ours.created_at').orderBy('older.ts', 'desc').limit(1).executeTakeFirst()
  return row?.ts ?? undefined
}

function notSeen(result: Exclude<CallResult, { ok: true }>): { cannot: string; retryAfterMs?: number } {
  return result.kind === 'wait' ? { cannot: 'rate_limited', retryAfterMs: result.retryAfterMs } : { cannot: result.code }
}
