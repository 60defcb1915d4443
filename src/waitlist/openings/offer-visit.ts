import type { Person } from '../../approvals/roles.ts'
import { DeskError } from '../../salon/errors.ts'
import { liveStatuses } from '../../salon/salon.ts'
import type { OpeningRow } from '../cascade/keep-cascade.ts'
import { readVisit, stretchesOf } from '../telling/preview.ts'
import type { WaitlistRoom } from '../waitlist-room.ts'
import { readWaitlistSettings } from '../waitlist-settings.ts'
import { type Freed, openChair } from './open-chair.ts'

/**
 * Has the chair offered that a visit has left, without waiting for the time that staff have it to themselves. Answers the
 * openings' ids. Throws `DeskError`: `conflict` while the visit stands, `stale` when it leaves nothing or its chair is filled.
 */
export async function offerVisit(room: WaitlistRoom, { appointmentId, by }: { appointmentId: string; by: Person }): Promise<string[]> {
  const { store } = room
  const visit = await readVisit(room, appointmentId)
  if (liveStatuses.includes(visit.status)) throw new DeskError('conflict', { message: 'the visit still stands', userMessage: 'That visit still stands. Cancel or move it first; "desk waitlist preview" shows who would be asked.' })
  const settings = await readWaitlistSettings(store.db, { locationId: visit.locationId })
  const ids: string[] = []
  for (const freed of stretchesOf(room, visit)) {
    const before = await openingsOf(room, freed)
    if (before.some(({ state }) => state === 'filled' || state === 'booking')) throw new DeskError('stale', { message: 'filled already', userMessage: 'That chair is filled already: look at the booking.' })
    const running = before.find(({ state }) => state === 'offering')
    // What was given up is another opening when people want it offered again; what is open is only hurried.
    const cause = before.length > 0 && !before.some(({ state }) => state === 'open') ? 'staff' : (before.find(({ state }) => state === 'open')?.cause ?? freed.cause)
    ids.push(running?.id ?? (await openChair({ store, settings, freed: { ...freed, cause }, by: by.id, atOnce: true })).id)
  }
  return ids
}

function openingsOf({ store: { db } }: WaitlistRoom, { appointmentId, staffId }: Freed): Promise<Pick<OpeningRow, 'id' | 'state' | 'cause'>[]> {
  const rows = db.selectFrom('waitlist_openings').select(['id', 'state', 'cause']).where('appointment_id', '=', appointmentId ?? '')
  return (staffId === undefined ? rows : rows.where('staff_id', '=', staffId)).execute()
}
