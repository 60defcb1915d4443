import { type Instant, localDate, minutesBetween, sayDate, sayTime, sayWhen, type Zone } from './time.ts'

/** How old the copy of a platform's book is. `asOf`: what the platform knew by then is here, as far as the near future goes. */
export type Freshness =
  | { state: 'live'; asOf: Instant }
  /** Nothing can be relied on yet: the near future is being read for the first time. */
  | { state: 'first_reading'; visits: number; clients: number; trouble?: string }
  /** The near future is here; the past is still being read, back to `reached`. */
  | { state: 'reading_past'; asOf: Instant; visits: number; clients: number; reached?: Instant }
  /** The platform has not answered for a while. */
  | { state: 'stale'; asOf: Instant; trouble?: string }
  /** The platform no longer takes the key: nothing is written, what is here gets old. */
  | { state: 'refused'; asOf?: Instant; since: Instant }

/** What a platform that sends its book has not done for a day (`trouble`); it cannot be asked. */
export const silent = 'silent'

/**
 * How old what is shown is, and what is in the way of newer, in words for staff; undefined while it is live. `name` is the
 * platform's, times are told in `zone`, with their day when it is not that of `now`.
 */
export function sayFreshness({ freshness, name, zone, now }: { freshness: Freshness; name: string; zone: Zone; now: Instant }): string | undefined {
  const moment = (at: Instant): string => (localDate(at, zone) === localDate(now, zone) ? sayTime(at, zone) : sayWhen(at, zone, now))
  switch (freshness.state) {
    case 'live':
      return undefined
    case 'refused':
      return `${name} no longer takes our key since ${moment(freshness.since)}: nothing can be changed until the owner connects it again (desk connect). ${freshness.asOf === undefined ? 'Nothing of its book is here yet.' : `What is shown is as of ${moment(freshness.asOf)}.`}`
    case 'stale':
      return `As of ${moment(freshness.asOf)}: ${sayStale(name, freshness.trouble)}.`
    case 'first_reading':
      return `${name} is being read for the first time (${count(freshness.visits, 'visit')} and ${count(freshness.clients, 'client')} so far): what is shown is not complete yet.${freshness.trouble === undefined ? '' : ` Right now ${sayHindrance(name, freshness.trouble)}.`}`
    case 'reading_past': {
      const { reached, visits } = freshness
      const back = reached === undefined || reached >= now ? '' : `, back to ${sayDate(localDate(reached, zone), localDate(now, zone))}`
      return `Five years of history are still being read (${count(visits, 'visit')} so far${back}); today and the next two months are complete.`
    }
    default:
      return freshness satisfies never
  }
}

/** For machines: how far it is to be believed, and since when; why where that is known. */
export function asFields(freshness: Freshness): { state: Freshness['state']; asOf?: Instant; since?: Instant; trouble?: string } {
  const { state, asOf, since, trouble } = { asOf: undefined, since: undefined, trouble: undefined, ...freshness }
  return { state, ...(asOf !== undefined && { asOf }), ...(since !== undefined && { since }), ...(trouble !== undefined && { trouble }) }
}

/** Its age in seconds, for a gauge; undefined while nothing is here. */
export function ageInSeconds(freshness: Freshness, now: Instant): number | undefined {
  const asOf = freshness.state === 'first_reading' ? undefined : freshness.asOf
  return asOf === undefined ? undefined : Math.max(0, Math.round(minutesBetween(asOf, now) * 60))
}

/** What has been in the way since the last reading. Without a reason nobody has asked: the desk was off, and a command in a terminal reads nothing by itself. */
function sayStale(name: string, trouble: string | undefined): string {
  switch (trouble) {
    case undefined: return `nothing was read from ${name} since, because the desk was off or is only just reading again`
    case silent: return `${name} has sent nothing since; what was changed there meanwhile may be missing here`
    case 'rate_limited': return `${name} has been asking us to wait since`
    case 'forbidden': return `${name} does not let our key read all that is needed`
    case 'unavailable': case 'unknown_outcome': case 'auth': return `${name} has not answered since`
    default: return `what ${name} has answered since cannot be used (${trouble})`
  }
}

/** What is in the way of a first reading now. */
function sayHindrance(name: string, trouble: string): string {
  switch (trouble) {
    case 'rate_limited': return `${name} asks us to wait`
    case 'forbidden': return `${name} does not let our key read all that is needed`
    case 'unavailable': case 'unknown_outcome': case 'auth': return `${name} does not answer`
    default: return `what ${name} answers cannot be used (${trouble})`
  }
}

function count(n: number, what: string): string {
  return `${n.toLocaleString('en-US')} ${what}${n === 1 ? '' : 's'}`
}
