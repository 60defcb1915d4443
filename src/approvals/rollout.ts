import { z } from 'zod'
import { DeskError } from '../salon/errors.ts'
import type { Instant } from '../salon/time.ts'
import type { Db, Store, Trx } from '../store/open-store.ts'
import { readSetting, writeSetting } from '../store/settings.ts'
import { mayActAs, type Person } from './roles.ts'

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

/** Sets the mode of one kind of action, for one location or (without) for all. Throws `DeskError('not_allowed')` for anybody below a manager. */
export async function setRollout({ store, kind, locationId = '', rollout, by, now }: { store: Store; kind: string; locationId?: string; rollout: Rollout; by: Person; now: Instant }): Promise<void> {
  if (!mayActAs(by, 'manager')) throw new DeskError('not_allowed', { message: 'modes need a manager', userMessage: 'Only a manager may change how far the desk may go by itself.' })
  await store.transaction((trx) => writeSetting(trx, { name: `mode:${kind}`, scope: locationId, value: Rollout.parse(rollout), by: by.id, now }))
}

const Pause = z.object({ paused: z.boolean() })

/** The one switch (T4): while it is on, no outside effect starts. Read before every one. */
export async function isPaused(db: Db | Trx): Promise<boolean> {
  return (await readSetting(db, { name: 'pause', schema: Pause, fallback: { paused: false } })).paused
}

/** Anybody may stop the desk; throws `DeskError('not_allowed')` when somebody below a manager lets it act again. */
export async function setPause({ store, paused, by, now }: { store: Store; paused: boolean; by: Person; now: Instant }): Promise<void> {
  if (!paused && !mayActAs(by, 'manager')) throw new DeskError('not_allowed', { message: 'resume needs a manager', userMessage: 'Only a manager may let the desk act again.' })
  await store.transaction((trx) => writeSetting(trx, { name: 'pause', value: { paused }, by: by.id, now }))
}
