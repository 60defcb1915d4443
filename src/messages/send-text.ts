import type { Selectable } from 'kysely'
import type { z } from 'zod'
import { isPaused, readRollout } from '../approvals/rollout.ts'
import type { BookingPlatform } from '../platforms/booking-platform.ts'
import { unwrap } from '../platforms/unwrap.ts'
import { DeskError } from '../salon/errors.ts'
import { liveStatuses } from '../salon/salon.ts'
import type { Clock } from '../salon/time.ts'
import { appendAudit } from '../store/audit.ts'
import type { Store, Trx } from '../store/open-store.ts'
import type { Effect, EffectHandler, EffectResult } from '../store/outbox.ts'
import type { Tables } from '../store/tables.ts'
import type { TextState } from '../store/tables/texts.ts'
import type { OutgoingText, SendAnswer, TextTransport } from './messages.ts'
import { closeQuestions, openQuestion } from './questions.ts'
import { TextOrder, threadOf } from './queue-text.ts'
import { reachClient, saidStop } from './reach-client.ts'

/** A text whose answer was lost is looked for this often, a minute apart, and then shown to a person. */
const looks = 4
/** A text that could not be tried is given up after this many tries: about ten minutes. */
const maxAttempts = 8

type Room = { store: Store; clock: Clock; platform: BookingPlatform; transport: TextTransport }
type Order = z.infer<typeof TextOrder>
type Row = Selectable<Tables['texts']>

/**
 * The outbox handler that sends texts: exactly the approved words, to the number that is on the client's record now, after
 * looking at consent, pause and the appointment. A text that may have got through is never sent again.
 */
export function textHandler(room: Room): EffectHandler {
  const { store, clock } = room
  return {
    begin: (trx, effect) => record(trx, { effect, now: clock.now(), action: 'text.started' }),
    async run(effect, { uncertain, isOurs }) {
      const read = await readOrder(store, effect)
      if (read === undefined) return { state: 'FAILED', code: 'corrupt' }
      try {
        return await attempt({ ...room, ...read, effect, uncertain, isOurs })
      } catch (error) {
        if (!(error instanceof DeskError)) throw error
        if (uncertain) return unknown(effect)
        return error.code === 'unavailable' && effect.attempts < maxAttempts ? { state: 'PENDING', code: error.code, retryAfterMs: 5_000 * 2 ** Math.min(effect.attempts - 1, 6) } : { state: 'FAILED', code: error.code }
      }
    },
    settle: (trx, effect, result) => settle(trx, { effect, result, now: clock.now() }),
  }
}

/** The stored text with its order; undefined when what is stored is not what was queued (F37), or cannot be opened any more. */
async function readOrder({ db, seal }: Store, effect: Effect): Promise<{ order: Order; text: Row; body: string } | undefined> {
  const parsed = TextOrder.safeParse(effect.payload)
  const text = parsed.success ? await db.selectFrom('texts').selectAll().where('id', '=', parsed.data.textId).executeTakeFirst() : undefined
  if (!parsed.success || text === undefined) return undefined
  const body = openBody(seal, text.body)
  return body !== undefined && seal.lookup(body) === parsed.data.bodyHash ? { order: parsed.data, text, body } : undefined
}

function openBody(seal: Store['seal'], sealed: string): string | undefined {
  try {
    return seal.open(sealed)
  } catch {
    return undefined
  }
}

type Attempt = Room & { order: Order; text: Row; body: string; effect: Effect; uncertain: boolean; isOurs: () => Promise<boolean> }

async function attempt({ store, clock, platform, transport, order, text, body, effect, uncertain, isOurs }: Attempt): Promise<EffectResult> {
  const { phone, phoneHash, barred } = await reachClient({ store, platform, clientId: text.client_id })
  if (phone === undefined || phoneHash === undefined) return uncertain ? unknown(effect) : { state: 'CANCELLED', code: 'no_number' }
  const outgoing: OutgoingText = { key: effect.key, to: phone, body }
  if (uncertain) {
    const found = await transport.look?.({ ...outgoing, attemptedAt: text.at }).catch(() => undefined)
    if (found?.state === 'sent') return { state: 'SENT', result: { phoneHash } }
    if (found?.state !== 'not_sent') return unknown(effect)
  }
  const allowed = order.confirmsStop === true && barred === 'opted_out' ? undefined : barred
  if (allowed !== undefined) return { state: 'CANCELLED', code: allowed }
  if (order.before !== undefined && order.before <= clock.now()) return { state: 'CANCELLED', code: 'too_late' }
  if (await isOutdated({ platform, clock, order, text })) return { state: 'CANCELLED', code: 'outdated' }
  if (await isShadow(store, text)) return { state: 'CANCELLED', code: 'shadow' }
  if (await isPaused(store.db)) return { state: 'PENDING', code: 'paused', retryAfterMs: 5_000 }
  if (!(await isOurs())) return { state: 'PENDING', code: 'lease_lost', retryAfterMs: 5_000 }
  // Last of all, because a STOP may have come in during all this (TWI-4).
  if (order.confirmsStop !== true && (await saidStop(store, phoneHash))) return { state: 'CANCELLED', code: 'opted_out' }
  const sent = await transport.send(outgoing).catch((): SendAnswer => ({ state: 'unknown', code: 'no_answer' }))
  switch (sent.state) {
    case 'sent':
      return { state: 'SENT', result: { phoneHash } }
    case 'failed':
      return { state: 'FAILED', code: sent.code }
    case 'later':
      return { state: 'PENDING', code: sent.code, retryAfterMs: sent.retryAfterMs }
    case 'unknown': // below, so that every path returns
  }
  return unknown(effect)
}

