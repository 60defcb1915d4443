import { sql } from 'kysely'
import { DeskError } from '../../salon/errors.ts'
import { liveStatuses, type AppointmentEvent, type AppointmentHistory, type Client, type WaitlistEntry } from '../../salon/salon.ts'
import type { Instant } from '../../salon/time.ts'
import type { Store, Trx } from '../../store/open-store.ts'
import { type AppointmentRow, groupEvents } from './appointment-rows.ts'
import { bulkInsert } from './bulk-insert.ts'
import { endOf, foldStatus, shiftSegments, startOf } from './fold-events.ts'
import { saveRows } from './save-rows.ts'
import { claimTime, releaseTime } from './occupancy.ts'
import { type BookCatalog, readCatalog } from './read-catalog.ts'

/**
 * Carries a book forward in one transaction: what became of visits that are there, and new clients, visits and waitlist
 * entries. Doing it twice changes nothing: a visit that is over takes no further outcome, and ids that are there stay.
 * Out: how many events and appointments were really added. Throws `DeskError('not_found')` on an empty book.
 */
export async function appendToBook({ store, now, outcomes, added, clients = [], waitlist = [] }: {
  store: Store
  now: Instant
  outcomes: { appointmentId: string; event: AppointmentEvent }[]
  added: AppointmentHistory[]
  clients?: Client[]
  waitlist?: WaitlistEntry[]
}): Promise<{ events: number; appointments: number }> {
  return store.transaction(async (trx) => {
    const catalog = await readCatalog(trx)
    if (catalog === undefined) throw new DeskError('not_found', { message: 'append to an empty book', userMessage: 'The book is empty: load a salon first.' })
    const events = await addOutcomes({ trx, catalog, outcomes })
    const saved = await saveRows({ trx, store, catalog, book: { clients, appointments: added, waitlist } })
    await trx.updateTable('book_business').set({ current_at: now }).execute()
    return { events, appointments: saved.appointments.added }
  })
}

async function addOutcomes({ trx, catalog, outcomes }: { trx: Trx; catalog: BookCatalog; outcomes: { appointmentId: string; event: AppointmentEvent }[] }): Promise<number> {
  const byAppointment = Map.groupBy(outcomes, ({ appointmentId }) => appointmentId)
  const ids = [...byAppointment.keys()]
  const rows = await trx.selectFrom('book_appointments').selectAll().where('id', '=', sql<string>`any(${ids})`).orderBy('id').forUpdate().execute()
  const known = groupEvents(await trx.selectFrom('book_events').selectAll().where('appointment_id', '=', sql<string>`any(${ids})`).orderBy('known_at').orderBy('at').orderBy('id').execute())
  const fresh: Record<string, unknown>[] = []
  for (const row of rows) {
    const before = known.get(row.id) ?? []
    const isNew = ({ kind, at }: AppointmentEvent) => !before.some((event) => event.kind === kind && event.at === at)
    const events = (byAppointment.get(row.id) ?? []).map(({ event }) => event).filter(isNew)
    if (events.length === 0 || !liveStatuses.includes(row.status)) continue
    fresh.push(...events.map(({ kind, at, knownAt, by = null, from = null, to = null, amount = null }) => ({ appointment_id: row.id, kind, at, known_at: knownAt, by, from_at: from, to_at: to, amount })))
    await addToRow({ trx, catalog, row, before, events })
  }
  await bulkInsert({ trx, table: 'book_events', rows: fresh })
  return fresh.length
}

async function addToRow({ trx, catalog, row, before, events }: { trx: Trx; catalog: BookCatalog; row: AppointmentRow; before: AppointmentEvent[]; events: AppointmentEvent[] }): Promise<void> {
  const move = events.findLast((event) => event.kind === 'moved' && event.to !== undefined)
  const segments = move?.to === undefined ? row.segments : shiftSegments({ segments: row.segments, from: row.starts_at, to: move.to })
  const status = events.some(({ kind }) => kind !== 'moved' && kind !== 'paid' && kind !== 'note') ? foldStatus([...before, ...events]) : row.status
  const cancel = events.findLast((event) => event.kind === 'cancelled')
  if (move !== undefined || status === 'cancelled') await releaseTime({ trx, catalog, appointmentId: row.id, segments: row.segments })
  if (move !== undefined && status !== 'cancelled') await claimTime({ trx, catalog, appointmentId: row.id, segments, now: move.knownAt })
  await trx.updateTable('book_appointments').set((where) => ({
    segments: JSON.stringify(segments), starts_at: startOf(segments), ends_at: endOf(segments), status, version: where('version', '+', 1),
    cancelled_by: status === 'cancelled' ? cancel?.by ?? 'unknown' : null,
    known_through: [...before, ...events].map((event) => event.knownAt).sort().at(-1) ?? null,
  })).where('id', '=', row.id).execute()
}
