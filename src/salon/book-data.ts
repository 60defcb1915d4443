import type { AppointmentHistory, Catalog, Client, WaitlistEntry } from './salon.ts'

/** A whole book as data: what an import reads and the demo generates, and what the embedded book loads. Ids are stable, so that loading twice changes nothing. */
export type BookData = {
  catalog: Catalog
  clients: Client[]
  appointments: AppointmentHistory[]
  waitlist: WaitlistEntry[]
}
