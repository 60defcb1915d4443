import { z } from 'zod'
import { unwrap } from '../../platforms/unwrap.ts'
import { type Appointment, liveStatuses } from '../../salon/salon.ts'
import { addMinutes, type Instant, minutesBetween } from '../../salon/time.ts'
import type { Db } from '../../store/open-store.ts'
import { ended } from '../cascade/cascade.ts'
import type { WaitlistRoom } from '../waitlist-room.ts'
import { readWaitlistSettings } from '../waitlist-settings.ts'
import { type Freed, openChair } from './open-chair.ts'

const cursorName = 'waitlist:changes'
/** A stretch shorter than this is nobody's visit. */
const leastMin = 20
/** Minutes before the last look from which a move is still news. */
const lookBackMin = 10
/** Changes read in one look; a book that was just imported takes a few. */
const atOnce = 1_000

/** What the book told: chairs that came free, and openings whose chair somebody may have taken. */
export type Followed = {
  opened: string[]
  touched: string[]
  /** To be called when what was touched has been looked at: until then the next look reads the same again. */
  done(): Promise<void>
}

/**
 * Reads what changed in the book since the last look and opens the chairs that came free: cancelled, missed, moved away.
 * Changes are hints: each visit is read again. On any number of instances; what two of them read opens one chair.
 * The first look of all begins now. Throws `DeskError` while the platform is away; then the next look begins where this one did.
 */
export async function followBook(room: WaitlistRoom): Promise<Followed> {
  const { store: { db }, platform, clock } = room
  const known = await db.selectFrom('cursors').select(['value', 'at']).where('name', '=', cursorName).executeTakeFirst()
  const { changes, cursor } = unwrap(await platform.changes(known === undefined ? {} : { cursor: known.value, limit: atOnce }))
  const followed: Omit<Followed, 'done'> = { opened: [], touched: [] }
  // A new visit frees nothing: it only matters where a chair is on offer.
  const offering = await db.selectFrom('waitlist_openings').select('id').where('state', 'not in', [...ended]).limit(1).executeTakeFirst()
  const ids = [...new Set(changes.filter(({ kind }) => kind === 'cancelled' || kind === 'no_show' || kind === 'updated' || (kind === 'created' && offering !== undefined)).map(({ id }) => id))]
  for (const id of ids) {
    const read = await platform.appointment({ id })
    if (!read.ok && read.error.kind === 'not_found') continue
    const visit = unwrap(read)
    for (const freed of await freedBy(room, visit, addMinutes(known?.at ?? clock.now(), -lookBackMin))) followed.opened.push(...(await openIfWanted(room, { freed, visit })))
    followed.touched.push(...(await openingsBeneath(room, visit)))
  }
  return {
    ...followed,
    async done() {
      if (known?.value !== cursor) await db.insertInto('cursors').values({ name: cursorName, value: cursor, at: clock.now() }).onConflict((conflict) => conflict.column('name').doUpdateSet({ value: cursor, at: clock.now() })).execute()
    },
  }
}

/** The stretches that a visit leaves free, as it is now and as it was before it moved (since then); each person's for itself. */
async function freedBy({ store, platform, clock }: WaitlistRoom, visit: Appointment, since: Instant): Promise<Freed[]> {
  const now = clock.now()
  if (!visit.timeKnown) return []
  if (visit.status === 'cancelled' || visit.status === 'no_show') return stretches(visit, { cause: visit.status, shiftMin: 0, now })
  if (!liveStatuses.includes(visit.status)) return []
  const history = await platform.history({ clientIds: [visit.clientId] })
  const moves = history.ok ? history.value.find(({ appointment }) => appointment.id === visit.id)?.events.filter(({ kind, knownAt }) => kind === 'moved' && knownAt >= since) ?? [] : []
  const from = moves.at(-1)?.from
  if (from === undefined || from === visit.start) return []
  const staffId = await staffBefore(store.db, { visitId: visit.id, from })
  // Whose chair it was is not in the book any more: what our own card said, else anybody's who is free then.
  const [first] = visit.segments
  const left = staffId === undefined || first === undefined ? { ...visit, segments: [] } : { ...visit, segments: visit.segments.map((segment) => ({ ...segment, staffId })) }
  const known = stretches(left, { cause: 'moved', shiftMin: minutesBetween(visit.start, from), now })
  const length = minutesBetween(visit.start, visit.end)
  if (known.length > 0 || addMinutes(from, length) <= now) return known
  return [{ locationId: visit.locationId, start: from, end: addMinutes(from, length), cause: 'moved', appointmentId: visit.id, ...(visit.segments.length === 1 && first !== undefined ? { serviceId: first.serviceId } : {}) }]
}

const Basis = z.looseObject({ segments: z.array(z.looseObject({ staffId: z.string(), begins: z.string() })) })

