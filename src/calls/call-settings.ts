import { z } from 'zod'
import type { Clock } from '../salon/time.ts'
import type { Db, Store } from '../store/open-store.ts'
import { layeredSettings } from '../store/layered-settings.ts'

const fields = {
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
}

export type CallSettings = { [Field in keyof typeof fields]: z.infer<(typeof fields)[Field]> }

const usual: CallSettings = { minimumBand: 'medium', atLeast: 12, atMost: 40, confirmed: 'rank-low', holdOutShare: 0.05, minimumStake: 0, modelScripts: 12 }

const settings = layeredSettings({ name: 'calls', fields, usual })

/** The call settings of each location: field by field its own (scope the location's id), else the salon's, else the usual ones; `given` goes before all. */
export async function readCallSettings({ db, locationIds, given = {} }: { db: Db; locationIds: string[]; given?: Partial<CallSettings> | undefined }): Promise<Map<string, CallSettings>> {
  const checked = settings.check(given)
  return new Map(await Promise.all(locationIds.map(async (id) => [id, { ...(await settings.read(db, id)), ...checked }] as const)))
}

/** Changes some call settings of a location and keeps the others. Throws `DeskError('invalid_input')` naming what does not fit; `detail.field` is its name. */
export async function changeCallSettings({ store, clock, locationId, change, by }: { store: Store; clock: Clock; locationId: string; change: Partial<CallSettings>; by: string }): Promise<void> {
  const checked = settings.check(change)
  await store.transaction((trx) => settings.write(trx, { scope: locationId, change: checked, by, now: clock.now() }))
}
