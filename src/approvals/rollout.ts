import { z } from 'zod'
import type { Instant } from '../salon/time.ts'
import type { Db, Store, Trx } from '../store/open-store.ts'
import { readSetting, writeSetting } from '../store/settings.ts'
import type { Person } from './roles.ts'

/** How far the desk may go with one kind of action at one location: record only, ask a person, or act alone up to `perDay` times. */
const Rollout = z.discriminatedUnion('mode', [
  z.object({ mode: z.literal('shadow') }),
  z.object({ mode: z.literal('assisted') }),
  z.object({ mode: z.literal('autonomous'), perDay: z.number().int().positive() }),
])
export type Rollout = z.infer<typeof Rollout>

export function readRollout(db: Db | Trx, { kind, locationId }: { kind: string; locationId: string }): Promise<Rollout> {
  return readSetting<Rollout>(db, { name: `mode:${kind}`, scope: locationId, schema: Rollout, fallback: { mode: 'assisted' } })
}

/** Sets the mode of one kind of action, for one location or (without) for all. */
export async function setRollout({ store, kind, locationId = '', rollout, by, now }: { store: Store; kind: string; locationId?: string; rollout: Rollout; by: Person; now: Instant }): Promise<void> {
  await store.transaction((trx) => writeSetting(trx, { name: `mode:${kind}`, scope: locationId, value: Rollout.parse(rollout), by: by.id, now }))
}

const Pause = z.object({ paused: z.boolean() })

/** The one switch (T4): while it is on, no outside effect starts. Read before every one. */
export async function isPaused(db: Db | Trx): Promise<boolean> {
  return (await readSetting(db, { name: 'pause', schema: Pause, fallback: { paused: false } })).paused
}

export async function setPause({ store, paused, by, now }: { store: Store; paused: boolean; by: Person; now: Instant }): Promise<void> {
  await store.transaction((trx) => writeSetting(trx, { name: 'pause', value: { paused }, by: by.id, now }))
}
