import { sql } from 'kysely'
import { z } from 'zod'
import { confirmQuestion } from '../bookings/tell-client.ts'
import type { BookingPlatform } from '../platforms/booking-platform.ts'
import { unwrap } from '../platforms/unwrap.ts'
import type { Appointment, Client } from '../salon/salon.ts'
import { addMinutes, type Instant } from '../salon/time.ts'
import type { Db, Store } from '../store/open-store.ts'
import { nameOf } from './read-steps.ts'

/** Why a client's texts wait for a person, or are not sent at all. */
export type Barred = 'no_number' | 'shared_number' | 'taken_over' | 'waits_for_person' | 'in_talk'

/** Everything beside the book and the steps that decides whether clients are texted, for many at once. */
export type Standing = {
  clients: Map<string, Client>
  barred(clientId: string): Barred | undefined
  /** When a text of another kind (booked, moved) last spoke of the visit. */
  askedAt(visit: Appointment): Instant | undefined
  /** Whether the client has answered a question about the visit at this time. */
  hasAnswered(visit: Appointment): boolean
  /** Whether a question about the visit at this time is open. */
  isAsked(visit: Appointment): boolean
  /** When confirmation texts went to the client in the last two days; one that waits is as of now. */
  textedAt(clientId: string): Instant[]
}

/** Reads it in a handful of queries, however many clients there are. Throws the platform's refusal as `DeskError`. */
export async function readStanding({ store: { db }, platform, now, clientIds }: { store: Store; platform: BookingPlatform; now: Instant; clientIds: string[] }): Promise<Standing> {
  const [clients, { waits, askedAt, textedAt }, taken, asked] = await Promise.all([readClients({ platform, clientIds }), readTexts({ db, clientIds, now }), readTaken({ db, clientIds }), readQuestions({ db, clientIds, now })])
  const shared = await sharedNumbers({ platform, clients })
  const answered = new Set(asked.filter(({ state }) => state === 'answered').flatMap(({ visits }) => visits))
  const open = new Set(asked.filter(({ state, isConfirm }) => state === 'open' && isConfirm).flatMap(({ visits }) => visits))
  const inTalk = new Set(asked.filter(({ state, isConfirm }) => state === 'open' && !isConfirm).map(({ clientId }) => clientId))
  return {
    clients,
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

async function readClients({ platform, clientIds }: { platform: BookingPlatform; clientIds: string[] }): Promise<Map<string, Client>> {
  return clientIds.length === 0 ? new Map() : new Map(unwrap(await platform.clients({ ids: clientIds })).map((client) => [client.id, client]))
}

/** Clients whose number somebody else has, too: a YES from it could be anybody's (F23). */
async function sharedNumbers({ platform, clients }: { platform: BookingPlatform; clients: Map<string, Client> }): Promise<Set<string>> {
  const phones = [...clients.values()].flatMap(({ phones: [phone] }) => phone ?? [])
  const holders = phones.length === 0 ? [] : unwrap(await platform.clientsByPhone({ phones: [...new Set(phones)] }))
  const shared = new Set(holders.filter(({ clientIds }) => clientIds.length > 1).map(({ phone }) => phone))
  return new Set([...clients.values()].filter(({ phones: [phone] }) => phone !== undefined && shared.has(phone)).map(({ id }) => id))
}

/** What was written to and by these clients lately, and whether something of theirs waits for a person however old it is. */
async function readTexts({ db, clientIds, now }: { db: Db; clientIds: string[]; now: Instant }): Promise<{ waits: Set<string>; askedAt: Map<string, Instant>; textedAt: Map<string, Instant[]> }> {
  const rows = clientIds.length === 0 ? [] : await db.selectFrom('texts').select(['client_id', 'appointment_id', 'direction', 'template', 'state', 'at'])
    .where('client_id', '=', sql<string>`any(${clientIds})`)
    .where((where) => where.or([
      where.and([where('direction', '=', 'out'), where('state', 'in', ['queued', 'sent', 'unknown']), where('at', '>=', addMinutes(now, -14 * 24 * 60))]),
      where.and([where('direction', '=', 'in'), where('needs_person', '=', true)]),
    ])).execute()
  const waits = new Set<string>()
  const askedAt = new Map<string, Instant>()
  const textedAt = new Map<string, Instant[]>()
  const lately = addMinutes(now, -2 * 24 * 60)
  for (const { client_id: clientId, appointment_id: appointmentId, direction, template, state, at } of rows) {
    if (direction === 'in') waits.add(clientId)
    else if (template?.startsWith('confirm') === true) {
      // One that waits will go today.
      if (state === 'queued' || at >= lately) textedAt.set(clientId, [...(textedAt.get(clientId) ?? []), state === 'queued' ? now : at])
    } else if (appointmentId !== null && at > (askedAt.get(appointmentId) ?? '')) askedAt.set(appointmentId, at)
  }
  return { waits, askedAt, textedAt }
}

async function readTaken({ db, clientIds }: { db: Db; clientIds: string[] }): Promise<Set<string>> {
  if (clientIds.length === 0) return new Set()
  const rows = await db.selectFrom('threads').select('client_id').where('client_id', '=', sql<string>`any(${clientIds})`).where('taken_by', 'is not', null).execute()
  return new Set(rows.map((row) => row.client_id))
}

const AskedData = z.object({ start: z.string().optional(), visits: z.array(z.object({ id: z.string(), start: z.string() })).optional() })

/** Questions put to these clients that are open or were answered by them; `visits` are named by time and id. */
async function readQuestions({ db, clientIds, now }: { db: Db; clientIds: string[]; now: Instant }): Promise<{ clientId: string; state: 'open' | 'answered'; isConfirm: boolean; visits: string[] }[]> {
  if (clientIds.length === 0) return []
  const rows = await db.selectFrom('pending_questions').select(['client_id', 'handler', 'subject', 'data', 'answered_at'])
    .where('client_id', '=', sql<string>`any(${clientIds})`)
    .where((where) => where.or([where.and([where('answered_at', 'is', null), where('expires_at', '>', now)]), where('answered_by', 'is not', null)])).execute()
  return rows.map((row) => {
    const { start, visits } = AskedData.safeParse(row.data).data ?? {}
    const about = visits ?? (start === undefined ? [] : [{ id: row.subject.replace(/^[^:]*:/, ''), start }])
    return { clientId: row.client_id, state: row.answered_at === null ? 'open' as const : 'answered' as const, isConfirm: row.handler === confirmQuestion, visits: about.map(nameOf) }
  })
}