/** Who had the visit before it moved from there: by the offer or the card that moved it. */
async function staffBefore(db: Db, { visitId, from }: { visitId: string; from: Instant }): Promise<string | undefined> {
  const offer = await db.selectFrom('waitlist_offers').select('gives_up').where('instead_of', '=', visitId).where('state', 'in', ['accepted', 'booking', 'booked']).orderBy('at', 'desc').executeTakeFirst()
  const given = z.looseObject({ staffId: z.string(), start: z.string() }).safeParse(offer?.gives_up)
  if (given.success && given.data.start === from) return given.data.staffId
  const card = await db.selectFrom('proposals').select('facts').where('kind', '=', 'reschedule').where('target', '=', `appointment:${visitId}`).where('state', '=', 'done').orderBy('created_at', 'desc').executeTakeFirst()
  const basis = Basis.safeParse((card?.facts as { basis?: unknown } | undefined)?.basis)
  return basis.success && basis.data.segments[0]?.begins === from ? basis.data.segments[0].staffId : undefined
}

/** The stretches that a visit leaves, or would leave, free where it is booked now; each person's for itself. */
export function freedNow(visit: Appointment, { cause, now }: { cause: Freed['cause']; now: Instant }): Freed[] {
  return visit.timeKnown ? stretches(visit, { cause, shiftMin: 0, now }) : []
}

function stretches({ id, locationId, segments }: Appointment, { cause, shiftMin, now }: { cause: Freed['cause']; shiftMin: number; now: Instant }): Freed[] {
  return Array.from(Map.groupBy(segments, ({ staffId }) => staffId), ([staffId, own]): Freed => {
    const start = own.map((segment) => segment.start).toSorted()[0] as Instant
    const end = own.map((segment) => addMinutes(segment.start, segment.durationMin)).toSorted().at(-1) as Instant
    const [only, ...more] = own
    return { locationId, staffId, ...(more.length > 0 || only === undefined ? {} : { serviceId: only.serviceId }), start: addMinutes(start, shiftMin), end: addMinutes(end, shiftMin), cause, appointmentId: id }
  }).filter(({ end }) => end > now)
}

async function openIfWanted(room: WaitlistRoom, { freed, visit }: { freed: Freed; visit: Appointment }): Promise<string[]> {
  const { store, clock } = room
  const settings = await readWaitlistSettings(store.db, { locationId: freed.locationId })
  const now = clock.now()
  // What has begun is free from when somebody can be here, on the quarter of an hour.
  const soonest = addMinutes(now, settings.noticeMin + 15)
  const start = freed.start >= soonest ? freed.start : onTheQuarter(soonest)
  if (!settings.on || minutesBetween(start, freed.end) < leastMin) return []
  if (freed.start < soonest && (await isOpenAlready(room, freed))) return []
  const parent = freed.cause === 'moved' ? await chainParent(room, visit.id) : undefined
  if (parent !== undefined && parent.depth + 1 > settings.chainDepth) return []
  const { id, isNew } = await openChair({ store, settings, by: 'desk', freed: { ...freed, start, ...(parent === undefined ? {} : { parent, cause: 'chain' }) } })
  return isNew ? [id] : []
}

/** A visit that has begun frees less with every minute: what was opened of it once is not opened again. */
async function isOpenAlready({ store: { db } }: WaitlistRoom, { appointmentId = '', staffId = '', cause }: Freed): Promise<boolean> {
  return (await db.selectFrom('waitlist_openings').select('id').where('appointment_id', '=', appointmentId).where('staff_id', '=', staffId).where('cause', '=', cause).executeTakeFirst()) !== undefined
}

/** The opening that moved this visit to itself, so that what it leaves is the next link of a chain (W4). */
async function chainParent({ store: { db } }: WaitlistRoom, visitId: string): Promise<Freed['parent']> {
  const row = await db.selectFrom('waitlist_offers as offer').innerJoin('waitlist_openings as opening', 'opening.id', 'offer.opening_id').select(['opening.id', 'opening.root_id', 'opening.depth'])
    .where('offer.instead_of', '=', visitId).where('offer.state', 'in', ['accepted', 'booking', 'booked']).orderBy('offer.at', 'desc').executeTakeFirst()
  return row === undefined ? undefined : { id: row.id, rootId: row.root_id, depth: row.depth }
}

/** Openings that lie where a live visit is now: their chair may be gone (F47), which a look at the platform decides. */
async function openingsBeneath({ store: { db } }: WaitlistRoom, visit: Appointment): Promise<string[]> {
  if (!liveStatuses.includes(visit.status)) return []
  const rows = await db.selectFrom('waitlist_openings').select(['id', 'staff_id']).where('location_id', '=', visit.locationId).where('state', 'not in', [...ended]).where('starts_at', '<', visit.end).where('ends_at', '>', visit.start).execute()
  return rows.filter(({ staff_id: staffId }) => staffId === null || visit.segments.some((segment) => segment.staffId === staffId)).map(({ id }) => id)
}

function onTheQuarter(instant: Instant): Instant {
  const quarter = 15 * 60_000
  return new Date(Math.ceil(Date.parse(instant) / quarter) * quarter).toISOString()
}

