import { z } from 'zod'
import { mayActAs, type Person } from '../approvals/roles.ts'
import { DeskError } from '../salon/errors.ts'
import type { Clock } from '../salon/time.ts'
import type { Db, Store } from '../store/open-store.ts'
import { writeSetting } from '../store/settings.ts'

const time = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'a time like 09:00')
const hours = z.int().min(1).max(14 * 24)
/** With it a text still fits into two SMS (TWI-9). */
const words = z.string().trim().max(120, 'at most 120 characters')

const Settings = z.object({
  on: z.boolean().default(true),
  /** From when until when texts are prepared, on the location's clock; what falls due on a day is prepared from `from` on. */
  from: time.default('09:00'),
  until: time.default('20:00'),
  /** Hours before the visit: the one text of a low risk; the two of a medium or high one. */
  standardHours: hours.default(48),
  earlyHours: hours.default(72),
  lastHours: hours.default(24),
  /** At most this many texts about one visit of medium or high risk. */
  touches: z.int().min(1).max(3).default(2),
  /** Nothing later than this many hours before the visit. */
  leastHours: z.int().min(0).max(48).default(2),
  /** A step that falls due within this many hours after the visit was booked, or after a text that asked the same, is left out. */
  afterAskingHours: z.int().min(0).max(72).default(12),
  /** Visits of one client that would each get a text within this many hours share one; 0 keeps them apart. */
  mergeHours: z.int().min(0).max(72).default(24),
  /** Confirmation texts to one client on one day. */
  perClientPerDay: z.int().min(1).max(5).default(1),
  /** What to know before coming, by a service's id or its category: a whole sentence, as the client gets it. */
  preparation: z.record(z.string().min(1).max(100), words).default({}),
  /** Said where a patch test is due and none is on record; `{hours}` is how long before the visit it must be done. */
  patchTest: words.default('It needs a patch test at least {hours} hours before: please call us for a time.'),
})

export type ConfirmationSettings = z.infer<typeof Settings>

const Stored = Settings.partial()
const name = 'confirmations'

/** How each location confirms: its own settings (scope its id) over the salon's over the defaults; one query however many locations. */
export async function readConfirmationSettings({ db, locationIds }: { db: Db; locationIds: string[] }): Promise<Map<string, ConfirmationSettings>> {
  const rows = await db.selectFrom('settings').select(['scope', 'value']).where('name', '=', name).execute()
  const stored = new Map(rows.map(({ scope, value }) => [scope, given(value)]))
  const usual = Settings.parse({ ...stored.get('') })
  return new Map(locationIds.map((id) => [id, stored.has(id) ? Settings.parse({ ...stored.get(''), ...stored.get(id) }) : usual]))
}

/** Each field for itself: one that no longer fits falls back alone, and switching off stays switched off. */
function given(value: unknown): Partial<ConfirmationSettings> {
  if (typeof value !== 'object' || value === null) return {}
  const fields = Object.entries(Settings.shape).flatMap(([field, schema]) => {
    const parsed = field in value ? schema.safeParse((value as Record<string, unknown>)[field]) : undefined
    return parsed?.success === true ? [[field, parsed.data] as const] : []
  })
  return Object.fromEntries(fields)
}

/**
 * Changes some of them for a location, or (without) for the whole salon, and keeps the others. Throws
 * `DeskError('not_allowed')` below a manager and `DeskError('invalid_input')` naming what does not fit; `detail.field` is its name.
 */
export async function changeConfirmationSettings({ store, clock, locationId = '', change, by }: { store: Store; clock: Clock; locationId?: string; change: Partial<ConfirmationSettings>; by: Person }): Promise<void> {
  if (!mayActAs(by, 'manager')) throw new DeskError('not_allowed', { message: 'confirmation settings need a manager', userMessage: 'Only a manager may change how visits are confirmed.' })
  const parsed = z.strictObject(Stored.shape).safeParse(change)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const field = String(issue?.path[0] ?? '')
    throw new DeskError('invalid_input', { message: `bad confirmation setting: ${field}`, userMessage: `"${field}" does not fit: ${issue?.message ?? 'check it'}.`, detail: { field } })
  }
  await store.transaction(async (trx) => {
    const row = await trx.selectFrom('settings').select('value').where('name', '=', name).where('scope', '=', locationId).executeTakeFirst()
    // Only what was named: a default that fills in here would hide the salon's own from now on.
    const named = Object.fromEntries(Object.keys(change).map((field) => [field, (parsed.data as Record<string, unknown>)[field]]))
    await writeSetting(trx, { name, scope: locationId, value: { ...given(row?.value), ...named }, by: by.id, now: clock.now() })
  })
}
