import type { ScoreAppointments } from '../calls/call-list.ts'
import { pricePerMinute, stakeOf } from '../calls/call-value.ts'
import { liveAppointments } from '../calls/live-appointments.ts'
import type { BookingPlatform } from '../platforms/booking-platform.ts'
import { unwrap } from '../platforms/unwrap.ts'
import { chooseLocations } from '../salon/choose-locations.ts'
import { DeskError } from '../salon/errors.ts'
import { type Money, money, sayMoney } from '../salon/money.ts'
import type { Appointment, Catalog, Location, RiskBand } from '../salon/salon.ts'
import { addDays, type Clock, daysBetween, type LocalDate, localDate, localTime, sayDate, startOfDay, toLocalDate } from '../salon/time.ts'

type DayRisk = {
  location: { id: string; name: string }
  date: LocalDate
  appointments: number
  /** Sum of the probabilities of failure. */
  expectedFailures: number
  bands: Record<RiskBand, number>
  /** Sum of risk × value at stake. */
  moneyAtRisk: Money
}

/** Where failures gather: appointments that share something and fail clearly more often than the average. */
type Hotspot = { by: 'service' | 'staff' | 'hour'; name: string; location: { id: string; name: string }; appointments: number; expectedFailures: number; timesAverage: number }

export type RiskSummary = { from: LocalDate; to: LocalDate; days: DayRisk[]; hotspots: Hotspot[]; appointments: number; expectedFailures: number; unscored: number; sentence: string }

/** A hotspot needs this many appointments and this much more than the average; more days than this are not one question of a front desk. */
const limits = { appointments: 3, timesAverage: 1.25, hotspots: 5, days: 31 }

type Scored = { appointment: Appointment; location: Location; date: LocalDate; risk: { score: number; band: RiskBand }; stake: number }

/**
 * Risk of the live appointments of the local days `from` to `to` (both included), by day and location, and the hotspots
 * by service category, staff member and hour. Probabilities are summed, so the figures are expectations, not forecasts
 * of particular people. Throws `DeskError`: `not_found` (location), `invalid_time` or `invalid_input` (dates).
 */
export async function riskSummary({ platform, score, clock, from, to, locationId }: { platform: BookingPlatform; score: ScoreAppointments; clock: Clock; from: string; to: string; locationId?: string | undefined }): Promise<RiskSummary> {
  const [first, last] = [toLocalDate(from), toLocalDate(to)]
  const days = daysBetween(first, last) + 1
  if (days < 1 || days > limits.days) {
    throw new DeskError('invalid_input', { message: 'bad range of days', userMessage: `Ask for 1 to ${limits.days} days; ${first} to ${last} is ${days < 1 ? 'backwards' : `${days} days`}.` })
  }
  const catalog = unwrap(await platform.catalog())
  const locations = chooseLocations(catalog.locations, locationId)
  const now = clock.now()
  const appointments = await inRange({ platform, locations, first, last, only: locationId !== undefined })
  const risks = appointments.length === 0 ? undefined : await score({ appointments: appointments.map(({ appointment }) => appointment), asOf: now })
  const perMinute = pricePerMinute(catalog.services)
  const scored = appointments.flatMap(({ appointment, location, date }): Scored[] => {
    const risk = risks?.get(appointment.id)
    return risk === undefined ? [] : [{ appointment, location, date, risk, stake: stakeOf({ appointment, perMinute, minimumStake: 0, currency: location.currency }).amount.minor }]
  })
  const daily = locations.flatMap((location) => Array.from({ length: days }, (_, index) => dayRisk(location, addDays(first, index), scored)))
  const hotspots = findHotspots(scored, catalog)
  const expectedFailures = sum(scored.map(({ risk }) => risk.score))
  const summary = { from: first, to: last, days: daily, hotspots, appointments: appointments.length, expectedFailures, unscored: appointments.length - scored.length }
  return { ...summary, sentence: say(summary, localDate(now, locations[0]?.zone ?? 'UTC')) }
}

async function inRange({ platform, locations, first, last, only }: { platform: BookingPlatform; locations: Location[]; first: LocalDate; last: LocalDate; only: boolean }): Promise<Omit<Scored, 'risk' | 'stake'>[]> {
  const byId = new Map(locations.map((location) => [location.id, location]))
  const starts = locations.map(({ zone }) => startOfDay(first, zone)).sort()
  const ends = locations.map(({ zone }) => startOfDay(addDays(last, 1), zone)).sort()
  const [from, to] = [starts[0], ends.at(-1)]
  if (from === undefined || to === undefined) return []
  const all = await liveAppointments({ platform, from, to, ...(only ? { locationId: locations[0]?.id } : {}) })
  return all.flatMap((appointment) => {
    const location = byId.get(appointment.locationId)
    if (location === undefined) return []
    const date = localDate(appointment.start, location.zone)
    return date < first || date > last ? [] : [{ appointment, location, date }]
  })
}

