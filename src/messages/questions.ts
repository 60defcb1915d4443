import { sql } from 'kysely'
import type { z } from 'zod'
import type { Instant } from '../salon/time.ts'
import type { Trx } from '../store/open-store.ts'
import type { Question } from './messages.ts'
import type { TextOrder } from './queue-text.ts'

type Asked = NonNullable<z.infer<typeof TextOrder>['asks']>

/** Opens the question that a text asked, in the transaction that records it as sent; what was asked about the same thing before is closed. */
export async function openQuestion(trx: Trx, { clientId, phoneHash, locationId, asks, now }: { clientId: string; phoneHash: string; locationId: string | null; asks: Asked; now: Instant }): Promise<void> {
  await oneAtATime(trx, phoneHash)
  await closeQuestions(trx, { clientId, subject: asks.subject, now })
  if (asks.expiresAt <= now) return
  await trx.insertInto('pending_questions').values({
    client_id: clientId, phone_hash: phoneHash, handler: asks.handler, subject: asks.subject, data: JSON.stringify({ ...asks.data, locationId }), asked_at: now, expires_at: asks.expiresAt, answered_at: null, answer: null, answered_by: null,
  }).execute()
}

/** What was asked about this is settled by something newer. */
export async function closeQuestions(trx: Trx, { clientId, subject, now }: { clientId: string; subject: string; now: Instant }): Promise<void> {
  await trx.updateTable('pending_questions').set({ answered_at: now, answer: 'superseded' }).where('client_id', '=', clientId).where('subject', '=', subject).where('answered_at', 'is', null).execute()
}

export type Taken = { question: Question & { handler: string; locationId: string | null } } | { question?: undefined; why: 'nothing_asked' | 'several_questions' | 'other_client' | 'open_talk' }

/**
 * Takes the one question that a YES or NO can mean: exactly one is open for the number, it was put to this client, it had
 * not expired when the reply came, and nothing the client wrote since still waits for a person (NLU-4). A reply that took
 * its question before a crash takes it again.
 */
export async function takeQuestion(trx: Trx, { clientId, phoneHash, reply, answer, now }: { clientId: string; phoneHash: string; reply: { id: number; at: Instant }; answer: 'yes' | 'no'; now: Instant }): Promise<Taken> {
  await oneAtATime(trx, phoneHash)
  const rows = await trx.selectFrom('pending_questions').selectAll().where('phone_hash', '=', phoneHash)
    .where((where) => where.or([where('answered_by', '=', reply.id), where.and([where('answered_at', 'is', null), where('expires_at', '>', reply.at)])])).execute()
  const mine = rows.find(({ answered_by: answeredBy }) => answeredBy === reply.id)
  const [row] = mine === undefined ? rows : [mine]
  if (row === undefined) return { why: 'nothing_asked' }
  if (mine === undefined) {
    if (rows.length > 1) return { why: 'several_questions' }
    if (row.client_id !== clientId) return { why: 'other_client' }
    const unheard = await trx.selectFrom('texts').select('id').where('client_id', '=', clientId).where('direction', '=', 'in').where('needs_person', '=', true).where('at', '>=', row.asked_at).where('id', '<', reply.id).executeTakeFirst()
    if (unheard !== undefined) return { why: 'open_talk' }
    await trx.updateTable('pending_questions').set({ answered_at: now, answer, answered_by: reply.id }).where('id', '=', row.id).execute()
  }
  const { locationId, ...data } = row.data as Record<string, unknown>
  return { question: { id: row.id, clientId: row.client_id, handler: row.handler, subject: row.subject, data, expiresAt: row.expires_at, locationId: typeof locationId === 'string' ? locationId : null } }
}

/** Two replies of one number, or a reply and a new question, one after the other. */
async function oneAtATime(trx: Trx, phoneHash: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`questions ${phoneHash}`}, 0))`.execute(trx)
}
