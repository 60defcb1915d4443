import { liveStatuses } from '../../salon/salon.ts'
import { addMinutes, type Instant } from '../../salon/time.ts'
import type { ExpectedVisit } from '../../store/expected-visits.ts'
import type { Trx } from '../../store/open-store.ts'
import type { BookCatalog } from '../embedded/read-catalog.ts'
import type { SeenVisit } from '../platform-adapter.ts'
import { nobody } from './ensure-places.ts'

/** Clocks differ a little. */
const slackMinutes = 5

/**
 * Visits that their platform tells without a client, with whom the desk knows them to be for. One that is new (not in `known`)
 * and stands where a booking by hand is expected (there, then, with those people, made since) is that booking, and only that one. It stays that
 * client's as long as the platform has it and names nobody else, also where somebody moves it; so does its service, where
 * the platform tells none (its visits have one that nobody can book).
 */
export async function withExpected({ trx, catalog, visits, known, now }: { trx: Trx; catalog: BookCatalog; visits: SeenVisit[]; known: ReadonlySet<string>; now: Instant }): Promise<SeenVisit[]> {
  const blank = visits.filter(({ visit }) => visit.clientId === nobody)
  if (blank.length === 0) return visits
  const ids = blank.map(({ visit }) => visit.id)
  const found = new Map((await trx.selectFrom('expected_visits').selectAll().where('visit_id', 'in', ids).execute()).map((row) => [row.visit_id, row]))
  const fresh = blank.filter(({ visit, byTime = false }) => !known.has(visit.id) && !found.has(visit.id) && (liveStatuses.includes(visit.status) || byTime))
  const open = fresh.length === 0 ? [] : await trx.selectFrom('expected_visits').selectAll().where('visit_id', 'is', null).where('until', '>', now)
    .where('starts_at', 'in', fresh.map(({ visit }) => visit.start)).orderBy('expected_at').orderBy('key').forUpdate().execute()
  for (const one of fresh) {
    const row = open.find((each) => each.visit_id === null && isIt(each, one))
    if (row === undefined) continue
    row.visit_id = one.visit.id
    await trx.updateTable('expected_visits').set({ visit_id: one.visit.id }).where('key', '=', row.key).execute()
    found.set(one.visit.id, row)
  }
  return visits.map((one) => {
    const row = found.get(one.visit.id)
    return row === undefined ? one : asExpected(one, row, catalog)
  })
}

function isIt({ location_id, starts_at, segments, expected_at: since }: ExpectedVisit, { visit }: SeenVisit): boolean {
  const who = (parts: { staffId: string }[]) => [...new Set(parts.map(({ staffId }) => staffId))].sort().join()
  return visit.start === starts_at && visit.locationId === location_id && who(visit.segments) === who(segments)
    // What was there before anybody was asked is something else, even when it is read only now.
    && visit.fetchedAt >= since && (visit.bookedAt === undefined || visit.bookedAt >= addMinutes(since, -slackMinutes))
}

function asExpected(one: SeenVisit, { client_id: clientId, segments: expected }: ExpectedVisit, { serviceById }: BookCatalog): SeenVisit {
  const segments = one.visit.segments.map((segment, n) => {
    const like = one.visit.segments.length === expected.length && serviceById.get(segment.serviceId)?.active !== true ? expected[n] : undefined
    return like === undefined ? segment : { ...segment, serviceId: like.serviceId, price: like.price, staffPreference: segment.staffId === like.staffId ? like.staffPreference : segment.staffPreference }
  })
  return { ...one, visit: { ...one.visit, clientId, segments } }
}
