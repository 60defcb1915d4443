import { z } from 'zod'
import type { Instant } from '../../salon/time.ts'
import { failed, ok, type Outcome } from '../booking-platform.ts'
import { fromLocal, toLocal } from '../kit/local-times.ts'
import { withNote, withoutNote } from '../kit/notes-in-text.ts'
import type { OfferedSlot, SeenVisit } from '../platform-adapter.ts'
import type { VagaroClient, VagaroCredentials } from './client.ts'
import { Anything, Made, RowsOf } from './schema.ts'
import type { Reader } from './visits.ts'

/** The most that Vagaro takes as an appointment's note. */
export const longestNote = 500

const noteOf = ({ extra }: SeenVisit) => z.object({ note: z.string().optional() }).parse(extra ?? {}).note ?? ''

/**
 * The writes of V2, of which sources disagree whether they are there. Reads are in UTC, writes take the salon's wall clock
 * without an offset: whatever was written is read back, and a booking that stands at another time is taken away again.
 */
export function vagaroWrites({ client, credentials, reader, now }: { client: VagaroClient; credentials: VagaroCredentials; reader: Reader; now: () => Instant }) {
  const zone = credentials.timezone
  const path = (id: string, step = '') => `/appointments/${step}${encodeURIComponent(id)}`

  /** The wall clock, or undefined in the hour that the clock shows twice and nobody can say which. */
  function wallClock(start: Instant): string | undefined {
    const local = toLocal(start, zone)
    return fromLocal(local, zone) === start ? local : undefined
  }

  async function after(id: string): Promise<Outcome<SeenVisit>> {
    const read = await reader.visit(id)
    return read.ok ? read : failed('unknown_outcome', `done, and not read back: ${read.error.kind}`, { ...(read.error.providerCode !== undefined && { providerCode: read.error.providerCode }) })
  }

  /** `PUT` replaces: all of it goes along, the note too. */
  async function replace({ visit, start, serviceId, staffId, note }: { visit: SeenVisit; start: Instant; serviceId: string; staffId: string; note: string }): Promise<Outcome<SeenVisit>> {
    const startTime = wallClock(start)
    if (startTime === undefined) return failed('invalid', 'an hour that the clock shows twice', { providerCode: 'ambiguous_time' })
    const { id, locationId } = visit.visit
    const done = await client({ method: 'PUT', path: path(id), writes: true, schema: Anything, body: { businessId: locationId, serviceId, serviceProviderId: staffId, appointmentType: 'appointment', startTime, ...(note !== '' && { appointmentNote: note }) } })
    return done.ok ? after(id) : done
  }

  async function putNote(visit: SeenVisit, note: string | undefined): Promise<Outcome<SeenVisit>> {
    const [segment] = visit.visit.segments
    if (note === undefined) return failed('not_found', 'no such note')
    if (note.length > longestNote) return failed('invalid', `a note has at most ${longestNote} characters, with those that are there`)
    // An absent note might be left as it was: an emptied one is said.
    return segment === undefined ? failed('invalid', 'an appointment without a service') : replace({ visit, start: visit.visit.start, serviceId: segment.serviceId, staffId: segment.staffId, note: note === '' ? ' ' : note })
  }

  const writes = {
    /** Only ids come back; the visit is read. */
    async create({ slot, client: { id: customerId }, note }: { slot: OfferedSlot; client: { id: string }; note?: string }): Promise<Outcome<SeenVisit>> {
      const [segment] = slot.segments
      if (slot.segments.length !== 1 || segment === undefined) return failed('unsupported', 'one service at a time', { capability: 'multiService' })
      const startTime = wallClock(slot.start)
      if (startTime === undefined) return failed('invalid', 'an hour that the clock shows twice', { providerCode: 'ambiguous_time' })
      const appointmentNote = note === undefined ? undefined : withNote('', { text: note, by: 'desk', at: now() })
      if (appointmentNote !== undefined && appointmentNote.length > longestNote) return failed('invalid', `a note has at most ${longestNote} characters`)
      const made = await client({
        path: '/appointments/create', writes: true, schema: RowsOf('appointments', Made),
        body: [{ businessId: slot.locationId, serviceId: segment.serviceId, serviceProviderId: segment.staffId, appointmentType: 'appointment', customerId, startTime, ...(appointmentNote !== undefined && { appointmentNote }) }],
      })
      if (!made.ok) return made
      const [first] = made.value.rows
      if (first === undefined) return failed('unknown_outcome', 'booked, and no id came back', { providerCode: 'shape' })
      const seen = await after(first.appointmentId)
      if (!seen.ok || seen.value.visit.start === slot.start) return seen
      const undone = await writes.cancel({ visit: seen.value, cancelledBy: 'salon' })
      return undone.ok ? failed('invalid', 'what was booked reads back at another time, and was taken away again: this account\'s times are not what its zone says', { providerCode: 'times' })
        : failed('unknown_outcome', 'what was booked reads back at another time, and could not be taken away', { providerCode: 'times' })
    },

    async reschedule({ visit, slot }: { visit: SeenVisit; slot: OfferedSlot }): Promise<Outcome<SeenVisit>> {
      const [segment] = slot.segments
      if (slot.segments.length !== 1 || segment === undefined) return failed('unsupported', 'one service at a time', { capability: 'multiService' })
      if (slot.locationId !== visit.visit.locationId) return failed('unsupported', 'an appointment stays in its business', { capability: 'reschedule' })
      const moved = await replace({ visit, start: slot.start, serviceId: segment.serviceId, staffId: segment.staffId, note: noteOf(visit) })
      // Where it was before would be written no better: a person has to look. The try (probe.ts) keeps such an account from moving anything.
      return moved.ok && moved.value.visit.start !== slot.start ? failed('unknown_outcome', 'moved, and reads back at another time', { providerCode: 'times' }) : moved
    },

    /** Vagaro deletes: afterwards the appointment may be gone, or say "Deleted". */
    async cancel({ visit, cancelledBy }: { visit: SeenVisit; cancelledBy: 'client' | 'salon' }): Promise<Outcome<SeenVisit>> {
      const { id, locationId } = visit.visit
      const done = await client({ path: path(id, 'delete/'), writes: true, schema: Anything, body: { businessId: locationId } })
      if (!done.ok) return done
      const read = await reader.visit(id)
      if (read.ok) return read.value.visit.status === 'cancelled' ? ok({ ...read.value, visit: { ...read.value.visit, cancelledBy } }, read.observedAt) : failed('unknown_outcome', 'deleted, and still there')
      return read.error.kind === 'not_found' ? ok({ ...visit, visit: { ...visit.visit, status: 'cancelled', cancelledBy, fetchedAt: done.observedAt } }, done.observedAt) : failed('unknown_outcome', `deleted, and not read back: ${read.error.kind}`)
    },

    addVisitNote: ({ visit, text, by, at }: { visit: SeenVisit; text: string; by: string; at: Instant }) => putNote(visit, withNote(noteOf(visit), { text, by, at })),
    removeVisitNote: ({ visit, noteId }: { visit: SeenVisit; noteId: string }) => putNote(visit, withoutNote(noteOf(visit), noteId)),
  }
  return writes
}
