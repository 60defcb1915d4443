import type { Appointment, Client } from '../../salon/salon.ts'
import { addMinutes, type Instant } from '../../salon/time.ts'
import { failed, ok, type Outcome } from '../booking-platform.ts'
import { readAppointment } from '../embedded/read-appointments.ts'
import { readCatalog } from '../embedded/read-catalog.ts'
import type { SeenVisit } from '../platform-adapter.ts'
import { applyClients } from './apply-clients.ts'
import { applyVisits, type OwnChange } from './apply-visits.ts'
import type { MirrorRoom } from './mirror-room.ts'
import { tellOverbooked } from './overbooked.ts'
import { ownChangeFor } from './own-change.ts'
import { sourceIdOf, toOwnIds } from './source-ids.ts'

/** Reads a visit as it is there now, puts it into the copy, and answers with both; `not_found` when it is gone (the copy then has it as cancelled). */
export async function refreshVisit(room: MirrorRoom, id: string): Promise<Outcome<{ seen: SeenVisit; visit: Appointment }>> {
  const { store, clock, adapter } = room
  const asked = clock.now()
  const read = await adapter.visit({ id: await sourceIdOf(store.db, id) })
  if (!read.ok && read.error.kind === 'not_found') await markGone(room, { id, asked })
  if (!read.ok) return read
  // Rebooked under another id there: that one is the visit now.
  if (read.value.movedTo !== undefined) {
    const next = await adapter.visit({ id: read.value.movedTo })
    return next.ok ? applySeen(room, next.value) : next
  }
  return applySeen(room, read.value)
}

/** Puts one visit into the copy, with its client fetched where the copy has none, and answers with both. */
export async function applySeen(room: MirrorRoom, seen: SeenVisit, own?: OwnChange): Promise<Outcome<{ seen: SeenVisit; visit: Appointment }>> {
  const { store, clock } = room
  await fetchClients(room, [seen])
  const { id, applied } = await store.transaction(async (trx) => {
    const [mine = seen] = await toOwnIds(trx, [seen])
    const applied = await applyVisits({ trx, store, seen: [mine], now: clock.now(), own: own ?? await ownChangeFor(trx, mine), hasDirectory: room.adapter.client !== undefined })
    return { id: mine.visit.id, applied }
  })
  tellOverbooked(room, applied)
  const copy = await readAppointment({ db: store.db, id, now: clock.now() })
  if (!copy.ok) return failed('not_found', 'the visit is at a place that the catalogue does not have')
  return ok({ seen, visit: copy.value }, seen.visit.fetchedAt)
}

/** When who was asked for in vain: somebody who was deleted there is not asked for at every polling. */
const askedFor = new WeakMap<MirrorRoom, Map<string, Instant>>()

/** Clients whom visits name and the copy does not know, where the platform has a directory: read one by one, before their visits. */
export async function fetchClients(room: MirrorRoom, seen: SeenVisit[]): Promise<void> {
  const { store, clock, adapter } = room
  if (adapter.client === undefined) return
  const ids = [...new Set(seen.filter(({ client, visit }) => client === undefined && visit.clientId !== '').map(({ visit }) => visit.clientId))]
  if (ids.length === 0) return
  const here = new Set((await store.db.selectFrom('book_clients').select('id').where('id', 'in', ids).where('source_hash', 'is not', null).execute()).map(({ id }) => id))
  const found: Client[] = []
  const asked = askedFor.get(room) ?? new Map<string, Instant>()
  askedFor.set(room, asked)
  for (const id of ids.filter((one) => !here.has(one) && (asked.get(one) ?? '') < addMinutes(clock.now(), -60))) {
    const read = await adapter.client({ id })
    if (read.ok) found.push(read.value)
    else if (read.error.kind === 'not_found') asked.set(id, clock.now())
    // Away or at its limit: the others would wait in vain too, and are asked for the next time their visits are seen.
    else break
  }
  if (found.length === 0) return
  await store.transaction(async (trx) => {
    const catalog = await readCatalog(trx)
    if (catalog !== undefined) await applyClients({ trx, store, catalog, clients: found, now: clock.now(), quiet: true })
  })
}

/** What is not there any more was deleted there: the copy has it as cancelled. */
async function markGone(room: MirrorRoom, { id, asked }: { id: string; asked: string }): Promise<void> {
  const { store, clock } = room
  const copy = await readAppointment({ db: store.db, id, now: clock.now() })
  if (!copy.ok || copy.value.status === 'cancelled') return
  const row = await store.db.selectFrom('book_appointments').select('source_version').where('id', '=', id).executeTakeFirst()
  const seen: SeenVisit = { visit: { ...copy.value, status: 'cancelled', cancelledBy: 'unknown', version: row?.source_version ?? '', fetchedAt: asked } }
  await store.transaction(async (trx) => applyVisits({ trx, store, seen: [seen], now: clock.now(), own: await ownChangeFor(trx, seen) }))
}
