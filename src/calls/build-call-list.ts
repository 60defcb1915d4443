import type { BookingPlatform } from '../platforms/booking-platform.ts'
import { unwrap } from '../platforms/unwrap.ts'
import type { TextModel } from '../prompts/text-model.ts'
import type { RiskScore } from '../risk/open-model.ts'
import { money } from '../salon/money.ts'
import { isClosedOn } from '../salon/opening-hours.ts'
import type { Appointment, Catalog, Client } from '../salon/salon.ts'
import { addMinutes, type Clock, type Instant, localDate, sayDate } from '../salon/time.ts'
import type { Store } from '../store/open-store.ts'
import type { CallEffect, CallList, DaySummary, LocationCallList, ScoreAppointments } from './call-list.ts'
import { type CallSettings, readCallSettings } from './call-settings.ts'
import { readCallEffect } from './call-effect.ts'
import { callValue, pricePerMinute } from './call-value.ts'
import { chooseDays, type LocationDay, nextDay } from './choose-days.ts'
import { isAhead, liveAppointments } from './live-appointments.ts'
import { makeCallItems, makeHeldOutItem } from './make-call-items.ts'
import { type Candidate, isAtRisk, rankCalls } from './rank-calls.ts'
import { readCallOutcomes, type RecordedOutcome } from './record-call-outcome.ts'

/** An outcome older than this before now belongs to an earlier round of calls. */
const outcomeAgeMin = 48 * 60

/**
 * The morning call list: per location the appointments still ahead on `date` (default today there, or tomorrow when today
 * has nobody left), the most valuable
 * call first, each with reasons, talking points and a script. Reads only; `recordScores` keeps what was predicted.
 * One query each for catalogue, appointments, scores, clients and histories, however many locations.
 * `effect` of calling: default what the salon measured itself, else the trial's. `model` words the
 * scripts of the top of the list; without it, or when it fails, they are templates.
 * Throws `DeskError`: `invalid_input` (unknown location), `invalid_time` (bad date), or the platform's refusal.
 */
export async function buildCallList({ platform, score, store, clock, locationId, date, settings, effect: given, model, signal }: {
  platform: BookingPlatform
  score: ScoreAppointments
  store: Store
  clock: Clock
  locationId?: string | undefined
  date?: string | undefined
  settings?: Partial<CallSettings> | undefined
  effect?: CallEffect
  model?: TextModel | undefined
  signal?: AbortSignal | undefined
}): Promise<CallList> {
  const now = clock.now()
  const effect = given ?? (await readCallEffect(store))
  const catalog = unwrap(await platform.catalog())
  const asked = chooseDays({ catalog, locationId, date, now })
  const onlyLocation = locationId !== undefined
  const today = await appointmentsAhead({ platform, days: asked, onlyLocation, now })
  // In the evening the day ahead is tomorrow, unless a date was asked for.
  const done = date === undefined ? asked.filter(({ location }) => today.get(location.id)?.length === 0) : []
  const days = asked.map((day) => (done.includes(day) ? nextDay(day) : day))
  const ahead = new Map([...today, ...(await appointmentsAhead({ platform, days: done.map(nextDay), onlyLocation, now }))])
  const appointments = [...ahead.values()].flat()
  const [risks, clients, outcomes, settingsOf] = await Promise.all([
    appointments.length === 0 ? new Map<string, RiskScore>() : score({ appointments, asOf: now }),
    readClients(platform, appointments),
    readCallOutcomes({ db: store.db, from: addMinutes(now, -outcomeAgeMin), to: addMinutes(now, 1), appointmentIds: appointments.map(({ id }) => id) }),
    readCallSettings({ db: store.db, locationIds: days.map(({ location }) => location.id), given: settings }),
  ])
  const picks = days.map((day) => {
    const own = settingsOf.get(day.location.id) as CallSettings
    const candidates = candidatesOf({ day, appointments: ahead.get(day.location.id) ?? [], catalog, risks, clients, outcomes, settings: own, effect })
    const { listed, heldOut } = rankCalls({ candidates, settings: own, seal: store.seal })
    return { day, settings: own, candidates, listed, heldOut }
  })
  const items = await makeCallItems({ platform, catalog, clients, picks, now, model, signal })
  return {
    business: catalog.business.name,
    now,
    effect,
    locations: picks.map(({ day, settings: own, candidates, listed, heldOut }): LocationCallList => {
      const all = ahead.get(day.location.id) ?? []
      const { id, name, zone } = day.location
      return {
        location: { id, name, zone },
        date: day.date,
        summary: summarise({ day, appointments: all, candidates }),
        items: items.get(id) ?? [],
        heldOut: heldOut.map((candidate) => makeHeldOutItem({ candidate, location: day.location, catalog })),
        notes: notesOn({ day, appointments: all, candidates, settings: own, clients, now }),
        scored: stateOf({ candidates, listed, heldOut }),
      }
    }),
  }
}

