import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DayBook, type DayRow, readDayBook } from '../../../src/insights/day-book.ts'
import { sayDayBook } from '../../../src/insights/say-day-book.ts'
import type { BookingPlatform } from '../../../src/platforms/booking-platform.ts'
import { openEmbeddedBook } from '../../../src/platforms/embedded/index.ts'
import { loadBook } from '../../../src/platforms/embedded/load-book.ts'
import type { BookData } from '../../../src/salon/book-data.ts'
import type { Appointment, Segment } from '../../../src/salon/salon.ts'
import { addMinutes, at, fixedClock } from '../../../src/salon/time.ts'
import type { Store } from '../../../src/store/open-store.ts'
import { createTestStore } from '../../support/test-store.ts'
import { tinyBook, tinyNow, tinyZone } from '../../support/tiny-book.ts'
import { scoreBy } from '../calls/day-book.ts'

let store: Store
beforeAll(async () => { store = await createTestStore() })
afterAll(() => store.close())

const saturday = '2026-11-21'
const row = (day: DayBook, staffId: string): DayRow => day.rows.find(({ staff }) => staff.id === staffId) ?? { staff: { id: staffId, name: '' }, shifts: [], visits: [], gaps: [] }
const span = ({ start, end }: { start: string; end: string }, zone = tinyZone) => [start, end].map((instant) => new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' }).format(new Date(instant))).join('-')
const spans = (stretches: { start: string; end: string }[]) => stretches.map((stretch) => span(stretch))

/** The tiny book with changes, as it is at `now`. */
async function open({ now = tinyNow, change = () => {}, seen = (same: BookingPlatform) => same }: { now?: string; change?: (book: BookData) => void; seen?: (platform: BookingPlatform) => BookingPlatform } = {}) {
  const book = tinyBook()
  change(book)
  const clock = fixedClock(now)
  await loadBook({ store, book, now: clock.now() })
  const scores = scoreBy({ 'a-color': 0.4, 'b-cut': 0.1 })
  const platform = seen(openEmbeddedBook({ store, clock }))
  return { calls: scores.calls, read: (date?: string, locationId = 'main') => readDayBook({ platform, score: scores.score, clock, locationId, date }) }
}

const appointmentOf = (book: BookData, id: string): Appointment => book.appointments.find(({ appointment }) => appointment.id === id)?.appointment as Appointment
const segment = (staffId: string, serviceId: string, time: string, durationMin: number, date = saturday): Segment => ({ serviceId, staffId, staffPreference: 'unknown', start: at(date, time, tinyZone), durationMin, price: { minor: 0, currency: 'USD' } })

test('a day is a row for everybody who works, with visits, risks and what is free within their shifts', async () => {
  const { read } = await open()
  const day = await read()
  expect(day).toMatchObject({ location: { id: 'main', name: 'Main Street', zone: tinyZone }, date: saturday, untimed: [] })
  expect(span(day.open as { start: string; end: string })).toBe('09:00-18:00')
  expect(day.rows.map(({ staff }) => staff.name)).toEqual(['Ana Ortiz', 'Bea Novak', 'Cruz Okafor'])
  expect(row(day, 'ana').visits).toMatchObject([
    { appointmentId: 'a-color', client: { id: 'dana-w', name: 'Dana Whitfield' }, services: 'Full color', status: 'booked', risk: { score: 0.4 } },
    { appointmentId: 'a-cut', client: { name: 'Elena García' }, services: "Women's cut" },
  ])
  expect(spans(row(day, 'ana').gaps)).toEqual(['11:00-13:00', '13:45-18:00'])
  expect(spans(row(day, 'bea').shifts)).toEqual(['10:00-18:00'])
  expect(spans(row(day, 'bea').gaps)).toEqual(['10:45-18:00'])
  expect(spans(row(day, 'cruz').gaps)).toEqual(['09:00-14:00', '14:15-18:00'])
  expect(day.glance).toEqual({ appointments: 4, atRisk: 1, expectedFailures: expect.closeTo(0.6, 5), openGaps: 5, openMinutes: 120 + 255 + 435 + 300 + 225 })
})

test('one query each, and one batch of scores, of those still ahead only', async () => {
  const asked: string[] = []
  const seen = (platform: BookingPlatform): BookingPlatform => new Proxy(platform, {
    get: (target, name, self) => {
      const member: unknown = Reflect.get(target, name, self)
      if (typeof member === 'function') asked.push(String(name))
      return member
    },
  })
  const { read, calls } = await open({ now: at(saturday, '10:20', tinyZone), seen })
  const day = await read()
  expect(asked.sort()).toEqual(['appointments', 'catalog', 'clients'])
  expect(calls.map(({ ids }) => ids)).toEqual([['a-cut', 'c-beard']])
  expect(row(day, 'ana').visits.map(({ risk }) => risk?.score)).toEqual([undefined, 0.05])
  // What is gone is not free; the rest begins on the quarter hour.
  expect(spans(row(day, 'cruz').gaps)).toEqual(['10:30-14:00', '14:15-18:00'])
})

test('a cancelled visit is only free time; a missed one stays, and what is left of it is free', async () => {
  const missed = (id: string, kind: 'cancelled' | 'no_show', when: string) => (book: BookData) => {
    const history = book.appointments.find(({ appointment }) => appointment.id === id)
    history?.events.push({ kind, at: when, knownAt: when, by: 'client' })
    if (history !== undefined) history.appointment.status = kind
  }
  const now = at(saturday, '09:20', tinyZone)
  const day = await (await open({ now, change: (book) => { missed('a-color', 'no_show', at(saturday, '09:16', tinyZone))(book); missed('b-cut', 'cancelled', at('2026-11-20', '09:00', tinyZone))(book) } })).read()
  expect(row(day, 'ana').visits[0]).toMatchObject({ appointmentId: 'a-color', status: 'no_show' })
  expect(row(day, 'ana').visits[0]?.risk).toBeUndefined()
  expect(spans(row(day, 'ana').gaps)).toEqual(['09:30-13:00', '13:45-18:00'])
  expect(row(day, 'bea')).toMatchObject({ visits: [] })
  expect(spans(row(day, 'bea').gaps)).toEqual(['10:00-18:00'])
  expect(day.glance.appointments).toBe(2)
})

test('a visit that several people share has its part in each row, and counts once', async () => {
  const day = await (await open({ change: (book) => {
    const shared = appointmentOf(book, 'a-cut')
    shared.segments = [segment('ana', 'color', '13:00', 60), segment('ana', 'cut', '14:00', 30), segment('bea', 'blowdry', '14:30', 30), segment('ana', 'consult', '15:00', 15)]
    shared.end = addMinutes(shared.start, 135)
  } })).read()
  expect(row(day, 'ana').visits.filter(({ appointmentId }) => appointmentId === 'a-cut').map((visit) => `${span(visit)} ${visit.services}`)).toEqual(["13:00-14:30 Full color + Women's cut", '15:00-15:15 Consultation'])
  expect(row(day, 'bea').visits.map((visit) => `${span(visit)} ${visit.services}`)).toEqual(["10:00-10:45 Women's cut", '14:30-15:00 Blow-dry'])
  expect(spans(row(day, 'ana').gaps)).toEqual(['11:00-13:00', '14:30-15:00', '15:15-18:00'])
  expect(day.glance.appointments).toBe(4)
})

test('without shifts, who has visits is taken to work all day and nobody else is shown', async () => {
  const day = await (await open({ change: (book) => {
    book.shifts = []
    appointmentOf(book, 'b-cut').segments = [segment('cruz', 'cut', '10:00', 45)]
  } })).read()
  expect(day.rows.map(({ staff, shifts }) => `${staff.id} ${spans(shifts).join()}`)).toEqual(['ana 09:00-18:00', 'cruz 09:00-18:00'])
})

test('where only the day is known a visit has no place in a row, keeps its risk, and blocks nothing', async () => {
  const now = at(saturday, '15:00', tinyZone)
  const day = await (await open({ now, change: (book) => { appointmentOf(book, 'a-color').timeKnown = false } })).read()
  expect(day.untimed).toMatchObject([{ appointmentId: 'a-color', services: 'Full color', risk: { score: 0.4 } }])
  expect(row(day, 'ana').visits.map(({ appointmentId }) => appointmentId)).toEqual(['a-cut'])
  expect(sayDayBook({ dayBook: day, now })).toContain('Without a known time or person: Dana Whitfield Full color (')
})

test('closed days, days without anybody and finished days have no gaps', async () => {
  const { read } = await open()
  const holiday = await read('2026-11-26')
  expect(holiday).toMatchObject({ open: null, rows: [], glance: { appointments: 0, openGaps: 0 } })
  expect(sayDayBook({ dayBook: holiday, now: tinyNow })).toBe('Main Street, Thursday 26 November, closed. no appointments, no gaps open.')
  expect(await read('2026-11-23')).toMatchObject({ open: null, rows: [] })
  const past = await read('2026-10-10')
  expect(past.rows.map(({ gaps }) => gaps)).toEqual([[], [], []])
  expect(row(past, 'ana').visits).toMatchObject([{ status: 'completed' }])
})

test('on the days of the clock change the hours are those on the wall', async () => {
  const { read } = await open({ now: '2026-10-20T12:00:00Z', change: (book) => {
    const [location] = book.catalog.locations
    if (location !== undefined) location.hours = [{ weekday: 7, open: '00:00', close: '04:00' }]
    book.shifts = [{ staffId: 'ana', locationId: 'main', weekday: 7, start: '00:00', end: '04:00' }]
    book.appointments = []
  } })
  const autumn = await read('2026-11-01')
  expect(autumn.open).toEqual({ start: '2026-11-01T07:00:00.000Z', end: '2026-11-01T12:00:00.000Z' })
  expect(autumn.glance.openMinutes).toBe(300)
  expect((await read('2027-03-14')).glance.openMinutes).toBe(180)
})

test('a place or date that is none is refused in words', async () => {
  const { read } = await open()
  await expect(read('2026-02-30')).rejects.toMatchObject({ code: 'invalid_time' })
  await expect(read(saturday, 'Nowhere')).rejects.toMatchObject({ code: 'invalid_input', userMessage: expect.stringContaining('Main Street') })
})

test('the words say the whole day, and a long day stays within what Slack takes', async () => {
  const day = await (await open()).read()
  const words = sayDayBook({ dayBook: day, now: tinyNow })
  expect(words).toContain('Main Street, Saturday 21 November, 9 am to 6 pm. 4 appointments, 1 at risk, 5 gaps open (22 h 15 min). It is 7:30 am.')
  expect(words).toContain('Bea Novak: 10 am Dana Kim Women\'s cut, 45 min (low). Free 10:45 am to 6 pm.')
  for (const copies of [6, 12, 90]) {
    const said = sayDayBook({ dayBook: { ...day, rows: Array.from({ length: copies }, () => day.rows).flat() }, now: tinyNow })
    expect(said.length).toBeLessThanOrEqual(1_900)
    expect(said).toContain('Dana Whitfield')
  }
})
