import { sql } from 'kysely'
import type { BookingPlatform } from '../platforms/booking-platform.ts'
import type { Clock } from '../salon/time.ts'
import { appendAudit } from '../store/audit.ts'
import { hashOf } from '../store/canonical-json.ts'
import type { Store } from '../store/open-store.ts'
import type { CallList } from './call-list.ts'

/** `written`: how many scores the platform took; `notWritten` says why it took none, when it should have. */
export type RecordedScores = { recorded: number; written: number; notWritten?: string }

/**
 * Keeps what a morning's list predicted and decided (listed, held out, neither), with one audit row for all of it, and
 * writes the scores back to the platform where it has a place for them. Building a list stays a pure read; this is
 * the morning job's second step. Recording the same list twice changes nothing.
 */
export async function recordScores({ list, store, clock, model, by, platform }: { list: CallList; store: Store; clock: Clock; model: string; by: string; platform?: BookingPlatform | undefined }): Promise<RecordedScores> {
  const at = list.now
  const rows = list.locations.flatMap(({ scored }) => scored.map(({ appointmentId, clientId, risk, state }) => ({
    appointment_id: appointmentId, client_id: clientId, score: risk.score, band: risk.band, reasons: risk.reasons, state,
  })))
  if (rows.length === 0) return { recorded: 0, written: 0 }
  const recorded = await store.transaction(async (trx) => {
    // One statement and three parameters however many rows: a parameter each would end at 65,535.
    const inserted = await sql`
      insert into scores (appointment_id, at, client_id, model, score, band, reasons, state)
      select appointment_id, ${at}::timestamptz, client_id, ${model}, score, band, reasons, state
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as given (appointment_id text, client_id text, score double precision, band text, reasons jsonb, state text)
      on conflict do nothing`.execute(trx)
    const count = Number(inserted.numAffectedRows ?? 0n)
    if (count > 0) {
      await appendAudit(trx, {
        at: clock.now(), actor: by, action: 'scores.recorded', subject: `scores:${at}`,
        detail: { model, count, listed: rows.filter(({ state }) => state === 'call').length, heldOut: rows.filter(({ state }) => state === 'held_out').length, hash: hashOf(rows) },
      })
    }
    return count
  })
  return { recorded, ...await writeBack({ list, model, platform }) }
}

async function writeBack({ list, model, platform }: { list: CallList; model: string; platform: BookingPlatform | undefined }): Promise<Omit<RecordedScores, 'recorded'>> {
  if (platform === undefined || (await platform.capabilities()).riskField === 'none') return { written: 0 }
  const risks = list.locations.flatMap(({ scored }) => scored.map(({ appointmentId, risk }) => ({ appointmentId, score: risk.score, band: risk.band, model, at: list.now })))
  const outcome = await platform.writeRisk({ risks })
  return outcome.ok ? { written: outcome.value.written } : { written: 0, notWritten: outcome.error.kind }
}
