import { z } from 'zod'
import type { ClientText } from '../../approvals/action.ts'
import type { Instant } from '../../salon/time.ts'
import { appendAudit } from '../../store/audit.ts'
import type { Trx } from '../../store/open-store.ts'
import { enqueueEffect } from '../../store/outbox.ts'
import type { Seal } from '../../store/seal.ts'
import type { Purpose } from '../../store/tables/texts.ts'
import { type QueuedText, TextOrder, threadOf } from '../sending/queue-text.ts'

export const emailEffect = 'email'

/** What the outbox carries of an email; its words are sealed in `texts`. An email asks nothing: no answer to it is read. */
export const EmailOrder = TextOrder.pick({ textId: true, bodyHash: true, onlyWhile: true, before: true }).extend({
  /** The text (its id) that could not arrive. */
  insteadOf: z.number().int().optional(),
})

type QueuedEmail = {
  key: string
  clientId: string
  locationId: string | null
  words: string
  template: string | null
  appointmentId: string | null
  proposalId: string | null
  purpose: Purpose
  automatic: boolean
  insteadOf?: number
  onlyWhile: ClientText['onlyWhile'] | undefined
  /** Not sent at or after this instant. */
  before: Instant | undefined
}

/** The same for a text that was written, and approved, as an email from the start. */
export async function queueEmailText(trx: Trx, { seal, now, queued: { key, text, proposalId, before, automatic } }: { seal: Seal; now: Instant; queued: Pick<QueuedText, 'key' | 'text' | 'proposalId' | 'before' | 'automatic'> }): Promise<void> {
  await queueEmail(trx, {
    seal, now,
    email: {
      key, clientId: text.clientId, locationId: text.locationId, words: text.body, template: text.template, appointmentId: text.appointmentId ?? null, proposalId: proposalId ?? null,
      purpose: text.purpose ?? 'appointment', automatic: automatic ?? false, onlyWhile: text.onlyWhile, before,
    },
  })
}

/** Stores an email and its order in the caller's transaction; a key that is there already changes nothing. */
export async function queueEmail(trx: Trx, { seal, now, email }: { seal: Seal; now: Instant; email: QueuedEmail }): Promise<void> {
  const { key, clientId, locationId, words, template, appointmentId, proposalId, purpose, automatic, insteadOf, onlyWhile, before } = email
  const row = await trx.insertInto('texts').values({
    key, client_id: clientId, location_id: locationId, direction: 'out', channel: 'email', purpose, automatic, body: seal.seal(words), template, appointment_id: appointmentId, proposal_id: proposalId,
    segments: 0, state: 'queued', error_code: null, reading: null, did: null, needs_person: false, at: now,
  }).onConflict((conflict) => conflict.column('key').doNothing()).returning('id').executeTakeFirst()
  if (row === undefined) return
  const order: z.infer<typeof EmailOrder> = { textId: row.id, bodyHash: seal.lookup(words), onlyWhile, before, insteadOf }
  await enqueueEffect(trx, { kind: emailEffect, key: `${emailEffect}:${key}`, payload: order, now })
  await appendAudit(trx, { at: now, actor: 'desk', action: 'email.queued', subject: threadOf(clientId), detail: { textId: row.id, template, ...(insteadOf === undefined ? {} : { insteadOf }), ...(proposalId === null ? {} : { proposalId }) } })
}
