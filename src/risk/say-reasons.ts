import { weekdayNames } from '../salon/time.ts'
import type { Contributions } from './contributions.ts'
import { recentDays, weekdayFeatures } from './features.ts'
import type { FeatureName, FeatureRow } from './features.ts'

/** Features that tell one story share one reason, weighed by their sum; `say` answers undefined when the facts do not bear it out. */
type Story = { features: readonly FeatureName[]; say: (row: FeatureRow, contributions: Contributions) => string | undefined }

/** A story must move the log-odds by this much to be worth a clause (0.1 is about a tenth of the odds). */
const worthSaying = 0.1
const most = 3

/**
 * One to three plain clauses for one score, from the model's own contributions: what raises the risk, the weightiest first,
 * and what speaks for the booking where that weighs more. States facts of this booking only, never the score itself.
 */
export function sayReasons({ row, contributions, baseRate }: { row: FeatureRow; contributions: Contributions; baseRate: number }): string[] {
  const clauses = (stories: Story[], weigh: (story: Story) => number, least: number): string[] =>
    stories
      .map((story) => ({ story, weight: weigh(story) }))
      .filter(({ weight }) => weight >= least)
      .sort((a, b) => b.weight - a.weight)
      .flatMap(({ story }) => story.say(row, contributions) ?? [])
  const raised = clauses(raising, (story) => weightOf(story, contributions), worthSaying)
  const lowered = clauses(lowering, (story) => -weightOf(story, contributions), Number.MIN_VALUE)
  const total = Object.values(contributions).reduce((sum, value) => sum + value, 0)
  // Where more speaks for the booking than against it, both sides are said.
  if (raised.length > 0) return total < 0 ? [...raised.slice(0, most - 1), ...lowered.slice(0, 1)] : raised.slice(0, most)
  if (lowered.length > 0) return lowered.slice(0, 2)
  return [`nothing unusual: about ${Math.round(baseRate * 100)} in 100 bookings here fall through`]
}

const ownRecord = ['pastFailureRate', 'pastNoShows', 'pastLateCancels', 'pastEarlyCancels', 'daysSinceFailure', 'daysSinceCancel'] as const
const loyalty = ['pastVisits', 'daysSinceVisit', 'firstVisit', 'visitsWithStaff'] as const

const raising: Story[] = [
  { features: ownRecord, say: (row) => sayRecord(row) },
  { features: loyalty, say: ({ values }) => sayAbsence(values) },
  { features: ['consultation'], say: ({ values }) => (values.consultation === 1 ? 'consultation, which clients here miss more often' : undefined) },
  { features: ['color', 'style', 'price', 'duration', 'segments'], say: (row, contributions) => sayService(row, contributions) },
  { features: ['leadDays'], say: ({ values: { leadDays } }) => sayLead(leadDays) },
  { features: ['confirmed'], say: ({ values }) => (values.confirmed === 0 ? 'not confirmed yet' : undefined) },
  { features: ['deposit'], say: ({ values }) => (values.deposit === 0 ? 'no deposit paid' : undefined) },
  { features: ['moves'], say: ({ values: { moves = 0 } }) => (moves > 0 ? `changed ${times(moves)} since it was booked` : undefined) },
  { features: ['requestedStaff'], say: ({ values }) => (values.requestedStaff === 0 ? 'no particular staff member asked for' : values.requestedStaff === 1 ? 'asked for this staff member, which falls through more often here' : undefined) },
  { features: weekdayFeatures, say: ({ values }) => sayWeekday(values, 'more') },
]

const lowering: Story[] = [
  { features: [...ownRecord, ...loyalty], say: ({ values }) => sayKept(values) },
  { features: ['confirmed'], say: ({ values }) => (values.confirmed === 1 ? 'already confirmed' : undefined) },
  { features: ['deposit'], say: ({ values }) => (values.deposit === 1 ? 'deposit paid' : undefined) },
  { features: ['color', 'style', 'price', 'duration', 'segments'], say: () => 'a kind of service that clients here rarely miss' },
  { features: weekdayFeatures, say: ({ values }) => sayWeekday(values, 'less') },
]

