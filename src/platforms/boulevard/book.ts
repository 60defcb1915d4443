import type { Zone } from '../../salon/time.ts'
import { failed, ok, type Outcome } from '../booking-platform.ts'
import { fromLocal, toLocal } from '../kit/local-times.ts'
import type { OfferedSlot } from '../platform-adapter.ts'
import type { BoulevardClient } from './client.ts'
import * as queries from './queries.ts'
import { BookingCompleted, BookingCreated, ServiceAdded } from './schema.ts'

// With these Boulevard books all the same (its people may overbook); the desk does not.
const blocking = new Set(['STAFF_DOUBLE_BOOKED', 'RESOURCE_DOUBLE_BOOKED', 'STAFF_DOES_NOT_PERFORM_SERVICE'])

/**
 * Books by three steps of the Admin API, of which only the last makes an appointment: what is begun and not completed is
 * nothing. Answers with the appointment's id. `conflict_slot` when Boulevard warns of an overlap before the last step.
 */
export async function book({ call, slot, clientId, zone }: { call: BoulevardClient['admin']; slot: OfferedSlot; clientId: string; zone: Zone }): Promise<Outcome<string>> {
  const [first] = slot.segments
  if (first === undefined) return failed('invalid', 'a booking needs a service')
  // Written times are the wall clock's at the location, without a zone: of an hour that comes twice only the first can be said.
  if (fromLocal(toLocal(slot.start, zone), zone) !== slot.start) return failed('policy_blocked', 'that hour comes twice in this night: book it in Boulevard')
  const created = await call({ query: queries.bookingCreate, variables: { input: { locationId: slot.locationId, clientId, startTime: toLocal(slot.start, zone) } }, schema: BookingCreated })
  if (!created.ok) return created
  const { booking, bookingWarnings } = created.value.bookingCreate
  const bookingClientId = (booking.bookingClients.find((one) => one.clientId === clientId) ?? booking.bookingClients[0])?.id
  if (bookingClientId === undefined) return failed('invalid', 'Boulevard did not take the client into the booking')
  const warnings = [...bookingWarnings ?? []]
  for (const { serviceId, staffId } of slot.segments) {
    const added = await call({ query: queries.bookingAddService, variables: { input: { bookingId: booking.id, bookingClientId, serviceId, staffId } }, schema: ServiceAdded })
    if (!added.ok) return added
    warnings.push(...added.value.bookingAddService.bookingWarnings ?? [])
  }
  const warned = warnings.find(({ code }) => blocking.has(code ?? ''))
  if (warned?.code !== undefined) return failed('conflict_slot', 'Boulevard warns of an overlap', { providerCode: warned.code })
  const done = await call({ query: queries.bookingComplete, variables: { input: { bookingId: booking.id, bookWithStaffId: first.staffId } }, schema: BookingCompleted, writes: true })
  if (!done.ok) return done
  const { bookingAppointments } = done.value.bookingComplete
  const made = bookingAppointments.find((one) => one.clientId === clientId) ?? bookingAppointments[0]
  return made === undefined ? failed('unknown_outcome', 'booked, and no appointment named') : ok(made.appointmentId, done.observedAt)
}
