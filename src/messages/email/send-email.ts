import type { Selectable } from 'kysely'
import type { z } from 'zod'
import { isPaused } from '../../approvals/rollout.ts'
import type { BookingPlatform } from '../../platforms/booking-platform.ts'
import { unwrap } from '../../platforms/unwrap.ts'
import { DeskError } from '../../salon/errors.ts'
import type { Client } from '../../salon/salon.ts'
import { languageOf } from '../../salon/say-value.ts'
import type { Clock, Instant } from '../../salon/time.ts'
import { appendAudit } from '../../store/audit.ts'
import type { Store, Trx } from '../../store/open-store.ts'
import type { Effect, EffectHandler, EffectResult } from '../../store/outbox.ts'
import type { Tables } from '../../store/tables.ts'
import type { TextState } from '../../store/tables/texts.ts'
import { roomFor } from '../sending/caps.ts'
import { salonName } from '../words/compose-text.ts'
import { lockNumber } from '../consent/consent.ts'
import type { MailAnswer, MailTransport } from './email.ts'
import type { EmailWords } from '../words/email-words.ts'
import { EmailOrder } from './queue-email.ts'
import { threadOf } from '../sending/queue-text.ts'
import { reachByEmail } from '../consent/reach-by-email.ts'
import { isOutdated, isShadow } from '../sending/send-text.ts'
import { takenBy } from '../receiving/take-over.ts'
import type { Templates } from '../words/templates.ts'
import { readTextSettings } from '../sending/text-settings.ts'
import { unsubscribed, unsubscribeToken } from '../consent/unsubscribe.ts'

/** An email that could not be tried is given up after this many tries: with doubled pauses, after about four hours. */
const maxAttempts = 12
const longestPauseMs = 30 * 60_000

type Room = { store: Store; clock: Clock; platform: BookingPlatform; transport: MailTransport; words: EmailWords; templates: Pick<Templates, 'languageFor'> }
type Row = Selectable<Tables['texts']>
type Attempt = Room & { order: z.infer<typeof EmailOrder>; mail: Row; body: string; effect: Effect; isOurs: () => Promise<boolean> }

/**
 * The outbox handler that sends emails: the words that were put in line, to the address that is on the client's record now,
 * after looking at everything a text is held back for. Quiet hours are not among it: an email wakes nobody. One that may
 * have got through is never sent again; mail servers cannot be asked.
 */
export function emailHandler(room: Room): EffectHandler {
  const { store, clock } = room
  return {
    begin: (trx, effect) => record(trx, { effect, now: clock.now(), action: 'email.started' }),
    async run(effect, { uncertain, isOurs }) {
      const read = await readOrder(store, effect)
      if (read === undefined) return { state: 'FAILED', code: 'corrupt' }
      // Whoever had it before died with the email on its way; without the mark it was not even begun.
      if (uncertain && read.mail.attempted_at !== null) return { state: 'FAILED', code: 'no_answer' }
      try {
        return await attempt({ ...room, ...read, effect, isOurs })
      } catch (error) {
        if (!(error instanceof DeskError)) throw error
        return error.code === 'unavailable' ? later(effect, { code: error.code, retryAfterMs: 5_000 }) : { state: 'FAILED', code: error.code }
      }
    },
    settle: (trx, effect, result) => settle(trx, { effect, result, now: clock.now() }),
  }
}

/** The stored email with its order; undefined when what is stored is not what was queued, or cannot be opened any more. */
async function readOrder({ db, seal }: Store, effect: Effect): Promise<Pick<Attempt, 'order' | 'mail' | 'body'> | undefined> {
  const order = EmailOrder.safeParse(effect.payload)
  const mail = order.success ? await db.selectFrom('texts').selectAll().where('id', '=', order.data.textId).where('channel', '=', 'email').executeTakeFirst() : undefined
  if (!order.success || mail === undefined) return undefined
  try {
    const body = seal.open(mail.body)
    return seal.lookup(body) === order.data.bodyHash ? { order: order.data, mail, body } : undefined
  } catch {
    return undefined
  }
}

async function attempt(attempted: Attempt): Promise<EffectResult> {
  const { store, clock, platform, transport, order, mail, effect, isOurs } = attempted
  const no = (code: string): EffectResult => ({ state: 'CANCELLED', code })
  const reach = await reachByEmail({ store, platform, clientId: mail.client_id })
  if (reach.barred !== undefined) return no(reach.barred)
  if (order.before !== undefined && order.before <= clock.now()) return no('too_late')
  if (await isOutdated({ platform, clock, order, text: mail })) return no('outdated')
  if (await isShadow(store, mail)) return no('shadow')
  if (mail.automatic && (await takenBy(store.db, mail.client_id)) !== undefined) return no('taken_over')
  const outgoing = { key: mail.key, to: reach.address, ...(await write(attempted, reach)) }
  if (await isPaused(store.db)) return { state: 'PENDING', code: 'paused', retryAfterMs: 5_000, counts: false }
  if (!(await isOurs())) return { state: 'PENDING', code: 'lease_lost', retryAfterMs: 5_000 }
  const held = await mark(attempted, reach.addressHash)
  if (held !== undefined) return held
  const sent = await transport.send(outgoing).catch((): MailAnswer => ({ state: 'unknown', code: 'no_answer' }))
  switch (sent.state) {
    case 'sent':
      return { state: 'SENT', result: {} }
    case 'later':
      return later(effect, sent)
    case 'failed':
    case 'unknown': // below, so that every path returns
  }
  return { state: 'FAILED', code: sent.code }
}

