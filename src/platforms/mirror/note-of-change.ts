import type { Trx } from '../../store/open-store.ts'
import type { Instant } from '../../salon/time.ts'
import { wantNote } from './write-back.ts'

/** What the desk did to a visit, as far as a note at the platform tells it. */
export type DoneChange = { id: string; kind: string; appointmentId: unknown; changes: { label: string; before: string | null; after: string | null }[] }

// A cancelled visit takes no notes on most platforms, and a note on a note says nothing.
const worthANote = new Set(['reschedule', 'book', 'waitlist_fill', 'set_status'])

/** Wants a note beside the visit for a change that the desk made there: what changed, and by which of its cards. One note a change. */
export async function noteOfChange(trx: Trx, { id, kind, appointmentId, changes }: DoneChange, now: Instant): Promise<void> {
  if (!worthANote.has(kind) || typeof appointmentId !== 'string') return
  const what = changes.slice(0, 2).map(({ label, before, after }) => `${label}: ${[before, after].filter((side) => side !== null).join(' → ')}`).join('; ')
  await wantNote(trx, { visitId: appointmentId, id, text: `${what}, by the front-desk copilot after approval, ${id}`.slice(0, 400), by: 'desk', now })
}
