import { money } from '../salon/money.ts'
import type { Appointment, Client, Service } from '../salon/salon.ts'
import type { CallOutcome } from '../store/tables/calls.ts'
import type { CallEffect, ExpectedValue } from './call-list.ts'

/** The assumption until the salon has measured its own: calls aimed by predicted risk lowered no-shows from 29.2 % to 22.8 % in a randomised trial (n = 2,247; PRODUCT.md, base rates). (29.2 − 22.8) / 29.2 = 0.22. */
export const trialEffect: CallEffect = {
  relativeReduction: 0.22,
  from: 'trial',
  note: 'assumes that a call lowers the risk by 22 %, as in a randomised trial of calls aimed by predicted risk (29.2 to 22.8 % no-shows, n = 2,247)',
}

/** Judgements, not measurements: they only push calls that can change little down the list. */
const factorOf = { confirmed: 0.3, noPhone: 0.25, triedToday: 0.5, wrongNumber: 0.1 }

/**
 * What a call about this appointment is worth: risk × value at stake × chance that it helps (a share of the risk).
 * At stake is the price; for a service without one, what the chair earns in that time on average; at least `minimumStake`.
 * `phonesKnown` is false when the platform gives no phone number of anybody: a missing one then says nothing.
 */
export function callValue({ appointment, client, risk, effect, perMinute, minimumStake, currency, outcome, phonesKnown }: {
  appointment: Appointment
  client: Client | undefined
  risk: number
  effect: CallEffect
  /** Average price of a minute, in minor units. */
  perMinute: number
  minimumStake: number
  currency: string
  outcome: CallOutcome | undefined
  phonesKnown: boolean
}): ExpectedValue {
  const atStake = stakeOf({ appointment, perMinute, minimumStake, currency })
  const factors: string[] = []
  let chance = effect.relativeReduction
  const lower = (factor: number, why: string): void => {
    chance *= factor
    factors.push(why)
  }
  if (outcome?.startsWith('reached-')) lower(0, 'already reached')
  else if (outcome === 'wrong-number') lower(factorOf.wrongNumber, 'the number was wrong')
  else if (outcome === 'voicemail' || outcome === 'no-answer') lower(factorOf.triedToday, 'tried once without reaching them')
  if (appointment.status === 'confirmed') lower(factorOf.confirmed, 'already confirmed')
  if (phonesKnown && client?.phones.length === 0) lower(factorOf.noPhone, 'no phone number on file')
  return {
    risk,
    atStake,
    chance: { value: chance, from: effect.from, factors },
    value: money(risk * atStake.amount.minor * chance, currency),
  }
}

/** What an empty chair would cost: the price, or for services without one what the chair earns in that time on average; at least `minimumStake` (minor units). */
export function stakeOf({ appointment, perMinute, minimumStake, currency }: { appointment: Appointment; perMinute: number; minimumStake: number; currency: string }): ExpectedValue['atStake'] {
  const priced = appointment.segments.reduce((sum, { price }) => sum + price.minor, 0)
  const free = appointment.segments.filter(({ price }) => price.minor === 0).reduce((sum, { durationMin }) => sum + durationMin, 0)
  const stake = priced + free * perMinute
  if (stake < minimumStake) return { amount: money(minimumStake, currency), from: 'minimum' }
  return { amount: money(stake, currency), from: free > 0 ? 'chair time' : 'price' }
}

/** What a minute in a chair earns on average over the priced services of a catalogue, in minor units. */
export function pricePerMinute(services: Service[]): number {
  const priced = services.filter(({ active, price }) => active && price.minor > 0)
  const minutes = priced.reduce((sum, { durationMin }) => sum + durationMin, 0)
  return minutes === 0 ? 0 : priced.reduce((sum, { price }) => sum + price.minor, 0) / minutes
}
