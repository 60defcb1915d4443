import type { RiskScore } from '../risk/open-model.ts'
import type { Money } from '../salon/money.ts'
import type { Appointment, RiskBand } from '../salon/salon.ts'
import type { Instant, LocalDate, Zone } from '../salon/time.ts'
import type { CallOutcome } from '../store/tables/calls.ts'

/** Scores appointments as of a moment. One batch for all of them; an appointment that cannot be scored is left out of the map. */
export type ScoreAppointments = (query: { appointments: Appointment[]; asOf: Instant }) => Promise<Map<string, RiskScore>>

/** How far a call lowers the risk, as a share of it, and where the figure comes from. */
export type CallEffect = { relativeReduction: number; from: 'trial' | 'measured'; note: string }

/** What a call is worth: `value` = risk × at stake × chance. */
export type ExpectedValue = {
  risk: number
  atStake: { amount: Money; from: 'price' | 'chair time' | 'minimum' }
  /** Chance that a call turns a failure into a kept visit or a free chair, after the factors. */
  chance: { value: number; from: CallEffect['from']; factors: string[] }
  value: Money
}

/** Something worth knowing before the call. `say` is a sentence that may be said to the client; absent when the point is for the desk only. */
export type TalkingPoint = { kind: string; text: string; source: string; say?: string }

export type Script = {
  spoken: string
  text: string
  from: 'template' | 'model'
  /** Why the model's wording was not used, when it was asked. */
  modelRejected?: string
}

export type CallItem = {
  rank: number
  appointment: string
  client: { id: string; name: string }
  location: { id: string; name: string }
  /** Start with the location's offset; null when the platform knows only the day. */
  time: string | null
  /** The start for people: "3:00 pm", or "time not in the export". */
  timeText: string
  services: string[]
  staff: string[]
  status: Appointment['status']
  price: Money
  risk: number
  band: RiskBand
  confidence: RiskScore['confidence']
  reasons: string[]
  expectedValue: ExpectedValue
  talkingPoints: TalkingPoint[]
  script: Script
  outcome?: { outcome: CallOutcome; at: Instant; by: string }
  holdOut: false
}

/** An appointment that would have been listed and is left alone: no talking points, no script, so that nobody calls by habit. */
export type HeldOutItem = Omit<CallItem, 'rank' | 'talkingPoints' | 'script' | 'outcome' | 'holdOut'> & { holdOut: true }

type ListState = 'call' | 'held_out' | 'not_listed'

export type DaySummary = {
  appointments: number
  /** With band medium or high. */
  atRisk: number
  /** Sum of the probabilities of failure. */
  expectedFailures: number
  /** Sum of risk × value at stake. */
  moneyAtRisk: Money
  confirmed: number
  unscored: number
}

export type LocationCallList = {
  location: { id: string; name: string; zone: Zone }
  date: LocalDate
  summary: DaySummary
  items: CallItem[]
  /** Not to be called, so that the effect of calling can be measured. */
  heldOut: HeldOutItem[]
  /** Plain sentences on what the reader should know of this list. */
  notes: string[]
  /** Every appointment that was scored, for `recordScores`. */
  scored: { appointmentId: string; clientId: string; risk: RiskScore; state: ListState }[]
}

export type CallList = { business: string; now: Instant; effect: CallEffect; locations: LocationCallList[] }
