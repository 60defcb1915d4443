import { sql } from 'kysely'
import { DeskError } from '../salon/errors.ts'
import { addMinutes, type Instant } from '../salon/time.ts'
import { appendAudit } from '../store/audit.ts'
import type { Trx } from '../store/open-store.ts'
import type { LeftOut } from './plan-texts.ts'
import type { Step } from './sequence.ts'

/** Why a step was left out is recorded anew after this many minutes at the earliest. */
export const recordedAgainAfterMin = 12 * 60

type Claim = { appointmentId: string; startsAt: Instant; step: Step; clientId: string }

/**
 * Takes steps for a card, in the transaction that stores it: each step of a visit at one time is on one card only, whoever
 * plans it and on how many instances. One that was left out, or whose card or text came to nothing, is free to be taken
 * again. Throws `DeskError('conflict')` when one of them belongs to somebody else.
 */
export async function claimSteps(trx: Trx, { steps, locationId, proposalId, state, now }: { steps: Claim[]; locationId: string; proposalId: string; state: 'proposed' | 'recorded'; now: Instant }): Promise<void> {
  const taken = await saveSteps(trx, { rows: steps.map((step) => ({ ...step, why: null })), locationId, proposalId, state, now })
  if (taken !== steps.length) throw new DeskError('conflict', { message: `${steps.length - taken} of ${steps.length} confirmation steps are taken`, userMessage: 'Some of these texts are on another card already. Look at that one, or wait for the next.' })
}

/** Records steps that are due and not texted, with why and one audit row; what is recorded so already, or taken by a card, is left as it is. Answers how many. */
export async function recordLeftOut(trx: Trx, { leftOut, locationId, now }: { leftOut: LeftOut[]; locationId: string; now: Instant }): Promise<number> {
  if (leftOut.length === 0) return 0
  const rows = leftOut.map(({ visit, step, why }) => ({ appointmentId: visit.id, startsAt: visit.start, step, clientId: visit.clientId, why }))
  const count = await saveSteps(trx, { rows, locationId, proposalId: null, state: 'skipped', now })
  if (count > 0) {
    const reasons = Object.fromEntries(Array.from(Map.groupBy(leftOut, ({ why }) => why), ([why, those]) => [why, those.map(({ visit }) => visit.id).slice(0, 200)]))
    await appendAudit(trx, { at: now, actor: 'desk', action: 'confirmations.left_out', subject: `confirmations:${locationId}`, detail: { count, reasons } })
  }
  return count
}

/** One statement however many rows. The twin of `fateOf` in `read-steps.ts`: which rows are free. */
async function saveSteps(trx: Trx, { rows, locationId, proposalId, state, now }: { rows: (Claim & { why: string | null })[]; locationId: string; proposalId: string | null; state: 'proposed' | 'recorded' | 'skipped'; now: Instant }): Promise<number> {
  const saved = await sql`
    insert into confirmation_steps as mine (appointment_id, starts_at, step, client_id, location_id, state, why, proposal_id, at)
    select "appointmentId", "startsAt", step, "clientId", ${locationId}, ${state}, why, ${proposalId}, ${now}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as given ("appointmentId" text, "startsAt" timestamptz, step text, "clientId" text, why text)
    on conflict (appointment_id, starts_at, step) do update
      set state = excluded.state, why = excluded.why, proposal_id = excluded.proposal_id, client_id = excluded.client_id, location_id = excluded.location_id, at = excluded.at
      where (mine.state = 'skipped' and mine.why is distinct from 'left_out' and (excluded.state <> 'skipped' or mine.why is distinct from excluded.why or mine.at < ${addMinutes(now, -recordedAgainAfterMin)}::timestamptz))
        or (mine.state = 'proposed' and not exists (
          select from proposals where id = mine.proposal_id and state not in ('superseded', 'expired', 'failed') and not (state = 'pending' and expires_at <= ${now}::timestamptz)))
        or (mine.state = 'queued' and exists (
          select from texts where key = 'confirmation:' || mine.proposal_id || ':' || mine.client_id and texts.state = 'suppressed' and error_code = 'outdated'))`.execute(trx)
  return Number(saved.numAffectedRows ?? 0n)
}

/**
 * Settles the steps of a card whose texts are queued: `texts` with how many steps each stands for; what is not among them no
 * longer fitted. Answers the clients whose steps were all still this card's: only they may be texted.
 */
export async function settleSteps(trx: Trx, { proposalId, texts, now }: { proposalId: string; texts: { clientId: string; steps: number }[]; now: Instant }): Promise<Set<string>> {
  const mine = await trx.selectFrom('confirmation_steps').select('client_id').where('proposal_id', '=', proposalId).where('state', '=', 'proposed').forUpdate().execute()
  const held = Map.groupBy(mine, (row) => row.client_id)
  const clients = texts.filter(({ clientId, steps }) => held.get(clientId)?.length === steps).map(({ clientId }) => clientId)
  const ofCard = trx.updateTable('confirmation_steps').where('proposal_id', '=', proposalId).where('state', '=', 'proposed')
  await ofCard.where('client_id', '=', sql<string>`any(${clients})`).set({ state: 'queued', at: now }).execute()
  await ofCard.set({ state: 'skipped', why: 'changed', at: now }).execute()
  return new Set(clients)
}

/** Marks steps that a person took off a card: not again. */
export async function leaveOut(trx: Trx, { steps, now }: { steps: Claim[]; now: Instant }): Promise<void> {
  for (const { appointmentId, startsAt, step } of steps) {
    await trx.updateTable('confirmation_steps').set({ state: 'skipped', why: 'left_out', at: now }).where('appointment_id', '=', appointmentId).where('starts_at', '=', startsAt).where('step', '=', step).execute()
  }
}
