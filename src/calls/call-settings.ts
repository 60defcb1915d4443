import { z } from 'zod'
import { DeskError } from '../salon/errors.ts'
import type { Clock } from '../salon/time.ts'
import type { Db, Store, Trx } from '../store/open-store.ts'
import { writeSetting } from '../store/settings.ts'

const Settings = z.object({
  /** Everything from this band up is listed. */
  minimumBand: z.enum(['low', 'medium', 'high']),
  /** A list shorter than this is filled up with the next most valuable calls; 0 lists the band only. */
  atLeast: z.int().min(0).max(500),
  atMost: z.int().min(1).max(500),
  /** Appointments the client already confirmed: rank low (a call still helps a little), or leave out. */
  confirmed: z.enum(['rank-low', 'leave-out']),
  /** Share of listable appointments that is not called, so that the effect of calling is measured; 0 switches it off. */
  holdOutShare: z.number().min(0).max(0.5),
  /** What an empty chair costs at least, in minor units: a floor below the price. */
  minimumStake: z.int().min(0),
  /** How many scripts of a location's list a language model words; the rest are templates. */
  modelScripts: z.int().min(0).max(50),
})

export type CallSettings = z.infer<typeof Settings>

const usual: CallSettings = { minimumBand: 'medium', atLeast: 12, atMost: 40, confirmed: 'rank-low', holdOutShare: 0.05, minimumStake: 0, modelScripts: 12 }

/** What was set; no default fills in here, or one changed field would hide the salon's own for all others. */
const Stored = Settings.partial()
const name = 'calls'

/** The call settings of each location: field by field its own (scope the location's id), else the salon's, else the usual ones; `given` goes before all. */
export async function readCallSettings({ db, locationIds, given = {} }: { db: Db; locationIds: string[]; given?: Partial<CallSettings> | undefined }): Promise<Map<string, CallSettings>> {
  const salon = await readOwn(db, '')
  return new Map(await Promise.all(locationIds.map(async (scope) => [scope, Settings.parse({ ...usual, ...salon, ...(await readOwn(db, scope)), ...given })] as const)))
}

async function readOwn(db: Db | Trx, scope: string): Promise<Partial<CallSettings>> {
  const row = await db.selectFrom('settings').select('value').where('name', '=', name).where('scope', '=', scope).executeTakeFirst()
  return Stored.safeParse(row?.value).data ?? {}
}

/** Changes some call settings of a location and keeps the others. Throws `DeskError('invalid_input')` naming what does not fit; `detail.field` is its name. */
export async function changeCallSettings({ store, clock, locationId, change, by }: { store: Store; clock: Clock; locationId: string; change: Partial<CallSettings>; by: string }): Promise<void> {
  const parsed = Stored.safeParse(change)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const field = String(issue?.path[0] ?? '')
    throw new DeskError('invalid_input', { message: `bad call setting: ${field}`, userMessage: `"${field}" does not fit: ${issue?.message ?? 'check it'}.`, detail: { field } })
  }
  await store.transaction(async (trx) => {
    await writeSetting(trx, { name, scope: locationId, value: { ...(await readOwn(trx, locationId)), ...parsed.data }, by, now: clock.now() })
  })
}
