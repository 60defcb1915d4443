import type { Logger } from '../../logger.ts'
import type { Clock } from '../../salon/time.ts'
import type { Store } from '../../store/open-store.ts'
import type { EffectHandler, EffectResult } from '../../store/outbox.ts'
import { type CallResult, isDeadToken, type SlackCalls } from './calls.ts'
import { backoff, type Drawing, metadataOf, pictureRetryMs, type PostRow, type Queueing, updateKind, type UpdatePayload, wantUpdate } from './post-effect.ts'

/** Nothing will ever change these messages again. */
const final = new Set(['message_not_found', 'cant_update_message', 'cant_edit', 'edit_window_closed', 'channel_not_found', 'is_archived', 'not_in_channel', 'msg_too_long', 'invalid_blocks', 'msg_blocks_too_long', 'missing_scope', 'restricted_action'])
/** After this many tries the message stays as it is; with the waits between them about four hours. */
const mostTries = 24
const streamingRetryMs = 10_000

type Updated = { shown: string | null; lacksPicture?: boolean }

/**
 * Draws a posted message again as things are when it is sent. Only ever changes what is shown: whatever goes wrong here, it
 * is tried again later and nothing else is (F11).
 */
export function updateEffect({ store, clock, logger, calls, draw, queueing }: { store: Store; clock: Clock; logger: Logger; calls: SlackCalls; draw: Drawing; queueing: Queueing }): EffectHandler {
  async function update({ row, ts, channel, copy, attempts }: { row: PostRow; ts: string; channel: string; copy: boolean; attempts: number }): Promise<EffectResult> {
    const drawn = await draw(row, { upload: true, withButtons: !copy })
    if (!copy && drawn.shown === row.shown) return { state: 'SENT', result: { shown: row.shown } }
    const send = ({ text, blocks }: typeof drawn) => calls.call('chat.update', { channel, ts, text, blocks, metadata: metadataOf(row) }, { channel, lane: row.lane })
    const result = await send(drawn)
    if (result.ok) return { state: 'SENT', result: { shown: drawn.shown } }
    if (result.kind === 'refused' && result.code === 'invalid_blocks' && drawn.blocks.some(({ type }) => type === 'image')) {
      const bare = await draw(row, { withPicture: false, withButtons: !copy })
      const again = await send(bare)
      // Tried once more with its picture, unless it stood without one before.
      return again.ok ? { state: 'SENT', result: { shown: bare.shown, lacksPicture: bare.shown !== row.shown } satisfies Updated } : failed(again, attempts)
    }
    return failed(result, attempts)
  }

  function failed(result: Exclude<CallResult, { ok: true }>, attempts: number): EffectResult {
    const code = result.kind === 'wait' ? 'rate_limited' : result.code
    const later = (retryAfterMs: number): EffectResult => (attempts > mostTries ? { state: 'FAILED', code } : { state: 'PENDING', code, retryAfterMs })
    // To show the same again does no harm, so that an update without an answer is simply sent again.
    if (result.kind === 'unknown') return later(backoff(attempts) / 4)
    if (result.kind === 'wait') return { state: 'PENDING', code, retryAfterMs: queueing(updateKind, result.retryAfterMs) }
    if (isDeadToken(code)) return { state: 'PENDING', code, retryAfterMs: 5 * 60_000 }
    if (code === 'streaming_state_conflict') return later(streamingRetryMs)
    return final.has(code) ? { state: 'FAILED', code } : later(backoff(attempts))
  }

  return {
    begin: async () => {},
    async run(effect) {
      const { key, copyTs, channel } = effect.payload as UpdatePayload
      const row = await store.db.selectFrom('slack_posts').selectAll().where('key', '=', key).executeTakeFirst()
      const ts = copyTs ?? row?.ts ?? undefined
      if (row === undefined || ts === undefined) return { state: 'CANCELLED', code: 'not_posted' }
      return update({ row, ts, channel: channel ?? row.channel, copy: copyTs !== undefined, attempts: effect.attempts })
    },
    async settle(trx, effect, result) {
      const { key, copyTs } = effect.payload as UpdatePayload
      if (result.state === 'FAILED') logger.warn({ key, code: result.code }, 'a message in Slack could not be brought up to date and stays as it is')
      if (result.state !== 'SENT' || copyTs !== undefined) return
      const { shown, lacksPicture = false } = result.result as Updated
      const now = clock.now()
      await trx.updateTable('slack_posts').set({ shown, updated_at: now }).where('key', '=', key).execute()
      if (lacksPicture) await wantUpdate(trx, { key, now, dueAt: new Date(Date.parse(now) + pictureRetryMs).toISOString() })
    },
  }
}
