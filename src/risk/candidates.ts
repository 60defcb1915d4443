import type { Candidate } from './fit-model.ts'
import { weekdayFeatures } from './features.ts'
import type { FeatureName } from './features.ts'

/** History, service and booking: what has meaning in every salon. A column that a salon's records do not have drops out by itself. */
const core = [
  'pastFailureRate', 'pastVisits', 'pastNoShows', 'pastLateCancels', 'pastEarlyCancels', 'daysSinceVisit', 'daysSinceFailure', 'daysSinceCancel', 'firstVisit',
  'consultation', 'color', 'style', 'price', 'duration', 'segments',
  'visitsWithStaff', 'requestedStaff', 'moves', 'leadDays', 'confirmed', 'deposit',
] as const satisfies readonly FeatureName[]

/** In order of preference when they are equally good: the simplest first. */
export const candidates: readonly [Candidate, ...Candidate[]] = [
  { name: 'logistic', kind: 'logistic', features: core },
  { name: 'logistic with weekday', kind: 'logistic', features: [...core, ...weekdayFeatures] },
  { name: 'trees', kind: 'trees', features: [...core, ...weekdayFeatures] },
]
