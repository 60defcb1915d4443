import { z } from 'zod'
import { isPaused, readRollout } from '../approvals/rollout.ts'
import type { BookingPlatform } from '../platforms/booking-platform.ts'
import { refusal } from '../platforms/unwrap.ts'
import { DeskError } from '../salon/errors.ts'
import { addMinutes, type Clock, type Instant } from '../salon/time.ts'
import { appendAudit } from '../store/audit.ts'
import type { Store, Trx } from '../store/open-store.ts'
import { salonName } from './compose-text.ts'
import type { OnNeedsPerson, QuestionHandler, Reading, Received } from './messages.ts'
import { queueText, threadOf } from './queue-text.ts'
import { type Reach, reachClient } from './reach-client.ts'
import { readReply } from './read-reply.ts'
import { takeQuestion } from './questions.ts'
import type { Templates } from './templates.ts'

export type ReplyRoom = { store: Store; clock: Clock; platform: BookingPlatform; templates: Templates; isConnected: () => Promise<boolean>; questions: ReadonlyMap<string, QuestionHandler>; onNeedsPerson?: OnNeedsPerson }

// Ten joined SMS are the most that networks pass on.
const Reply = z.object({ clientId: z.string().min(1).max(200).regex(/^[^\0]+$/), body: z.string().max(1_600), externalId: z.string().min(1).max(200).regex(/^[^\0]+$/) })

/** Stores a client's reply once and does what it asks, if that is beyond doubt; otherwise a person gets it. */
export async function receiveReply(room: ReplyRoom, given: { clientId: string; body: string; externalId: string }): Promise<Received> {
  const parsed = Reply.safeParse(given)
  if (!parsed.success) throw new DeskError('invalid_input', { message: 'bad reply', userMessage: 'That text cannot be taken: it needs a client, and at most 1,600 characters.' })
  const { clientId, body, externalId } = parsed.data
  const known = await room.platform.client({ id: clientId })
  if (!known.ok && known.error.kind === 'not_found') throw refusal(known.error)
  const { reply, isNew } = await storeReply(room, { clientId, body, externalId })
  const settled = readSettled(reply)
  if (settled !== undefined) return { isNew, ...settled }
  // As it was stored: the same id with other words is still the first one.
  const words = room.store.seal.open(reply.body)
  const reach = await reachClient({ ...room, clientId })
  return { isNew, ...(await settleReply({ ...room, isConnected: await room.isConnected(), reply: { id: reply.id, at: reply.at, clientId, words }, reach })) }
}

type Stored = { id: number; at: Instant; body: string; reading: string | null; did: string | null }
type Reply = { id: number; at: Instant; clientId: string; words: string }
type Settled = Omit<Received, 'isNew'>
type Settling = Omit<ReplyRoom, 'isConnected'> & { isConnected: boolean; reply: Reply; reach: Reach }

async function storeReply({ store, clock }: ReplyRoom, { clientId, body, externalId }: { clientId: string; body: string; externalId: string }): Promise<{ reply: Stored; isNew: boolean }> {
  return store.transaction(async (trx) => {
    const now = clock.now()
    // A person's, until the desk has dealt with it: nothing a client wrote is lost to a crash.
    const stored = await trx.insertInto('texts').values({
      key: `in:${externalId}`, client_id: clientId, location_id: null, direction: 'in', body: store.seal.seal(body), template: null, appointment_id: null, proposal_id: null,
      segments: 0, state: 'received', error_code: null, reading: null, did: null, needs_person: true, at: now,
    }).onConflict((conflict) => conflict.column('key').doNothing()).returning(['id', 'at', 'body', 'reading', 'did']).executeTakeFirst()
    if (stored !== undefined) {
      await appendAudit(trx, { at: now, actor: `client:${clientId}`, action: 'text.received', subject: threadOf(clientId), detail: { textId: stored.id } })
      return { reply: stored, isNew: true }
    }
    const reply = await trx.selectFrom('texts').select(['id', 'at', 'body', 'reading', 'did', 'client_id']).where('key', '=', `in:${externalId}`).executeTakeFirstOrThrow()
    if (reply.client_id !== clientId) throw new DeskError('conflict', { message: 'one external id, two clients', userMessage: 'This text was already received from somebody else.' })
    return { reply, isNew: false }
  })
}

