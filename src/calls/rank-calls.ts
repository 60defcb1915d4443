import type { RiskScore } from '../risk/open-model.ts'
import type { RiskBand } from '../salon/salon.ts'
import type { Appointment, Client } from '../salon/salon.ts'
import type { Seal } from '../store/seal.ts'
import type { CallSettings } from './call-settings.ts'
import type { ExpectedValue } from './call-list.ts'
import { isHeldOut } from './hold-out.ts'
import type { RecordedOutcome } from './record-call-outcome.ts'

export type Candidate = {
  appointment: Appointment
  client: Client | undefined
  risk: RiskScore
  value: ExpectedValue
  outcome: RecordedOutcome | undefined
}

const bandOrder: Record<RiskBand, number> = { low: 0, medium: 1, high: 2 }

export function isAtRisk({ band }: Pick<RiskScore, 'band'>): boolean {
  return bandOrder[band] >= bandOrder.medium
}

/**
 * Which of a location's appointments are listed, in which order, and which of those are held out. Most valuable call
 * first. Listed: everything from the minimum band up, filled up to `atLeast` with unconfirmed ones, cut at `atMost`; whatever has an outcome
 * stays, so that the desk sees its own work; what was called is not held out any more.
 */
export function rankCalls({ candidates, settings, seal }: { candidates: Candidate[]; settings: CallSettings; seal: Seal }): { listed: Candidate[]; heldOut: Candidate[] } {
  const ranked = candidates
    .filter(({ appointment, outcome }) => settings.confirmed === 'rank-low' || appointment.status !== 'confirmed' || outcome !== undefined)
    .sort(byValue)
  const wanted = new Set(ranked.filter(({ risk }) => bandOrder[risk.band] >= bandOrder[settings.minimumBand]).slice(0, settings.atMost))
  for (const candidate of ranked) {
    if (wanted.size >= Math.min(settings.atLeast, settings.atMost)) break
    if (candidate.value.chance.value > 0 && candidate.appointment.status !== 'confirmed') wanted.add(candidate)
  }
  const chosen = ranked.filter((candidate) => wanted.has(candidate) || candidate.outcome !== undefined)
  const isOut = ({ appointment, outcome }: Candidate): boolean => outcome === undefined && isHeldOut({ seal, appointmentId: appointment.id, share: settings.holdOutShare })
  return { listed: chosen.filter((candidate) => !isOut(candidate)), heldOut: chosen.filter(isOut) }
}

// The unrounded product decides; equal calls come in the order of the day.
function byValue(a: Candidate, b: Candidate): number {
  return worth(b.value) - worth(a.value) || b.risk.score - a.risk.score || compare(a.appointment.start, b.appointment.start) || compare(a.appointment.id, b.appointment.id)
}

function worth({ risk, atStake, chance }: ExpectedValue): number {
  return risk * atStake.amount.minor * chance.value
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
