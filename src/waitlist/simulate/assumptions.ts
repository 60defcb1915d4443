import { nextAllowed } from '../../messages/sending/quiet-hours.ts'
import { usualHours } from '../../messages/sending/text-settings.ts'
import type { Random } from '../../salon/seeded-random.ts'
import { addMinutes, type Instant } from '../../salon/time.ts'
import { acceptanceOf } from '../planning/measure-acceptance.ts'
import type { Acceptance } from '../planning/plan.ts'
import type { WaitlistSettings } from '../waitlist-settings.ts'
import { usualWaitlistSettings } from '../waitlist-settings.ts'
import type { Answer } from './play-opening.ts'

/**
 * What the simulator takes for granted. Of those who do not say YES, so many say NO; the others never answer. Half of the
 * answers come within `medianMin` minutes, exponentially: an assumption, as in the planner, not a measurement. Chairs begin
 * on the half hour from 9:00 to 18:30, on any of them alike.
 */
export const assumed = { no: 0.3, medianMin: acceptanceOf({ offers: 0, yes: 0, minutes: [] }).medianMin, list: 20, zone: 'UTC', date: '2026-11-24' } as const

/** The settings that a salon starts with. */
export const settings: WaitlistSettings = usualWaitlistSettings

export type Chair = { start: Instant; from: Instant; bookBy: Instant }

const starts = Array.from({ length: 20 }, (_, n) => n)

/** The chairs a salon may have to fill with so many hours of notice: when each begins, when offers may begin, when a booking must be made. */
export function chairsWith({ noticeHours }: { noticeHours: number }): Chair[] {
  return starts.map((n) => {
    const start = addMinutes(`${assumed.date}T09:00:00.000Z`, n * 30)
    return { start, from: addMinutes(start, settings.delayMin - noticeHours * 60), bookBy: addMinutes(start, -settings.noticeMin) }
  })
}

/** What a client makes of an offer. */
export function drawAnswer(random: Random, rate: number): Answer {
  const [says, when] = [random.next(), random.next()]
  const afterMin = -assumed.medianMin * Math.log2(1 - when)
  if (says < rate) return { says: 'yes', afterMin }
  return says < rate + (1 - rate) * assumed.no ? { says: 'no', afterMin } : undefined
}

/** A planner that knows the rate. */
export function knownRate(rate: number): Acceptance {
  return { rate, from: rate, to: rate, offers: 0, yes: 0, medianMin: assumed.medianMin }
}

/** Texting hours of waitlist offers, looked up once for every minute that is asked for. */
export function textingHours(): (ms: number) => number {
  const known = new Map<number, number>()
  return (ms) => {
    const minute = Math.floor(ms / 60_000) % (24 * 60)
    const wait = known.get(minute) ?? (Date.parse(nextAllowed({ now: new Date(minute * 60_000).toISOString(), salonZone: assumed.zone, numberZones: [], hours: usualHours }) ?? '') - minute * 60_000)
    known.set(minute, wait)
    return wait === 0 ? ms : Math.floor(ms / 60_000) * 60_000 + wait
  }
}
