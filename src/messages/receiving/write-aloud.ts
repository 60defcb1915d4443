import { sql } from 'kysely'
import type { Instant } from '../../salon/time.ts'
import { appendAudit } from '../../store/audit.ts'
import type { Seal } from '../../store/seal.ts'
import type { Trx } from '../../store/open-store.ts'
import type { Aloud, Say } from '../messages.ts'
import { threadOf } from '../sending/queue-text.ts'
import { openQuestion } from './questions.ts'

type Said = { seal: Seal; now: Instant; clientId: string; phoneHash: string | undefined; key: string; answers: number | null; say: Say; render: (say: Say) => string }

/** Keeps something said on the phone in the client's thread, and opens what it asks; the same key again changes nothing. */
export async function writeAloud(trx: Trx, { seal, now, clientId, phoneHash, key, answers, say, render }: Said): Promise<Aloud> {
  const asks = say.asks !== undefined && phoneHash !== undefined
  const row = await trx.insertInto('texts').values({
    key, client_id: clientId, location_id: say.locationId, direction: 'out', channel: 'voice', body: seal.seal(render(say)), template: say.template, appointment_id: say.appointmentId ?? null, proposal_id: null, answers,
    segments: 0, state: 'sent', error_code: null, reading: null, did: null, needs_person: false, at: now,
  }).onConflict((conflict) => conflict.column('key').doNothing()).returning('id').executeTakeFirst()
  if (row === undefined) {
    const { id } = await trx.selectFrom('texts').select('id').where('key', '=', key).executeTakeFirstOrThrow()
    return { textId: id, say, asks }
  }
  if (say.asks !== undefined && phoneHash !== undefined) await openQuestion(trx, { clientId, phoneHash, locationId: say.locationId, asks: { ...say.asks, data: { ...say.asks.data, saidIn: row.id } }, now })
  await appendAudit(trx, { at: now, actor: 'desk', action: 'phone.said', subject: threadOf(clientId), detail: { textId: row.id, template: say.template } })
  return { textId: row.id, say, asks }
}

/** What was said and not heard is marked so in the thread, and nothing it asked is open any more. */
export async function takeBackAloud(trx: Trx, { clientId, textIds, now }: { clientId: string; textIds: number[]; now: Instant }): Promise<void> {
  if (textIds.length === 0) return
  const rows = await trx.updateTable('texts').set({ state: 'failed', error_code: 'not_heard' }).where('id', 'in', textIds).where('client_id', '=', clientId).where('channel', '=', 'voice').where('direction', '=', 'out').returning('id').execute()
  for (const { id } of rows) await trx.updateTable('pending_questions').set({ answered_at: now, answer: 'not_heard' }).where('client_id', '=', clientId).where('answered_at', 'is', null).where(sql<boolean>`(data->>'saidIn')::bigint = ${id}`).execute()
  if (rows.length > 0) await appendAudit(trx, { at: now, actor: `client:${clientId}`, action: 'phone.cut_in', subject: threadOf(clientId), detail: { texts: rows.map(({ id }) => id) } })
}
