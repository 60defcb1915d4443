import { sql } from 'kysely'
import type { Selectable } from 'kysely'
import type { Slot } from '../salon/salon.ts'
import { addMinutes, type Instant } from '../salon/time.ts'
import { appendAudit } from '../store/audit.ts'
import type { Db, Store, Trx } from '../store/open-store.ts'
import type { TextsTables } from '../store/tables/texts.ts'

/**
 * A chair offered to a client by text and kept from being offered to others until `until`. The platform knows nothing of it. With
 * `isChosen` the client took it and the move is under way: by hand it may take hours, and then it is kept that long.
 */
export type Hold = { slotId: string; clientId: string; until: Instant; isChosen?: true }

type Holding = {
  clientId: string
  appointmentId: string
  locationId: string
  /** From what is free of other clients' holds, what to offer; asked within the transaction, so that two clients never get one chair. */
  choose: (free: Slot[]) => Slot[]
  slots: Slot[]
  holdMinutes: number
  now: Instant
}

/**
 * Chooses among slots that nobody else is offered and holds them, in one transaction and one location at a time. What this
 * visit had on hold before is let go, unless it is the same again.
 */
export async function holdTimes(store: Store, { clientId, appointmentId, locationId, choose, slots, holdMinutes, now }: Holding): Promise<Slot[]> {
  return store.transaction(async (trx) => {
    await oneAtATime(trx, locationId)
    const live = await liveHolds(trx, { locationId, now })
    const theirs = live.filter((hold) => hold.client_id !== clientId)
    const mine = live.filter((hold) => hold.client_id === clientId && hold.appointment_id === appointmentId)
    const chosen = choose(slots.filter((slot) => !theirs.some((hold) => overlaps(hold, slot))))
    const wanted = new Set(chosen.map(({ id }) => id))
    await release(trx, { rows: mine.filter((hold) => !wanted.has(hold.slot_id)), now })
    const fresh = chosen.filter((slot) => !mine.some((hold) => hold.slot_id === slot.id))
    if (fresh.length === 0) return chosen
    await trx.insertInto('slot_holds').values(fresh.map((slot) => ({
      slot_id: slot.id, location_id: locationId, client_id: clientId, appointment_id: appointmentId, staff_ids: JSON.stringify([...new Set(slot.segments.map(({ staffId }) => staffId))]),
      starts_at: slot.start, ends_at: slot.end, held_at: now, expires_at: earlier(addMinutes(now, holdMinutes), slot.start), released_at: null,
    }))).execute()
    await appendAudit(trx, { at: now, actor: 'desk', action: 'times.held', subject: `appointment:${appointmentId}`, detail: { clientId, times: fresh.map(({ start }) => start) } })
    return chosen
  })
}

/** Lets go of what a visit has on hold, but for `except` (a slot's id), which is then kept until `until`. */
export async function releaseHolds(trx: Trx, { appointmentId, except, until, now }: { appointmentId: string; except?: string; until?: Instant; now: Instant }): Promise<void> {
  const rows = await trx.selectFrom('slot_holds').selectAll().where('appointment_id', '=', appointmentId).where('released_at', 'is', null).where('expires_at', '>', now).execute()
  await release(trx, { rows: rows.filter(({ slot_id: slotId }) => slotId !== except), now })
  if (until !== undefined && except !== undefined) {
    for (const row of rows.filter(({ slot_id: slotId }) => slotId === except)) await trx.updateTable('slot_holds').set({ expires_at: earlier(until, row.starts_at) }).where('id', '=', row.id).execute()
  }
}

/** Whether this visit has the slot on hold at that moment. */
export async function hasHold(db: Db, { appointmentId, slotId, at }: { appointmentId: string; slotId: string; at: Instant }): Promise<boolean> {
  return (await db.selectFrom('slot_holds').select('id').where('appointment_id', '=', appointmentId).where('slot_id', '=', slotId).where('released_at', 'is', null).where('expires_at', '>', at).executeTakeFirst()) !== undefined
}

/** Who else was offered a chair that this slot needs. */
export async function heldByOthers(db: Db | Trx, { slot, clientId, now }: { slot: Pick<Slot, 'locationId' | 'start' | 'end' | 'segments'>; clientId: string; now: Instant }): Promise<Hold[]> {
  const live = await liveHolds(db, { locationId: slot.locationId, now })
  return live.filter((hold) => hold.client_id !== clientId && overlaps(hold, slot)).map(toHold)
}

function toHold({ slot_id: slotId, client_id: clientId, expires_at: until, moving_until: moving }: Live): Hold {
  return moving === null ? { slotId, clientId, until } : { slotId, clientId, until: moving > until ? moving : until, isChosen: true }
}

type Row = Selectable<TextsTables['slot_holds']>

/** Until when an approved move to the held time is still being made; null when there is none. */
type Live = Row & { moving_until: Instant | null }

async function liveHolds(db: Db | Trx, { locationId, now }: { locationId: string; now: Instant }): Promise<Live[]> {
  const moving = sql<Instant | null>`(select max(coalesce(hand_until, slot_holds.starts_at)) from proposals
    where state in ('approved', 'by_hand', 'unknown') and kind = 'reschedule' and args->>'appointmentId' = slot_holds.appointment_id and args->>'slotId' = slot_holds.slot_id)`
  const rows = await db.selectFrom('slot_holds').selectAll().select(moving.as('moving_until')).where('location_id', '=', locationId).where('released_at', 'is', null).where('starts_at', '>', now).execute()
  return rows.filter((row) => row.expires_at > now || row.moving_until !== null)
}

async function release(trx: Trx, { rows, now }: { rows: Row[]; now: Instant }): Promise<void> {
  const [first] = rows
  if (first === undefined) return
  await trx.updateTable('slot_holds').set({ released_at: now }).where('id', 'in', rows.map(({ id }) => id)).execute()
  await appendAudit(trx, { at: now, actor: 'desk', action: 'times.released', subject: `appointment:${first.appointment_id}`, detail: { clientId: first.client_id, times: rows.map(({ starts_at: start }) => start) } })
}

/** The same person at the same time; a gap in which colour develops counts as taken. */
function overlaps(hold: Row, { start, end, segments }: Pick<Slot, 'start' | 'end' | 'segments'>): boolean {
  return hold.starts_at < end && hold.ends_at > start && segments.some(({ staffId }) => hold.staff_ids.includes(staffId))
}

async function oneAtATime(trx: Trx, locationId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`holds ${locationId}`}, 0))`.execute(trx)
}

function earlier(one: Instant, other: Instant): Instant {
  return one < other ? one : other
}