function readSettled({ reading, did }: Pick<Stored, 'reading' | 'did'>): Settled | undefined {
  return reading === null || did === null ? undefined : { reading: reading as Reading, did: did as Received['did'] }
}

async function settleReply(settling: Settling): Promise<Settled> {
  const { reading, sure } = readReply(settling.reply.words)
  if (reading === 'stop') return stop(settling, sure)
  if (reading === 'start') return start(settling)
  if (reading === 'help') return help(settling)
  if (reading === 'yes' || reading === 'no') return answer(settling, reading)
  return handOver(settling, { reading, why: 'more_than_an_answer' })
}

type End = { reading: Reading; did: Received['did']; needsPerson: boolean; action: string; detail?: Record<string, unknown> }

/** Ends a reply with its audit row, once; `also` happens in the same transaction. Who comes second gets what the first one did. */
async function end({ store, clock, reply, onNeedsPerson }: Settling, { reading, did, needsPerson, action, detail = {} }: End, also: (trx: Trx, now: Instant) => Promise<{ needsPerson: boolean } | void> = async () => {}): Promise<Settled> {
  return store.transaction(async (trx) => {
    const now = clock.now()
    const mine = await trx.updateTable('texts').set({ reading, did, needs_person: needsPerson }).where('id', '=', reply.id).where('did', 'is', null).returning('id').executeTakeFirst()
    if (mine === undefined) {
      const first = readSettled(await trx.selectFrom('texts').select(['reading', 'did']).where('id', '=', reply.id).executeTakeFirstOrThrow())
      return first ?? { reading, did }
    }
    const more = await also(trx, now)
    if (more?.needsPerson === true) await trx.updateTable('texts').set({ needs_person: true }).where('id', '=', reply.id).execute()
    if (needsPerson || more?.needsPerson === true) await onNeedsPerson?.(trx, { clientId: reply.clientId, textId: reply.id, locationId: await textedFrom(trx, reply) })
    await appendAudit(trx, { at: now, actor: `client:${reply.clientId}`, action, subject: threadOf(reply.clientId), detail: { textId: reply.id, reading, ...detail } })
    return { reading, did }
  })
}

async function textedFrom(trx: Trx, { clientId }: Reply): Promise<string | null> {
  const last = await trx.selectFrom('texts').select('location_id').where('client_id', '=', clientId).where('location_id', 'is not', null).orderBy('id', 'desc').executeTakeFirst()
  return last?.location_id ?? null
}

function handOver(settling: Settling, { reading, why }: { reading: Reading; why: string }): Promise<Settled> {
  return end(settling, { reading, did: 'handed_over', needsPerson: true, action: 'text.needs_person', detail: { why } })
}

/** Silence first; then one confirmation within five minutes (47 CFR 64.1200(a)(12)), and a person where something may be left to talk about. */
async function stop(settling: Settling, sure: boolean): Promise<Settled> {
  const { store, platform, templates, isConnected, reply, reach: { phoneHash, client } } = settling
  const salon = await salonName({ platform, locationId: null })
  return end(settling, { reading: 'stop', did: 'opted_out', needsPerson: !sure, action: 'client.opted_out', detail: { sure } }, async (trx, now) => {
    if (phoneHash === undefined) return { needsPerson: true }
    const isNew = await trx.insertInto('opt_outs').values({ phone_hash: phoneHash, at: now, by: `client:${reply.clientId}`, words: store.seal.seal(reply.words) }).onConflict((conflict) => conflict.column('phone_hash').doNothing()).returning('phone_hash').executeTakeFirst()
    if (isNew !== undefined && isConnected && client.consent.sms !== 'out') {
      await queueText(trx, { seal: store.seal, now, queued: { key: `stop:${reply.id}`, text: { clientId: reply.clientId, locationId: null, template: 'opted-out', body: templates.fill('opted-out', { salon }) }, confirmsStop: true, before: addMinutes(reply.at, 5) } })
    }
    // They were asked about a visit that is still ahead: somebody should call.
    const asked = await trx.selectFrom('pending_questions').select('id').where('phone_hash', '=', phoneHash).where('expires_at', '>', now).executeTakeFirst()
    return { needsPerson: asked !== undefined }
  })
}

