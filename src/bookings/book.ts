import { z } from 'zod'
import type { Action, Facts } from '../approvals/action.ts'
import { ok, type Outcome } from '../platforms/booking-platform.ts'
import { unwrap } from '../platforms/unwrap.ts'
import { type Catalog, type Client, clientName, liveStatuses, type Slot } from '../salon/salon.ts'
import { addMinutes, sayWhen } from '../salon/time.ts'
import { type BookingRoom, findLocation, freeSlot, isAsPlanned, mustBeUntouched, overlaps, Planned, readBooking, sayDuration, sayPrice, sayServices, sayStaff, timesNear } from './read-booking.ts'
import { moveFields, moveTo } from './edit-time.ts'
import { missingPatchTest } from './patch-test.ts'
import { tellClient } from './tell-client.ts'

const Args = z.object({ clientId: z.string().min(1), slotId: z.string().min(1), note: z.string().max(500).optional() })
type Args = z.infer<typeof Args>

/** Books a client into a free slot; `template` is the text that tells them. */
export function bookAction(room: BookingRoom, { template = 'booked' }: { template?: 'booked' | 'waitlist-filled' } = {}): Action<Args> {
  const { platform, clock } = room
  return {
    kind: 'book',
    verb: 'Book',
    schema: Args,
    role: 'front_desk',
    ttlMinutes: 30,
    async facts({ clientId, slotId, note }) {
      const [client, slot, catalog] = await Promise.all([platform.client({ id: clientId }).then(unwrap), freeSlot(room, { id: slotId }), platform.catalog().then(unwrap)])
      const location = findLocation(catalog, slot.locationId)
      return {
        title: `Book ${clientName(client)}`,
        locationId: location.id,
        target: `client:${client.id} slot:${slot.id}`,
        changes: [{ label: 'When', before: null, after: sayWhen(slot.start, location.zone, clock.now()) }],
        context: [
          { label: 'Service', value: sayServices(catalog, slot.segments) },
          { label: 'Staff', value: sayStaff(catalog, slot.segments) },
          { label: 'Price', value: sayPrice(slot.segments, location) },
          { label: 'Length', value: sayDuration(slot.start, slot.end) },
          { label: 'Location', value: location.name },
          ...(note === undefined ? [] : [{ label: 'Note', value: note }]),
        ],
        notices: [...patchTestNotices({ client, catalog, slot }), ...(await overlaps(room, { client, start: slot.start, end: slot.end, catalog })), ...((await room.heldFor?.(slot, client.id)) ?? [])],
        policies: [],
        basis: { clientId, slot: { id: slot.id, start: slot.start, end: slot.end, segments: slot.segments } },
        notAfter: slot.start,
        ...(await tellClient(room, { template, client, catalog, location, segments: slot.segments, start: slot.start })),
      }
    },
    async run({ clientId, slotId, note }, { key, by }) {
      const outcome = await platform.create({ key, by, clientId, slotId, ...(note === undefined ? {} : { note }) })
      return outcome.ok ? ok({ said: '', data: {} }, outcome.observedAt) : outcome
    },
    async look({ clientId }, approved) {
      const found = await findBooked(room, { clientId, approved })
      if (!found.ok || found.value === undefined) return found.ok ? ok(undefined, found.observedAt) : found
      const { client, catalog, location, appointment } = await readBooking(room, found.value)
      return ok({
        said: `${clientName(client)} is booked on ${sayWhen(appointment.start, location.zone, clock.now())} for ${sayServices(catalog, appointment.segments)} with ${sayStaff(catalog, appointment.segments)}.`,
        data: { appointmentId: appointment.id, version: appointment.version },
      }, found.observedAt)
    },
    edit: {
      fields: ({ slotId }) => moveFields(room, { slotId }),
      apply: async (args, values) => ({ ...args, slotId: await moveTo(room, { slotId: args.slotId, values }) }),
    },
    async alternatives({ slotId }) {
      return timesNear(room, { wanted: unwrap(await platform.slot({ id: slotId })).slot })
    },
    async undo(_args, { result }) {
      const appointmentId = String(result.data['appointmentId'])
      mustBeUntouched((await readBooking(room, appointmentId)).appointment, result)
      return { kind: 'cancel', args: { appointmentId, cancelledBy: 'salon' } }
    },
  }
}

/** The client's live appointment that is what was approved; another one at the same time, with somebody else, is not. */
async function findBooked({ platform }: BookingRoom, { clientId, approved }: { clientId: string; approved: Facts }): Promise<Outcome<string | undefined>> {
  const { start } = Planned.parse(approved.basis).slot
  const page = await platform.appointments({ clientId, locationId: approved.locationId, from: start, to: addMinutes(start, 1) })
  if (!page.ok) return page
  return ok(page.value.items.find((appointment) => liveStatuses.includes(appointment.status) && isAsPlanned(appointment, approved))?.id, page.observedAt)
}

/** What a card says of a service that needs a patch test the client has not had in time. */
function patchTestNotices({ client, catalog, slot }: { client: Client; catalog: Catalog; slot: Slot }): string[] {
  const service = missingPatchTest({ client, catalog, serviceIds: slot.segments.map(({ serviceId }) => serviceId), start: slot.start })
  return service === undefined ? [] : [`${service.name} needs a patch test at least ${service.patchTestHours} hours before, and none is on file for the last six months.`]
}
