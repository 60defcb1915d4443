import { describe, expect, it } from 'vitest'
import { generateSalon } from '../../../src/demo/generate-salon.ts'
import { addDays, at, daysBetween, localDate, weekday } from '../../../src/salon/time.ts'
import { isFailure, misplaced, onDay, overlaps, zone } from './demo-checks.ts'

const today = '2026-11-18'
const book = generateSalon({ today })
const now = at(today, '06:00', zone)
const past = book.appointments.filter(({ appointment }) => localDate(appointment.start, zone) < today)
const client = (id: string) => book.clients.find((one) => one.id === id)

describe('the demo salon', () => {
  it('is the same for the same day and seed, and another for another seed', () => {
    expect(generateSalon({ today })).toEqual(book)
    expect(generateSalon({ today, seed: 'other' }).appointments).not.toEqual(book.appointments)
  })

  it('has two shops open every day, six people and about 600 clients', () => {
    expect(book.catalog.locations.map(({ name, hours }) => [name, hours.length])).toEqual([['Pearl District', 7], ['Hawthorne', 7]])
    expect(book.catalog.staff.map(({ name }) => name).toSorted()).toEqual(['Jamie', 'Marcus', 'Maya', 'Priya', 'Sofia', 'Theo'])
    expect(book.clients.length).toBeGreaterThan(560)
    expect(book.clients.length).toBeLessThan(680)
    expect(book.clients.filter(({ firstName }) => book.catalog.staff.some(({ name }) => name === firstName))).toEqual([])
  })

  it('uses only the fictional numbers and example addresses, each once', () => {
    const phones = book.clients.flatMap(({ phones: own }) => own)
    expect(phones.filter((phone) => !/^\+1[2-9]\d{2}55501\d{2}$/.test(phone))).toEqual([])
    expect(new Set([...phones, ...book.catalog.locations.map(({ phone }) => phone)]).size).toBe(phones.length + 2)
    const emails = book.clients.flatMap(({ email }) => email ?? [])
    expect(emails.filter((email) => !/^[a-z.-]+@example\.(com|org)$/.test(email))).toEqual([])
    expect(new Set(emails).size).toBe(emails.length)
  })

  it('gives every id once, and refers only to what exists', () => {
    for (const ids of [book.clients.map(({ id }) => id), book.appointments.map(({ appointment }) => appointment.id), book.waitlist.map(({ id }) => id)]) expect(new Set(ids).size).toBe(ids.length)
    expect(new Set(book.clients.map(({ firstName, lastName }) => `${firstName} ${lastName}`)).size).toBe(book.clients.length)
    expect(book.appointments.filter(({ appointment }) => client(appointment.clientId) === undefined)).toEqual([])
  })

  it('never books a chair twice, and keeps to shifts, skills and opening hours', () => {
    expect(overlaps(book, book.appointments)).toEqual([])
    expect(misplaced(book, book.appointments)).toEqual([])
  })

  it('uses the time in which a color develops', () => {
    const starts = past.slice(-2000).filter(({ appointment }) => appointment.status === 'completed').flatMap(({ appointment }) => appointment.segments)
    const colors = starts.filter(({ serviceId }) => serviceId.startsWith('color-'))
    const inGap = starts.filter((segment) => colors.some((color) => color.staffId === segment.staffId && color.start < segment.start && Date.parse(segment.start) < Date.parse(color.start) + color.durationMin * 60_000))
    expect(inGap.length).toBeGreaterThan(2)
  })

  it('knows nothing that happens after six in the morning of today', () => {
    const late = book.appointments.flatMap(({ events }) => events).filter((event) => event.knownAt > now || event.at > event.knownAt)
    expect(late).toEqual([])
    const states = new Set(onDay(book.appointments, today).map(({ appointment }) => appointment.status))
    expect([...states].toSorted()).toEqual(['booked', 'confirmed'])
    expect(past.filter(({ appointment }) => !['completed', 'no_show', 'cancelled'].includes(appointment.status))).toEqual([])
  })

  it('tells each visit in order, beginning with its booking', () => {
    const wrong = book.appointments.filter(({ appointment, events }) =>
      events[0]?.kind !== 'booked' || events[0].at !== appointment.bookedAt || events.some((event, index) => event.at < (events[index - 1]?.at ?? '')) || appointment.bookedAt >= appointment.start)
    expect(wrong.map(({ appointment }) => appointment.id)).toEqual([])
  })

  it('fails as often as a real salon: 7 to 8 in a hundred, consultations far more', () => {
    const listable = past.filter((history) => history.appointment.status !== 'cancelled' || isFailure(history))
    const rate = listable.filter(isFailure).length / listable.length
    expect(rate).toBeGreaterThan(0.065)
    expect(rate).toBeLessThan(0.085)
    const consultations = listable.filter(({ appointment }) => appointment.segments[0]?.serviceId === 'consult')
    expect(consultations.filter(isFailure).length / consultations.length).toBeGreaterThan(0.3)
    expect(consultations.length / past.length).toBeGreaterThan(0.02)
    expect(consultations.length / past.length).toBeLessThan(0.06)
  })

  it('has clients who chronically fail', () => {
    const chronic = [...Map.groupBy(past, ({ appointment }) => appointment.clientId).values()].filter((visits) => visits.length >= 8 && visits.filter(isFailure).length / visits.length > 0.2)
    expect(chronic.length).toBeGreaterThan(10)
  })

  it('is booked with believable lead times: half between 4 and 20 days, a tenth for the same or next day', () => {
    const leads = past.map(({ appointment }) => daysBetween(localDate(appointment.bookedAt ?? '', zone), localDate(appointment.start, zone))).toSorted((one, other) => one - other)
    const quantile = (share: number) => leads[Math.floor(leads.length * share)] ?? NaN
    expect(quantile(0.1)).toBeLessThanOrEqual(2)
    expect(quantile(0.5)).toBeGreaterThanOrEqual(5)
    expect(quantile(0.5)).toBeLessThanOrEqual(14)
    expect(quantile(0.9)).toBeLessThanOrEqual(40)
    expect(leads[0]).toBe(0)
  })

  it.each(Array.from({ length: 7 }, (_, offset) => addDays('2026-11-16', offset)))('is busy today, with real risks, when today is %s', (day) => {
    const { appointments, clients } = generateSalon({ today: day })
    const visits = onDay(appointments, day)
    expect(visits.length).toBeGreaterThanOrEqual(30)
    expect(new Set(visits.map(({ appointment }) => appointment.locationId)).size).toBe(2)
    const before = (id: string) => appointments.filter(({ appointment }) => appointment.clientId === id && localDate(appointment.start, zone) < day)
    expect(visits.filter(({ appointment }) => before(appointment.clientId).some(isFailure)).length).toBeGreaterThanOrEqual(3)
    expect(visits.filter(({ appointment }) => before(appointment.clientId).length === 0).length).toBeGreaterThanOrEqual(1)
    expect(visits.filter(({ appointment }) => clients.find(({ id }) => id === appointment.clientId)?.holdings.some((held) => held.kind === 'package' && held.expires !== undefined && daysBetween(day, held.expires) < 14)).length).toBeGreaterThanOrEqual(2)
  })

  it('fills the coming weeks less and less, and leaves room on Friday at three', () => {
    const week = (from: number) => book.appointments.filter(({ appointment }) => { const ahead = daysBetween(today, localDate(appointment.start, zone)); return ahead >= from && ahead < from + 7 }).length
    expect(week(1)).toBeGreaterThan(week(8))
    expect(week(8)).toBeGreaterThan(week(15))
    expect(week(15)).toBeGreaterThan(5)
    const friday = Array.from({ length: 7 }, (_, offset) => addDays(today, offset)).find((day) => weekday(day) === 5) ?? ''
    const three = at(friday, '15:00', zone)
    expect(onDay(book.appointments, friday).filter(({ appointment }) => appointment.start < at(friday, '16:30', zone) && appointment.end > three)).toEqual([])
  })

  it.each(['2026-11-18', '2026-11-21', '2026-11-22'])('has exactly two Danas, both with a visit ahead, one within the week of %s', (day) => {
    const { appointments, clients } = generateSalon({ today: day })
    const danas = clients.filter(({ firstName }) => firstName === 'Dana')
    expect(danas.map(({ lastName }) => lastName)).toEqual(['Reyes', 'Wu'])
    const sunday = addDays(day, 7 - weekday(day))
    const ahead = danas.map(({ id }) => appointments.filter(({ appointment }) => appointment.clientId === id && appointment.status !== 'cancelled').map(({ appointment }) => localDate(appointment.start, zone)).filter((date) => date >= day))
    expect(ahead.every((dates) => dates.length > 0)).toBe(true)
    expect(ahead[0]?.some((date) => date <= sunday)).toBe(true)
  })

  it('gives the front desk something to talk about, and a waitlist for this week', () => {
    const kinds = new Set(book.clients.flatMap(({ holdings }) => holdings.map(({ kind }) => kind)))
    expect([...kinds].toSorted()).toEqual(['balance', 'credit', 'membership', 'package', 'patch_test', 'product'])
    const hadColor = new Set(past.filter(({ appointment }) => appointment.segments.some(({ serviceId }) => serviceId.startsWith('color-'))).map(({ appointment }) => appointment.clientId))
    expect([...hadColor].filter((id) => !client(id)?.holdings.some(({ kind }) => kind === 'patch_test')).length).toBeGreaterThan(3)
    const week = new Set(Array.from({ length: 7 }, (_, offset) => addDays(today, offset).slice(5)))
    expect(book.clients.filter(({ birthday }) => birthday !== undefined && week.has(birthday)).length).toBeGreaterThanOrEqual(3)
    expect(book.waitlist.length).toBeGreaterThanOrEqual(10)
    expect(book.waitlist.filter(({ wanted }) => wanted.length === 0 || wanted.some(({ from, to }) => to > now && from < at(addDays(today, 7), '00:00', zone))).length).toBeGreaterThanOrEqual(5)
  })
})
