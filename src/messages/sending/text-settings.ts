import { z } from 'zod'
import { mayActAs, type Person } from '../../approvals/roles.ts'
import { DeskError } from '../../salon/errors.ts'
import type { Clock } from '../../salon/time.ts'
import type { Db, Store, Trx } from '../../store/open-store.ts'
import { writeSetting } from '../../store/settings.ts'

const time = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'a time like 09:00')
const Hours = z.object({ from: time, to: time }).refine(({ from, to }) => from < to, 'it must begin before it ends')

/** 9 to 8: within the federal 8 to 9 for solicitations (47 CFR 64.1200(c)(1)) and the stricter states' 8 or 9 to 8. */
export const usualHours = { from: '09:00', to: '20:00' }

const Settings = z.object({
  /** When texts about visits may go out, on the wall clock of the salon and of the number. */
  hours: Hours,
  /** The same for waitlist offers and advertising: only ever narrower than the usual hours, whatever is set. */
  promotionalHours: Hours,
  /** Texts that the desk sends by its own rules, at most this many to one number in 24 hours, and in 7 days. */
  perDay: z.int().min(1).max(20),
  perWeek: z.int().min(1).max(60),
  /** Minutes between two texts that a client did not ask for. */
  holdMinutes: z.int().min(0).max(120),
  /** The language of the salon's texts where a client's own is not known. */
  language: z.enum(['en', 'es', 'fr']),
})

export type TextSettings = z.infer<typeof Settings>

const defaults: TextSettings = { hours: usualHours, promotionalHours: usualHours, perDay: 3, perWeek: 8, holdMinutes: 2, language: 'en' }

/** What was set; no default fills in here, or one changed field would hide the salon's own for all others. */
const Stored = Settings.partial()
const name = 'texts'

/** How texts go out from a location: field by field its own settings (scope its id), else the salon's, else the defaults. */
export async function readTextSettings(db: Db | Trx, { locationId }: { locationId: string | null }): Promise<TextSettings> {
  const [salon, own] = await Promise.all([readOwn(db, ''), locationId === null ? {} : readOwn(db, locationId)])
  return { ...defaults, ...salon, ...own }
}

async function readOwn(db: Db | Trx, scope: string): Promise<Partial<TextSettings>> {
  const row = await db.selectFrom('settings').select('value').where('name', '=', name).where('scope', '=', scope).executeTakeFirst()
  return Stored.safeParse(row?.value).data ?? {}
}

/** Changes some of them for a location, or (without) for the salon, and keeps the others. Throws `DeskError('not_allowed')` below a manager and `DeskError('invalid_input')` naming what does not fit; `detail.field` is its name. */
export async function changeTextSettings({ store, clock, locationId, change, by }: { store: Store; clock: Clock; locationId?: string; change: Partial<TextSettings>; by: Person }): Promise<void> {
  if (!mayActAs(by, 'manager')) throw new DeskError('not_allowed', { message: 'text settings need a manager', userMessage: 'Only a manager may change how texts go out.' })
  const parsed = z.strictObject(Stored.shape).safeParse(change)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const field = String(issue?.path[0] ?? '')
    throw new DeskError('invalid_input', { message: `bad text setting: ${field}`, userMessage: `"${field}" does not fit: ${issue?.message ?? 'check it'}.`, detail: { field } })
  }
  await store.transaction(async (trx) => {
    const scope = locationId ?? ''
    await writeSetting(trx, { name, scope, value: { ...(await readOwn(trx, scope)), ...parsed.data }, by: by.id, now: clock.now() })
  })
}