function later({ attempts }: Effect, { code, retryAfterMs }: { code: string; retryAfterMs: number }): EffectResult {
  return attempts < maxAttempts ? { state: 'PENDING', code, retryAfterMs: Math.min(longestPauseMs, retryAfterMs * 2 ** Math.min(attempts - 1, 10)) } : { state: 'FAILED', code }
}

/**
 * Last of all: with the address locked, whether it may have one more, and the mark that from now on it may have been sent.
 * Who finds the mark there already was overtaken and sends nothing.
 */
async function mark({ store, clock, mail }: Attempt, addressHash: string): Promise<EffectResult | undefined> {
  const settings = await readTextSettings(store.db, { locationId: mail.location_id })
  return store.transaction(async (trx) => {
    await lockNumber(trx, addressHash)
    const now = clock.now()
    if (await unsubscribed(trx, addressHash)) return { state: 'CANCELLED', code: 'unsubscribed' }
    const room = await roomFor(trx, { phoneHash: addressHash, textId: mail.id, automatic: mail.automatic, settings, now })
    if (room.kind === 'full') return { state: 'CANCELLED', code: 'over_cap' }
    if (room.kind === 'wait') return { state: 'PENDING', code: 'hold', retryAfterMs: Math.max(1_000, Date.parse(room.until) - Date.parse(now)), counts: false }
    const mine = await trx.updateTable('texts').set({ attempted_at: now, phone_hash: addressHash }).where('id', '=', mail.id).where('state', '=', 'queued').where('attempted_at', 'is', null).returning('id').executeTakeFirst()
    return mine === undefined ? { state: 'PENDING', code: 'lease_lost', retryAfterMs: 5_000 } : undefined
  })
}

async function write({ store, clock, platform, transport, words, templates, order, mail, body }: Attempt, { client, addressHash }: { client: Client; addressHash: string }): Promise<{ subject: string; body: string; unsubscribe: string }> {
  const [{ locations }, salon, settings] = await Promise.all([platform.catalog().then(unwrap), salonName({ platform, locationId: mail.location_id }), readTextSettings(store.db, { locationId: mail.location_id })])
  const location = locations.find(({ id }) => id === mail.location_id) ?? locations[0]
  // As the words in it were chosen.
  const wanted = [languageOf(client.language), settings.language]
  const language = mail.template === null ? wanted.find((known) => known !== undefined) ?? 'en' : templates.languageFor(mail.template, wanted)
  const unsubscribe = transport.unsubscribeUrl(unsubscribeToken(store.seal, addressHash))
  return {
    unsubscribe,
    subject: words.subject({ language, start: order.onlyWhile?.start, zone: location?.zone ?? 'UTC', now: clock.now(), salon }),
    body: words.frame({ language, words: body, phone: location?.phone, readsReplies: transport.readsReplies, sender: [salon, location?.address].filter((part) => part !== undefined).join(', '), unsubscribe }),
  }
}

async function settle(trx: Trx, { effect, result, now }: { effect: Effect; result: EffectResult; now: Instant }): Promise<void> {
  const order = EmailOrder.safeParse(effect.payload)
  if (!order.success) return
  const { textId, insteadOf } = order.data
  const save = (state: TextState, more: { error_code?: string; needs_person?: boolean; at?: Instant } = {}) => trx.updateTable('texts').set({ state, ...more }).where('id', '=', textId).where('state', '=', 'queued').execute()
  switch (result.state) {
    case 'SENT':
      await save('sent', { at: now })
      // The client knows now: nobody has to tell them what the text could not.
      if (insteadOf !== undefined) await trx.updateTable('texts').set({ needs_person: false }).where('id', '=', insteadOf).execute()
      return record(trx, { effect, now, action: 'email.sent' })
    case 'CANCELLED':
      await save('suppressed', { error_code: result.code, needs_person: result.code !== 'outdated' && insteadOf === undefined })
      return record(trx, { effect, now, action: 'email.suppressed', detail: { code: result.code } })
    case 'PENDING':
      // It certainly was not taken, so that a crash before the next try does not make it look as if it might have been.
      if (result.code !== 'lease_lost') await trx.updateTable('texts').set({ attempted_at: null }).where('id', '=', textId).where('state', '=', 'queued').execute()
      return record(trx, { effect, now, action: 'email.waiting', detail: { code: result.code } })
    case 'UNKNOWN':
    case 'FAILED': // below, so that every path returns
  }
  await save(result.code === 'no_answer' ? 'unknown' : 'failed', { error_code: result.code, needs_person: true })
  return record(trx, { effect, now, action: result.code === 'no_answer' ? 'email.unknown' : 'email.failed', detail: { code: result.code } })
}

/** No words and no address: the email's id leads to them for who may see them. */
async function record(trx: Trx, { effect, now, action, detail = {} }: { effect: Effect; now: Instant; action: string; detail?: Record<string, unknown> }): Promise<void> {
  const order = EmailOrder.safeParse(effect.payload)
  const mail = order.success ? await trx.selectFrom('texts').select(['id', 'client_id', 'template', 'proposal_id']).where('id', '=', order.data.textId).executeTakeFirst() : undefined
  await appendAudit(trx, { at: now, actor: 'messages', action, subject: mail === undefined ? `outbox:${effect.id}` : threadOf(mail.client_id), detail: { textId: mail?.id, template: mail?.template, proposalId: mail?.proposal_id ?? undefined, attempt: effect.attempts, ...detail } })
}
