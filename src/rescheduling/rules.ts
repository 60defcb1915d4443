import { z } from 'zod'
import type { Store } from '../store/open-store.ts'
import { readSetting } from '../store/settings.ts'

/** How a salon lets visits be moved by text. */
const Rules = z.object({
  /** Within a day of the start: a person (fees are theirs to talk about), or times are offered all the same. */
  late: z.enum(['person', 'offer']),
  /** How long a time that was offered is kept from being offered to somebody else. */
  holdMinutes: z.number().int().min(5).max(240),
  /** The furthest day that is offered, counted from today. */
  daysAhead: z.number().int().min(1).max(365),
  /** How often one visit may be moved by text; from then on a person decides. */
  mostMoves: z.number().int().min(1).max(20),
})
export type Rules = z.infer<typeof Rules>

const usual: Rules = { late: 'person', holdMinutes: 30, daysAhead: 60, mostMoves: 2 }

/** The rules of one location: its own before the salon's, else the usual ones. */
export async function readRules(db: Store['db'], locationId: string): Promise<Rules> {
  return { ...usual, ...(await readSetting(db, { name: 'move_by_text', scope: locationId, schema: Rules.partial(), fallback: {} })) }
}
