import type { Selectable } from 'kysely'
import { z } from 'zod'
import type { BookingPlatform } from '../../platforms/booking-platform.ts'
import { DeskError } from '../../salon/errors.ts'
import { addMinutes, type Clock, type Instant } from '../../salon/time.ts'
import { appendAudit } from '../../store/audit.ts'
import type { Db, Store, Trx } from '../../store/open-store.ts'
import { type Effect, type EffectHandler, type EffectResult, enqueueEffect } from '../../store/outbox.ts'
import type { Seal } from '../../store/seal.ts'
import type { Tables } from '../../store/tables.ts'
import { wordsForMail } from '../words/email-words.ts'
import type { Failure } from '../messages.ts'
import { TextOrder, threadOf } from '../sending/queue-text.ts'
import { reachByEmail } from '../consent/reach-by-email.ts'
import { queueEmail } from './queue-email.ts'

/** "Perhaps this text should go by email": looked into once, with no effect outside. */
export const fallbackEffect = 'email_fallback'

/** The failures that say something of the phone and nothing of the client's will. */
const phoneFailures: ReadonlySet<Failure> = new Set<Failure>(['bad_number', 'landline', 'unreachable', 'filtered'])

/** Minutes: what must be known or answered sooner than this is for a person to call about; an email may lie unread. */
const tooSoonMin = 3 * 60
/** Minutes after which a text is yesterday's news. */
const tooOldMin = 24 * 60
/** Tries while the booking system is away: about half an hour. */
const maxAttempts = 10

const Wanted = z.object({ textId: z.number().int() })

/** Hears, in the transaction that settles it, of a text that will not arrive. */
export type OnLost = (trx: Trx, lost: { textId: number; key: string; failure: Failure; now: Instant }) => Promise<void>

/**
 * Asks, in the transaction that settles a text as failed or undelivered, whether it should go by email instead. Once a
 * text, and only for failures of the phone: who said STOP is left alone.
 */
export const wantEmail: OnLost = async (trx, { textId, key, failure, now }) => {
  if (phoneFailures.has(failure)) await enqueueEffect(trx, { kind: fallbackEffect, key: `${fallbackEffect}:${key}`, payload: { textId } satisfies z.infer<typeof Wanted>, now })
}

type Room = { store: Store; clock: Clock; platform: BookingPlatform }

/** The outbox handler that decides it: puts the email in line in the transaction that records the decision, or says why there is none. */
export function fallbackHandler(room: Room): EffectHandler {
  const { store, clock } = room
  return {
    begin: async () => {},
    async run(effect) {
      try {
        return await decide(room, effect)
      } catch (error) {
        if (!(error instanceof DeskError)) throw error
        return error.code === 'unavailable' && effect.attempts < maxAttempts ? { state: 'PENDING', code: error.code, retryAfterMs: 5_000 * 2 ** Math.min(effect.attempts - 1, 6) } : { state: 'FAILED', code: error.code }
      }
    },
    settle: (trx, effect, result) => settle(trx, { seal: store.seal, effect, result, now: clock.now() }),
  }
}

async function decide({ store, clock, platform }: Room, effect: Effect): Promise<EffectResult> {
  const none = (code: string): EffectResult => ({ state: 'CANCELLED', code })
  const read = await readFailed(store.db, store.seal, effect)
  if (read === undefined) return { state: 'FAILED', code: 'corrupt' }
  const { text, order } = read
  const soon = addMinutes(clock.now(), tooSoonMin)
  if (text.purpose !== 'appointment' || text.answers !== null || text.channel !== 'sms') return none('not_for_email')
  if (text.state !== 'failed' && text.delivery !== 'undelivered' && text.delivery !== 'failed') return none('arrived')
  if (text.at < addMinutes(clock.now(), -tooOldMin)) return none('too_late')
  if ([order.asks?.expiresAt, order.onlyWhile?.start, order.before].some((end) => end !== undefined && end <= soon)) return none('too_soon')
  const { barred } = await reachByEmail({ store, platform, clientId: text.client_id })
  if (barred !== undefined) return none(barred)
  return wordsForMail(read.body) === '' ? none('no_words') : { state: 'SENT', result: {} }
}

/** The text that failed, with the order it was sent by; undefined when its words are not those that were approved (F37). */
async function readFailed(db: Db | Trx, seal: Seal, effect: Effect): Promise<{ text: Selectable<Tables['texts']>; order: z.infer<typeof TextOrder>; body: string } | undefined> {
  const wanted = Wanted.safeParse(effect.payload)
  const text = wanted.success ? await db.selectFrom('texts').selectAll().where('id', '=', wanted.data.textId).executeTakeFirst() : undefined
  if (text === undefined) return undefined
  const ordered = await db.selectFrom('outbox').select('payload').where('key', '=', `text:${text.key}`).executeTakeFirst()
  const order = TextOrder.safeParse(ordered?.payload)
  const body = seal.open(text.body)
  return order.success && seal.lookup(body) === order.data.bodyHash ? { text, order: order.data, body } : undefined
}

async function settle(trx: Trx, { seal, effect, result, now }: { seal: Seal; effect: Effect; result: EffectResult; now: Instant }): Promise<void> {
  const read = await readFailed(trx, seal, effect)
  if (read === undefined || result.state === 'PENDING') return
  const { text, order, body } = read
  if (result.state === 'SENT') {
    return queueEmail(trx, {
      seal, now,
      email: {
        key: `mail:${text.key}`, clientId: text.client_id, locationId: text.location_id, words: wordsForMail(body), template: text.template, appointmentId: text.appointment_id, proposalId: text.proposal_id,
        purpose: text.purpose, automatic: text.automatic, insteadOf: text.id, onlyWhile: order.onlyWhile, before: order.before,
      },
    })
  }
  await appendAudit(trx, { at: now, actor: 'messages', action: 'email.not_wanted', subject: threadOf(text.client_id), detail: { textId: text.id, code: result.code } })
}
