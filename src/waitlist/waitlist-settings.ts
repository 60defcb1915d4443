import { z } from 'zod'
import { mayActAs, type Person } from '../approvals/roles.ts'
import { DeskError } from '../salon/errors.ts'
import type { Clock } from '../salon/time.ts'
import type { Db, Store, Trx } from '../store/open-store.ts'
import { layeredSettings } from '../store/layered-settings.ts'

/** Whose turn it is, in the salon's own words. */
export const policies = ['first_in_line', 'highest_value', 'best_match', 'offer_to_all'] as const
export type WaitlistPolicy = (typeof policies)[number]

const fields = {
  /** Whether chairs that come free are looked after at all. */
  on: z.boolean(),
  policy: z.enum(policies),
  /** Minutes after a chair came free in which staff have it to themselves. */
  delayMin: z.int().min(0).max(24 * 60),
  /** Minutes a client has to answer; without it the plan chooses by the time that is left. */
  windowMin: z.int().min(10).max(24 * 60).nullable(),
  /** At most so many are asked at the same time, and for one chair in all. */
  most: z.int().min(1).max(20),
  mostOffers: z.int().min(1).max(50),
  /** Minutes a client needs to get here: no offer, and no booking, later than that before the chair is free. */
  noticeMin: z.int().min(15).max(48 * 60),
  /** Offers to one client in seven days, whatever comes of them. */
  perClientPerWeek: z.int().min(1).max(14),
  /** How deep a chain goes: 0 offers nothing that the waitlist itself has freed. */
  chainDepth: z.int().min(0).max(5),
  /** Days on which nothing is offered. */
  blackouts: z.array(z.iso.date()).max(100),
  /** A chair worth more than this (in the location's currency, whole units) needs a manager's approval; null: none does. */
  managerAbove: z.int().min(1).nullable(),
  /** Visits likelier to fail than this have somebody lined up beforehand. */
  lineUpAbove: z.number().min(0.05).max(0.95),
}

export type WaitlistSettings = { [Field in keyof typeof fields]: z.infer<(typeof fields)[Field]> }

export const usualWaitlistSettings: WaitlistSettings = {
  on: true, policy: 'first_in_line', delayMin: 10, windowMin: null, most: 4, mostOffers: 12, noticeMin: 60, perClientPerWeek: 3, chainDepth: 1, blackouts: [], managerAbove: null, lineUpAbove: 0.3,
}

const settings = layeredSettings({ name: 'waitlist', fields, usual: usualWaitlistSettings })

/** How a location fills its chairs: field by field its own settings (scope its id), else the salon's, else the usual ones. */
export async function readWaitlistSettings(db: Db | Trx, { locationId }: { locationId: string }): Promise<WaitlistSettings> {
  return settings.read(db, locationId)
}

/**
 * Changes some of them for a location, or (without) for the salon, and keeps the others. Throws `DeskError('not_allowed')`
 * below a manager and `DeskError('invalid_input')` naming what does not fit; `detail.field` is its name.
 */
export async function changeWaitlistSettings({ store, clock, locationId, change, by }: { store: Store; clock: Clock; locationId?: string; change: Partial<WaitlistSettings>; by: Person }): Promise<void> {
  if (!mayActAs(by, 'manager')) throw new DeskError('not_allowed', { message: 'waitlist settings need a manager', userMessage: 'Only a manager may change how the waitlist works.' })
  const checked = settings.check(change)
  await store.transaction((trx) => settings.write(trx, { scope: locationId ?? '', change: checked, by: by.id, now: clock.now() }))
}