async function start(settling: Settling): Promise<Settled> {
  const { store, platform, templates, isConnected, reply, reach: { phoneHash, client } } = settling
  // What the platform's record says is not ours to undo.
  if (phoneHash === undefined || client.consent.sms === 'out') return handOver(settling, { reading: 'start', why: 'record_says_no_texts' })
  const salon = await salonName({ platform, locationId: null })
  return end(settling, { reading: 'start', did: 'opted_in', needsPerson: false, action: 'client.opted_in' }, async (trx, now) => {
    await trx.deleteFrom('opt_outs').where('phone_hash', '=', phoneHash).execute()
    if (isConnected) await queueText(trx, { seal: store.seal, now, queued: { key: `start:${reply.id}`, text: { clientId: reply.clientId, locationId: null, template: 'opted-in', body: templates.fill('opted-in', { salon }) } } })
  })
}

async function help(settling: Settling): Promise<Settled> {
  const { store, platform, templates, isConnected, reply, reach: { barred } } = settling
  if (barred !== undefined || !isConnected) return handOver(settling, { reading: 'help', why: barred ?? 'not_connected' })
  const salon = await salonName({ platform, locationId: null })
  const catalog = await platform.catalog()
  const phone = catalog.ok ? catalog.value.locations.find((location) => location.phone !== undefined)?.phone : undefined
  const body = templates.fill('help', { salon, call: phone === undefined ? 'Reply here to reach us.' : `Reply here or call ${phone}.` })
  return end(settling, { reading: 'help', did: 'helped', needsPerson: false, action: 'text.helped' }, (trx, now) => queueText(trx, { seal: store.seal, now, queued: { key: `help:${reply.id}`, text: { clientId: reply.clientId, locationId: null, template: 'help', body } } }))
}

/** YES does what was asked, NO closes the question and goes to a person: NO never cancels. */
async function answer(settling: Settling, reading: 'yes' | 'no'): Promise<Settled> {
  const { store, clock, questions, reply, reach: { phoneHash } } = settling
  if (phoneHash === undefined) return handOver(settling, { reading, why: 'no_number' })
  if (reading === 'yes' && (await isPaused(store.db))) return handOver(settling, { reading, why: 'paused' })
  const taken = await store.transaction((trx) => takeQuestion(trx, { clientId: reply.clientId, phoneHash, reply, answer: reading, now: clock.now() }))
  if (taken.question === undefined) return handOver(settling, { reading, why: taken.why })
  if (reading === 'no') return handOver(settling, { reading, why: 'said_no' })
  const { question } = taken
  const handler = questions.get(question.handler)
  if (handler === undefined) return handOver(settling, { reading, why: 'unknown_question' })
  if (question.locationId !== null && (await readRollout(store.db, { kind: handler.kind, locationId: question.locationId })).mode === 'shadow') return handOver(settling, { reading, why: 'shadow' })
  const came = await handler.answer({ question, clientId: reply.clientId, key: `question:${question.id}` })
  if (came.did === 'handed_over') return handOver(settling, { reading, why: came.why })
  return end(settling, { reading, did: 'confirmed', needsPerson: false, action: 'text.answered', detail: { question: question.id } }, async (trx, now) => {
    await appendAudit(trx, { at: now, actor: `client:${reply.clientId}`, action: 'client.confirmed_by_text', subject: question.subject, detail: { handler: handler.name, question: question.id, textId: reply.id } })
  })
}
