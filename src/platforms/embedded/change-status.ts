import { failed, type Outcome } from '../booking-platform.ts'
import type { Appointment, AppointmentStatus } from '../../salon/salon.ts'
import type { Instant } from '../../salon/time.ts'
import { insertEvent, reread, saveChange, takeAppointment } from './book-appointment.ts'
import { claimTime, releaseTime } from './occupancy.ts'
import { seconds } from './stretches.ts'
import { recordChange, type Writing } from './write.ts'

type Target = 'booked' | 'confirmed' | 'arrived' | 'completed' | 'no_show'

// From where each status may be reached; the way back is there too, because people tap the wrong button.
const reachableFrom: Record<Target | 'cancelled', readonly AppointmentStatus[]> = {
  booked: ['requested', 'held', 'confirmed', 'arrived', 'cancelled', 'no_show'],
  confirmed: ['requested', 'held', 'booked', 'arrived'],
  arrived: ['booked', 'confirmed', 'no_show'],
  completed: ['booked', 'confirmed', 'arrived', 'in_service', 'unknown'],
  no_show: ['booked', 'confirmed', 'unknown'],
  cancelled: ['requested', 'held', 'booked', 'confirmed', 'arrived'],
}

// Statuses that gave the chair away: to come back, it must be free.
const withoutChair: ReadonlySet<AppointmentStatus> = new Set(['cancelled', 'no_show'])

/** Why a visit cannot go that way now; undefined when it can. */
export function whyNotStep({ visit: { status, start, end }, to, now }: { visit: Pick<Appointment, 'status' | 'start' | 'end'>; to: Target | 'cancelled'; now: Instant }): string | undefined {
  if (!reachableFrom[to].includes(status)) return to === 'cancelled' ? `a visit that is ${status} cannot be cancelled` : `a visit that is ${status} cannot become ${to}`
  if ((to === 'no_show' || to === 'completed') && start > now) return `a visit cannot be ${to} before it starts`
  if (to !== 'cancelled' && status === 'cancelled' && end <= now) return 'a cancelled visit cannot be brought back after its time'
  return undefined
}

/** Cancels a visit and frees its time. */
export async function cancelAppointment(writing: Writing, { id, expectedVersion, cancelledBy }: { id: string; expectedVersion: string; cancelledBy: 'client' | 'salon' }): Promise<Outcome<Appointment>> {
  const { trx, catalog } = writing
  const found = await takeAppointment(writing, { id, expectedVersion })
  if (!found.ok) return found
  const { segments } = found.value
  const senseless = whyNotStep({ visit: found.value, to: 'cancelled', now: writing.now })
  if (senseless !== undefined) return failed('policy_blocked', senseless)
  await releaseTime({ trx, catalog, appointmentId: id, segments })
  await saveChange(writing, { id, set: { ...kept(found.value), status: 'cancelled', cancelled_by: cancelledBy, overbooked: false } })
  await insertEvent(writing, { appointmentId: id, kind: 'cancelled', by: cancelledBy })
  await recordChange(writing, { kind: 'cancelled', id })
  return reread(writing, id)
}

/** Moves a visit along its life, or back after a wrong tap. What it is already changes nothing. */
export async function changeStatus(writing: Writing, { id, expectedVersion, to }: { id: string; expectedVersion: string; to: Target }): Promise<Outcome<Appointment>> {
  const { trx, catalog, now } = writing
  const found = await takeAppointment(writing, { id, expectedVersion })
  if (!found.ok) return found
  const { status, segments } = found.value
  if (status === to) return found
  const senseless = whyNotStep({ visit: found.value, to, now })
  if (senseless !== undefined) return failed('policy_blocked', senseless)
  if (withoutChair.has(status)) {
    // What is left of its own time (before a no-show was noticed) is in the way of the whole.
    await trx.deleteFrom('book_occupied').where('appointment_id', '=', id).execute()
    await claimTime({ trx, catalog, appointmentId: id, segments, now })
  }
  // A chair that stays empty may be used from now on.
  if (to === 'no_show') await releaseTime({ trx, catalog, appointmentId: id, segments, from: seconds(now) })
  await saveChange(writing, { id, set: { ...kept(found.value), status: to } })
  await insertEvent(writing, { appointmentId: id, kind: to })
  await recordChange(writing, { kind: to === 'no_show' ? 'no_show' : 'updated', id })
  return reread(writing, id)
}

/** The visit's time as it is known now: a move that the book learned of for later is dropped with the rest. */
function kept({ segments, start, end }: Appointment): Record<string, unknown> {
  return { segments: JSON.stringify(segments), starts_at: start, ends_at: end }
}
