import { z } from 'zod'
import type { Trx } from '../../store/open-store.ts'
import { readCatalog } from '../embedded/read-catalog.ts'
import type { SeenVisit } from '../platform-adapter.ts'
import type { OwnChange } from './apply-visits.ts'
import { readSlotId } from './slot-ids.ts'

const Booking = z.object({ slotId: z.string() })
const Cancelling = z.object({ cancelledBy: z.enum(['client', 'salon']).optional() })

/**
 * The command of ours that a reading may be the echo of: a webhook can arrive before the answer to the write that caused it
 * (F42). A command still under way for that visit, or a booking of that client at that time.
 */
export async function ownChangeFor(trx: Trx, { visit }: SeenVisit): Promise<OwnChange | undefined> {
  const rows = await trx.selectFrom('platform_writes').select(['key', 'by', 'operation', 'subject', 'command']).where('state', '<>', 'done').where('subject', 'in', [visit.id, visit.clientId]).execute()
  if (rows.length === 0) return undefined
  const catalog = await readCatalog(trx)
  const row = rows.find(({ operation, subject, command }) => {
    if (subject === visit.id) return operation !== 'create'
    const booking = Booking.safeParse(command)
    return operation === 'create' && catalog !== undefined && booking.success && readSlotId(booking.data.slotId, catalog)?.start === visit.start
  })
  if (row === undefined) return undefined
  const { cancelledBy } = Cancelling.catch({}).parse(row.command)
  return { key: row.key, by: row.by ?? undefined, ...(cancelledBy !== undefined && { cancelledBy }) }
}
