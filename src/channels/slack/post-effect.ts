import { randomUUID } from 'node:crypto'
import type { Selectable } from 'kysely'
import type { Logger } from '../../logger.ts'
import type { Clock, Instant } from '../../salon/time.ts'
import type { Store, Trx } from '../../store/open-store.ts'
import { type Effect, type EffectHandler, type EffectResult, enqueueEffect } from '../../store/outbox.ts'
import type { Tables } from '../../store/tables.ts'
import { isDeadToken, type SlackCalls } from './calls.ts'
import type { DrawnPost, openDrawing } from './draw-post.ts'
import { lookForPost, postEvent } from './look-for-post.ts'

export type PostRow = Selectable<Tables['slack_posts']>
export type Drawing = ReturnType<typeof openDrawing>

/** How often, and for how long, a message that may be there is looked for before it counts as lost. */
const mostLooks = 8
const longestLookMs = 60 * 60_000
/** A first look comes when nothing can be under way any more: our own timeout and as long again. */
const firstLookMs = 20_000
/** How long a message waits for a token that is good again. */
const deadTokenRetryMs = 5 * 60_000
/** When a picture that Slack did not take is tried again. */
export const pictureRetryMs = 60_000

/** 20 s, doubled with every try, at most 10 min 40 s. */
export const backoff = (attempts: number): number => firstLookMs * 2 ** Math.min(Math.max(attempts - 1, 0), 5)

type Posted = { ts: string; channel: string; shown: string | null; lacksPicture?: boolean }

/** How long one of several that wait for the same (a channel) is to wait, so that they do not all come back at once. */
export type Queueing = (sameFor: string, retryAfterMs: number) => number

/**
 * Posts one message once. Whether an unanswered try got through is looked up by the key in the message's metadata before
 * anything is sent again; what cannot be looked up is given up as lost, never posted twice (F12).
 */
export function postEffect({ store, clock, logger, calls, draw, queueing, onPosted }: { store: Store; clock: Clock; logger: Logger; calls: SlackCalls; draw: Drawing; queueing: Queueing; onPosted: (row: PostRow) => void }): EffectHandler {
  async function run(effect: Effect, { uncertain, isOurs }: { uncertain: boolean; isOurs: () => Promise<boolean> }): Promise<EffectResult> {
    const { key } = effect.payload as { key: string }
    const row = await store.db.selectFrom('slack_posts').selectAll().where('key', '=', key).executeTakeFirst()
    if (row === undefined) return { state: 'CANCELLED', code: 'not_wanted' }
    if (row.state === 'posted' && row.ts !== null) return { state: 'SENT', result: { ts: row.ts, channel: row.channel, shown: row.shown } satisfies Posted }
    if (uncertain) {
      const looked = await lookForPost({ store, calls, key, channel: row.channel, threadTs: row.thread_ts })
      // How it looks is not known; it is drawn again.
      if ('found' in looked) return { state: 'SENT', result: { ts: looked.found, channel: row.channel, shown: null } satisfies Posted }
      if ('cannot' in looked) {
        return mayGiveUp({ row, attempts: effect.attempts, code: looked.cannot })
          ? { state: 'FAILED', code: looked.cannot }
          : { state: 'UNKNOWN', code: looked.cannot, retryAfterMs: Math.max(looked.retryAfterMs ?? 0, backoff(effect.attempts)) }
      }
    }
    const drawn = await draw(row, { upload: true })
    if (drawn.problems.length > 0) logger.error({ key, problems: drawn.problems.slice(0, 5) }, 'a message was too much for Slack and went out as its summary')
    if (!(await isOurs())) return { state: 'UNKNOWN', code: 'lease_lost', retryAfterMs: firstLookMs }
    return send({ row, drawn, attempts: effect.attempts })
  }

  /** A scope that is missing will not come by itself; a token comes back with the app, however long that takes. */
  function mayGiveUp({ row, attempts, code }: { row: PostRow; attempts: number; code: string }): boolean {
    if (isDeadToken(code)) return false
    return code === 'missing_scope' ? attempts > 2 : attempts > mostLooks && Date.parse(clock.now()) - Date.parse(row.created_at) > longestLookMs
  }

  async function send({ row, drawn, attempts }: { row: PostRow; drawn: DrawnPost; attempts: number }): Promise<EffectResult> {
    const { key, channel, thread_ts: threadTs, lane } = row
    const result = await calls.call('chat.postMessage', {
      channel, text: drawn.text, blocks: drawn.blocks, unfurl_links: false, unfurl_media: false,
      metadata: metadataOf(row),
      ...(threadTs === null ? {} : { thread_ts: threadTs }),
    }, { channel, lane })
    if (result.ok) {
      const { ts, channel: place } = result.response
      if (typeof ts !== 'string') return { state: 'UNKNOWN', code: 'not_an_answer', retryAfterMs: firstLookMs }
      return { state: 'SENT', result: { ts, channel: typeof place === 'string' ? place : channel, shown: drawn.shown, lacksPicture: drawn.lacksPicture } satisfies Posted }
    }
    if (result.kind === 'wait') return { state: 'PENDING', code: 'rate_limited', retryAfterMs: queueing(channel, result.retryAfterMs) }
    if (result.kind === 'unknown') return { state: 'UNKNOWN', code: result.code, retryAfterMs: firstLookMs }
    if (isDeadToken(result.code)) return { state: 'PENDING', code: result.code, retryAfterMs: deadTokenRetryMs }
    // A picture that Slack is still looking at makes the whole message invalid.
    if (result.code === 'invalid_blocks' && drawn.blocks.some(({ type }) => type === 'image')) return send({ row, drawn: await draw(row, { withPicture: false }), attempts })
    logger.warn({ key, code: result.code, ...(result.needed === undefined ? {} : { needed: result.needed }) }, 'Slack did not take a message')
    return { state: 'FAILED', code: result.code }
  }

  return {
    begin: async () => {},
    run,
    async settle(trx, effect, result) {
      const { key } = effect.payload as { key: string }
      const now = clock.now()
      if (result.state === 'FAILED') {
        logger.error({ key, code: result.code }, 'a message to Slack is lost: it is not known to be there and is not sent again')
        await trx.updateTable('slack_posts').set({ state: 'lost', updated_at: now }).where('key', '=', key).where('state', '=', 'wanted').execute()
      }
      if (result.state !== 'SENT') return
      const { ts, channel, shown, lacksPicture = false } = result.result as Posted
      const row = await adopt(trx, { key, channel, ts, shown, now })
      if (row === undefined) {
        // Somebody pressed a button of another copy meanwhile, and that one is kept.
        const kept = await trx.selectFrom('slack_posts').select('ts').where('key', '=', key).executeTakeFirst()
        if (kept !== undefined && kept.ts !== ts) await wantUpdate(trx, { key, copyTs: ts, channel, now })
        return
      }
      if (lacksPicture) await wantUpdate(trx, { key, now, dueAt: new Date(Date.parse(now) + pictureRetryMs).toISOString() })
      onPosted(row)
    },
  }
}

