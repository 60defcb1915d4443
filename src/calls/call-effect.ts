import { z } from 'zod'
import type { BookingPlatform } from '../platforms/booking-platform.ts'
import { addMinutes, type Clock } from '../salon/time.ts'
import { canonicalJson } from '../store/canonical-json.ts'
import type { Store } from '../store/open-store.ts'
import { readSetting, writeSetting } from '../store/settings.ts'
import type { CallEffect } from './call-list.ts'
import { trialEffect } from './call-value.ts'
import { measureCallEffect } from './measure-call-effect.ts'

const setting = {
  name: 'calls.effect',
  schema: z.object({ relativeReduction: z.number(), from: z.enum(['trial', 'measured']), note: z.string() }),
  fallback: trialEffect,
}

/** How far a call lowers the risk: as this salon measured it, or as the published trial did until there is enough. */
export function readCallEffect({ db }: Pick<Store, 'db'>): Promise<CallEffect> {
  return readSetting<CallEffect>(db, setting)
}

/** Measures the last year's calls against its hold-outs and keeps the result for the next lists, once it says enough. */
export async function keepCallEffect({ platform, store, clock }: { platform: BookingPlatform; store: Store; clock: Clock }): Promise<void> {
  const now = clock.now()
  const { effect } = await measureCallEffect({ platform, db: store.db, clock, from: addMinutes(now, -365 * 24 * 60), to: now })
  if (effect === undefined || canonicalJson(effect) === canonicalJson(await readCallEffect(store))) return
  await store.transaction((trx) => writeSetting(trx, { name: setting.name, value: effect, by: 'desk', now }))
}
