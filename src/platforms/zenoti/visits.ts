import type { Instant } from '../../salon/time.ts'
import { failed, ok, type Outcome } from '../booking-platform.ts'
import type { SeenVisit } from '../platform-adapter.ts'
import type { ZenotiClient } from './client.ts'
import { type Centre, type Known, toVisit } from './read.ts'
import { Invoice, Row } from './schema.ts'

type Room = { client: ZenotiClient; known: () => Promise<Known>; centreOf: (id: string | undefined) => Promise<Outcome<Centre>> }

/** A visit by its invoice: which appointments it holds, then each of them (one request and one for each service). */
export async function readVisit(room: Room, id: string): Promise<Outcome<SeenVisit>> {
  const invoice = await readInvoice(room.client, { id, expand: 'Appointments' })
  if (invoice.ok) return readRows(room, { ids: invoice.value.appointments, centreId: invoice.value.centreId })
  if (invoice.error.kind !== 'not_found') return invoice
  // An appointment that has no invoice yet goes by its own id.
  const row = await room.client({ path: `/appointments/${encodeURIComponent(id)}`, schema: Row })
  if (!row.ok) return row
  if (row.value.invoice_id !== undefined && row.value.invoice_id !== id) return readVisit(room, row.value.invoice_id)
  return shape(room, { rows: [row.value], centreId: undefined, asked: row.observedAt })
}

/** These appointments as they are now, as one visit. Right after a cancellation they are asked for themselves: whether its invoice still lists them is not told. */
export async function readRows(room: Room, { ids, centreId }: { ids: string[]; centreId: string | undefined }): Promise<Outcome<SeenVisit>> {
  const rows: Row[] = []
  let asked: Instant | undefined
  for (const id of ids) {
    const row = await room.client({ path: `/appointments/${encodeURIComponent(id)}`, schema: Row })
    // One that was deleted takes nothing with it but itself.
    if (!row.ok && row.error.kind === 'not_found') continue
    if (!row.ok) return row
    rows.push(row.value)
    asked ??= row.observedAt
  }
  if (asked === undefined) return failed('not_found', 'the invoice holds no appointment')
  const read = await shape(room, { rows, centreId, asked })
  return read.ok ? ok({ ...read.value, extra: { ...read.value.extra, appointments: ids } }, read.observedAt) : read
}

async function shape(room: Room, { rows, centreId, asked }: { rows: Row[]; centreId: string | undefined; asked: Instant }): Promise<Outcome<SeenVisit>> {
  const centre = await room.centreOf(centreId)
  if (!centre.ok) return centre
  const visit = toVisit({ rows, centre: centre.value, known: await room.known(), asked })
  return visit === undefined ? failed('not_found', 'nothing of it is a visit') : ok(visit, asked)
}

/**
 * Refuses (`policy_blocked`) unless the invoice holds exactly what was seen of this visit: cancelling it takes along whatever a
 * receptionist put on it a second ago, services and purchases alike. Two requests (Zenoti expands one thing at a time); what
 * comes onto the invoice between these and the cancellation is lost all the same, nothing in Zenoti's API can prevent that.
 */
export async function refuseOthers(client: ZenotiClient, { invoiceId, appointments }: { invoiceId: string; appointments: string[] }): Promise<Outcome<null>> {
  const invoice = await readInvoice(client, { id: invoiceId, expand: 'Appointments' })
  if (!invoice.ok) return invoice
  const others = invoice.value.appointments.filter((id) => !appointments.includes(id)).length
  if (others > 0) return failed('policy_blocked', `the invoice holds ${others} more ${others === 1 ? 'service' : 'services'} than this visit, and Zenoti cancels invoices as a whole: look at the visit again, or cancel it in Zenoti`)
  const items = await readInvoice(client, { id: invoiceId, expand: 'InvoiceItems' })
  if (!items.ok) return items
  if (items.value.purchases > 0) return failed('policy_blocked', 'the invoice also holds products or other sales, and Zenoti cancels invoices as a whole: cancel the visit in Zenoti')
  return ok(null, items.observedAt)
}

async function readInvoice(client: ZenotiClient, { id, expand }: { id: string; expand: 'Appointments' | 'InvoiceItems' }): Promise<Outcome<{ centreId: string | undefined; appointments: string[]; purchases: number }>> {
  const found = await client({ path: `/invoices/${encodeURIComponent(id)}`, query: { expand }, schema: Invoice })
  if (!found.ok) return found
  const { invoice } = found.value
  return ok({
    centreId: invoice.center_id,
    appointments: (invoice.appointments ?? []).flatMap(({ appointment_id, id: own }) => appointment_id ?? own ?? []),
    // Items of type 0 are services.
    purchases: (invoice.invoice_items ?? []).filter(({ type }) => Number(type ?? 0) !== 0).length,
  }, found.observedAt)
}