/** What a message is found and recognised by; nobody sees it. */
export function metadataOf({ key, subject }: Pick<PostRow, 'key' | 'subject'>): Record<string, unknown> {
  const proposal = subject?.startsWith('proposal:') ? { proposal_id: subject.slice('proposal:'.length) } : {}
  return { event_type: postEvent, event_payload: { key, subject: subject ?? '', ...proposal } }
}

/** Takes a message of Slack's for the one wanted under this key, unless another one is known already. */
export async function adopt(trx: Trx, { key, channel, ts, shown, now }: { key: string; channel: string; ts: string; shown: string | null; now: Instant }): Promise<PostRow | undefined> {
  return trx.updateTable('slack_posts').set({ ts, channel, shown, state: 'posted', updated_at: now }).where('key', '=', key).where('ts', 'is', null).returningAll().executeTakeFirst()
}

export const updateKind = 'slack.update'

/** A message to draw again: ours under this key, or (`copyTs`) a second copy of it, which is to say so. */
export type UpdatePayload = { key: string; copyTs?: string | undefined; channel?: string | undefined }

/**
 * Wants a message drawn again, within the caller's transaction; one that waits already is enough, for it is drawn when it is
 * sent. Answers the effect's key.
 */
export async function wantUpdate(trx: Trx, { key, now, dueAt = now, copyTs, channel }: UpdatePayload & { now: Instant; dueAt?: Instant }): Promise<string> {
  const prefix = `${updateKind}:${copyTs ?? ''}:${key}:`
  const waiting = await trx.selectFrom('outbox').select('key').where('kind', '=', updateKind).where('state', '=', 'PENDING')
    .where((where) => where.fn('starts_with', ['key', where.val(prefix)]))
    .where((where) => where.or([where('due_at', '<=', dueAt), where('attempts', '>', 0)])).executeTakeFirst()
  if (waiting !== undefined) return waiting.key
  const effect = `${prefix}${randomUUID()}`
  await enqueueEffect(trx, { kind: updateKind, key: effect, payload: { key, copyTs, channel } satisfies UpdatePayload, now, dueAt })
  return effect
}
