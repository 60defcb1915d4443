import { sayMoney } from '../salon/money.ts'
import type { Appointment, Client, Holding, Service } from '../salon/salon.ts'
import { addDays, addMinutes, daysBetween, type Instant, type LocalDate, localDate, sayDate, type Zone } from '../salon/time.ts'
import type { TalkingPoint } from './call-list.ts'
import { plainTitle } from '../salon/plain-names.ts'

/** What is known of a client's past visits as of now: how many were kept, and the last one's day. */
export type PastVisits = { kept: number; last?: LocalDate }

/** Days; how near something must be to be worth a word. A patch test is taken as good for half a year (manufacturers' leaflets differ: the salon's policy decides). */
const within = { expiry: 45, birthday: 7, absence: 180, patchTest: 180 }

/**
 * What is worth knowing before the call, most useful first, at most three; each names where it stands.
 * `say` is only given where the words are kind to hear: never for money owed.
 */
export function talkingPoints({ appointment, client, services, past, zone, now }: {
  appointment: Appointment
  client: Client
  services: Map<string, Service>
  past: PastVisits | undefined
  zone: Zone
  now: Instant
}): TalkingPoint[] {
  const today = localDate(now, zone)
  const points = [
    patchTest({ appointment, client, services, zone, now }),
    ...expiring(client, today),
    firstVisit(client, past),
    birthday(client, today),
    absence(past, today),
    ...client.holdings.map((holding) => holding.kind === 'balance' && holding.amount.minor > 0
      ? { kind: 'balance', text: `Open balance of ${sayMoney(holding.amount)} (do not leave it on a voicemail)`, source: 'client account' }
      : undefined),
    client.language !== undefined && client.language !== 'en' ? { kind: 'language', text: `Prefers ${languageName(client.language)}`, source: 'client profile' } : undefined,
    membership(client, today),
    product(client, today),
  ]
  return points.filter((point) => point !== undefined).slice(0, 3)
}

function patchTest({ appointment, client, services, zone, now }: { appointment: Appointment; client: Client; services: Map<string, Service>; zone: Zone; now: Instant }): TalkingPoint | undefined {
  const missing = missingPatchTest({ appointment, client, services, zone })
  if (missing === undefined) return undefined
  const { service, hours, latest, done } = missing
  const record = done === undefined ? 'none on record' : `the last one was on ${sayDate(done, localDate(appointment.start, zone))}`
  const inTime = now < latest
  return {
    kind: 'patch test',
    text: inTime
      ? `Patch test due ${hours} h before ${service.name} (${record})`
      : `Patch test missing for ${service.name} (${record}), and the ${hours} h before it have begun: ask the colorist first`,
    source: done === undefined ? 'service rules, client record' : 'client record: patch tests',
    ...(inTime ? { say: 'We also need a quick patch test before you come in.' } : {}),
  }
}

/** The patch test that a visit needs and that is not on record: for which service, how many hours and until when before the visit, and when the last one was. */
export function missingPatchTest({ appointment, client, services, zone }: { appointment: Appointment; client: Pick<Client, 'holdings'>; services: Map<string, Service>; zone: Zone }): { service: Service; hours: number; latest: Instant; done: LocalDate | undefined } | undefined {
  const needs = appointment.segments.map(({ serviceId }) => services.get(serviceId)).filter((service) => service?.patchTestHours !== undefined)
  const [service] = needs.toSorted((a, b) => (b?.patchTestHours ?? 0) - (a?.patchTestHours ?? 0))
  if (service?.patchTestHours === undefined) return undefined
  const latest = addMinutes(appointment.start, -service.patchTestHours * 60)
  const day = localDate(appointment.start, zone)
  const done = client.holdings.flatMap((holding) => (holding.kind === 'patch_test' ? [holding.done] : [])).sort().at(-1)
  if (done !== undefined && done <= localDate(latest, zone) && daysBetween(done, day) <= within.patchTest) return undefined
  return { service, hours: service.patchTestHours, latest, done }
}

