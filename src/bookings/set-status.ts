import { z } from 'zod'
import type { Action } from '../approvals/action.ts'
import { failed, ok } from '../platforms/booking-platform.ts'
import { DeskError } from '../salon/errors.ts'
import { clientName } from '../salon/salon.ts'
import { sayWhen } from '../salon/time.ts'
import { agedNotices, basisOf, type BookingRoom, mustBeUntouched, readBooking, sayServices, sayStaff, statusWords } from './read-booking.ts'
import { tellClient } from './tell-client.ts'

const Args = z.object({ appointmentId: z.string().min(1), to: z.enum(['booked', 'confirmed', 'arrived', 'no_show']) })
type Args = z.infer<typeof Args>

const titles: Record<Args['to'], string> = { booked: 'Put back', confirmed: 'Mark as confirmed', arrived: 'Check in', no_show: 'Mark as a no-show' }

// Statuses that gave the chair away. Platforms bring such an appointment back as booked; what it was before is a second step.
const away = (status: unknown): boolean => status === 'cancelled' || status === 'no_show'

/** Confirms, checks in, marks a no-show, or brings a cancelled appointment or a no-show back. */
export function setStatusAction(room: BookingRoom): Action<Args> {
  const { platform, clock } = room
  return {
    kind: 'set_status',
    verb: 'Save',
    schema: Args,
    role: 'front_desk',
    ttlMinutes: 240,
    async facts({ appointmentId, to }) {
      const booking = await readBooking(room, appointmentId)
      const { appointment, client, catalog, location } = booking
      const now = clock.now()
      const when = sayWhen(appointment.start, location.zone, now)
      if (appointment.status === to) throw new DeskError('invalid_input', { message: `already ${to}`, userMessage: `${clientName(client)}'s appointment on ${when} is already ${statusWords[to]}.` })
      if (to === 'no_show' && appointment.start > now) throw new DeskError('invalid_input', { message: 'no-show before the start', userMessage: `${clientName(client)}'s appointment is on ${when}: it cannot be a no-show before it starts.` })
      return {
        title: `${away(appointment.status) ? titles.booked : titles[to]}: ${clientName(client)}`,
        locationId: location.id,
        target: `appointment:${appointment.id}`,
        changes: [{ label: 'Status', before: statusWords[appointment.status], after: statusWords[to] }],
        context: [
          { label: 'When', value: when },
          { label: 'Service', value: sayServices(catalog, appointment.segments) },
          { label: 'Staff', value: sayStaff(catalog, appointment.segments) },
          { label: 'Location', value: location.name },
        ],
        notices: [...(await agedNotices(room, booking)), ...(to === 'no_show' ? ['A no-show stays in the client\'s history.'] : [])],
        policies: to === 'no_show' ? await room.cite('What happens when a client does not show up?') : [],
        basis: basisOf(booking),
        ...(to === 'confirmed' && appointment.start > now ? { notAfter: appointment.start } : {}),
        // Other changes of status are the salon's own business; who was told that a visit is off must hear that it is on again.
        ...(appointment.status === 'cancelled' ? await tellClient(room, { template: 'restored', client, catalog, location, segments: appointment.segments, start: appointment.start, timeKnown: appointment.timeKnown, appointmentId: appointment.id }) : {}),
      }
    },
    async run({ appointmentId, to }, { key, by, facts }) {
      const command = { by, id: appointmentId, expectedVersion: String(facts.basis['version']) }
      if (!away(facts.basis['status']) || to === 'booked') {
        const outcome = await platform.setStatus({ ...command, key, to })
        return outcome.ok ? ok({ said: '', data: {} }, outcome.observedAt) : outcome
      }
      const back = await platform.setStatus({ ...command, key: `${key}:back`, to: 'booked' })
      if (!back.ok && back.error.kind !== 'assisted_required') return back
      // A person may have brought it back by hand, which leaves the second step.
      const there = back.ok ? back : await platform.appointment({ id: appointmentId })
      if (!there.ok) return there
      if (!back.ok && away(there.value.status)) return back
      const outcome = await platform.setStatus({ ...command, key, to, expectedVersion: there.value.version })
      if (!outcome.ok && outcome.error.kind === 'assisted_required') return outcome
      return outcome.ok ? ok({ said: '', data: {} }, outcome.observedAt) : failed('unknown_outcome', `brought back, then ${outcome.error.kind}`)
    },
    async look({ appointmentId, to }, approved) {
      const read = await platform.appointment({ id: appointmentId })
      if (!read.ok) return read
      if (read.value.status === 'booked' && to !== 'booked' && away(approved.basis['status'])) return ok('half_done', read.observedAt)
      if (read.value.status !== to) return ok(undefined, read.observedAt)
      const { client, location, appointment } = await readBooking(room, appointmentId)
      return ok({
        said: `${clientName(client)}'s appointment on ${sayWhen(appointment.start, location.zone, clock.now())} is now ${statusWords[to]}.`,
        data: { appointmentId, version: appointment.version },
      }, read.observedAt)
    },
    async undo({ appointmentId }, { result, facts }) {
      mustBeUntouched((await readBooking(room, appointmentId)).appointment, result)
      const { status, cancelledBy } = facts.basis
      if (status === 'cancelled') return { kind: 'cancel', args: { appointmentId, cancelledBy: cancelledBy === 'client' ? 'client' : 'salon' } }
      const before = Args.shape.to.safeParse(status)
      return before.success ? { kind: 'set_status', args: { appointmentId, to: before.data } } : undefined
    },
  }
}
