import type { Client, Slot, WaitlistEntry } from '../../salon/salon.ts'
import type { Instant } from '../../salon/time.ts'

/** A stretch of somebody's time that is free and wanted to be filled; without `staffId` anybody's. */
export type FreeChair = {
  locationId: string
  staffId?: string
  start: Instant
  end: Instant
  /** Clients who are not asked: whoever just left this chair, whoever a chain has moved already. */
  notFor?: string[]
  /** The visit that still stands there and would leave (about to be cancelled, likely to fail): its time counts as free. */
  leftBy?: string
}

/** Why somebody is not asked. Each is recorded and shown in words (WL-6). */
export const exclusions = [
  'service_gone', 'too_long', 'other_times', 'other_person', 'not_their_skill', 'no_time_free', 'too_short_notice', 'already_booked', 'booked_then', 'opted_out', 'no_number',
  'shared_number', 'asked_too_often', 'asked_elsewhere', 'patch_test', 'household_asked', 'left_this_chair', 'not_on_list', 'party_too_big',
] as const
export type Exclusion = (typeof exclusions)[number]

/** One reason for somebody's place in the order, in points of 0 to 100. */
export type ScorePart = { name: 'waited' | 'value' | 'match' | 'fairness' | 'likely'; points: number; weight: number; words: string }

/** Somebody who waits, with the place they would get and why; or with why they are not asked. */
export type Ranked = {
  entry: WaitlistEntry
  client: Client
  /** What they would be booked into. */
  slot?: Slot
  /** 0 to 100: the weighted mean of the parts. */
  score: number
  parts: ScorePart[]
  /** In words, for people: "waits for a cut since 12 days". */
  why: string[]
  /** What became of earlier offers to them: how many they could answer, and how many they said YES to. */
  answers?: { offers: number; yes: number }
  excluded?: { because: Exclusion; words: string }
}
