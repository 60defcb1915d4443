import { randomUUID } from 'node:crypto'
import { type BaseMessage, HumanMessage, mapChatMessagesToStoredMessages, mapStoredMessagesToChatMessages, type StoredMessage } from '@langchain/core/messages'
import { sql } from 'kysely'
import { DeskError } from '../salon/errors.ts'
import type { Clock, Instant } from '../salon/time.ts'
import { appendAudit, type AuditEntry } from '../store/audit.ts'
import type { Store } from '../store/open-store.ts'

/** A turn renews its hold on the conversation while it lasts, so that one of a killed desk is free again this soon (F03). */
const leaseSeconds = 25
const renewMs = 8_000
const waitMs = 150
const untilLeaseEnds = sql<Instant>`clock_timestamp() + make_interval(secs => ${leaseSeconds})`

/** Characters of history a turn is given, newest first, in whole turns; about 6,000 tokens. */
const mostHistory = 24_000

/** One turn's hold on a conversation. */
export type OpenTurn = {
  history: BaseMessage[]
  /** Adds the turn's messages, its audit row and what was answered to its request, and lets the next turn begin. */
  close(messages: BaseMessage[], audit: AuditEntry, answered?: { requestId: string; turn: unknown }): Promise<void>
  /** Lets go without a trace, when the turn failed. */
  abandon(): Promise<void>
}

/**
 * Begins a turn: waits until no other turn of the conversation is open (on any instance), then answers its recent
 * history. Throws `DeskError('conflict')` when the one before does not end within half a minute.
 */
export async function openTurn({ store, clock, conversationId, person }: { store: Store; clock: Clock; conversationId: string; person: string }): Promise<OpenTurn> {
  const token = randomUUID()
  const now = clock.now()
  await store.db.insertInto('conversations').values({ id: conversationId, person, created_at: now, last_at: now, turn_token: null, turn_until: null }).onConflict((conflict) => conflict.column('id').doNothing()).execute()
  await claim({ store, conversationId, token })
  const mine = () => store.db.updateTable('conversations').where('id', '=', conversationId).where('turn_token', '=', token)
  const renewing = setInterval(() => { mine().set({ turn_until: untilLeaseEnds }).execute().catch(() => {}) }, renewMs)
  renewing.unref()
  const release = { turn_token: null, turn_until: null }
  return {
    history: await readHistory({ store, conversationId }).catch((error: unknown) => {
      clearInterval(renewing)
      throw error
    }),
    async close(messages, audit, answered) {
      clearInterval(renewing)
      const at = clock.now()
      await store.transaction(async (trx) => {
        const mine = await trx.updateTable('conversations').set({ ...release, last_at: at }).where('id', '=', conversationId).where('turn_token', '=', token).returning('id').executeTakeFirst()
        if (mine === undefined) throw new DeskError('conflict', { message: 'the turn lost its lease', userMessage: 'That took too long. Please ask again.' })
        await trx.insertInto('conversation_messages').values(toStored(messages).map((message) => ({ conversation_id: conversationId, at, message: JSON.stringify(message) }))).execute()
        if (answered !== undefined) await trx.insertInto('agent_turns').values({ request_id: answered.requestId, conversation_id: conversationId, at, turn: JSON.stringify(answered.turn) }).execute()
        await appendAudit(trx, audit)
      })
    },
    async abandon() {
      clearInterval(renewing)
      await mine().set(release).execute()
    },
  }
}

/** What was answered to this request, when it was. */
export async function answeredTurn({ store, requestId }: { store: Store; requestId: string }): Promise<unknown> {
  return (await store.db.selectFrom('agent_turns').select('turn').where('request_id', '=', requestId).executeTakeFirst())?.turn
}

async function claim({ store, conversationId, token }: { store: Store; conversationId: string; token: string }): Promise<void> {
  for (let waited = 0; waited < 30_000; waited += waitMs) {
    const claimed = await store.db.updateTable('conversations')
      .set({ turn_token: token, turn_until: untilLeaseEnds })
      .where('id', '=', conversationId)
      .where((where) => where.or([where('turn_until', 'is', null), where('turn_until', '<', sql<Instant>`clock_timestamp()`)]))
      .returning('id').executeTakeFirst()
    if (claimed !== undefined) return
    await new Promise((resolve) => setTimeout(resolve, waitMs))
  }
  throw new DeskError('conflict', { message: 'conversation is busy', userMessage: 'I am still answering your last message. Try again in a moment.' })
}

/** The last whole turns that fit; a turn is kept or left out as one, so that no tool call stands without its result. */
async function readHistory({ store, conversationId }: { store: Store; conversationId: string }): Promise<BaseMessage[]> {
  const rows = await store.db.selectFrom('conversation_messages').select('message').where('conversation_id', '=', conversationId).orderBy('id', 'desc').limit(60).execute()
  const messages = mapStoredMessagesToChatMessages(rows.map(({ message }) => message as StoredMessage).reverse())
  const starts = messages.flatMap((message, index) => (HumanMessage.isInstance(message) ? [index] : []))
  const size = (from: number) => messages.slice(from).reduce((sum, { text }) => sum + text.length, 0)
  const first = starts.find((start) => size(start) <= mostHistory)
  return first === undefined ? [] : messages.slice(first)
}

/** As they are kept: results as the model saw them, without the full ones beside them. */
function toStored(messages: BaseMessage[]): StoredMessage[] {
  const stored = mapChatMessagesToStoredMessages(messages)
  for (const { data } of stored) delete (data as { artifact?: unknown }).artifact
  return stored
}
