import { z } from 'zod'
import type { Appointment } from '../../salon/salon.ts'
import type { Trx } from '../../store/open-store.ts'
import { type BookCatalog, readCatalog } from '../embedded/read-catalog.ts'
import type { SeenVisit } from '../platform-adapter.ts'
import type { OwnChange } from './apply-visits.ts'
import { readSlotId } from './slot-ids.ts'

const Command = z.object({ slotId: z.string(), to: z.string(), text: z.string(), noteId: z.string(), cancelledBy: z.enum(['client', 'salon']) }).partial()

/**
 * The command of ours that a reading may be the echo of: a webhook can arrive before the answer to the write that caused it
 * (F42). A command whose answer is missing, and the visit is as it would make it; anything else is somebody else's change.
 */
export async function ownChangeFor(trx: Trx, { visit }: SeenVisit): Promise<OwnChange | undefined> {
  const rows = await trx.selectFrom('platform_writes').select(['key', 'by', 'operation', 'subject', 'command']).where('state', '<>', 'done').where('subject', 'in', [visit.id, visit.clientId]).orderBy('at', 'desc').execute()
  if (rows.length === 0) return undefined
  const catalog = await readCatalog(trx)
  const row = rows.find(({ operation, subject, command }) => (subject === visit.id) !== (operation === 'create') && isAsWanted({ visit, operation, command: Command.catch({}).parse(command), catalog }))
  if (row === undefined) return undefined
  const { cancelledBy } = Command.catch({}).parse(row.command)
  return { key: row.key, by: row.by ?? undefined, ...(cancelledBy !== undefined && { cancelledBy }), ...(row.operation === 'reschedule' && { keepsStatus: true }) }
}

function isAsWanted({ visit, operation, command: { slotId, to, text, noteId }, catalog }: { visit: Appointment; operation: string; command: z.infer<typeof Command>; catalog: BookCatalog | undefined }): boolean {
  switch (operation) {
    case 'create':
    case 'reschedule': return slotId !== undefined && catalog !== undefined && readSlotId(slotId, catalog)?.start === visit.start
    case 'cancel': return visit.status === 'cancelled'
    // Some platforms keep a no-show as a reason for cancelling.
    case 'setStatus': return visit.status === to || (to === 'no_show' && visit.status === 'cancelled')
    case 'addNote': return text !== undefined && visit.notes.some((note) => note.text === text || note.text === text.replace(/\s+/g, ' ').trim())
    case 'removeNote': return !visit.notes.some(({ id }) => id === noteId)
    default: return false
  }
}