function unknown(effect: Effect): EffectResult {
  return effect.attempts < looks ? { state: 'UNKNOWN', code: 'no_answer', retryAfterMs: 60_000 } : { state: 'FAILED', code: 'no_answer' }
}

/** F36: the visit was moved, cancelled, brought back or began after the text was written. */
async function isOutdated({ platform, clock, order: { onlyWhile }, text }: Pick<Attempt, 'platform' | 'clock' | 'order' | 'text'>): Promise<boolean> {
  if (onlyWhile === undefined || text.appointment_id === null) return false
  const { start, status } = unwrap(await platform.appointment({ id: text.appointment_id }))
  return start !== onlyWhile.start || liveStatuses.includes(status) !== onlyWhile.live || start <= clock.now()
}

/** In shadow mode nothing goes out, also what was approved before (F56). */
async function isShadow({ db }: Store, { proposal_id: proposalId }: Row): Promise<boolean> {
  if (proposalId === null) return false
  const proposal = await db.selectFrom('proposals').select(['kind', 'location_id']).where('id', '=', proposalId).executeTakeFirst()
  return proposal !== undefined && (await readRollout(db, { kind: proposal.kind, locationId: proposal.location_id })).mode === 'shadow'
}

async function settle(trx: Trx, { effect, result, now }: { effect: Effect; result: EffectResult; now: string }): Promise<void> {
  const order = TextOrder.safeParse(effect.payload)
  if (!order.success) return
  const { textId, asks } = order.data
  // Only forward: what is sent stays sent, whatever comes late.
  const save = (state: TextState, more: { error_code?: string; needs_person?: boolean; at?: string } = {}) => trx.updateTable('texts').set({ state, ...more }).where('id', '=', textId).where('state', 'in', ['queued', 'unknown']).returningAll().executeTakeFirst()
  switch (result.state) {
    case 'SENT': {
      const text = await save('sent', { at: now, needs_person: false })
      const { phoneHash } = result.result as { phoneHash: string }
      if (text !== undefined && text.appointment_id !== null) await closeQuestions(trx, { clientId: text.client_id, subject: `appointment:${text.appointment_id}`, now })
      if (text !== undefined && asks !== undefined) await openQuestion(trx, { clientId: text.client_id, phoneHash, locationId: text.location_id, asks, now })
      return record(trx, { effect, now, action: 'text.sent' })
    }
    case 'FAILED':
      // No answer and nowhere to look: whether the client has it, only they can say.
      await save(result.code === 'no_answer' ? 'unknown' : 'failed', { error_code: result.code, needs_person: true })
      return record(trx, { effect, now, action: 'text.failed', detail: { code: result.code } })
    case 'CANCELLED':
      // The team believes that the client was told, unless something newer took its place.
      await save('suppressed', { error_code: result.code, needs_person: order.data.confirmsStop !== true && result.code !== 'outdated' })
      return record(trx, { effect, now, action: 'text.suppressed', detail: { code: result.code } })
    case 'UNKNOWN':
      await save('unknown', { error_code: result.code })
      return record(trx, { effect, now, action: 'text.unknown', detail: { code: result.code } })
    case 'PENDING':
      return record(trx, { effect, now, action: 'text.waiting', detail: { code: result.code } })
  }
}

/** No words and no number: the text's id leads to them for who may see them. */
async function record(trx: Trx, { effect, now, action, detail = {} }: { effect: Effect; now: string; action: string; detail?: Record<string, unknown> }): Promise<void> {
  const order = TextOrder.safeParse(effect.payload)
  const text = order.success ? await trx.selectFrom('texts').select(['id', 'client_id', 'template', 'proposal_id']).where('id', '=', order.data.textId).executeTakeFirst() : undefined
  await appendAudit(trx, { at: now, actor: 'messages', action, subject: text === undefined ? `outbox:${effect.id}` : threadOf(text.client_id), detail: { textId: text?.id, template: text?.template, proposalId: text?.proposal_id ?? undefined, attempt: effect.attempts, ...detail } })
}
