import { sql } from 'kysely'
import { z } from 'zod'
import { DeskError } from '../salon/errors.ts'
import type { Clock, Instant } from '../salon/time.ts'
import { appendAudit } from '../store/audit.ts'
import type { Db, Store } from '../store/open-store.ts'
import { type CallOutcome, callOutcomes } from '../store/tables/calls.ts'

const Given = z.object({
  appointmentId: z.string().min(1),
  clientId: z.string().min(1),
  locationId: z.string().min(1),
  outcome: z.enum(callOutcomes),
  by: z.string().min(1),
  note: z.string().max(500).optional(),
})

export type RecordedOutcome = { appointmentId: string; clientId: string; locationId: string; outcome: CallOutcome; at: Instant; by: string; note?: string }

/**
 * Records what came of a call, with its audit row in the same transaction. A second record for the same appointment is
 * a correction: both stay, the later one counts. The note is for the desk and does not enter the audit log.
 * Throws `DeskError('invalid_input')` for an outcome that is none of ours.
 */
export async function recordCallOutcome({ store, clock, ...given }: { store: Store; clock: Clock; appointmentId: string; clientId: string; locationId: string; outcome: CallOutcome; by: string; note?: string }): Promise<RecordedOutcome> {
  const parsed = Given.safeParse(given)
  if (!parsed.success) {
    throw new DeskError('invalid_input', {
      message: `bad call outcome: ${parsed.error.issues.map(({ path }) => path.join('.')).join(', ')}`,
      userMessage: `That is not an outcome of a call. Say one of: ${callOutcomes.join(', ')}.`,
    })
  }
  const { appointmentId, clientId, locationId, outcome, by, note } = parsed.data
  const now = clock.now()
  await store.transaction(async (trx) => {
    const { id } = await trx.insertInto('call_outcomes')
      .values({ appointment_id: appointmentId, client_id: clientId, location_id: locationId, outcome, at: now, by, note: note ?? null })
      .returning('id').executeTakeFirstOrThrow()
    await appendAudit(trx, { at: now, actor: by, action: 'call.outcome', subject: `appointment:${appointmentId}`, detail: { outcome, clientId, locationId, row: id } })
  })
  return { appointmentId, clientId, locationId, outcome, at: now, by, ...(note === undefined ? {} : { note }) }
}

/** The outcome that counts (the latest) of each appointment with one recorded in `[from, to)`; of these appointments only, when named. Training and the list use it. */
export async function readCallOutcomes({ db, from, to, appointmentIds }: { db: Db; from: Instant; to: Instant; appointmentIds?: string[] | undefined }): Promise<Map<string, RecordedOutcome>> {
  if (appointmentIds?.length === 0) return new Map()
  let query = db.selectFrom('call_outcomes').selectAll().distinctOn('appointment_id').where('at', '>=', from).where('at', '<', to).orderBy('appointment_id').orderBy('id', 'desc')
  if (appointmentIds !== undefined) query = query.where('appointment_id', '=', sql<string>`any(${appointmentIds})`)
  const rows = await query.execute()
  return new Map(rows.map((row) => [row.appointment_id, {
    appointmentId: row.appointment_id, clientId: row.client_id, locationId: row.location_id, outcome: row.outcome, at: row.at, by: row.by,
    ...(row.note === null ? {} : { note: row.note }),
  }]))
}
