import type { Appointment } from '../../salon/salon.ts'
import { failed, type Outcome } from '../booking-platform.ts'
import { insertEvent } from '../embedded/book-appointment.ts'
import { readAppointment } from '../embedded/read-appointments.ts'
import { recordChange } from '../embedded/write.ts'
import type { SettableStatus } from '../platform-adapter.ts'
import type { MirrorRoom } from './mirror-room.ts'

/**
 * A step that the platform has no word for, kept by the desk: a client's yes where there is no "confirmed", a no-show where it
 * cannot be set from outside. It lasts until the platform says something else of the visit, or moves it (`applyVisits`).
 */
export async function keepStatus({ store, clock }: MirrorRoom, { id, version, to, key, by }: { id: string; version: string; to: SettableStatus; key: string; by: string | undefined }): Promise<Outcome<Appointment>> {
  const now = clock.now()
  const kept = await store.transaction(async (trx) => {
    const row = await trx.updateTable('book_appointments').set((where) => ({ status: to, cancelled_by: null, version: where('version', '+', 1), known_through: now }))
      .where('id', '=', id).where('version', '=', Number(version)).returning('id').executeTakeFirst()
    if (row === undefined) return false
    await insertEvent({ trx, now }, { appointmentId: id, kind: to })
    await recordChange({ trx, now, key, by }, { kind: to === 'no_show' ? 'no_show' : 'updated', id })
    return true
  })
  return kept ? readAppointment({ db: store.db, id, now }) : failed('conflict_version', 'changed meanwhile')
}
