import { z } from 'zod'
import { mayActAs, type Person } from '../../approvals/roles.ts'
import { DeskError } from '../../salon/errors.ts'
import type { Clock } from '../../salon/time.ts'
import type { Db, Store, Trx } from '../../store/open-store.ts'
import { layeredSettings } from '../../store/layered-settings.ts'

const time = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'a time like 09:00')
const Hours = z.object({ from: time, to: time }).refine(({ from, to }) => from < to, 'it must begin before it ends')

/** 9 to 8: within the federal 8 to 9 for solicitations (47 CFR 64.1200(c)(1)) and the stricter states' 8 or 9 to 8. */
export const usualHours = { from: '09:00', to: '20:00' }

const fields = {
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
}

export type TextSettings = { [Field in keyof typeof fields]: z.infer<(typeof fields)[Field]> }

const defaults: TextSettings = { hours: usualHours, promotionalHours: usualHours, perDay: 3, perWeek: 8, holdMinutes: 2, language: 'en' }

const settings = layeredSettings({ name: 'texts', fields, usual: defaults })

/** How texts go out from a location: field by field its own settings (scope its id), else the salon's, else the defaults. */
export async function readTextSettings(db: Db | Trx, { locationId }: { locationId: string | null }): Promise<TextSettings> {
  return settings.read(db, locationId)
}

/** Changes some of them for a location, or (without) for the salon, and keeps the others. Throws `DeskError('not_allowed')` below a manager and `DeskError('invalid_input')` naming what does not fit; `detail.field` is its name. */
export async function changeTextSettings({ store, clock, locationId, change, by }: { store: Store; clock: Clock; locationId?: string; change: Partial<TextSettings>; by: Person }): Promise<void> {
  if (!mayActAs(by, 'manager')) throw new DeskError('not_allowed', { message: 'text settings need a manager', userMessage: 'Only a manager may change how texts go out.' })
  const checked = settings.check(change)
  await store.transaction((trx) => settings.write(trx, { scope: locationId ?? '', change: checked, by: by.id, now: clock.now() }))
}
