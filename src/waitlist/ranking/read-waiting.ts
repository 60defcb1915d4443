import { sql } from 'kysely'
import { findLocation } from '../../bookings/read-booking.ts'
import { reachAll, type Reach } from '../../messages/consent/reach-client.ts'
import type { BookingPlatform } from '../../platforms/booking-platform.ts'
import { unwrap } from '../../platforms/unwrap.ts'
import { isFailure, type VisitOutcome, visitOutcome } from '../../risk/outcome.ts'
import { type Client, clientName, liveStatuses } from '../../salon/salon.ts'
import { addMinutes, type Clock, type Instant, type Zone } from '../../salon/time.ts'
import type { Db, Store } from '../../store/open-store.ts'
import { winning } from '../cascade/cascade.ts'
import { asked } from '../cascade/change.ts'
import type { PastOffer, Waiting } from './waiting.ts'

const day = 24 * 60
/** Days that caps look back on, and that fairness remembers. */
const days = { lately: 7, memory: 180 }
/** So many are asked of the platform at once. */
const atOnce = 1_000

/**
 * Reads who waits at a location (for one of `serviceIds`, or only these `entryIds`, when given) and all that decides about their place, in a handful of calls however many they are: catalog,
 * entries, clients, their visits, whose numbers they have, what the numbers have said, and earlier offers. Reads only.
 * Throws the platform's refusal as `DeskError`, and `not_found` for a location that is not there.
 */
export async function readWaiting({ store, platform, clock, locationId, serviceIds, entryIds }: { store: Pick<Store, 'db' | 'seal'>; platform: BookingPlatform; clock: Clock; locationId: string; serviceIds?: string[]; entryIds?: string[] }): Promise<Waiting> {
  const now = clock.now()
  const [catalog, all] = await Promise.all([platform.catalog().then(unwrap), platform.waitlist(entryIds === undefined ? { locationId } : { locationId, ids: entryIds }).then(unwrap)])
  const { zone } = findLocation(catalog, locationId)
  const entries = serviceIds === undefined ? all : all.filter(({ serviceId }) => serviceIds.includes(serviceId))
  const clientIds = [...new Set(entries.map(({ clientId }) => clientId))]
  const clients = await inParts(clientIds, (ids) => platform.clients({ ids }).then(unwrap))
  const [visits, barred, lately, memory] = await Promise.all([
    readVisits({ platform, clientIds, zone, now }), readBarred({ store, platform, clients }),
    readLately(store.db, { clientIds, now }),
    // It only refines the order: without it whoever came first is first (W6).
    readMemory(store.db, { clientIds, now }).catch(() => undefined),
  ])
  return { now, zone, catalog, entries, clients: new Map(clients.map((client) => [client.id, client])), visits, barred, lately, memory }
}

async function readVisits({ platform, clientIds, zone, now }: { platform: BookingPlatform; clientIds: string[]; zone: Zone; now: Instant }): Promise<Waiting['visits']> {
  const histories = await inParts(clientIds, (ids) => platform.history({ clientIds: ids }).then(unwrap))
  return new Map(Array.from(Map.groupBy(histories, ({ appointment }) => appointment.clientId), ([clientId, own]) => {
    let found: { kept: number; failed: number } | undefined
    const past = () => (found ??= countOutcomes(own.flatMap((history) => visitOutcome({ history, asOf: now, zone })?.outcome ?? [])))
    const standing = own.map(({ appointment }) => appointment).filter(({ status, end }) => liveStatuses.includes(status) && end > now)
    // Thousands of old visits take longer to judge than all the rest, and most orders do not ask.
    return [clientId, { standing, get kept() { return past().kept }, get failed() { return past().failed } }]
  }))
}

function countOutcomes(outcomes: VisitOutcome[]): { kept: number; failed: number } {
  return { kept: outcomes.filter((outcome) => outcome === 'kept').length, failed: outcomes.filter(isFailure).length }
}

/** Why somebody may not be texted: what they or their record say, no number, or one that somebody else has too (a YES from it could be anybody's, F23). */
async function readBarred({ store, platform, clients }: { store: Pick<Store, 'db' | 'seal'>; platform: BookingPlatform; clients: Client[] }): Promise<Waiting['barred']> {
  const phones = [...new Set(clients.flatMap(({ phones: [phone] }) => phone ?? []))]
  const [reaches, holders] = await Promise.all([
    inParts(clients, (some) => reachAll({ store, clients: some, purpose: 'waitlist' })),
    inParts(phones, (some) => platform.clientsByPhone({ phones: some }).then(unwrap)),
  ])
  const shared = new Set(holders.filter(({ clientIds }) => clientIds.length > 1).map(({ phone }) => phone))
  return new Map(reaches.flatMap((reach) => {
    const why = whyBarred(reach, shared)
    return why === undefined ? [] : [[reach.client.id, why] as const]
  }))
}

function whyBarred({ client, phone, barred }: Reach, shared: ReadonlySet<string>): { because: 'opted_out' | 'no_number' | 'shared_number'; words: string } | undefined {
  switch (barred) {
    case 'no_number':
      return { because: 'no_number', words: 'has no phone number on file' }
    case 'opted_out':
      return { because: 'opted_out', words: 'asked for no more texts (STOP)' }
    case 'no_consent':
      return { because: 'opted_out', words: 'has a record that says no texts' }
    case 'wrong_person':
      return { because: 'opted_out', words: 'has a number that may be somebody else\'s' }
    case 'not_asked':
      return { because: 'opted_out', words: 'has not asked for texts about free times' }
    case undefined: // below, so that every path returns
  }
  return phone !== undefined && shared.has(phone) ? { because: 'shared_number', words: `shares a number with somebody else: a YES could be anybody's, so please call ${clientName(client)}` } : undefined
}

async function readLately(db: Db, { clientIds, now }: { clientIds: string[]; now: Instant }): Promise<Map<string, PastOffer[]>> {
  return readOffers(db, { clientIds, since: addMinutes(now, -days.lately * day), orState: [...asked, ...winning] })
}

async function readMemory(db: Db, { clientIds, now }: { clientIds: string[]; now: Instant }): Promise<Map<string, PastOffer[]>> {
  return readOffers(db, { clientIds, since: addMinutes(now, -days.memory * day), orState: [] })
}

async function readOffers(db: Db, { clientIds, since, orState }: { clientIds: string[]; since: Instant; orState: PastOffer['state'][] }): Promise<Map<string, PastOffer[]>> {
  if (clientIds.length === 0) return new Map()
  const rows = await db.selectFrom('waitlist_offers').innerJoin('waitlist_openings', 'waitlist_openings.id', 'waitlist_offers.opening_id')
    .select(['client_id as clientId', 'location_id as locationId', 'staff_id as staffId', 'starts_at as start', 'waitlist_offers.state', 'waitlist_offers.why', 'sent_at as sentAt', 'answered_at as answeredAt', 'at'])
    .where('client_id', '=', sql<string>`any(${clientIds})`)
    .where((where) => where.or([where('at', '>', since), ...(orState.length === 0 ? [] : [where.and([where('waitlist_offers.state', 'in', orState), where('starts_at', '>', since)])])]))
    .orderBy('at').orderBy('waitlist_offers.id').execute()
  return Map.groupBy(rows, ({ clientId }) => clientId)
}

async function inParts<Given, Found>(given: Given[], read: (some: Given[]) => Promise<Found[]>): Promise<Found[]> {
  const found: Found[] = []
  for (let from = 0; from < given.length; from += atOnce) found.push(...await read(given.slice(from, from + atOnce)))
  return found
}
