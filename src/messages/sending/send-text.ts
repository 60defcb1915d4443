import type { Selectable } from 'kysely'
import type { z } from 'zod'
import { isPaused, readRollout } from '../../approvals/rollout.ts'
import type { BookingPlatform } from '../../platforms/booking-platform.ts'
import { unwrap } from '../../platforms/unwrap.ts'
import { DeskError } from '../../salon/errors.ts'
import { liveStatuses } from '../../salon/salon.ts'
import { addMinutes, type Clock, type Instant, minutesBetween } from '../../salon/time.ts'
import type { Store, Trx } from '../../store/open-store.ts'
import type { Effect, EffectHandler, EffectResult } from '../../store/outbox.ts'
import type { Tables } from '../../store/tables.ts'
import { roomFor } from './caps.ts'
import { lockNumber, readConsent, readConsents } from '../consent/consent.ts'
import type { OnLost } from '../email/email-fallback.ts'
import { recordText, type TakenText } from './mark-sent.ts'
import type { OutgoingText, SendAnswer, TextTransport } from '../messages.ts'
import { numberZones } from './number-zone.ts'
import { TextOrder } from './queue-text.ts'
import { answerWithinMin, hoursFor, nextAllowed } from './quiet-hours.ts'
import { type Barred, barredBy, reachClient } from '../consent/reach-client.ts'
import { settleText } from './settle-text.ts'
import { takenBy } from '../receiving/take-over.ts'
import { readTextSettings, type TextSettings } from './text-settings.ts'

/** A text whose answer was lost is looked for every minute, and shown to a person after this many (F29). */
const lookForMin = 5
/** A text that could not be tried is given up after this many tries: about ten minutes. */
const maxAttempts = 8
/** One that the service had no room for is given up after this many, each twice as far off as the last. */
const maxRefusals = 12
/** Longer than this no service keeps a text (Twilio's ValidityPeriod, in seconds). */
const longestValidSec = 36_000

type Room = { store: Store; clock: Clock; platform: BookingPlatform; transport: TextTransport; onLost?: OnLost | undefined }
type Order = z.infer<typeof TextOrder>
type Row = Selectable<Tables['texts']>

/**
 * The outbox handler that sends texts: exactly the approved words, to the number that is on the client's record now, after
 * looking at consent, hours, caps, pause and the appointment. A text that may have got through is never sent again.
 */
export function textHandler(room: Room): EffectHandler {
  const { store, clock } = room
  return {
    async begin(trx, effect, { uncertain }) {
      await recordText(trx, { effect, now: clock.now(), action: 'text.started' })
      return uncertain ? undefined : barredAtClaim(trx, effect)
    },
    async run(effect, { uncertain, isOurs }) {
      const read = await readOrder(store, effect)
      if (read === undefined) return { state: 'FAILED', code: 'corrupt' }
      // Handing it over is noted first: without that note it was never begun, however the last try ended.
      const mayBeSent = uncertain && (read.text.attempted_at !== null || read.text.state === 'unknown')
      try {
        return await attempt({ ...room, ...read, effect, mayBeSent, isOurs })
      } catch (error) {
        if (!(error instanceof DeskError)) throw error
        if (mayBeSent) return unknown({ clock, text: read.text })
        return error.code === 'unavailable' && effect.attempts < maxAttempts ? { state: 'PENDING', code: error.code, retryAfterMs: 5_000 * 2 ** Math.min(effect.attempts - 1, 6) } : { state: 'FAILED', code: error.code }
      }
    },
    settle: (trx, effect, result) => settleText(trx, { seal: store.seal, effect, result, now: clock.now(), onLost: room.onLost }),
  }
}