function expiring(client: Client, today: LocalDate): TalkingPoint[] {
  const dated = client.holdings.flatMap((holding) => isOpen(holding) && holding.expires !== undefined && holding.expires >= today && daysBetween(today, holding.expires) <= within.expiry
    ? [{ ...holding, expires: holding.expires }]
    : [])
  return dated.sort((a, b) => (a.expires < b.expires ? -1 : 1)).map((holding) => {
    const until = sayDate(holding.expires, today)
    if (holding.kind === 'credit') return { kind: 'credit', text: `Credit of ${sayMoney(holding.amount)}, expires ${until}`, source: 'client account: credits', say: `By the way, you have ${sayMoney(holding.amount)} of credit to use by ${until}.` }
    const point: TalkingPoint = { kind: 'package', text: `Package "${holding.name}": ${holding.remaining} left, expires ${until}`, source: 'client account: packages' }
    if (plainTitle(holding.name) !== '') point.say = `By the way, your ${holding.name} package is good until ${until}.`
    return point
  })
}

function isOpen(holding: Holding): holding is Extract<Holding, { kind: 'package' | 'credit' }> {
  return (holding.kind === 'package' && holding.remaining > 0) || (holding.kind === 'credit' && holding.amount.minor > 0)
}

/** A book that does not say since when it knows a client may begin after them: nobody is then welcomed as new. */
function firstVisit(client: Client, past: PastVisits | undefined): TalkingPoint | undefined {
  if (past?.kept !== 0 || client.holdings.some(({ kind }) => kind === 'product')) return undefined
  if (client.createdAt === undefined) return { kind: 'first visit', text: 'No earlier visit on record', source: 'appointment history' }
  return { kind: 'first visit', text: 'First visit', source: 'appointment history', say: 'We look forward to meeting you.' }
}

function birthday({ birthday: monthDay }: Client, today: LocalDate): TalkingPoint | undefined {
  if (monthDay === undefined) return undefined
  // Somebody born on 29 February has no such day in most years, and is then not congratulated.
  const day = Array.from({ length: within.birthday + 1 }, (_, ahead) => addDays(today, ahead)).find((date) => date.slice(5) === monthDay)
  if (day === undefined) return undefined
  return day === today
    ? { kind: 'birthday', text: 'Birthday today', source: 'client profile', say: 'And happy birthday from all of us.' }
    : { kind: 'birthday', text: `Birthday on ${sayDate(day, today)}`, source: 'client profile', say: 'And an early happy birthday from all of us.' }
}

function absence(past: PastVisits | undefined, today: LocalDate): TalkingPoint | undefined {
  if (past?.last === undefined) return undefined
  const days = daysBetween(past.last, today)
  if (days < within.absence) return undefined
  return { kind: 'long absence', text: `Not here for ${Math.round(days / 30.4)} months (last visit ${sayDate(past.last, today)})`, source: 'appointment history', say: 'It will be lovely to see you again.' }
}

function membership({ holdings }: Client, today: LocalDate): TalkingPoint | undefined {
  const held = holdings.find((holding) => holding.kind === 'membership')
  return held && { kind: 'membership', text: `Member: ${held.name}${held.since === undefined ? '' : `, since ${sayDate(held.since, today)}`}`, source: 'client account: memberships' }
}

function product({ holdings }: Client, today: LocalDate): TalkingPoint | undefined {
  const [last] = holdings.filter((holding) => holding.kind === 'product' && holding.bought <= today).toSorted((a, b) => (a.kind === 'product' && b.kind === 'product' && a.bought > b.bought ? -1 : 1))
  return last?.kind === 'product' ? { kind: 'product', text: `Last bought ${last.name} on ${sayDate(last.bought, today)}`, source: 'receipts' } : undefined
}

function languageName(code: string): string {
  try {
    return new Intl.DisplayNames('en', { type: 'language' }).of(code) ?? code
  } catch {
    return code
  }
}
