import type { Instant } from '../../salon/time.ts'

/** How often, and how fast, clients of this location say YES to an offer. */
export type Acceptance = {
  /** The share of offers that end in a YES: what was measured, leaning on the prior while there is little of it. */
  rate: number
  /** 90 % interval of the rate. */
  from: number
  to: number
  /** What it rests on: offers that were sent, and YES among them. */
  offers: number
  yes: number
  /** Minutes in which half of those who say YES have said it. */
  medianMin: number
}

/** When each may be asked, and what is to be expected of it; shown before anybody approves. */
export type OfferPlan = {
  kind: 'plan'
  windowMin: number
  /** How many are asked at the same time. */
  width: number
  /** How many can be asked at all before it is too late. */
  reaches: number
  /** Chance that the chair is filled, 0 to 1. */
  chance: number
  /** When the last of them would have answered. */
  until: Instant
}

/** Why nothing is offered: no time left, only quiet hours left, nobody to ask. */
export type NoPlan = { kind: 'none'; why: 'too_late' | 'quiet_hours' | 'nobody' }
