import type { RiskBand } from '../salon/salon.ts'
import { addMinutes, at, type Instant, localDate, minutesBetween, type Zone } from '../salon/time.ts'
import type { ConfirmationSettings } from './confirmation-settings.ts'

/** One text of a visit's sequence: the only one of a low risk; the first, the one between and the last of a higher one. */
export const steps = ['early', 'confirm', 'last'] as const
export type Step = (typeof steps)[number]

/** A step with when it is due and from when on it is too late for it. */
export type Planned = { step: Step; dueAt: Instant; until: Instant }

/**
 * The steps of a visit by its risk, in order. A step is due on the local day that lies its hours before the visit, from the
 * hour on at which the location begins to text: so all of a day's texts are prepared together, and none later than its
 * hours before unless nobody may be texted yet at that time. It is too late for it once the next one is due.
 */
export function stepsOf({ start, zone, band, settings }: { start: Instant; zone: Zone; band: RiskBand; settings: ConfirmationSettings }): readonly Planned[] {
  const known = plannedBy.get(settings) ?? new Map<string, readonly Planned[]>()
  plannedBy.set(settings, known)
  const key = `${start} ${zone} ${band === 'low' ? 'low' : 'more'}`
  const planned = known.get(key) ?? plan({ start, zone, band, settings })
  known.set(key, planned)
  return planned
}

// Many visits start at the same time, each is asked about several times a look, and calendars are slow.
const plannedBy = new WeakMap<ConfirmationSettings, Map<string, readonly Planned[]>>()

function plan({ start, zone, band, settings }: { start: Instant; zone: Zone; band: RiskBand; settings: ConfirmationSettings }): Planned[] {
  const { standardHours, earlyHours, lastHours, leastHours, from } = settings
  const hours: Record<Step, number> = { early: earlyHours, confirm: standardHours, last: lastHours }
  const end = addMinutes(start, -leastHours * 60)
  const planned = wanted(band, settings).map((step) => ({ step, dueAt: at(localDate(addMinutes(start, -hours[step] * 60), zone), from, zone) })).sort((a, b) => (a.dueAt < b.dueAt ? -1 : 1))
  return planned.map(({ step, dueAt }, i): Planned => {
    const next = planned[i + 1]?.dueAt
    return { step, dueAt, until: next !== undefined && next < end ? next : end }
  }).filter(({ dueAt, until }) => dueAt < until)
}

function wanted(band: RiskBand, { touches }: ConfirmationSettings): Step[] {
  if (band === 'low') return ['confirm']
  return touches === 1 ? ['early'] : touches === 2 ? ['early', 'last'] : ['early', 'confirm', 'last']
}

/** What is so about one visit: when it was booked and last asked about otherwise, which steps are dealt with, and how many of them were texts. */
export type VisitNow = { start: Instant; bookedAt?: Instant | undefined; askedAt?: Instant | undefined; dealtWith: ReadonlySet<Step>; texts: number }

export type Next =
  /** To be texted now, or from `dueAt` on. */
  | ({ kind: 'due' | 'later' } & Planned)
  /** Due, and left out: the booking or another text asked the same just before. */
  | { kind: 'left_out'; step: Step; why: 'just_booked' | 'just_asked' }
  | { kind: 'nothing' }

/** The next step of a visit that is booked and not confirmed. Missed steps are passed by: after a pause a client gets the latest one only. */
export function nextStep({ visit, zone, band, settings, now }: { visit: VisitNow; zone: Zone; band: RiskBand; settings: ConfirmationSettings; now: Instant }): Next {
  const most = band === 'low' ? 1 : settings.touches
  const next = stepsOf({ start: visit.start, zone, band, settings }).find(({ step, until }) => until > now && !visit.dealtWith.has(step))
  if (next === undefined || visit.texts >= most) return { kind: 'nothing' }
  if (next.dueAt <= now) {
    const isJust = (at: Instant | undefined) => at !== undefined && minutesBetween(at, next.dueAt) < settings.afterAskingHours * 60
    if (isJust(visit.bookedAt)) return { kind: 'left_out', step: next.step, why: 'just_booked' }
    if (isJust(visit.askedAt)) return { kind: 'left_out', step: next.step, why: 'just_asked' }
  }
  return { kind: next.dueAt <= now ? 'due' : 'later', ...next }
}

/** When a visit's next step may be due at the earliest, under whatever risk; `now` or before for one that is left out. */
export function mayBeDueAt({ now, ...asked }: Omit<Parameters<typeof nextStep>[0], 'band'>): Instant | undefined {
  const dues = (['low', 'high'] as const).flatMap((band) => {
    const next = nextStep({ ...asked, band, now })
    return next.kind === 'nothing' ? [] : next.kind === 'left_out' ? now : next.dueAt
  })
  return dues.length === 2 && (dues[1] as Instant) < (dues[0] as Instant) ? dues[1] : dues[0]
}

/** Hours before a visit from which on it is looked at: its first step, the rest of that local day, and what is merged ahead. */
export function horizonHours({ standardHours, earlyHours, lastHours, mergeHours }: ConfirmationSettings): number {
  return Math.max(standardHours, earlyHours, lastHours) + 26 + mergeHours
}
