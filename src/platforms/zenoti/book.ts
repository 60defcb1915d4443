import { addDays, localDate } from '../../salon/time.ts'
import { failed, ok, type Outcome } from '../booking-platform.ts'
import { toLocal } from '../kit/local-times.ts'
import type { OfferedSlot } from '../platform-adapter.ts'
import type { ZenotiClient } from './client.ts'
import type { Centre } from './read.ts'
import { Anything, Confirmed, GuestVisits, NewBooking, Slots } from './schema.ts'

/** A service to be booked; with `itemId` one that is booked already and moves. */
type Item = { serviceId: string; staffId?: string | undefined; itemId?: string | undefined }

type Wanted = { centre: Centre; date: string; guestId: string; items: Item[]; invoiceId?: string | undefined }

/**
 * Steps one and two of Zenoti's four: a booking that is nothing yet, and the times it could have, as Zenoti writes them (the
 * centre's wall clock, no offset). Two requests. Nothing lasting comes of it, Zenoti forgets bookings that are not confirmed.
 */
export async function openBooking(client: ZenotiClient, { centre, date, guestId, items, invoiceId }: Wanted): Promise<Outcome<{ id: string; times: string[] }>> {
  const booking = await client({
    method: 'POST', path: '/bookings', schema: NewBooking,
    body: { center_id: centre.id, date, guests: [{ id: guestId, ...(invoiceId !== undefined && { invoice_id: invoiceId }), items: items.map(({ serviceId, staffId, itemId }) => ({ item: { id: serviceId, item_type: 0 }, ...(staffId !== undefined && staffId !== '' && { therapist: { id: staffId } }), ...(itemId !== undefined && { invoice_item_id: itemId }) })) }] },
  })
  if (!booking.ok) return booking
  const found = await client({ path: `/bookings/${encodeURIComponent(booking.value.id)}/slots`, query: { check_future_day_availability: false }, schema: Slots })
  if (!found.ok) return found
  return ok({ id: booking.value.id, times: (found.value.slots ?? []).flatMap(({ Time, Available }) => (Time === undefined || Available === false ? [] : [Time])) }, found.observedAt)
}

/** All four steps; answers with the invoice. Only the confirmation is a write: a reservation whose answer is lost runs out by itself. */
export async function book(client: ZenotiClient, { slot, note, ...wanted }: Omit<Wanted, 'date'> & { slot: OfferedSlot; note?: string }): Promise<Outcome<{ invoiceId?: string; appointmentId?: string }>> {
  const local = toLocal(slot.start, wanted.centre.zone)
  const booking = await openBooking(client, { ...wanted, date: local.slice(0, 10) })
  if (!booking.ok) return booking
  const time = booking.value.times.find((one) => one.slice(0, 16) === local.slice(0, 16))
  if (time === undefined) return failed('conflict_slot', 'the time is no longer offered')
  const path = `/bookings/${encodeURIComponent(booking.value.id)}/slots`
  const reserved = await client({ method: 'POST', path: `${path}/reserve`, body: { slot_time: time }, schema: Anything, refused: 'conflict_slot' })
  if (!reserved.ok) return reserved
  const confirmed = await client({ method: 'POST', path: `${path}/confirm`, body: { notes: note ?? '' }, schema: Confirmed, writes: true, refused: 'conflict_slot' })
  if (!confirmed.ok) return confirmed
  if (confirmed.value.is_confirmed === false) return failed('conflict_slot', 'Zenoti did not confirm the booking')
  const { invoice } = confirmed.value
  const [invoiceId, appointmentId] = [invoice?.invoice_id ?? invoice?.id, invoice?.items?.[0]?.appointment_id]
  return ok({ ...(invoiceId !== undefined && { invoiceId }), ...(appointmentId !== undefined && { appointmentId }) }, confirmed.observedAt)
}

/**
 * The invoice items of a visit's services, which a move has to name; only a guest's own list pairs them with appointments.
 * `conflict_version` when the invoice has come to hold other services than the visit that was approved.
 */
export async function itemsOf(client: ZenotiClient, { clientId, invoiceId, start, standing, centre }: { clientId: string; invoiceId: string; start: string; standing: { id: string; serviceId: string }[]; centre: Centre }): Promise<Outcome<Map<string, string[]>>> {
  const date = localDate(start, centre.zone)
  const found = await client({ path: `/guests/${encodeURIComponent(clientId)}/appointments`, query: { page: 1, size: 100, start_date: date, end_date: addDays(date, 1) }, schema: GuestVisits })
  if (!found.ok) return found
  const ended = new Set([-2, -1, 21])
  const services = found.value.appointments.filter(({ invoice_id }) => invoice_id === invoiceId).flatMap(({ appointment_services }) => appointment_services ?? []).filter(({ appointment_status }) => !ended.has(Number(appointment_status)))
  const known = new Map(standing.map(({ id, serviceId }) => [id, serviceId]))
  if (services.some(({ appointment_id = '' }) => !known.has(appointment_id)) || services.length < known.size) return failed('conflict_version', 'the invoice holds other services than the visit that was seen')
  const items = new Map<string, string[]>()
  for (const { appointment_id = '', invoice_item_id } of services) {
    const serviceId = known.get(appointment_id) ?? ''
    if (invoice_item_id !== undefined) items.set(serviceId, [...items.get(serviceId) ?? [], invoice_item_id])
  }
  return ok(items, found.observedAt)
}
