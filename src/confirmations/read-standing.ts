import { sql } from 'kysely'
import { z } from 'zod'
import { confirmQuestion } from '../bookings/tell-client.ts'
import type { BookingPlatform } from '../platforms/booking-platform.ts'
import { unwrap } from '../platforms/unwrap.ts'
import type { Appointment, Client } from '../salon/salon.ts'
import { addMinutes, type Instant } from '../salon/time.ts'
import type { Db, Store } from '../store/open-store.ts'
import type { ProposalState } from '../store/tables/approvals.ts'
import { recordedAgainAfterMin } from './claim-steps.ts'
import { type Step, steps as allSteps } from './sequence.ts'

/** Why a client's texts wait for a person, or are not sent at all. */
export type Barred = 'no_number' | 'shared_number' | 'taken_over' | 'waits_for_person' | 'in_talk'

/** Where one visit's steps stand at its present start. */
export type StepsNow = {
  /** Sent, recorded, under way, turned down or left out by a person: not again. */
  dealtWith: Set<Step>
  /** On a card that waits for a decision. */
  waiting: Set<Step>
  /** Found not to be textable (no consent, say) within the last hours: not tried again by itself so soon. */
  noText: Set<Step>
  /** How many texts there have been about it. */
  texts: number
}

/** Everything beside the book that decides who is texted, for many visits at once. */
export type Standing = {
  clients: Map<string, Client>
  stepsOf(visit: Appointment): StepsNow
  barred(clientId: string): Barred | undefined
  /** When a text of another kind (booked, moved) last spoke of the visit. */
  askedAt(visit: Appointment): Instant | undefined
  /** Whether the client has answered a question about the visit at this time. */
  hasAnswered(visit: Appointment): boolean
  /** Whether a question about the visit at this time is open. */
  isAsked(visit: Appointment): boolean
  /** When confirmation texts went to the client in the last two days. */
  textedAt(clientId: string): Instant[]
}

/** What a confirmation's template is called, so that its texts are known among others. */
export const isConfirmation = (template: string | null): boolean => template?.startsWith('confirm') === true

/** Reads it in a handful of queries, however many visits there are. Throws the platform's refusal as `DeskError`. */
export async function readStanding({ store, platform, now, visits }: { store: Store; platform: BookingPlatform; now: Instant; visits: Appointment[] }): Promise<Standing> {
  const ids = visits.map(({ id }) => id)
  const clientIds = [...new Set(visits.map(({ clientId }) => clientId))]
  const [clients, steps, texts, taken, asked] = ids.length === 0
    ? [new Map<string, Client>(), new Map<string, StepsNow>(), [], new Set<string>(), []] as const
    : await Promise.all([readClients({ platform, clientIds }), readSteps({ db: store.db, ids, now }), readTexts({ db: store.db, clientIds, now }), readTaken({ db: store.db, clientIds }), readQuestions({ db: store.db, clientIds, now })])
  const shared = await sharedNumbers({ platform, clients })
  const waits = new Set(texts.filter(({ direction, needsPerson }) => direction === 'in' && needsPerson).map(({ clientId }) => clientId))
  const askedAt = new Map<string, Instant>()
  const textedAt = new Map<string, Instant[]>()
  for (const { clientId, appointmentId, direction, template, state, at } of texts) {
    if (direction !== 'out' || !['queued', 'sent', 'unknown'].includes(state)) continue
    if (!isConfirmation(template)) {
      if (appointmentId !== null && at > (askedAt.get(appointmentId) ?? '')) askedAt.set(appointmentId, at)
    } else if (state === 'queued' || at >= addMinutes(now, -2 * 24 * 60)) textedAt.set(clientId, [...(textedAt.get(clientId) ?? []), state === 'queued' ? now : at]) // one that waits will go today
  }
  const answered = new Set(asked.filter(({ state }) => state === 'answered').flatMap(({ visits: about }) => about))
  const open = new Set(asked.filter(({ state, isConfirm }) => state === 'open' && isConfirm).flatMap(({ visits: about }) => about))
  const inTalk = new Set(asked.filter(({ state, isConfirm }) => state === 'open' && !isConfirm).map(({ clientId }) => clientId))
  return {
    clients,
    stepsOf: (visit) => steps.get(nameOf(visit)) ?? nothingYet(),
    barred(clientId) {
      if ((clients.get(clientId)?.phones.length ?? 0) === 0) return 'no_number'
      if (shared.has(clientId)) return 'shared_number'
      if (taken.has(clientId)) return 'taken_over'
      return waits.has(clientId) ? 'waits_for_person' : inTalk.has(clientId) ? 'in_talk' : undefined
    },
    askedAt: ({ id }) => askedAt.get(id),
    hasAnswered: (visit) => answered.has(nameOf(visit)),
    isAsked: (visit) => open.has(nameOf(visit)),
    textedAt: (clientId) => textedAt.get(clientId) ?? [],
  }
}

/** A visit at one time: after a move it is another one. */
const nameOf = ({ id, start }: { id: string; start: Instant }): string => `${start} ${id}`

async function readClients({ platform, clientIds }: { platform: BookingPlatform; clientIds: string[] }): Promise<Map<string, Client>> {
  return new Map(unwrap(await platform.clients({ ids: clientIds })).map((client) => [client.id, client]))
}

