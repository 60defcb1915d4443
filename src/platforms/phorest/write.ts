import { z } from 'zod'
import { addMinutes } from '../../salon/time.ts'
import { failed, ok, type Outcome } from '../booking-platform.ts'
import { withNote } from '../kit/notes-in-text.ts'
import type { OfferedSlot, PlatformAdapter, SeenVisit } from '../platform-adapter.ts'
import type { PhorestClient } from './client.ts'
import { toClient } from './read.ts'
import { Anything, Booking, Client } from './schema.ts'
import { fromSpan, toSpan, toUtcText } from './times.ts'
import type { Reader } from './visits.ts'

const Extra = z.object({ version: z.number().optional(), bookingId: z.string().optional(), price: z.number().optional(), roomId: z.string().optional(), machineId: z.string().optional(), confirmed: z.boolean().optional() })
export const extraOf = ({ extra }: SeenVisit) => Extra.parse(extra ?? {})

const several = () => failed<SeenVisit>('unsupported', 'one service at a time: several make several appointments', { capability: 'multiService' })

/** The writes of Phorest's bookings and appointments. */
export function phorestWrites({ client, reader, now }: { client: PhorestClient; reader: Reader; now: () => string }) {
  const branch = (id: string) => `/branch/${encodeURIComponent(id)}`

  /** What a write that was carried out led to. That it cannot be read does not undo it: only looking again tells. */
  async function after(wanted: { branchId: string; id: string; start: string; clientId: string }): Promise<Outcome<SeenVisit>> {
    const read = await reader.readBack(wanted)
    return read.ok ? read : failed('unknown_outcome', `done, and not read back: ${read.error.kind}`, { ...(read.error.providerCode !== undefined && { providerCode: read.error.providerCode }) })
  }
  const afterOn = ({ visit }: SeenVisit, start = visit.start) => after({ branchId: visit.locationId, id: visit.id, start, clientId: visit.clientId })

  /** Lets a hold go at once; one that cannot be let go runs out by itself. */
  async function release(branchId: string, bookingId: string): Promise<void> {
    await client({ method: 'POST', path: `${branch(branchId)}/booking/${encodeURIComponent(bookingId)}/cancel`, schema: Anything })
  }

  /** One of the transitions that Phorest has for appointments; they take the id as a parameter. */
  async function transition(visit: SeenVisit, step: 'cancel' | 'confirm' | 'checkin'): Promise<Outcome<SeenVisit>> {
    const done = await client({ method: 'POST', path: `${branch(visit.visit.locationId)}/appointment/${step}`, query: { appointment_id: visit.visit.id }, schema: Anything, writes: true })
    return done.ok ? afterOn(visit) : done
  }

  // Whether an appointment was once seen where it was meant, at a time at which the two ways of dating differ.
  let datingSeen = false
  const differ = (slot: OfferedSlot, zone: string) => fromSpan(slot, { times: 'utc', zone }).startTime !== fromSpan(slot, { times: 'salon', zone }).startTime

  /** Reserves and reads back; a time that is not the one that was meant is let go. Nothing of it lasts: a reservation whose answer is lost runs out by itself. */
  async function hold({ slot, clientId, note }: { slot: OfferedSlot; clientId: string; note?: string | undefined }): Promise<Outcome<{ id: string; bookingId: string }>> {
    const { locationId: branchId, start } = slot
    const serviceSchedules = slot.segments.map(({ serviceId, staffId, start: at, durationMin }) => ({ serviceId, staffId, startTime: toUtcText(at), endTime: toUtcText(addMinutes(at, durationMin)) }))
    const held = await client({
      method: 'POST', path: `${branch(branchId)}/booking`, schema: Booking,
      body: { clientId, bookingStatus: 'RESERVED', clientAppointmentSchedules: [{ clientId, serviceSchedules }], ...(note !== undefined && { note: withNote('', { text: note, by: 'desk', at: now() }) }) },
    })
    // A conflict of a new booking can only be about its time.
    if (!held.ok) return held.error.kind === 'conflict_version' ? { ok: false, error: { ...held.error, kind: 'conflict_slot' } } : held
    const { bookingId, clientAppointmentSchedules } = held.value
    const id = clientAppointmentSchedules?.flatMap(({ serviceSchedules: made }) => made ?? []).find(({ appointmentId }) => appointmentId !== undefined)?.appointmentId
    const reserved = id === undefined ? undefined : await reader.readBack({ branchId, id, start, clientId })
    if (id !== undefined && reserved?.ok === true && reserved.value.visit.start === start) {
      datingSeen ||= differ(slot, (await reader.learn(branchId)).dating.zone)
      return ok({ id, bookingId }, reserved.observedAt)
    }
    await release(branchId, bookingId)
    if (reserved === undefined) return failed('unavailable', 'a reservation without an appointment', { providerCode: 'shape' })
    if (!reserved.ok) return failed('unavailable', `reserved, not read back, let go: ${reserved.error.kind}`, { retryAfterMs: 5_000 })
    return failed('invalid', 'what was reserved reads back at another time: this salon\'s appointments are dated the other way, connect it again with the other choice of "times"', { providerCode: 'times' })
  }

  /** A move has no reservation to look at. Before the first one the time is reserved and let go again, so that no visit is ever sent to a wrong hour. */
  async function seeDating({ slot, clientId }: { slot: OfferedSlot; clientId: string }): Promise<Outcome<null>> {
    const { dating } = await reader.learn(slot.locationId)
    if (datingSeen || !differ(slot, dating.zone)) return ok(null, now())
    if (clientId === '') return failed('invalid', 'how this salon dates its appointments was not seen yet, and nobody can be booked to see it', { providerCode: 'times' })
    const held = await hold({ slot, clientId })
    if (!held.ok) return held
    await release(slot.locationId, held.value.bookingId)
    return ok(null, held.observedAt)
  }

  return {
    /** Reserves, looks, activates: only activating is final. */
    async create({ slot, client: { id: clientId }, note }: { slot: OfferedSlot; client: { id: string }; note?: string }): Promise<Outcome<SeenVisit>> {
      if (slot.segments.length !== 1) return several()
      const { locationId: branchId, start } = slot
      const held = await hold({ slot, clientId, note })
      if (!held.ok) return held
      const { id, bookingId } = held.value
      const made = await client({ method: 'POST', path: `${branch(branchId)}/booking/${encodeURIComponent(bookingId)}/activate`, schema: Anything, writes: true })
      if (made.ok) return after({ branchId, id, start, clientId })
      if (made.error.kind === 'unknown_outcome') return made
      await release(branchId, bookingId)
      return made.error.kind === 'not_found' || made.error.kind === 'invalid' ? failed('conflict_slot', 'the hold ran out', { providerCode: 'hold' }) : made
    },

    async reschedule({ visit, slot }: { visit: SeenVisit; slot: OfferedSlot }): Promise<Outcome<SeenVisit>> {
      const [segment] = slot.segments
      if (slot.segments.length !== 1 || segment === undefined) return several()
      const { id, locationId: branchId, clientId } = visit.visit
      if (slot.locationId !== branchId) return failed('unsupported', 'an appointment stays in its branch', { capability: 'reschedule' })
      const { version, price, roomId, machineId, confirmed } = extraOf(visit)
      const { dating } = await reader.learn(branchId)
      const wall = fromSpan(slot, dating)
      if (toSpan(wall, dating).start !== slot.start) return failed('invalid', 'an hour that the clock shows twice', { providerCode: 'ambiguous_time' })
      const seen = await seeDating({ slot, clientId })
      if (!seen.ok) return seen
      const done = await client({
        method: 'PUT', path: `${branch(branchId)}/appointment/${encodeURIComponent(id)}`, writes: true, schema: Anything,
        // What is not said may be taken as emptied: price, room, machine and confirmation go back as they were.
        body: { appointmentId: id, version, staffId: segment.staffId, serviceId: segment.serviceId, ...wall, price, roomId, machineId, confirmed },
      })
      if (done.ok) {
        const moved = await after({ branchId, id, start: slot.start, clientId })
        // Nobody may be told a time at which the visit does not stand: a person has to look.
        return moved.ok && moved.value.visit.start !== slot.start ? failed('unknown_outcome', 'moved, and reads back at another time', { providerCode: 'times' }) : moved
      }
      if (done.error.kind !== 'invalid' && done.error.kind !== 'conflict_slot') return done
      // Phorest's words for an old version are not published: its own record tells.
      const there = await reader.readBack({ branchId, id, start: visit.visit.start, clientId })
      const isOld = there.ok ? there.value.visit.version !== visit.visit.version : there.error.kind === 'not_found'
      return isOld ? failed('conflict_version', 'changed meanwhile', { ...(done.error.providerCode !== undefined && { providerCode: done.error.providerCode }) }) : done
    },

    cancel: ({ visit }: { visit: SeenVisit }) => transition(visit, 'cancel'),

    async setStatus({ visit, to }: { visit: SeenVisit; to: string }): Promise<Outcome<SeenVisit>> {
      if (to === 'confirmed') return transition(visit, 'confirm')
      if (to === 'arrived') return transition(visit, 'checkin')
      return failed('unsupported', `Phorest has no call for "${to}"`)
    },

    /** Appends to the booking's note; nothing of it can be taken away again. */
    async addVisitNote({ visit, text, by, at }: { visit: SeenVisit; text: string; by: string; at: string }): Promise<Outcome<SeenVisit>> {
      const { bookingId } = extraOf(visit)
      if (bookingId === undefined) return failed('unsupported', 'an appointment without a booking has no note', { capability: 'notes' })
      const done = await client({ method: 'POST', path: `${branch(visit.visit.locationId)}/booking/${encodeURIComponent(bookingId)}/note`, writes: true, schema: Anything, body: { note: withNote('', { text, by, at }) } })
      return done.ok ? afterOn(visit) : done
    },

    /** Reads right before: the whole record goes back with its version, so that nothing that somebody wrote a second ago is lost. */
    async putClientNote(id: string, change: (notes: string) => string | undefined): Promise<Awaited<ReturnType<NonNullable<PlatformAdapter['addClientNote']>>>> {
      const path = `/client/${encodeURIComponent(id)}`
      const before = await client({ path, schema: Client })
      if (!before.ok) return before
      const notes = change(before.value.notes ?? '')
      if (notes === undefined) return failed('not_found', 'no such note')
      const done = await client({ method: 'PUT', path, writes: true, schema: Anything, body: { ...before.value, notes } })
      if (!done.ok) return done
      const read = await client({ path, schema: Client })
      return read.ok ? ok(toClient(read.value), read.observedAt) : failed('unknown_outcome', `done, and not read back: ${read.error.kind}`)
    },
  }
}
