import type { BookingPlatform } from '../platforms/booking-platform.ts'
import { unwrap } from '../platforms/unwrap.ts'
import { isFailure, visitOutcome } from '../risk/outcome.ts'
import type { Clock, Instant } from '../salon/time.ts'
import type { Db } from '../store/open-store.ts'
import type { CallEffect } from './call-list.ts'
import { readCallOutcomes } from './record-call-outcome.ts'

/** A share with its 95 % interval. */
export type Rate = { failures: number; n: number; rate: number; low: number; high: number }

export type MeasuredEffect = {
  /** Chosen by the hash alone: the two groups differ in nothing but the calling, so this comparison is fair. */
  listed: Rate
  heldOut: Rate
  /** Failure rate of the held out minus the listed, with its 95 % interval. */
  difference: { value: number; low: number; high: number }
  /** Those somebody spoke to. People who pick up the phone also come more often: not a fair comparison, shown beside it. */
  reached: Rate
  enough: boolean
  /** Plain words for the manager. */
  sentence: string
  /** What the call list may use in place of the trial's figure; absent until there is enough. */
  effect?: CallEffect
}

/** Below these the interval is wider than any effect that calling could have: see the sizes in the trial (PRODUCT.md), where about 1,100 a group were needed for 6 points. */
const needed = { heldOut: 200, failures: 20 }

/**
 * What calling did, for the lists recorded in `[from, to)`: failure rates of the listed and of the held-out appointments
 * (first decision of each appointment counts, whatever was done later) and their difference.
 * Intervals: Wilson score for a rate, Newcombe's hybrid score (method 10, Statistics in Medicine 17, 1998) for the difference.
 */
export async function measureCallEffect({ platform, db, clock, from, to }: { platform: BookingPlatform; db: Db; clock: Clock; from: Instant; to: Instant }): Promise<MeasuredEffect> {
  const now = clock.now()
  const decided = await db.selectFrom('scores').select(['appointment_id', 'client_id', 'state']).distinctOn('appointment_id')
    .where('at', '>=', from).where('at', '<', to).where('state', '!=', 'not_listed').orderBy('appointment_id').orderBy('at').execute()
  const failed = await failures({ platform, clientIds: [...new Set(decided.map(({ client_id: id }) => id))], now })
  const reachedIds = new Set([...await readCallOutcomes({ db, from, to: now })].flatMap(([id, { outcome }]) => (outcome.startsWith('reached-') ? [id] : [])))
  const rateOf = (ids: string[]): Rate => {
    const ended = ids.flatMap((id) => failed.get(id) ?? [])
    return wilson(ended.filter(Boolean).length, ended.length)
  }
  const listedIds = decided.filter(({ state }) => state === 'call').map(({ appointment_id: id }) => id)
  const listed = rateOf(listedIds)
  const heldOut = rateOf(decided.filter(({ state }) => state === 'held_out').map(({ appointment_id: id }) => id))
  const reached = rateOf(listedIds.filter((id) => reachedIds.has(id)))
  const difference = newcombe(heldOut, listed)
  const enough = heldOut.n >= needed.heldOut && heldOut.failures >= needed.failures && listed.n >= needed.heldOut
  return { listed, heldOut, difference, reached, enough, sentence: say({ listed, heldOut, difference, enough }), ...(enough ? { effect: measured({ listed, heldOut, difference }) } : {}) }
}

/** Whether each ended appointment of these clients failed; open ones, and those the salon cancelled, are absent. */
async function failures({ platform, clientIds, now }: { platform: BookingPlatform; clientIds: string[]; now: Instant }): Promise<Map<string, boolean>> {
  if (clientIds.length === 0) return new Map()
  const zones = new Map(unwrap(await platform.catalog()).locations.map(({ id, zone }) => [id, zone]))
  return new Map(unwrap(await platform.history({ clientIds, knownBefore: now })).flatMap((history) => {
    const ended = visitOutcome({ history, asOf: now, zone: zones.get(history.appointment.locationId) ?? 'UTC' })
    return ended === undefined ? [] : [[history.appointment.id, isFailure(ended.outcome)] as const]
  }))
}

/** Calling cannot have a negative or a total effect on the list's order: the figure is kept within 0 and 0.9. */
function measured({ listed, heldOut, difference }: Pick<MeasuredEffect, 'listed' | 'heldOut' | 'difference'>): CallEffect {
  const relativeReduction = Math.min(0.9, Math.max(0, difference.value / heldOut.rate))
  return { relativeReduction, from: 'measured', note: `measured here: ${percent(heldOut.rate)} failed of ${heldOut.n} held out, ${percent(listed.rate)} of ${listed.n} listed` }
}

function say({ listed, heldOut, difference, enough }: Pick<MeasuredEffect, 'listed' | 'heldOut' | 'difference' | 'enough'>): string {
  if (!enough) {
    return `Not enough yet to say what calling does: ${heldOut.n} of ${needed.heldOut} held-out appointments have ended, with ${heldOut.failures} of ${needed.failures} failures, and ${listed.n} of ${needed.heldOut} listed ones. Until then the list assumes the trial's 22 %.`
  }
  const rates = `${percent(heldOut.rate)} of ${heldOut.n} held-out appointments failed, and ${percent(listed.rate)} of ${listed.n} listed ones`
  const range = `${points(difference.low)} to ${points(difference.high)} points with 95 % confidence`
  return difference.low > 0
    ? `Calling helps: ${rates} (${points(difference.value)} points fewer; ${range}).`
    : `No clear effect of calling so far: ${rates} (difference ${points(difference.value)} points; ${range}).`
}

const z = 1.959964

/** Wilson score interval of a share (Wilson 1927). With nothing counted: 0 to 1. */
export function wilson(failures: number, n: number): Rate {
  if (n === 0) return { failures, n, rate: 0, low: 0, high: 1 }
  const rate = failures / n
  const middle = rate + z ** 2 / (2 * n)
  const spread = z * Math.sqrt((rate * (1 - rate) + z ** 2 / (4 * n)) / n)
  const scale = 1 + z ** 2 / n
  return { failures, n, rate, low: Math.max(0, (middle - spread) / scale), high: Math.min(1, (middle + spread) / scale) }
}

/** Interval of the difference a − b of two independent shares. */
export function newcombe(a: Rate, b: Rate): MeasuredEffect['difference'] {
  const value = a.rate - b.rate
  return {
    value,
    low: value - Math.hypot(a.rate - a.low, b.high - b.rate),
    high: value + Math.hypot(a.high - a.rate, b.rate - b.low),
  }
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}

function points(share: number): string {
  return (share * 100).toFixed(1)
}
