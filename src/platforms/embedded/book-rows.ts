import type { AppointmentHistory, Client, Location, WaitlistEntry } from '../../salon/salon.ts'
import { hashOf } from '../../store/canonical-json.ts'
import type { Seal } from '../../store/seal.ts'
import { homeCountry, toE164, toEmailKey, toNameKey } from './contact.ts'

/** A row of a table with what hangs on it, as a bulk load writes it; `source_hash` is of the data as it came. */
export type LoadRow = { id: string; source_hash: string; [column: string]: unknown }

/** `clients` as rows for `book_clients`; the contact details sealed. */
export function clientRow({ client, seal }: { client: Client; seal: Seal }): LoadRow {
  const { id, firstName, lastName, phones, email, language = null, birthday = null, consent, tags, holdings, createdAt = null } = client
  return {
    id, first_name: firstName, last_name: lastName, name_key: toNameKey(`${firstName} ${lastName}`), contact_sealed: seal.seal(JSON.stringify({ phones, email })),
    language, birthday, consent, tags, holdings, created_at: createdAt, source_hash: hashOf(client), changed_here: false,
  }
}

/** The keyed hashes by which a client is found. */
export function contactRows({ client, seal, locations }: { client: Client; seal: Seal; locations: Location[] }): { kind: 'phone' | 'email'; lookup: string; client_id: string }[] {
  const country = homeCountry(locations)
  const numbers = new Set(client.phones.map((phone) => toE164(phone, country) ?? phone))
  return [
    ...[...numbers].map((number) => ({ kind: 'phone' as const, lookup: seal.lookup(number), client_id: client.id })),
    ...(client.email === undefined ? [] : [{ kind: 'email' as const, lookup: seal.lookup(toEmailKey(client.email)), client_id: client.id }]),
  ]
}

export function appointmentRow({ history, overbooked }: { history: AppointmentHistory; overbooked: boolean }): LoadRow {
  const { appointment, events } = history
  // When it was read from its source is no part of it: reading the same file tomorrow changes nothing.
  const { fetchedAt: _, ...lasting } = appointment
  return {
    id: appointment.id, location_id: appointment.locationId, client_id: appointment.clientId, segments: appointment.segments,
    starts_at: appointment.start, ends_at: appointment.end, time_known: appointment.timeKnown, status: appointment.status, version: 1,
    booked_at: appointment.bookedAt ?? events.find((event) => event.kind === 'booked')?.knownAt ?? null, cancelled_by: appointment.cancelledBy ?? null,
    overbooked, known_through: events.map((event) => event.knownAt).sort().at(-1) ?? null,
    source_hash: hashOf({ appointment: lasting, events }), changed_here: false,
  }
}

export function eventRows({ appointment, events }: AppointmentHistory): Record<string, unknown>[] {
  return events.map(({ kind, at, knownAt, by = null, from = null, to = null, amount = null }) =>
    ({ appointment_id: appointment.id, kind, at, known_at: knownAt, by, from_at: from, to_at: to, amount }))
}

export function waitlistRow(entry: WaitlistEntry): LoadRow {
  const { id, locationId, clientId, serviceId, staffId = null, wanted, insteadOf = null, createdAt, status } = entry
  return { id, location_id: locationId, client_id: clientId, service_id: serviceId, staff_id: staffId, wanted, instead_of: insteadOf, created_at: createdAt, status, source_hash: hashOf(entry), changed_here: false }
}
