import { sql } from 'kysely'
import type { Selectable } from 'kysely'
import type { z } from 'zod'
import type { Instant } from '../../salon/time.ts'
import type { Db, Trx } from '../../store/open-store.ts'
import type { TextsTables } from '../../store/tables/texts.ts'
import type { Question } from '../messages.ts'
import type { TextOrder } from '../sending/queue-text.ts'

type AskedNow = NonNullable<z.infer<typeof TextOrder>['asks']>

/** A question with the handler that takes its answer. */
export type Pending = Question & { handler: string; /** Asked on the phone, not by text. */ isAloud: boolean }

/** Opens the question that a text asked, in the transaction that records it as sent; what was asked about the same thing before is closed. */
export async function openQuestion(trx: Trx, { clientId, phoneHash, locationId, asks, now }: { clientId: string; phoneHash: string; locationId: string | null; asks: AskedNow; now: Instant }): Promise<void> {
  await oneAtATime(trx, phoneHash)
  await closeQuestions(trx, { clientId, subject: asks.subject, now })
  if (asks.expiresAt <= now) return
  await trx.insertInto('pending_questions').values({
    client_id: clientId, phone_hash: phoneHash, handler: asks.handler, subject: asks.subject, data: JSON.stringify({ ...asks.data, locationId }), asked_at: now, expires_at: asks.expiresAt, answered_at: null, answer: null, answered_by: null,
  }).execute()
}

/** What was asked about this, or about several visits of which this is one, is settled by something newer. */
export async function closeQuestions(trx: Trx, { clientId, subject, now }: { clientId: string; subject: string; now: Instant }): Promise<void> {
  const visits = /^appointments?:(.+)$/.exec(subject)?.[1]?.split(',')
  const open = trx.updateTable('pending_questions').set({ answered_at: now, answer: 'superseded' }).where('client_id', '=', clientId).where('answered_at', 'is', null)
  await (visits === undefined ? open.where('subject', '=', subject) : open.where(sql<boolean>`subject ~ '^appointments?:' and string_to_array(substr(subject, strpos(subject, ':') + 1), ',') && ${visits}::text[]`)).execute()
}

/** The time of what was asked about this is over: a reply still means it, but only while nothing newer is asked. */
export async function lapseQuestions(trx: Trx, { clientId, subject, now }: { clientId: string; subject: string; now: Instant }): Promise<void> {
  await trx.updateTable('pending_questions').set({ lapsed_at: now }).where('client_id', '=', clientId).where('subject', '=', subject).where('answered_at', 'is', null).where('lapsed_at', 'is', null).execute()
}

type WhyNone = 'nothing_asked' | 'several_questions' | 'other_client' | 'open_talk'
export type Meant = { question: Pending; why?: undefined } | { question?: undefined; why: WhyNone }

type Looking = { clientId: string; phoneHash: string; reply: { id: number; at: Instant } }

/**
 * The one question that a reply can mean: exactly one is open for the number, it was put to this client, it had not expired
 * when the reply came, and nothing the client wrote since still waits for a person (NLU-4). A reply that took its question
 * before a crash means it still.
 */
export async function meantQuestion(db: Db | Trx, { clientId, phoneHash, reply }: Looking): Promise<Meant> {
  const rows = await openFor(db, { phoneHash, reply })
  const mine = rows.find(({ answered_by: answeredBy }) => answeredBy === reply.id)
  if (mine !== undefined) return { question: toPending(mine) }
  const [row] = rows
  if (row === undefined) return { why: 'nothing_asked' }
  if (rows.length > 1) return { why: 'several_questions' }
  if (row.client_id !== clientId) return { why: 'other_client' }
  return (await isOpenTalk(db, { clientId, since: row.asked_at, before: reply.id })) ? { why: 'open_talk' } : { question: toPending(row) }
}

/** Whether something the client wrote earlier still waits for a person, so that a machine would answer past it. */
export async function isOpenTalk(db: Db | Trx, { clientId, since, before }: { clientId: string; since?: Instant; before: number }): Promise<boolean> {
  let waiting = db.selectFrom('texts').select('id').where('client_id', '=', clientId).where('direction', '=', 'in').where('needs_person', '=', true).where('id', '<', before)
  if (since !== undefined) waiting = waiting.where('at', '>=', since)
  return (await waiting.executeTakeFirst()) !== undefined
}

/** Takes the question that a reply means, so that no other reply can. */
export async function takeQuestion(trx: Trx, { answer, now, ...looking }: Looking & { answer: string; now: Instant }): Promise<Meant> {
  await oneAtATime(trx, looking.phoneHash)
  const meant = await meantQuestion(trx, looking)
  if (meant.question !== undefined) await markAnswered(trx, { id: meant.question.id, answer, by: looking.reply.id, now })
  return meant
}

/** Every question open for a number when a reply came, for a person who says what it means. */
export async function questionsFor(db: Db | Trx, looking: Omit<Looking, 'clientId'>): Promise<Pending[]> {
  return (await openFor(db, looking)).map(toPending)
}

export async function markAnswered(trx: Trx, { id, answer, by, now }: { id: number; answer: string; by: number; now: Instant }): Promise<void> {
  await trx.updateTable('pending_questions').set({ answered_at: now, answer, answered_by: by }).where('id', '=', id).where('answered_at', 'is', null).execute()
}

async function openFor(db: Db | Trx, { phoneHash, reply }: Omit<Looking, 'clientId'>): Promise<Selectable<TextsTables['pending_questions']>[]> {
  const rows = await db.selectFrom('pending_questions').selectAll().where('phone_hash', '=', phoneHash)
    .where((where) => where.or([where('answered_by', '=', reply.id), where.and([where('answered_at', 'is', null), where('expires_at', '>', reply.at)])])).orderBy('id').execute()
  const standing = rows.filter((row) => row.lapsed_at === null || row.answered_by === reply.id)
  // Of those that lapsed the latest, and only when nothing else is asked.
  return standing.length > 0 ? standing : rows.slice(-1)
}

function toPending(row: Selectable<TextsTables['pending_questions']>): Pending {
  const { locationId, saidIn, ...data } = row.data as Record<string, unknown>
  return { id: row.id, clientId: row.client_id, handler: row.handler, subject: row.subject, data, expiresAt: row.expires_at, locationId: typeof locationId === 'string' ? locationId : null, isAloud: saidIn !== undefined }
}

/** Two replies of one number, or a reply and a new question, one after the other. */
async function oneAtATime(trx: Trx, phoneHash: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`questions ${phoneHash}`}, 0))`.execute(trx)
}