function dayRisk({ id, name, currency }: Location, date: LocalDate, scored: Scored[]): DayRisk {
  const own = scored.filter((one) => one.location.id === id && one.date === date)
  const count = (band: RiskBand): number => own.filter(({ risk }) => risk.band === band).length
  return {
    location: { id, name },
    date,
    appointments: own.length,
    expectedFailures: sum(own.map(({ risk }) => risk.score)),
    bands: { low: count('low'), medium: count('medium'), high: count('high') },
    moneyAtRisk: money(sum(own.map(({ risk, stake }) => risk.score * stake)), currency),
  }
}

function findHotspots(scored: Scored[], catalog: Catalog): Hotspot[] {
  const categories = new Map(catalog.services.map(({ id, category }) => [id, category]))
  const names = new Map(catalog.staff.map(({ id, name }) => [id, name]))
  const groups = new Map<string, { by: Hotspot['by']; name: string; location: Hotspot['location']; scores: number[] }>()
  for (const { appointment, location, risk } of scored) {
    const { segments, start, timeKnown } = appointment
    const keys: [Hotspot['by'], string][] = [
      ...[...new Set(segments.map(({ serviceId }) => categories.get(serviceId) ?? 'other'))].map((name): [Hotspot['by'], string] => ['service', name]),
      ...[...new Set(segments.map(({ staffId }) => names.get(staffId) ?? 'unknown'))].map((name): [Hotspot['by'], string] => ['staff', name]),
      ...(timeKnown ? [['hour', `${localTime(start, location.zone).slice(0, 2)}:00`] as [Hotspot['by'], string]] : []),
    ]
    for (const [by, name] of keys) {
      const key = `${location.id} ${by} ${name}`
      const group = groups.get(key) ?? { by, name, location: { id: location.id, name: location.name }, scores: [] }
      group.scores.push(risk.score)
      groups.set(key, group)
    }
  }
  const average = sum(scored.map(({ risk }) => risk.score)) / Math.max(1, scored.length)
  return [...groups.values()]
    .map(({ by, name, location, scores }) => ({ by, name, location, appointments: scores.length, expectedFailures: sum(scores), timesAverage: average === 0 ? 0 : sum(scores) / scores.length / average }))
    .filter(({ appointments, timesAverage }) => appointments >= limits.appointments && timesAverage >= limits.timesAverage)
    .sort((a, b) => b.expectedFailures - b.expectedFailures / b.timesAverage - (a.expectedFailures - a.expectedFailures / a.timesAverage))
    .slice(0, limits.hotspots)
}

function say({ from, to, days, hotspots, appointments, expectedFailures, unscored }: Omit<RiskSummary, 'sentence'>, today: LocalDate): string {
  const when = from === to ? sayDate(from, today) : `${sayDate(from, today)} to ${sayDate(to, today)}`
  if (appointments === 0) return `${when}: no appointments in the book.`
  const currencies = [...new Set(days.map(({ moneyAtRisk }) => moneyAtRisk.currency))]
  const amounts = currencies.map((currency) => sayMoney(money(Math.round(sum(days.filter(({ moneyAtRisk }) => moneyAtRisk.currency === currency).map(({ moneyAtRisk }) => moneyAtRisk.minor)) / 100) * 100, currency)))
  const high = sum(days.map(({ bands }) => bands.high))
  const medium = sum(days.map(({ bands }) => bands.medium))
  const [top] = hotspots
  return [
    `${when}: ${appointments} appointment${appointments === 1 ? '' : 's'}, about ${expectedFailures.toFixed(1)} expected to fail (${high} high, ${medium} medium risk), ${amounts.join(' and ')} at stake.`,
    ...(top === undefined ? [] : [`Watch ${hotspotWords(top)}: ${top.appointments} appointments at ${top.timesAverage.toFixed(1)} times the average risk.`]),
    ...(unscored === 0 ? [] : [`${unscored} could not be scored.`]),
  ].join(' ')
}

function hotspotWords({ by, name, location }: Hotspot): string {
  const what = by === 'hour' ? `the ${name} hour` : by === 'staff' ? `${name}'s day` : name
  return `${what} at ${location.name}`
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
