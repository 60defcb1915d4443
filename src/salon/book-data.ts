import type { AppointmentHistory, Catalog, Client, Shift, WaitlistEntry } from './salon.ts'

/** A whole book as data: what an import reads and the demo generates, and what the embedded book loads. Ids are stable, so that loading twice changes nothing. */
export type BookData = {
  catalog: Catalog
  /** Empty when the source does not say: staff then work whenever their locations are open. */
  shifts: Shift[]
  clients: Client[]
  appointments: AppointmentHistory[]
  waitlist: WaitlistEntry[]
}
