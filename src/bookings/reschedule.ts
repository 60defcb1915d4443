import { z } from 'zod'
import type { Action } from '../approvals/action.ts'
import { unwrap } from '../platforms/unwrap.ts'
import { ok } from '../platforms/booking-platform.ts'
import { DeskError } from '../salon/errors.ts'
import { clientName, endedStatuses, type Slot } from '../salon/salon.ts'
import { addMinutes, sayWhen } from '../salon/time.ts'
import { agedNotices, basisOf, type Booking, type BookingRoom, freeSlot, isAsPlanned, isSameWork, mustBeAhead, mustBeUntouched, overlaps, readBooking, sayDuration, sayPrice, sayServices, sayStaff, shortNotice, statusWords, timesNear } from './read-booking.ts'
import { moveFields, moveTo } from './edit-time.ts'
import { tellClient } from './tell-client.ts'

const Args = z.object({ appointmentId: z.string().min(1), slotId: z.string().min(1) })
type Args = z.infer<typeof Args>

const Basis = z.object({ start: z.string(), segments: z.array(z.object({ serviceId: z.string(), staffId: z.string() })) })

/** Moves an appointment to another slot, keeping its services. */
export function rescheduleAction(room: BookingRoom): Action<Args> {
  const { platform, clock } = room
  return {
    kind: 'reschedule',
    verb: 'Move',
    schema: Args,
    role: 'front_desk',
    ttlMinutes: 30,
    async facts({ appointmentId, slotId }) {
      const booking = await readBooking(room, appointmentId)
      const { appointment, client, catalog, location } = booking
      const now = clock.now()
      mustBeAhead(booking, now)
      const slot = await freeSlot(room, { id: slotId, rescheduling: appointmentId })
      mustBeSameServices(booking, slot)
      if (slot.start === appointment.start && isSameWork(slot.segments, appointment.segments)) throw new DeskError('invalid_input', { message: 'slot is the present time', userMessage: `${clientName(client)} is already booked on ${sayWhen(slot.start, location.zone, now)}.` })
      const late = shortNotice(booking, now)
      return {
        title: `Move ${clientName(client)}`,
        locationId: location.id,
        target: `appointment:${appointment.id}`,
        changes: [
          { label: 'When', before: sayWhen(appointment.start, location.zone, now), after: sayWhen(slot.start, location.zone, now) },
          ...changed('Staff', sayStaff(catalog, appointment.segments), sayStaff(catalog, slot.segments)),
          ...changed('Price', sayPrice(appointment.segments, location), sayPrice(slot.segments, location)),
          ...changed('Length', sayDuration(appointment.start, appointment.end), sayDuration(slot.start, slot.end)),
        ],
        context: [
          { label: 'Service', value: sayServices(catalog, appointment.segments) },
          { label: 'Staff', value: sayStaff(catalog, slot.segments) },
          { label: 'Price', value: sayPrice(slot.segments, location) },
          { label: 'Status', value: statusWords[appointment.status] },
          { label: 'Location', value: location.name },
        ],
        notices: [
          ...(await agedNotices(room, booking)),
          ...(late === undefined ? [] : [late]),
          ...requestedStaffNotice(booking, slot),
          ...(await overlaps(room, { client, start: slot.start, end: slot.end, except: appointment.id, catalog })),
          ...((await room.heldFor?.(slot, client.id)) ?? []),
        ],
        policies: await room.cite(late === undefined ? 'May a client move an appointment to another time?' : 'Moving an appointment late, less than 24 hours before the start: is there a fee?'),
        basis: { ...basisOf(booking), slot: { start: slot.start, end: slot.end, segments: slot.segments } },
        notAfter: appointment.start < slot.start ? appointment.start : slot.start,
        ...(await tellClient(room, { template: 'moved', client, catalog, location, segments: slot.segments, start: slot.start, appointmentId: appointment.id })),
      }
    },
    async run({ appointmentId, slotId }, { key, by, facts }) {
      const outcome = await platform.reschedule({ key, by, id: appointmentId, slotId, expectedVersion: String(facts.basis['version']) })
      return outcome.ok ? ok({ said: '', data: {} }, outcome.observedAt) : outcome
    },
    async look({ appointmentId }, approved) {
      const read = await platform.appointment({ id: appointmentId })
      if (!read.ok) return read
      if (!isAsPlanned(read.value, approved) || endedStatuses.includes(read.value.status)) return ok(undefined, read.observedAt)
      const { client, catalog, location, appointment } = await readBooking(room, appointmentId)
      return ok({
        said: `${clientName(client)} is now booked on ${sayWhen(appointment.start, location.zone, clock.now())} for ${sayServices(catalog, appointment.segments)} with ${sayStaff(catalog, appointment.segments)}.`,
        data: { appointmentId, version: appointment.version },
      }, read.observedAt)
    },
    async undo({ appointmentId }, { result, facts }) {
      const { appointment, location } = await readBooking(room, appointmentId)
      mustBeUntouched(appointment, result)
      const old = Basis.parse(facts.basis)
      const [slot] = unwrap(await platform.searchSlots({
        locationId: location.id, wants: old.segments, from: old.start, to: addMinutes(old.start, 1), rescheduling: appointmentId, limit: 1,
      }))
      if (slot === undefined) throw new DeskError('conflict', { message: 'the old time is taken', userMessage: `The old time, ${sayWhen(old.start, location.zone, clock.now())}, is no longer free.` })
      return { kind: 'reschedule', args: { appointmentId, slotId: slot.id } }
    },
    edit: {
      fields: ({ appointmentId, slotId }) => moveFields(room, { slotId, rescheduling: appointmentId }),
      apply: async ({ appointmentId, slotId }, values) => ({ appointmentId, slotId: await moveTo(room, { slotId, rescheduling: appointmentId, values }) }),
    },
    async alternatives({ appointmentId, slotId }) {
      const [{ appointment }, { slot }] = await Promise.all([readBooking(room, appointmentId), platform.slot({ id: slotId, rescheduling: appointmentId }).then(unwrap)])
      return timesNear(room, { wanted: slot, rescheduling: appointmentId, except: appointment.start })
    },
  }
}

function changed(label: string, before: string, after: string): { label: string; before: string; after: string }[] {
  return before === after ? [] : [{ label, before, after }]
}

function mustBeSameServices({ appointment }: Booking, slot: Slot): void {
  const services = (segments: { serviceId: string }[]) => segments.map(({ serviceId }) => serviceId).join()
  if (services(slot.segments) !== services(appointment.segments)) throw new DeskError('invalid_input', { message: 'slot is for other services', userMessage: 'That free time is for another service. Look for times for this appointment first.' })
}

function requestedStaffNotice({ appointment, catalog }: Booking, slot: Slot): string[] {
  return appointment.segments.flatMap((segment, index) =>
    segment.staffPreference === 'requested' && slot.segments[index]?.staffId !== segment.staffId
      ? [`The client asked for ${catalog.staff.find(({ id }) => id === segment.staffId)?.name ?? 'somebody else'}.`]
      : [])
}
