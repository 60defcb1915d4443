import { type Selectable, sql } from 'kysely'
import type { Clock, Instant } from '../../salon/time.ts'
import { appendAudit } from '../../store/audit.ts'
import type { Store, Trx } from '../../store/open-store.ts'
import type { Tables } from '../../store/tables.ts'
import type { Delivery } from '../../store/tables/texts.ts'
import { writeConsent } from '../consent/consent.ts'
import type { OnLost } from '../email/email-fallback.ts'
import { markSent } from './mark-sent.ts'
import type { StatusReport } from '../messages.ts'
import { textEffect, threadOf } from './queue-text.ts'

type Row = Selectable<Tables['texts']>

/** How far along each is; a report only ever moves a text forward. That a phone has it (`delivered`) no later word takes back. */
const places: Record<Delivery, number> = { accepted: 0, queued: 1, sending: 2, sent: 3, undelivered: 4, failed: 4, delivered: 5, read: 6 }

/** What a text service says of a number that opted out with it (Twilio's error 21610). */
const optedOutCode = '21610'

/**
 * Keeps what the text service reports and moves the text's delivery forward (F33). A report that is faster than the answer
 * to our own request waits for it, under the service's name of the text (F34). One that carries our own key settles a text
 * whose answer was lost: it was sent, and is never sent again.
 */
export async function reported({ store, clock, report: { providerId, status, code, failure, key }, onLost }: { store: Store; clock: Clock; report: StatusReport; onLost?: OnLost | undefined }): Promise<void> {
  await store.transaction(async (trx) => {
    const now = clock.now()
    // The outbox row before the report's lock, as everybody does who settles a text.
    const effect = key === undefined ? undefined : await trx.selectFrom('outbox').select(['id', 'key', 'payload', 'attempts', 'state']).where('key', 'in', [key, `${textEffect}:${key}`]).where('kind', '=', textEffect).forUpdate().executeTakeFirst()
    await lockReport(trx, providerId)
    await trx.insertInto('text_statuses').values({ provider_id: providerId, status, code: code ?? null, at: now }).onConflict((conflict) => conflict.columns(['provider_id', 'status']).doNothing()).execute()
    const known = await trx.selectFrom('texts').select('id').where('provider_id', '=', providerId).executeTakeFirst()
    if (known === undefined && effect !== undefined && effect.state !== 'SENT') await settleByReport(trx, { effect, providerId, now })
    const lostBy = await applyReports(trx, { seal: store.seal, providerId, now, optedOut: failure === 'opted_out' })
    if (lostBy !== undefined && failure !== undefined) await onLost?.(trx, { ...lostBy, failure, now })
  })
}

/** What is reported of one text, and the answer that says which text that is, one after the other. Until the transaction ends. */
export async function lockReport(trx: Trx, providerId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`report ${providerId}`}, 0))`.execute(trx)
}

/** Joins the reports that are there with their text, when that is known; call it with the report locked. Answers which text it is, if that is lost by them. */
export async function applyReports(trx: Trx, { seal, providerId, now, optedOut = false }: { seal: Store['seal']; providerId: string; now: Instant; optedOut?: boolean }): Promise<{ textId: number; key: string } | undefined> {
  const text = await trx.selectFrom('texts').selectAll().where('provider_id', '=', providerId).executeTakeFirst()
  if (text === undefined) return undefined
  const reports = await trx.selectFrom('text_statuses').select(['status', 'code', 'at']).where('provider_id', '=', providerId).execute()
  const furthest = reports.filter((report): report is typeof report & { status: Delivery } => report.status in places).toSorted((a, b) => places[b.status] - places[a.status] || (a.at < b.at ? -1 : 1))[0]
  if (furthest === undefined || (text.delivery !== null && places[furthest.status] <= places[text.delivery])) return undefined
  const { status: delivery, code } = furthest
  const isLost = delivery === 'undelivered' || delivery === 'failed'
  const arrived = delivery === 'delivered' || delivery === 'read'
  await trx.updateTable('texts').set({
    delivery, delivery_code: isLost ? code : null,
    ...(arrived && text.delivered_at === null ? { delivered_at: furthest.at } : {}),
    // It arrived after all: nobody need see to it any more.
    ...(isLost ? { needs_person: true } : arrived ? { needs_person: false } : {}),
  }).where('id', '=', text.id).execute()
  await appendAudit(trx, { at: now, actor: 'messages', action: `text.${delivery === 'sent' ? 'passed_on' : delivery}`, subject: threadOf(text.client_id), detail: { textId: text.id, template: text.template, proposalId: text.proposal_id ?? undefined, ...(isLost && code !== null ? { code } : {}) } })
  if (isLost && (optedOut || code === optedOutCode)) await optOut(trx, { seal, text, now })
  return isLost ? { textId: text.id, key: text.key } : undefined
}

/** The service or the carrier blocks the number because it said STOP there: then it has said so to us too (F19). */
export async function optOut(trx: Trx, { seal, text, now }: { seal: Store['seal']; text: Pick<Row, 'phone_hash' | 'client_id'>; now: Instant }): Promise<void> {
  if (text.phone_hash === null) return
  await writeConsent(trx, { seal, phoneHash: text.phone_hash, purpose: 'all', state: 'out', source: 'service', words: '', by: 'messages', at: now, subject: threadOf(text.client_id) })
}

type Effect = Pick<Selectable<Tables['outbox']>, 'id' | 'key' | 'payload' | 'attempts'>

async function settleByReport(trx: Trx, { effect, providerId, now }: { effect: Effect; providerId: string; now: Instant }): Promise<void> {
  const isNew = await markSent(trx, { effect, sent: { id: providerId }, now })
  // A worker that still asks or looks holds an older fence, and cannot commit what it finds.
  if (isNew) await trx.updateTable('outbox').set((eb) => ({ state: 'SENT', fence: eb('fence', '+', 1), leased_until: null, error_code: null, updated_at: now })).where('id', '=', effect.id).execute()
}
