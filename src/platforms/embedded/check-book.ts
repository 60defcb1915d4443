import type { BookData } from '../../salon/book-data.ts'
import { DeskError } from '../../salon/errors.ts'

/** Refuses a book that contradicts itself: two things with one id, or a thing that names one that is not there. Throws `DeskError('invalid_input')`. */
export function checkBook({ catalog, shifts, clients, appointments, waitlist }: BookData): void {
  const locations = idsOf('location', catalog.locations)
  const staff = idsOf('staff member', catalog.staff)
  const services = idsOf('service', catalog.services)
  const people = idsOf('client', clients)
  idsOf('appointment', appointments.map(({ appointment }) => appointment))
  idsOf('waitlist entry', waitlist)
  const must = (ids: Set<string>, what: string, id: string, by: string) => {
    if (!ids.has(id)) throw wrong(`${by} names the ${what} "${id}", which is not in the book`)
  }
  for (const shift of shifts) {
    must(staff, 'staff member', shift.staffId, 'a shift')
    must(locations, 'location', shift.locationId, 'a shift')
  }
  for (const { appointment } of appointments) {
    const by = `appointment "${appointment.id}"`
    must(locations, 'location', appointment.locationId, by)
    must(people, 'client', appointment.clientId, by)
    if (appointment.segments.length === 0) throw wrong(`${by} has no service`)
    for (const segment of appointment.segments) {
      must(staff, 'staff member', segment.staffId, by)
      must(services, 'service', segment.serviceId, by)
    }
  }
  for (const entry of waitlist) {
    must(locations, 'location', entry.locationId, `waitlist entry "${entry.id}"`)
    must(people, 'client', entry.clientId, `waitlist entry "${entry.id}"`)
    must(services, 'service', entry.serviceId, `waitlist entry "${entry.id}"`)
  }
}

function idsOf(what: string, things: { id: string }[]): Set<string> {
  const ids = new Set<string>()
  for (const { id } of things) {
    if (ids.has(id)) throw wrong(`two ${what}s have the id "${id}"`)
    ids.add(id)
  }
  return ids
}

function wrong(problem: string): DeskError {
  return new DeskError('invalid_input', { message: 'the book contradicts itself', userMessage: `The book cannot be loaded: ${problem}. Nothing was changed.` })
}
