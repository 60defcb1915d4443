import { z } from 'zod'
import type { Action } from '../approvals/action.ts'
import { ok } from '../platforms/booking-platform.ts'
import { clientName } from '../salon/salon.ts'
import { sayWhen } from '../salon/time.ts'
import { agedNotices, basisOf, type BookingRoom, mustBeAhead, mustBeUntouched, readBooking, sayPrice, sayServices, sayStaff, shortNotice, statusWords } from './read-booking.ts'
import { tellClient } from './tell-client.ts'

const Args = z.object({ appointmentId: z.string().min(1), cancelledBy: z.enum(['client', 'salon']), reason: z.string().max(200).optional() })
type Args = z.infer<typeof Args>

/** Cancels a whole appointment. */
export function cancelAction(room: BookingRoom): Action<Args> {
  const { platform, clock } = room
  return {
    kind: 'cancel',
    verb: 'Cancel it',
    schema: Args,
    role: 'front_desk',
    ttlMinutes: 240,
    async facts({ appointmentId, cancelledBy, reason }) {
      const booking = await readBooking(room, appointmentId)
      const { appointment, client, catalog, location } = booking
      mustBeAhead(booking, clock.now())
      const late = shortNotice(booking, clock.now())
      return {
        title: `Cancel ${clientName(client)}`,
        locationId: location.id,
        target: `appointment:${appointment.id}`,
        changes: [{ label: 'When', before: sayWhen(appointment.start, location.zone, clock.now()), after: null }],
        context: [
          { label: 'Service', value: sayServices(catalog, appointment.segments) },
          { label: 'Staff', value: sayStaff(catalog, appointment.segments) },
          { label: 'Price', value: sayPrice(appointment.segments, location) },
          { label: 'Location', value: location.name },
          { label: 'Status', value: statusWords[appointment.status] },
          { label: 'Cancelled by', value: cancelledBy === 'client' ? 'the client' : 'the salon' },
          ...(reason === undefined ? [] : [{ label: 'Reason', value: reason }]),
        ],
        notices: [...(await agedNotices(room, booking)), ...(late === undefined ? [] : [late])],
        policies: await room.cite(late === undefined ? 'Can a client cancel an appointment in good time?' : 'What happens when a client cancels late, within 24 hours?'),
        basis: basisOf(booking),
        notAfter: appointment.start,
        ...(await tellClient(room, { template: 'cancelled', client, catalog, location, segments: appointment.segments, start: appointment.start, timeKnown: appointment.timeKnown, appointmentId: appointment.id })),
      }
    },
    async run({ appointmentId, cancelledBy, reason }, { key, by, facts }) {
      const outcome = await platform.cancel({ key, by, id: appointmentId, expectedVersion: String(facts.basis['version']), cancelledBy, ...(reason === undefined ? {} : { reason }) })
      return outcome.ok ? ok({ said: '', data: {} }, outcome.observedAt) : outcome
    },
    async look({ appointmentId }) {
      const read = await platform.appointment({ id: appointmentId })
      if (!read.ok) return read
      if (read.value.status !== 'cancelled') return ok(undefined, read.observedAt)
      const { client, location, appointment } = await readBooking(room, appointmentId)
      return ok({ said: `${clientName(client)}'s appointment on ${sayWhen(appointment.start, location.zone, clock.now())} is cancelled.`, data: { appointmentId, version: appointment.version } }, read.observedAt)
    },
    async undo({ appointmentId }, { result, facts }) {
      mustBeUntouched((await readBooking(room, appointmentId)).appointment, result)
      const { status } = facts.basis
      return { kind: 'set_status', args: { appointmentId, to: status === 'confirmed' || status === 'arrived' ? status : 'booked' } }
    },
  }
}
