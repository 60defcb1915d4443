import { z } from 'zod'
import { DeskError } from '../salon/errors.ts'
import type { Clock } from '../salon/time.ts'
import type { Db, Store } from '../store/open-store.ts'
import { readSetting, writeSetting } from '../store/settings.ts'

const Settings = z.object({
  /** Everything from this band up is listed. */
  minimumBand: z.enum(['low', 'medium', 'high']).default('medium'),
  /** A list shorter than this is filled up with the next most valuable calls; 0 lists the band only. */
  atLeast: z.int().min(0).max(500).default(12),
  atMost: z.int().min(1).max(500).default(40),
  /** Appointments the client already confirmed: rank low (a call still helps a little), or leave out. */
  confirmed: z.enum(['rank-low', 'leave-out']).default('rank-low'),
  /** Share of listable appointments that is not called, so that the effect of calling is measured; 0 switches it off. */
  holdOutShare: z.number().min(0).max(0.5).default(0.05),
  /** What an empty chair costs at least, in minor units: a floor below the price. */
  minimumStake: z.int().min(0).default(0),
  /** How many scripts of a location's list a language model words; the rest are templates. */
  modelScripts: z.int().min(0).max(50).default(12),
})

export type CallSettings = z.infer<typeof Settings>

const Stored = Settings.partial()

/** The call settings of each location: its own (setting `calls`, scope the location's id), else the salon's, else the defaults; `given` goes before all. */
export async function readCallSettings({ db, locationIds, given = {} }: { db: Db; locationIds: string[]; given?: Partial<CallSettings> | undefined }): Promise<Map<string, CallSettings>> {
  const entries = await Promise.all(locationIds.map(async (scope) => {
    const stored = await readSetting(db, { name: 'calls', scope, schema: Stored, fallback: {} })
    return [scope, Settings.parse({ ...stored, ...given })] as const
  }))
  return new Map(entries)
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
    const stored = await readSetting(trx, { name: 'calls', scope: locationId, schema: Stored, fallback: {} })
    await writeSetting(trx, { name: 'calls', scope: locationId, value: { ...stored, ...parsed.data }, by, now: clock.now() })
  })
}
