import { z } from 'zod'
import type { ClientText } from '../../approvals/action.ts'
import type { Proposal } from '../../approvals/proposal.ts'
import { countSegments } from '../../salon/gsm-text.ts'
import type { Instant } from '../../salon/time.ts'
import { appendAudit } from '../../store/audit.ts'
import type { Store, Trx } from '../../store/open-store.ts'
import { cancelEffect, enqueueEffect } from '../../store/outbox.ts'
import type { Purpose } from '../../store/tables/texts.ts'

export const textEffect = 'text'

/** What the outbox carries of a text; its words are sealed in `texts`, `bodyHash` says that they are still those. */
export const TextOrder = z.object({
  textId: z.number().int(),
  bodyHash: z.string(),
  asks: z.object({ handler: z.string(), subject: z.string(), expiresAt: z.string(), data: z.record(z.string(), z.unknown()).optional() }).optional(),
  onlyWhile: z.object({ start: z.string(), live: z.boolean(), unconfirmed: z.boolean().optional(), others: z.array(z.object({ appointmentId: z.string(), start: z.string() })).optional() }).optional(),
  /** The one text that may follow a STOP: its confirmation. */
  confirmsStop: z.boolean().optional(),
  /** Not sent at or after this instant. */
  before: z.string().optional(),
  /** Whoever sent it looks after what becomes of it: no person need see to one that was held back. */
  watched: z.boolean().optional(),
  /** When the client wrote what it answers. */
  answersAt: z.string().optional(),
})

export type QueuedText = {
  key: string
  text: Pick<ClientText, 'clientId' | 'body' | 'template' | 'asks' | 'appointmentId' | 'onlyWhile' | 'purpose'> & { locationId: string | null }
  proposalId?: string
  confirmsStop?: boolean
  before?: Instant
  /** Where the text does not say. */
  purpose?: Purpose
  /** The client's own text that it answers: for ten minutes no hour is too late for it, and no cap counts it. */
  answers?: { textId: number; at: Instant }
  /** Sent by the desk's own rules and not decided on one by one: what a client's caps hold back. */
  automatic?: boolean
  /** Whoever queues it looks after what becomes of it: one that is held back waits for no person. */
  watched?: boolean
}

/** Stores a text and its order in the caller's transaction; a key that is there already changes nothing. */
export async function queueText(trx: Trx, { seal, now, queued }: { seal: Store['seal']; now: Instant; queued: QueuedText }): Promise<void> {
  const { key, text, proposalId = null, confirmsStop, before, purpose = text.purpose ?? 'appointment', answers, automatic = false, watched } = queued
  const { segments } = countSegments(text.body)
  const row = await trx.insertInto('texts').values({
    key, client_id: text.clientId, location_id: text.locationId, direction: 'out', body: seal.seal(text.body), template: text.template, appointment_id: text.appointmentId ?? null, proposal_id: proposalId, purpose, answers: answers?.textId ?? null, automatic,
    segments, state: 'queued', error_code: null, reading: null, did: null, needs_person: false, at: now,
  }).onConflict((conflict) => conflict.column('key').doNothing()).returning('id').executeTakeFirst()
  if (row === undefined) return
  const order: z.infer<typeof TextOrder> = { textId: row.id, bodyHash: seal.lookup(text.body), asks: text.asks, onlyWhile: text.onlyWhile, confirmsStop, before, answersAt: answers?.at, ...(watched === true ? { watched } : {}) }
  await enqueueEffect(trx, { kind: textEffect, key: `${textEffect}:${key}`, payload: order, now })
  await appendAudit(trx, { at: now, actor: 'desk', action: 'text.queued', subject: threadOf(text.clientId), detail: { textId: row.id, template: text.template, segments, ...(proposalId === null ? {} : { proposalId }) } })
}

/**
 * Takes a text back that nobody is sending. One that may have got through stays as unknown as it is, and is not sent again.
 * Answers whether it certainly was in time.
 */
export async function withdrawText(trx: Trx, { key, now }: { key: string; now: Instant }): Promise<boolean> {
  if (!(await cancelEffect(trx, { key: `${textEffect}:${key}`, now }))) return false
  const text = await trx.updateTable('texts').set({ state: 'suppressed', error_code: 'withdrawn' }).where('key', '=', key).where('state', '=', 'queued').returning(['id', 'client_id']).executeTakeFirst()
  if (text !== undefined) await appendAudit(trx, { at: now, actor: 'desk', action: 'text.withdrawn', subject: threadOf(text.client_id), detail: { textId: text.id } })
  return text !== undefined
}

/** What the audit log and the channels call a client's texts. */
export function threadOf(clientId: string): string {
  return `thread:${clientId}`
}

/** The approved text of a change that is done, about the appointment that was read back; undefined where none was promised. */
export function textOfDone({ facts: { message }, result }: Pick<Proposal, 'facts' | 'result'>): ClientText | undefined {
  if (message?.kind !== 'text') return undefined
  const appointmentId = result?.data['appointmentId']
  if (typeof appointmentId !== 'string') return message
  const { asks } = message
  return { ...message, appointmentId, ...(asks?.subject.startsWith('appointment:') === true ? { asks: { ...asks, subject: `appointment:${appointmentId}` } } : {}) }
}
