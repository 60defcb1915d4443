import { array, assert, constantFrom, integer, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generateSalon } from '../../../src/demo/generate-salon.ts'
import { nextDays } from '../../../src/demo/next-days.ts'
import type { NextDays } from '../../../src/demo/next-days.ts'
import type { BookData } from '../../../src/salon/book-data.ts'
import type { AppointmentHistory, AppointmentStatus } from '../../../src/salon/salon.ts'
import { addDays, at, localDate } from '../../../src/salon/time.ts'
import { misplaced, onDay, overlaps, zone } from './demo-checks.ts'

/** What a platform does with the answer: events change the status, new things are added. */
function apply(book: BookData, { outcomes, added, clients, waitlist }: NextDays): BookData {
  const due = Map.groupBy(outcomes, ({ appointmentId }) => appointmentId)
  const changed = book.appointments.map(({ appointment, events }): AppointmentHistory => {
    const more = (due.get(appointment.id) ?? []).map(({ event }) => event)
    const last = more.findLast(({ kind }) => kind !== 'paid')
    return { appointment: { ...appointment, status: (last?.kind ?? appointment.status) as AppointmentStatus }, events: [...events, ...more] }
  })
  return { ...book, appointments: [...changed, ...added], clients: [...book.clients, ...clients], waitlist: [...book.waitlist, ...waitlist] }
}

function roll(book: BookData, lastGenerated: string, today: string): BookData {
  return apply(book, nextDays({ today, lastGenerated, existing: book.appointments, clients: book.clients }))
}

const start = '2026-11-18'
const fresh = generateSalon({ today: start })

describe('the demo salon on the next days', () => {
  it('changes nothing on the same day, or when the clock went back', () => {
    for (const today of [start, addDays(start, -3)]) {
      expect(nextDays({ today, lastGenerated: start, existing: fresh.appointments, clients: fresh.clients })).toEqual({ outcomes: [], added: [], clients: [], waitlist: [] })
    }
  })

  it('gives the same answer twice', () => {
    const ask = () => nextDays({ today: addDays(start, 1), lastGenerated: start, existing: fresh.appointments, clients: fresh.clients })
    expect(ask()).toEqual(ask())
  })

  it('holds for any start (clock changes included) and any gap: busy, no chair twice, nothing left open, nothing from the future', () => {
    const day = constantFrom('2026-03-07', '2026-03-08', '2026-10-31', '2026-11-01', '2026-12-31', '2028-02-28', '2027-06-13')
    assert(property(day, array(integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 2 }), (first, gaps) => {
      let book = generateSalon({ today: first })
      let today: string = first
      for (const gap of gaps) {
        const next = addDays(today, gap)
        const known = new Set(book.appointments.map(({ appointment }) => appointment.id))
        book = roll(book, today, next)
        today = next
        const now = at(today, '06:00', zone)
        expect(onDay(book.appointments, today).length).toBeGreaterThanOrEqual(30)
        const fromThen = book.appointments.filter(({ appointment }) => appointment.start > at(addDays(first, -1), '00:00', zone))
        expect(overlaps(book, fromThen)).toEqual([])
        expect(misplaced(book, book.appointments.filter(({ appointment }) => !known.has(appointment.id)))).toEqual([])
        const ids = [...book.appointments.map(({ appointment }) => appointment.id), ...book.clients.map(({ id }) => id), ...book.waitlist.map(({ id }) => id)]
        expect(new Set(ids).size).toBe(ids.length)
        const midnight = at(today, '00:00', zone)
        expect(book.appointments.filter(({ appointment }) => appointment.start < midnight && !['completed', 'no_show', 'cancelled'].includes(appointment.status))).toEqual([])
        expect(fromThen.flatMap(({ events }) => events).filter(({ knownAt }) => knownAt > now)).toEqual([])
        expect(new Set(book.clients.flatMap(({ phones }) => phones)).size).toBe(book.clients.length)
      }
    }), { numRuns: 4, seed: 7 })
  }, 60_000)

  it('lets what was decided stand: new bookings become known after the last morning', () => {
    const { added, outcomes } = nextDays({ today: addDays(start, 1), lastGenerated: start, existing: fresh.appointments, clients: fresh.clients })
    const last = at(start, '06:00', zone)
    expect(added.length).toBeGreaterThan(5)
    expect(added.filter(({ appointment }) => (appointment.bookedAt ?? '') <= last)).toEqual([])
    expect(outcomes.filter(({ event }) => event.at <= last)).toEqual([])
    expect(outcomes.filter(({ event }) => event.kind === 'completed').length).toBeGreaterThan(20)
  })

  it('leaves alone what the user moved, booked or cancelled, until its day is past', () => {
    const tomorrow = addDays(start, 1)
    const touchedAt = at(start, '10:00', zone)
    const touched = fresh.appointments.map(({ appointment, events }): AppointmentHistory =>
      appointment.start > at(tomorrow, '00:00', zone) ? { appointment, events: [...events, { kind: 'note', at: touchedAt, knownAt: touchedAt }] } : { appointment, events })
    const { outcomes } = nextDays({ today: tomorrow, lastGenerated: start, existing: touched, clients: fresh.clients })
    const upcoming = new Set(touched.filter(({ appointment }) => appointment.start > at(tomorrow, '00:00', zone)).map(({ appointment }) => appointment.id))
    expect(outcomes.filter(({ appointmentId }) => upcoming.has(appointmentId))).toEqual([])

    const todays = onDay(fresh.appointments, start)
    const cancelledByUser = new Set(todays.slice(0, 5).map(({ appointment }) => appointment.id))
    const afterUser = fresh.appointments.map(({ appointment, events }): AppointmentHistory =>
      cancelledByUser.has(appointment.id) ? { appointment: { ...appointment, status: 'cancelled' }, events: [...events, { kind: 'cancelled', at: touchedAt, knownAt: touchedAt, by: 'client' }] } : { appointment, events })
    const later = nextDays({ today: tomorrow, lastGenerated: start, existing: afterUser, clients: fresh.clients })
    expect(later.outcomes.filter(({ appointmentId }) => cancelledByUser.has(appointmentId))).toEqual([])
  })

  it('needs only the clients who have visits: a newcomer never takes an id that is in use', () => {
    const seen = new Set(fresh.appointments.map(({ appointment }) => appointment.clientId))
    const ask = (clients: BookData['clients']) => nextDays({ today: addDays(start, 1), lastGenerated: start, existing: fresh.appointments, clients }).clients
    const newcomers = ask(fresh.clients.filter(({ id }) => seen.has(id)))
    expect(newcomers.length).toBeGreaterThan(0)
    expect(newcomers.filter(({ id }) => fresh.clients.some((client) => client.id === id))).toEqual([])
  })

  it('keeps both Danas coming', () => {
    let book = fresh
    for (let offset = 0; offset < 4; offset++) book = roll(book, addDays(start, offset), addDays(start, offset + 1))
    const today = addDays(start, 4)
    for (const { id } of book.clients.filter(({ firstName }) => firstName === 'Dana')) {
      expect(book.appointments.filter(({ appointment }) => appointment.clientId === id && ['booked', 'confirmed'].includes(appointment.status) && localDate(appointment.start, zone) >= today).length).toBeGreaterThan(0)
    }
  })
})