function weightOf({ features }: Story, contributions: Contributions): number {
  return features.reduce((sum, name) => sum + (contributions[name] ?? 0), 0)
}

function sayRecord({ values, recent }: FeatureRow): string | undefined {
  const { pastNoShows = 0, pastLateCancels = 0, pastEarlyCancels = 0, pastVisits = 0, daysSinceCancel = Infinity } = values
  const lately = recent && listed([[recent.noShows, 'no-show'], [recent.lateCancels, 'late cancellation'], [recent.earlyCancels, 'early cancellation']])
  if (lately) return `${lately} in the last ${recentDays} days`
  const all = pastNoShows + pastLateCancels + pastEarlyCancels
  const ever = listed([[pastNoShows, 'no-show'], [pastLateCancels, 'late cancellation'], [pastEarlyCancels, 'early cancellation']])
  if (ever) return `${ever} among ${count(all + pastVisits, 'past booking')}`
  return daysSinceCancel < Infinity ? `cancelled a booking ${count(Math.round(daysSinceCancel), 'day')} ago` : undefined
}

function sayAbsence({ pastVisits, daysSinceVisit = Infinity, visitsWithStaff }: FeatureRow['values']): string | undefined {
  if (pastVisits === undefined) return undefined
  if (pastVisits === 0) return 'no earlier visit on our records'
  if (daysSinceVisit > 90 && daysSinceVisit < Infinity) return `last visit was ${daysSinceVisit} days ago`
  if (visitsWithStaff === 0) return 'has not been with this staff member before'
  return pastVisits <= 2 ? `only ${count(pastVisits, 'earlier visit')} on our records` : undefined
}

function sayService({ values }: FeatureRow, contributions: Contributions): string | undefined {
  const kinds = ['color', 'style', 'price', 'duration', 'segments'] as const
  const top = kinds.toSorted((a, b) => (contributions[b] ?? 0) - (contributions[a] ?? 0))[0]
  if (values.consultation === 1) return undefined // its own reason says it
  if ((top === 'style' || top === 'color') && values.color === 1 && values.style === 0) return 'color without a cut or styling, which falls through more often here'
  if (top === 'color' && values.color === 1) return 'color service, which falls through more often here'
  if (top === 'style' && values.style === 1) return 'styling service, which falls through more often here'
  if (top === 'style') return 'no cut or styling in the booking, which falls through more often here'
  if (top === 'segments' && values.segments !== undefined) return `${count(values.segments, 'service')} in the booking, which falls through more often here`
  return 'a kind of service that falls through more often here'
}

function sayLead(leadDays: number | undefined): string | undefined {
  if (leadDays === undefined) return undefined
  return leadDays === 0 ? 'booked the same day' : `booked ${count(Math.round(leadDays), 'day')} ahead`
}

function sayWeekday(values: FeatureRow['values'], how: 'more' | 'less'): string | undefined {
  const day = weekdayFeatures.findIndex((name) => values[name] === 1)
  return day < 0 ? undefined : `${weekdayNames[day]} bookings fall through ${how} often here`
}

function sayKept({ pastVisits = 0, pastNoShows = 0, pastLateCancels = 0 }: FeatureRow['values']): string | undefined {
  const all = pastVisits + pastNoShows + pastLateCancels
  if (pastVisits === 0) return undefined
  if (all === 1) return 'kept the one past visit'
  return pastVisits === all ? `kept all ${all} past visits` : `kept ${pastVisits} of ${all} past bookings`
}

/** "one no-show and two late cancellations"; undefined when there is none of any. */
function listed(counts: [number, string][]): string | undefined {
  const parts = counts.filter(([n]) => n > 0).map(([n, what]) => count(n, what))
  return parts.length === 0 ? undefined : parts.length === 1 ? parts[0] : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
}

function count(n: number, what: string): string {
  return `${['no', 'one', 'two', 'three', 'four', 'five', 'six'][n] ?? n} ${what}${n === 1 ? '' : 's'}`
}

function times(n: number): string {
  return n === 1 ? 'once' : n === 2 ? 'twice' : `${n} times`
}
