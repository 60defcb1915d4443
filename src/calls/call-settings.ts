import { z } from 'zod'
import type { Db } from '../store/open-store.ts'
import { readSetting } from '../store/settings.ts'

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
