import type { OutgoingText } from '../../messages/messages.ts'
import { toGsm } from '../../salon/gsm-text.ts'
import { addMinutes, type Clock, type Instant, minutesBetween } from '../../salon/time.ts'
import type { Store } from '../../store/open-store.ts'
import type { TwilioCalls } from './twilio-client.ts'

/** More than anybody was ever texted; a list that is longer was not read whole. */
const most = 5_000

/** How far Twilio's clock and ours may differ. */
const skewMinutes = 2

/**
 * Twilio promises nothing about how soon a text is in its list (people have seen minutes), so an empty list means nothing
 * before this. Two things speak for a text that was taken: the list, and its reports, which carry its key and come within
 * seconds. Only when both are silent for this long is it held to be not sent; before the five minutes in which staff are told.
 */
export const settledAfterMinutes = 3

/**
 * Looks in Twilio's list for a text whose answer was lost (F28): to this number, by us, with these words, since it was
 * tried, and not known to be another text of ours. `not_sent` only when the whole list was read long enough after the try.
 */
export async function lookForText({ text: { key, to, body, attemptedAt }, from, call, clock, store }: {
  text: OutgoingText & { attemptedAt: Instant }
  from: string | undefined
  call: TwilioCalls
  clock: Clock
  store: Store
}): Promise<{ state: 'sent'; id?: string } | { state: 'not_sent' | 'unknown' }> {
  const askedAt = clock.now()
  // Not by DateSent: a text that waits in Twilio's queue has none yet.
  const listed = await call((rest) => rest.messages.list({ to, ...(from === undefined ? {} : { from }), pageSize: 1_000, limit: most })).catch(() => undefined)
  if (listed === undefined) return { state: 'unknown' }
  const since = addMinutes(attemptedAt, -skewMinutes)
  const alike = listed.filter((message) => message.direction !== 'inbound' && message.dateCreated.toISOString() >= since && sameWords(message.body, body)).map(({ sid }) => sid)
  const others = await sentAsAnother(store, { key, sids: alike })
  const found = alike.find((sid) => !others.has(sid))
  if (found !== undefined) return { state: 'sent', id: found }
  return { state: listed.length < most && minutesBetween(attemptedAt, askedAt) >= settledAfterMinutes ? 'not_sent' : 'unknown' }
}

/** A service may be set to trim words or to change marks that cost twice as much ("Smart Encoding"). */
function sameWords(one: string, other: string): boolean {
  return one === other || toGsm(one).trim() === toGsm(other).trim()
}

async function sentAsAnother({ db }: Store, { key, sids }: { key: string; sids: string[] }): Promise<Set<string>> {
  if (sids.length === 0) return new Set()
  const rows = await db.selectFrom('texts').select(['provider_id', 'key']).where('provider_id', 'in', sids).execute()
  // The outbox names a text by its kind and key.
  return new Set(rows.flatMap((row) => (row.provider_id === null || key === row.key || key.endsWith(`:${row.key}`) ? [] : [row.provider_id])))
}