/** Clients whose number somebody else has, too: a YES from it could be anybody's (F23). */
async function sharedNumbers({ platform, clients }: { platform: BookingPlatform; clients: Map<string, Client> }): Promise<Set<string>> {
  const phones = [...clients.values()].flatMap(({ phones: [phone] }) => phone ?? [])
  const holders = phones.length === 0 ? [] : unwrap(await platform.clientsByPhone({ phones: [...new Set(phones)] }))
  const shared = new Set(holders.filter(({ clientIds }) => clientIds.length > 1).map(({ phone }) => phone))
  return new Set([...clients.values()].filter(({ phones: [phone] }) => phone !== undefined && shared.has(phone)).map(({ id }) => id))
}

const nothingYet = (): StepsNow => ({ dealtWith: new Set(), waiting: new Set(), noText: new Set(), texts: 0 })

async function readSteps({ db, ids, now }: { db: Db; ids: string[]; now: Instant }): Promise<Map<string, StepsNow>> {
  const rows = await db.selectFrom('confirmation_steps as steps')
    .leftJoin('proposals', 'proposals.id', 'steps.proposal_id')
    .leftJoin('texts', (join) => join.on('texts.key', '=', sql<string>`'confirmation:' || steps.proposal_id || ':' || steps.client_id`))
    .select(['steps.appointment_id', 'steps.starts_at', 'steps.step', 'steps.state', 'steps.why', 'steps.at', 'proposals.state as proposal_state', 'proposals.expires_at', 'texts.state as text_state', 'texts.error_code'])
    .where('steps.appointment_id', '=', sql<string>`any(${ids})`).execute()
  const found = new Map<string, StepsNow>()
  for (const row of rows) {
    const name = nameOf({ id: row.appointment_id, start: row.starts_at })
    const visit = found.get(name) ?? nothingYet()
    found.set(name, visit)
    const step = allSteps.find((one) => one === row.step)
    const fate = fateOf(row, now)
    if (step !== undefined && row.state === 'skipped' && row.why === 'no_text' && row.at > addMinutes(now, -recordedAgainAfterMin)) visit.noText.add(step)
    if (step === undefined || fate === 'free') continue
    if (fate === 'waiting') visit.waiting.add(step)
    else visit.dealtWith.add(step)
    if (fate === 'text') visit.texts++
  }
  return found
}

type Row = { state: string; why: string | null; proposal_state: ProposalState | null; expires_at: Instant | null; text_state: string | null; error_code: string | null }

/** A step is free again when the card it was on came to nothing, or its text was held back because another visit in it had changed. The twin in SQL decides when it is claimed (`claimSteps`). */
function fateOf({ state, why, proposal_state: card, expires_at: expiresAt, text_state: text, error_code: code }: Row, now: Instant): 'free' | 'waiting' | 'text' | 'refused' {
  if (state === 'skipped') return why === 'left_out' ? 'refused' : 'free'
  if (state === 'queued') return text === 'suppressed' && code === 'outdated' ? 'free' : 'text'
  if (state === 'recorded') return 'text'
  if (card === null || ['superseded', 'expired', 'failed'].includes(card) || (card === 'pending' && expiresAt !== null && expiresAt <= now)) return 'free'
  return card === 'pending' ? 'waiting' : card === 'rejected' ? 'refused' : 'text'
}

/** What was written to and by these clients lately, and what of it waits for a person however old it is. */
async function readTexts({ db, clientIds, now }: { db: Db; clientIds: string[]; now: Instant }): Promise<{ clientId: string; appointmentId: string | null; direction: 'in' | 'out'; template: string | null; state: string; needsPerson: boolean; at: Instant }[]> {
  return db.selectFrom('texts').select(['client_id as clientId', 'appointment_id as appointmentId', 'direction', 'template', 'state', 'needs_person as needsPerson', 'at'])
    .where('client_id', '=', sql<string>`any(${clientIds})`)
    .where((where) => where.or([where('at', '>=', addMinutes(now, -14 * 24 * 60)), where.and([where('direction', '=', 'in'), where('needs_person', '=', true)])])).execute()
}

async function readTaken({ db, clientIds }: { db: Db; clientIds: string[] }): Promise<Set<string>> {
  const rows = await db.selectFrom('threads').select('client_id').where('client_id', '=', sql<string>`any(${clientIds})`).where('taken_by', 'is not', null).execute()
  return new Set(rows.map((row) => row.client_id))
}

const AskedData = z.object({ start: z.string().optional(), visits: z.array(z.object({ id: z.string(), start: z.string() })).optional() })

/** Questions put to these clients that are open or were answered by them; `visits` are named by time and id. */
async function readQuestions({ db, clientIds, now }: { db: Db; clientIds: string[]; now: Instant }): Promise<{ clientId: string; state: 'open' | 'answered'; isConfirm: boolean; visits: string[] }[]> {
  const rows = await db.selectFrom('pending_questions').select(['client_id', 'handler', 'subject', 'data', 'answered_by', 'answered_at'])
    .where('client_id', '=', sql<string>`any(${clientIds})`)
    .where((where) => where.or([where.and([where('answered_at', 'is', null), where('expires_at', '>', now)]), where('answered_by', 'is not', null)])).execute()
  return rows.map((row) => {
    const { start, visits } = AskedData.safeParse(row.data).data ?? {}
    const about = visits ?? (start === undefined ? [] : [{ id: row.subject.replace(/^[^:]*:/, ''), start }])
    return { clientId: row.client_id, state: row.answered_at === null ? 'open' as const : 'answered' as const, isConfirm: row.handler === confirmQuestion, visits: about.map(nameOf) }
  })
}
