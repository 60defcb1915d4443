import { createHash } from 'node:crypto'
import { z } from 'zod'
import { addMinutes, type Clock, type Instant, type Zone } from '../../salon/time.ts'
import { failed, ok, type Outcome } from '../booking-platform.ts'
import type { Ask } from '../kit/ask.ts'
import { idOfName } from '../kit/service-list.ts'
import { type CalendarEvent, readCalendar } from './ics.ts'

/** One team member and the address of their calendar. Their id is made of the name: a feed names nobody, and its address may be renewed. */
export type Feed = { staffId: string; name: string; url: string }

/** "Maya Chen = https://…" a line (or after a semicolon). Names must differ, addresses be https. */
export const Feeds = z.string().transform((text, context): Feed[] => {
  const lines = text.split(/[\n;]+/).map((line) => line.trim()).filter((line) => line !== '')
  const feeds = lines.flatMap((line) => {
    const [, name = '', url = ''] = /^([^=]+?)\s*=\s*(\S+)$/.exec(line) ?? []
    if (name !== '' && isHttps(url)) return [{ staffId: idOfName(name, 'staff'), name, url }]
    context.addIssue({ code: 'custom', message: `line ${lines.indexOf(line) + 1} is not "Name = https://…": the team member's name and the address of their calendar` })
    return []
  })
  if (lines.length === 0) context.addIssue({ code: 'custom', message: 'one line for every team member: "Name = https://…"' })
  if (new Set(feeds.map(({ staffId }) => staffId)).size < feeds.length) context.addIssue({ code: 'custom', message: 'two team members have the same name: tell them apart' })
  return feeds
})

function isHttps(url: string): boolean {
  return URL.canParse(url) && new URL(url).protocol === 'https:'
}

/** A visit as the feeds have it: the same event in two people's calendars is one visit with both. */
export type FeedVisit = { id: string; parts: (CalendarEvent & { staffId: string })[] }

/** A whole calendar comes with every request, and Fresha renews it every quarter of an hour: within this time it is not fetched again. */
const keptMin = 1

/**
 * The feeds of all team members as one calendar. Fails as a whole when one of them cannot be read: half a calendar would look
 * like cancelled visits. Days without a time (holidays) are no visits.
 */
export function openFeeds({ ask, clock, feeds, zone }: { ask: Ask; clock: Clock; feeds: Feed[]; zone: Zone }): () => Promise<Outcome<FeedVisit[]>> {
  const kept = new Map<string, { at: Instant; events: CalendarEvent[] }>()
  const read = async ({ staffId, url }: Feed): Promise<Outcome<CalendarEvent[]>> => {
    const before = kept.get(staffId)
    if (before !== undefined && before.at <= clock.now() && clock.now() < addMinutes(before.at, keptMin)) return ok(before.events, before.at)
    const answer = await ask({ url, headers: { accept: 'text/calendar' }, asText: true, schema: z.string() })
    if (!answer.ok) return answer
    const calendar = readCalendar(answer.value, zone)
    if (calendar === undefined) return failed('unavailable', 'a feed that is no calendar, or breaks off', { providerCode: 'shape' })
    if (calendar.unread > 0) return failed('unavailable', `${calendar.unread} events of a feed cannot be read`, { providerCode: 'shape' })
    kept.set(staffId, { at: answer.observedAt, events: calendar.events })
    return ok(calendar.events, answer.observedAt)
  }
  return async () => {
    const visits = new Map<string, FeedVisit>()
    let oldest = clock.now()
    for (const feed of feeds) {
      const events = await read(feed)
      if (!events.ok) return events
      if (events.observedAt < oldest) oldest = events.observedAt
      for (const event of events.value.filter(({ allDay }) => !allDay)) {
        const id = idOf(event.uid)
        const visit = visits.get(id) ?? { id, parts: [] }
        visit.parts.push({ ...event, staffId: feed.staffId })
        visits.set(id, visit)
      }
    }
    return ok([...visits.values()].map(({ id, parts }) => ({ id, parts: parts.toSorted((a, b) => (`${a.start} ${a.staffId}` < `${b.start} ${b.staffId}` ? -1 : 1)) })), oldest)
  }
}

/** UIDs may be long and hold anything; ours are read out, logged and put into addresses. */
function idOf(uid: string): string {
  return /^[\w@.-]{1,80}$/.test(uid) ? uid : `uid-${createHash('sha256').update(uid).digest('hex').slice(0, 24)}`
}
