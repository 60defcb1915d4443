import { Hono } from 'hono'
import type { Instant } from '../../../src/salon/time.ts'
import { toLocal } from '../../../src/platforms/kit/local-times.ts'
import { type FakeBook, openFakeBook } from './fake-book.ts'
import { fakeServer, type FakeServer } from './fake-server.ts'
import type { TestClock } from '../tiny-book.ts'

/**
 * Fresha's calendar sync as its sheet says: one feed per team member; "up to 15 min delay"; "events can be limited to time and
 * duration", so there is neither a client nor a service in them. Everything else is RFC 5545: CRLF, folded lines, a
 * `VTIMEZONE`, alarms. `sync` is Fresha's own copying; until then the feeds show what was.
 */
export function fakeFresha({ clock }: { clock: TestClock }): { book: FakeBook; server: FakeServer; feeds: string; sync: () => void; serve: (staffId: string, text: string) => void } {
  const book = openFakeBook({ clock })
  const shown = new Map<string, string>()
  const sync = () => {
    for (const { id } of book.staff) shown.set(id, calendarOf(book, id))
  }
  sync()
  const app = new Hono()
  app.get('/calendars/:secret/:file', (c) => {
    const text = c.req.param('secret') === 'x7Q2' ? shown.get(c.req.param('file').replace('.ics', '')) : undefined
    return text === undefined ? c.text('Not found', 404) : c.body(text, 200, { 'content-type': 'text/calendar; charset=utf-8' })
  })
  return {
    book, server: fakeServer(app), sync,
    feeds: book.staff.map(({ id, name }) => `${name} = https://calendars.example.com/calendars/x7Q2/${id}.ics`).join('\n'),
    serve: (staffId, text) => { shown.set(staffId, text) },
  }
}

function calendarOf(book: FakeBook, staffId: string): string {
  const mine = book.list(({ segments }) => segments.some((segment) => segment.staffId === staffId))
  return calendar(mine.flatMap((visit) => [
    'BEGIN:VEVENT', `UID:${visit.id}`, `DTSTAMP:${utc(book.clock.now())}`, `CREATED:${utc(visit.createdAt)}`, `LAST-MODIFIED:${utc(visit.updatedAt)}`,
    `DTSTART;TZID=${book.zone}:${local(visit.start, book)}`, `DTEND;TZID=${book.zone}:${local(visit.end, book)}`,
    'SUMMARY:Busy\\, as the salon chose to show no more than time and duration in its calendars', `STATUS:${visit.status === 'cancelled' ? 'CANCELLED' : 'CONFIRMED'}`,
    'BEGIN:VALARM', 'ACTION:DISPLAY', 'TRIGGER:-PT30M', 'DESCRIPTION:Soon', 'END:VALARM', 'END:VEVENT',
  ]), book.zone)
}

/** A whole calendar around the events' lines, folded as the standard asks. */
export function calendar(events: string[], zone = 'America/Los_Angeles'): string {
  return ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Fresha//EN', 'BEGIN:VTIMEZONE', `TZID:${zone}`, 'BEGIN:STANDARD', 'DTSTART:19701101T020000', 'TZOFFSETFROM:-0700', 'TZOFFSETTO:-0800', 'END:STANDARD', 'END:VTIMEZONE', ...events, 'END:VCALENDAR', '']
    .map((line) => line.replace(/(.{74})(?=.)/gu, '$1\r\n ')).join('\r\n')
}

const utc = (instant: Instant) => `${instant.slice(0, 19).replace(/[-:]/g, '')}Z`
const local = (instant: Instant, { zone }: FakeBook) => toLocal(instant, zone).replace(/[-:]/g, '')