/** An opt-out that is known when the text is claimed ends it there (TWI-4); the number is the one the client was last known by. */
async function barredAtClaim(trx: Trx, effect: Effect): Promise<EffectResult | undefined> {
  const order = TextOrder.safeParse(effect.payload)
  if (!order.success || order.data.confirmsStop === true) return undefined
  const text = await trx.selectFrom('texts').select(['client_id', 'purpose']).where('id', '=', order.data.textId).executeTakeFirst()
  const last = text === undefined ? undefined : await trx.selectFrom('texts').select('phone_hash').where('client_id', '=', text.client_id).where('phone_hash', 'is not', null).where('channel', '=', 'sms').orderBy('id', 'desc').executeTakeFirst()
  if (text === undefined || last === undefined || last.phone_hash === null) return undefined
  return (await readConsent(trx, { phoneHash: last.phone_hash, purpose: text.purpose })) === 'out' ? { state: 'CANCELLED', code: 'opted_out' } : undefined
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

type Attempt = Room & { order: Order; text: Row; body: string; effect: Effect; mayBeSent: boolean; isOurs: () => Promise<boolean> }

async function attempt(attempting: Attempt): Promise<EffectResult> {
  const { store, clock, platform, transport, order, text, body, effect, mayBeSent, isOurs } = attempting
  const { client, phone, phoneHash, barred } = await reachClient({ store, platform, clientId: text.client_id, purpose: text.purpose })
  if (phone === undefined || phoneHash === undefined) return mayBeSent ? unknown({ clock, text }) : { state: 'CANCELLED', code: 'no_number' }
  const outgoing: OutgoingText = { key: effect.key, to: phone, body, ...validFor(order, clock.now()) }
  if (mayBeSent) {
    const found = await transport.look?.({ ...outgoing, attemptedAt: text.attempted_at ?? text.at }).catch(() => undefined)
    if (found?.state === 'sent') return sentAs(found)
    if (found?.state !== 'not_sent') return unknown({ clock, text })
  }
  if (barred !== undefined && !isAllowed(barred, { order, text })) return { state: 'CANCELLED', code: barred }
  if (order.before !== undefined && order.before <= clock.now()) return { state: 'CANCELLED', code: 'too_late' }
  if (await isOutdated(attempting)) return { state: 'CANCELLED', code: 'outdated' }
  if (await isShadow(store, text)) return { state: 'CANCELLED', code: 'shadow' }
  if (await isTakenOver(store, text)) return { state: 'CANCELLED', code: 'taken_over' }
  const settings = await readTextSettings(store.db, { locationId: text.location_id })
  const held = await heldByHour({ ...attempting, phone, settings })
  if (held !== undefined) return held
  if (await isPaused(store.db)) return { state: 'PENDING', code: 'paused', retryAfterMs: 5_000, counts: false }
  if (!(await isOurs())) return { state: 'PENDING', code: 'lease_lost', retryAfterMs: 5_000, counts: false }
  // Last of all, because a STOP may have come in during all this (TWI-4).
  const stopped = await handOver({ ...attempting, phoneHash, record: client.consent.sms, settings })
  if (stopped !== undefined) return stopped
  const sent = await transport.send(outgoing).catch((): SendAnswer => ({ state: 'unknown', code: 'no_answer' }))
  switch (sent.state) {
    case 'sent':
      return sentAs(sent)
    case 'failed':
      return { state: 'FAILED', code: sent.code, result: { failure: sent.failure } }
    case 'later':
      return effect.attempts < maxRefusals ? { state: 'PENDING', code: sent.code, retryAfterMs: sent.retryAfterMs * 2 ** Math.min(effect.attempts - 1, 6) } : { state: 'FAILED', code: sent.code }
    case 'unknown': // below, so that every path returns
  }
  return { state: 'UNKNOWN', code: sent.code, retryAfterMs: 60_000 }
}

function sentAs({ id, status }: TakenText): EffectResult {
  return { state: 'SENT', result: { ...(id === undefined ? {} : { id }), ...(status === undefined ? {} : { status }) } }
}

function unknown({ clock, text: { attempted_at: attemptedAt, at } }: { clock: Clock; text: Row }): EffectResult {
  return minutesBetween(attemptedAt ?? at, clock.now()) < lookForMin ? { state: 'UNKNOWN', code: 'no_answer', retryAfterMs: 60_000 } : { state: 'FAILED', code: 'no_answer' }
}

/** The one confirmation of a STOP may go to who has just said it; and who says that they are somebody else may be answered. */
function isAllowed(barred: Barred, { order, text }: Pick<Attempt, 'order' | 'text'>): boolean {
  return (barred === 'opted_out' && order.confirmsStop === true) || (barred === 'wrong_person' && text.purpose === 'consent')
}

/** Not delivered after the visit it is about, or after it is of no more use. */
function validFor({ before, onlyWhile }: Order, now: Instant): { validForSec?: number } {
  const until = [before, onlyWhile?.start].filter((instant) => instant !== undefined).toSorted()[0]
  const seconds = until === undefined ? undefined : Math.floor(minutesBetween(now, until) * 60)
  return seconds === undefined || seconds < 1 || seconds > longestValidSec ? {} : { validForSec: seconds }
}

/** F36: a visit it speaks of was moved, cancelled, brought back, confirmed (where that is all it asks) or began after the text was written. */
export async function isOutdated({ platform, clock, order: { onlyWhile }, text }: Pick<Attempt, 'platform' | 'clock'> & { order: Pick<Order, 'onlyWhile'>; text: Pick<Row, 'appointment_id'> }): Promise<boolean> {
  if (onlyWhile === undefined || text.appointment_id === null) return false
  const { start, live, unconfirmed = false, others = [] } = onlyWhile
  for (const wanted of [{ appointmentId: text.appointment_id, start }, ...others]) {
    const visit = unwrap(await platform.appointment({ id: wanted.appointmentId }))
    if (visit.start !== wanted.start || liveStatuses.includes(visit.status) !== live || (unconfirmed && visit.status === 'confirmed') || visit.start <= clock.now()) return true
  }
  return false
}

/** In shadow mode nothing goes out, also what was approved before (F56). */
export async function isShadow({ db }: Pick<Store, 'db'>, { proposal_id: proposalId }: Pick<Row, 'proposal_id'>): Promise<boolean> {
  if (proposalId === null) return false
  const proposal = await db.selectFrom('proposals').select(['kind', 'location_id']).where('id', '=', proposalId).executeTakeFirst()
  return proposal !== undefined && (await readRollout(db, { kind: proposal.kind, locationId: proposal.location_id })).mode === 'shadow'
}

/** In a thread that a person has taken over the desk says nothing by itself. */
async function isTakenOver({ db }: Store, { client_id: clientId, purpose, proposal_id: proposalId, automatic }: Row): Promise<boolean> {
  return purpose !== 'consent' && (automatic || proposalId === null) && (await takenBy(db, clientId)) !== undefined
}

/**
 * F35: outside the hours it waits for the next allowed minute, which is no try; when that would be too late, it is not sent
 * at all. A demo's phone wakes nobody.
 */
async function heldByHour({ platform, clock, transport, order, text, phone, settings }: Attempt & { phone: string; settings: TextSettings }): Promise<EffectResult | undefined> {
  if (transport.demoOnly === true || !isProactive({ order, text, now: clock.now() })) return undefined
  const { locations } = unwrap(await platform.catalog())
  const salonZone = (locations.find(({ id }) => id === text.location_id) ?? locations[0])?.zone ?? 'UTC'
  const now = clock.now()
  const next = nextAllowed({ now, salonZone, numberZones: numberZones(phone), hours: hoursFor({ purpose: text.purpose, settings }) })
  if (next === now) return undefined
  const until = [order.before, order.onlyWhile?.start].filter((instant) => instant !== undefined)
  if (next === undefined || until.some((instant) => instant <= next)) return { state: 'CANCELLED', code: 'quiet_hours' }
  return { state: 'PENDING', code: 'quiet_hours', retryAfterMs: minutesBetween(now, next) * 60_000, counts: false }
}

/** Not in answer to the client: a STOP, START or HELP, or a message of theirs a few minutes ago. */
function isProactive({ order: { answersAt, confirmsStop }, text, now }: Pick<Attempt, 'order' | 'text'> & { now: Instant }): boolean {
  return text.purpose !== 'consent' && confirmsStop !== true && (answersAt === undefined || addMinutes(answersAt, answerWithinMin) < now)
}

/**
 * The last look, with the number locked: what it has said, how many texts it had, and that nobody has settled this text
 * meanwhile. Then the text is noted as handed over, and only after that handed over.
 */
async function handOver({ store, clock, transport, order, text, phoneHash, record, settings }: Attempt & { phoneHash: string; record: Parameters<typeof barredBy>[0]['record']; settings: TextSettings }): Promise<EffectResult | undefined> {
  return store.transaction(async (trx) => {
    const now = clock.now()
    await lockNumber(trx, phoneHash)
    const consent = (await readConsents(trx, { phoneHashes: [phoneHash], purpose: text.purpose })).get(phoneHash)
    const barred = barredBy({ consent, record, purpose: text.purpose })
    if (barred !== undefined && !isAllowed(barred, { order, text })) return { state: 'CANCELLED', code: barred }
    if (isProactive({ order, text, now })) {
      const room = await roomFor(trx, { phoneHash, textId: text.id, automatic: text.automatic, settings, now })
      if (room.kind === 'full') return { state: 'CANCELLED', code: 'over_cap' }
      if (room.kind === 'wait' && transport.demoOnly !== true) return { state: 'PENDING', code: 'hold', retryAfterMs: minutesBetween(now, room.until) * 60_000, counts: false }
    }
    const { numUpdatedRows } = await trx.updateTable('texts').set({ attempted_at: now, phone_hash: phoneHash }).where('id', '=', text.id).where('state', 'in', ['queued', 'unknown']).executeTakeFirst()
    return numUpdatedRows > 0n ? undefined : { state: 'PENDING', code: 'lease_lost', retryAfterMs: 5_000, counts: false }
  })
}
