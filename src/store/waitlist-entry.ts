import type { Selectable } from 'kysely'
import type { WaitlistEntry } from '../salon/salon.ts'
import type { WaitlistRow } from './tables/book.ts'

/** A row of a waitlist, the book's or our own, as an entry. */
export function toEntry(row: Selectable<WaitlistRow>): WaitlistEntry {
  return {
    id: row.id,
    locationId: row.location_id,
    clientId: row.client_id,
    serviceId: row.service_id,
    ...(row.staff_id !== null && { staffId: row.staff_id }),
    ...(row.instead_of !== null && { insteadOf: row.instead_of }),
    wanted: row.wanted,
    createdAt: row.created_at,
    status: row.status,
  }
}
