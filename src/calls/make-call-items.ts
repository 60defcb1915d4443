import type { BookingPlatform } from '../platforms/booking-platform.ts'
import { unwrap } from '../platforms/unwrap.ts'
import type { TextModel } from '../prompts/text-model.ts'
import { visitOutcome } from '../risk/outcome.ts'
import { addMoney } from '../salon/money.ts'
import { type AppointmentHistory, type Catalog, type Client, clientName, type Location } from '../salon/salon.ts'
import { type Instant, isoLocal, type LocalDate, localDate, sayTime, type Zone } from '../salon/time.ts'
import type { CallItem, HeldOutItem } from './call-list.ts'
import type { CallSettings } from './call-settings.ts'
import type { ScriptFacts } from './check-script.ts'
import type { LocationDay } from './choose-days.ts'
import { modelScripts } from './model-script.ts'
import type { Candidate } from './rank-calls.ts'
import { type PastVisits, talkingPoints } from './talking-points.ts'
import { loadScriptTemplates, scriptFacts, templateScript } from './write-script.ts'

type Pick = { day: LocationDay; settings: CallSettings; listed: Candidate[] }

/** The items of every location's list, by location id: talking points from the clients' histories (one query for all) and scripts. */
export async function makeCallItems({ platform, catalog, clients, picks, now, model, signal }: {
  platform: BookingPlatform
  catalog: Catalog
  /** Of everybody on the day: their names may not occur in each other's scripts. */
  clients: Map<string, Client>
  picks: Pick[]
  now: Instant
  model: TextModel | undefined
  signal: AbortSignal | undefined
}): Promise<Map<string, CallItem[]>> {
  const past = await pastVisits({ platform, clientIds: picks.flatMap(({ listed }) => listed.map(({ appointment }) => appointment.clientId)), catalog, now })
  const templates = await loadScriptTemplates()
  const services = new Map(catalog.services.map((service) => [service.id, service]))
  const staff = new Map(catalog.staff.map((member) => [member.id, member]))
  const words = { strangers: wordsOf([...catalog.staff.map(({ name }) => name), ...[...clients.values()].map(clientName)]), serviceWords: wordsOf(catalog.services.flatMap(({ name, category }) => [name, category])) }
  const jobs: { rank: number; appointmentId: string; facts: ScriptFacts; template: CallItem['script'] }[] = []
  const items = new Map(picks.map(({ day: { location }, settings, listed }) => [location.id, listed.map((candidate, index): CallItem => {
    const { appointment, client, outcome } = candidate
    const points = client === undefined ? [] : talkingPoints({ appointment, client, services, past: past.get(client.id), zone: location.zone, now })
    const facts = scriptFacts({ appointment, client, salon: catalog.business.name, location, services, staff, points, ...words, now })
    const script = templateScript({ templates, facts })
    if (index < settings.modelScripts) jobs.push({ rank: index, appointmentId: appointment.id, facts, template: script })
    return {
      rank: index + 1,
      ...describe({ candidate, location, catalog }),
      talkingPoints: points,
      script,
      ...(outcome === undefined ? {} : { outcome: { outcome: outcome.outcome, at: outcome.at, by: outcome.by } }),
      holdOut: false,
    }
  })]))
  if (model !== undefined) {
    const worded = await modelScripts({ model, jobs: jobs.sort((a, b) => a.rank - b.rank), signal })
    for (const item of [...items.values()].flat()) item.script = worded.get(item.appointment) ?? item.script
  }
  return items
}

export function makeHeldOutItem(from: { candidate: Candidate; location: Location; catalog: Catalog }): HeldOutItem {
  return { ...describe(from), holdOut: true }
}

function describe({ candidate, location, catalog }: { candidate: Candidate; location: Location; catalog: Catalog }): Omit<HeldOutItem, 'holdOut'> {
  const { appointment, client, risk, value } = candidate
  const unique = (names: string[]): string[] => [...new Set(names)]
  return {
    appointment: appointment.id,
    client: { id: appointment.clientId, name: client === undefined ? 'unknown client' : clientName(client) },
    location: { id: location.id, name: location.name },
    time: appointment.timeKnown ? isoLocal(appointment.start, location.zone) : null,
    timeText: appointment.timeKnown ? sayTime(appointment.start, location.zone) : 'time not in the export',
    services: unique(appointment.segments.map(({ serviceId }) => catalog.services.find(({ id }) => id === serviceId)?.name ?? 'unknown service')),
    staff: unique(appointment.segments.map(({ staffId }) => catalog.staff.find(({ id }) => id === staffId)?.name ?? 'unknown')),
    status: appointment.status,
    price: addMoney(appointment.segments.map(({ price }) => price), location.currency),
    risk: risk.score,
    band: risk.band,
    confidence: risk.confidence,
    reasons: risk.reasons.slice(0, 3),
    expectedValue: value,
  }
}

async function pastVisits({ platform, clientIds, catalog, now }: { platform: BookingPlatform; clientIds: string[]; catalog: Catalog; now: Instant }): Promise<Map<string, PastVisits>> {
  const past = new Map<string, PastVisits>(clientIds.map((id) => [id, { kept: 0 }]))
  if (past.size === 0) return past
  const zones = new Map(catalog.locations.map(({ id, zone }) => [id, zone]))
  for (const history of unwrap(await platform.history({ clientIds: [...past.keys()], knownBefore: now }))) {
    const { clientId, locationId } = history.appointment
    const visits = past.get(clientId)
    const day = keptOn({ history, zone: zones.get(locationId) ?? 'UTC', now })
    if (visits === undefined || day === undefined) continue
    visits.kept += 1
    if (visits.last === undefined || day > visits.last) visits.last = day
  }
  return past
}

/** The day of a visit that took place; by its events, or by its status where the platform tells no events. */
function keptOn({ history, zone, now }: { history: AppointmentHistory; zone: Zone; now: Instant }): LocalDate | undefined {
  const { appointment, events } = history
  if (appointment.start >= now) return undefined
  if (events.length === 0) return appointment.status === 'completed' ? localDate(appointment.start, zone) : undefined
  const ended = visitOutcome({ history, asOf: now, zone })
  return ended?.outcome === 'kept' ? ended.date : undefined
}

function wordsOf(names: string[]): Set<string> {
  return new Set(names.flatMap((name) => name.toLowerCase().match(/\p{L}[\p{L}\p{M}']{2,}/gu) ?? []))
}
