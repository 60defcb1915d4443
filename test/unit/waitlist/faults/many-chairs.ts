import { sql } from 'kysely'
import type { BookData } from '../../../../src/salon/book-data.ts'
import { addMinutes, at, type Instant } from '../../../../src/salon/time.ts'
import { writeSlotId } from '../../../../src/platforms/embedded/slot-id.ts'
import { tinyBook, tinyZone } from '../../../support/tiny-book.ts'
import { fridayNoon, type Instance } from '../waitlist-desk.ts'

const aDay = 12

/** A chair that is on offer to two clients at the same time, both asked and neither heard yet. */
export type Chair = { openingId: string; staffId: string; start: Instant; clients: [string, string]; offers: [string, string] }

/** The tiny salon with as many staff as it takes to have that many free chairs on its Saturday, and two clients waiting for each. */
export function manyChairsBook(count: number): BookData {
  const book = tinyBook()
  const [ana] = book.catalog.staff
  const [jo] = book.clients.slice(-1)
  if (ana === undefined || jo === undefined) throw new Error('no tiny salon')
  const staff = Array.from({ length: Math.ceil(count / aDay) }, (_, n) => ({ ...ana, id: `s${n}`, name: 'Sam Stone' }))
  const clients = Array.from({ length: 2 * count }, (_, n) => ({ ...jo, id: `c${n}`, firstName: 'Kim', lastName: 'Poe', phones: [`+1213${(6_000_000 + n).toString()}`] }))
  return {
    ...book,
    catalog: { ...book.catalog, staff: [...book.catalog.staff, ...staff] },
    shifts: [...book.shifts, ...staff.map(({ id }) => ({ staffId: id, locationId: 'main', weekday: 6, start: '09:00', end: '18:00' }))],
    clients: [...book.clients, ...clients],
    waitlist: clients.map(({ id }) => ({ id: `w-${id}`, locationId: 'main', clientId: id, serviceId: 'cut', wanted: [], createdAt: '2026-11-10T18:00:00.000Z', status: 'waiting' as const })),
  }
}

/** Puts every chair on offer as `startOffers` and the texts leave it: width two, both offers sent, both questions open; on a Saturday. */
export async function offerAll({ store }: Instance, count: number, { date = '2026-11-21', sentAt = fridayNoon }: { date?: string; sentAt?: Instant } = {}): Promise<Chair[]> {
  const chairs = Array.from({ length: count }, (_, n): Chair => ({ openingId: `open-${n}`, staffId: `s${Math.floor(n / aDay)}`, start: addMinutes(at(date, '09:00', tinyZone), 45 * (n % aDay)), clients: [`c${2 * n}`, `c${2 * n + 1}`], offers: [`offer-${2 * n}`, `offer-${2 * n + 1}`] }))
  const phone = (client: string) => `+1213${6_000_000 + Number(client.slice(1))}`
  const expires = addMinutes(sentAt, 120)
  const body = store.seal.seal('A time is free')
  await store.db.insertInto('waitlist_openings').values(chairs.map(({ openingId, staffId, start }) => ({
    id: openingId, location_id: 'main', staff_id: staffId, service_id: 'cut', starts_at: start, ends_at: addMinutes(start, 45), cause: 'staff' as const, appointment_id: null, parent_id: null, root_id: openingId, state: 'offering' as const, why: null,
    wait_until: sentAt, proposal_id: null, plan: JSON.stringify({ windowMin: 120, width: 2 }), book_by: addMinutes(start, -60), due_at: expires, opened_at: sentAt, ended_at: null,
  }))).execute()
  await store.db.insertInto('waitlist_offers').values(chairs.flatMap(({ openingId, staffId, start, clients, offers }) => clients.map((client, place) => ({
    id: offers[place] as string, opening_id: openingId, place: place + 1, entry_id: `w-${client}`, client_id: client, slot_id: writeSlotId({ locationId: 'main', segments: [{ serviceId: 'cut', staffId, start: Date.parse(start) / 1_000, requested: true }] }), instead_of: null,
    body, message: JSON.stringify({ kind: 'text', clientId: client, to: 'Kim Poe', segments: 1, template: 'waitlist-offer', locationId: 'main', asks: { handler: 'waitlist_offer', subject: `offer:${offers[place]}`, expiresAt: start, data: { start } } }),
    state: 'sent' as const, why: null, sent_at: sentAt, expires_at: expires, answered_at: null, accepted_at: null, answer_id: null, next_try_at: null, appointment_id: null, at: sentAt,
  })))).execute()
  await store.db.insertInto('pending_questions').values(chairs.flatMap(({ start, clients, offers }) => clients.map((client, place) => ({
    client_id: client, phone_hash: store.seal.lookup(phone(client)), handler: 'waitlist_offer', subject: `offer:${offers[place]}`, data: JSON.stringify({ start, locationId: 'main' }), asked_at: sentAt, expires_at: start, answered_at: null, answer: null, answered_by: null,
  })))).execute()
  await sql`analyze`.execute(store.db)
  return chairs
}

/** What each chair came to: its state, its offers, who sits there, which texts they got, and who still waits. */
export async function outcomes({ store }: Instance): Promise<Map<string, { state: string; offers: Record<string, string>; booked: string[]; told: Record<string, string[]>; waits: string[] }>> {
  const { rows } = await sql<{ id: string; state: string; client: string; offer: string; booked: string[] | null; told: string[] | null; entry: string }>`
    select opening.id, opening.state, offer.client_id as client, offer.state as offer, entry.status as entry,
      (select array_agg(visit.client_id) from book_appointments visit where visit.segments -> 0 ->> 'staffId' = opening.staff_id and visit.starts_at = opening.starts_at and visit.status in ('booked', 'confirmed')) as booked,
      (select array_agg(text.template order by text.id) from texts text where text.client_id = offer.client_id and text.direction = 'out') as told
    from waitlist_openings opening join waitlist_offers offer on offer.opening_id = opening.id join book_waitlist entry on entry.id = offer.entry_id order by offer.place`.execute(store.db)
  return new Map(Array.from(Map.groupBy(rows, ({ id }) => id), ([id, own]) => [id, {
    state: own[0]?.state ?? '', booked: own[0]?.booked ?? [], offers: Object.fromEntries(own.map(({ client, offer }) => [client, offer])),
    told: Object.fromEntries(own.map(({ client, told }) => [client, told ?? []])), waits: own.filter(({ entry }) => entry === 'waiting').map(({ client }) => client),
  }]))
}