/** What has not begun yet, by location. */
async function appointmentsAhead({ platform, days, onlyLocation, now }: { platform: BookingPlatform; days: LocationDay[]; onlyLocation: boolean; now: Instant }): Promise<Map<string, Appointment[]>> {
  const ahead = new Map<string, Appointment[]>(days.map(({ location }) => [location.id, []]))
  if (days.length === 0) return ahead
  const from = days.map((day) => day.from).sort()[0] as Instant
  const to = days.map((day) => day.to).sort().at(-1) as Instant
  if (to <= now) return ahead
  const dayOf = new Map(days.map((day) => [day.location.id, day]))
  for (const appointment of await liveAppointments({ platform, from, to, ...(onlyLocation ? { locationId: days[0]?.location.id } : {}) })) {
    const day = dayOf.get(appointment.locationId)
    if (day === undefined || appointment.start < day.from || appointment.start >= day.to) continue
    if (isAhead({ appointment, dayEnd: day.to, now })) ahead.get(appointment.locationId)?.push(appointment)
  }
  return ahead
}

async function readClients(platform: BookingPlatform, appointments: Appointment[]): Promise<Map<string, Client>> {
  const ids = [...new Set(appointments.map(({ clientId }) => clientId))]
  if (ids.length === 0) return new Map()
  return new Map(unwrap(await platform.clients({ ids })).map((client) => [client.id, client]))
}

function candidatesOf({ day, appointments, catalog, risks, clients, outcomes, settings, effect }: {
  day: LocationDay
  appointments: Appointment[]
  catalog: Catalog
  risks: Map<string, RiskScore>
  clients: Map<string, Client>
  outcomes: Map<string, RecordedOutcome>
  settings: CallSettings
  effect: CallEffect
}): Candidate[] {
  const perMinute = pricePerMinute(catalog.services)
  const phonesKnown = arePhonesKnown(clients)
  return appointments.flatMap((appointment): Candidate[] => {
    const risk = risks.get(appointment.id)
    if (risk === undefined) return []
    const client = clients.get(appointment.clientId)
    const outcome = outcomes.get(appointment.id)
    const value = callValue({ appointment, client, risk: risk.score, effect, perMinute, minimumStake: settings.minimumStake, currency: day.location.currency, outcome: outcome?.outcome, phonesKnown })
    return [{ appointment, client, risk, value, outcome }]
  })
}

function arePhonesKnown(clients: Map<string, Client>): boolean {
  return [...clients.values()].some(({ phones }) => phones.length > 0)
}

function summarise({ day, appointments, candidates }: { day: LocationDay; appointments: Appointment[]; candidates: Candidate[] }): DaySummary {
  return {
    appointments: appointments.length,
    atRisk: candidates.filter(({ risk }) => isAtRisk(risk)).length,
    expectedFailures: candidates.reduce((sum, { risk }) => sum + risk.score, 0),
    moneyAtRisk: money(candidates.reduce((sum, { risk, value }) => sum + risk.score * value.atStake.amount.minor, 0), day.location.currency),
    confirmed: appointments.filter(({ status }) => status === 'confirmed').length,
    unscored: appointments.length - candidates.length,
  }
}

function stateOf({ candidates, listed, heldOut }: { candidates: Candidate[]; listed: Candidate[]; heldOut: Candidate[] }): LocationCallList['scored'] {
  const called = new Set(listed)
  const out = new Set(heldOut)
  return candidates.map((candidate) => ({
    appointmentId: candidate.appointment.id,
    clientId: candidate.appointment.clientId,
    risk: candidate.risk,
    state: called.has(candidate) ? 'call' : out.has(candidate) ? 'held_out' : 'not_listed',
  }))
}

function notesOn({ day, appointments, candidates, settings, clients, now }: { day: LocationDay; appointments: Appointment[]; candidates: Candidate[]; settings: CallSettings; clients: Map<string, Client>; now: Instant }): string[] {
  const { location, date } = day
  const name = sayDate(date, localDate(now, location.zone))
  const notes: string[] = []
  const unscored = appointments.length - candidates.length
  const confirmed = appointments.filter(({ status }) => status === 'confirmed').length
  if (day.instead !== undefined) notes.push(`Nobody is left to call on ${sayDate(day.instead, localDate(now, location.zone))}: this is the list for the next day.`)
  if (day.to <= now) notes.push(`${name} is over: nobody is left to call.`)
  else if (appointments.length === 0) notes.push(isClosedOn(day) ? `${location.name} is closed on ${name}.` : `No appointments are left on ${name}.`)
  if (unscored > 0) notes.push(`${unscored} could not be scored and ${unscored === 1 ? 'is' : 'are'} not listed.`)
  if (settings.confirmed === 'leave-out' && confirmed > 0) notes.push(`${confirmed} already confirmed, left out.`)
  if (clients.size > 0 && !arePhonesKnown(clients)) notes.push('The booking data holds no phone numbers: look them up before calling.')
  return notes
}
