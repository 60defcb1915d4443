import { z } from 'zod'
import type { Action } from '../approvals/action.ts'
import { bookAction } from '../bookings/book.ts'
import type { BookingRoom } from '../bookings/read-booking.ts'
import { ok } from '../platforms/booking-platform.ts'
import { unwrap } from '../platforms/unwrap.ts'
import { DeskError } from '../salon/errors.ts'
import { clientName, type WaitlistEntry } from '../salon/salon.ts'

const Args = z.object({ entryId: z.string().min(1), slotId: z.string().min(1) })
type Args = z.infer<typeof Args>
const BackArgs = z.object({ entryId: z.string().min(1), appointmentId: z.string().min(1) })
type BackArgs = z.infer<typeof BackArgs>

/** Gives a free slot to somebody on the waitlist: books them and takes them off the list. */
export function waitlistFillAction(room: BookingRoom): Action<Args> {
  const { platform } = room
  const book = bookAction(room)
  return {
    kind: 'waitlist_fill',
    verb: 'Book from the waitlist',
    schema: Args,
    role: 'front_desk',
    ttlMinutes: 30,
    async facts({ entryId, slotId }) {
      const entry = await readEntry(room, entryId)
      const client = unwrap(await platform.client({ id: entry.clientId }))
      if (entry.status !== 'waiting') throw new DeskError('stale', { message: `entry is ${entry.status}`, userMessage: `${clientName(client)} is no longer on the waitlist.` })
      const facts = await book.facts({ clientId: entry.clientId, slotId })
      return { ...facts, title: `${facts.title} from the waitlist`, target: `waitlist:${entryId}`, basis: { ...facts.basis, entryId, entryStatus: entry.status } }
    },
    async run({ entryId, slotId }, { key, by, facts }) {
      const { clientId } = await readEntry(room, entryId)
      const booked = await book.run({ clientId, slotId }, { key: `${key}:book`, by, facts })
      if (!booked.ok) return booked
      const left = await platform.waitlistSet({ key: `${key}:list`, by, id: entryId, to: 'filled' })
      return left.ok ? booked : left
    },
    async look({ entryId, slotId }) {
      const entry = await readEntry(room, entryId)
      const booked = await book.look({ clientId: entry.clientId, slotId })
      if (!booked.ok || booked.value === undefined) return booked
      // Booked but still listed: an answer was lost between the two; running again finishes it by the same keys.
      if (entry.status === 'waiting') return ok(undefined, booked.observedAt)
      return ok({ said: `${booked.value.said} The waitlist entry is closed.`, data: { ...booked.value.data, entryId } }, booked.observedAt)
    },
    undo: async ({ entryId }, { result }) => ({ kind: 'waitlist_unfill', args: { entryId, appointmentId: String(result.data['appointmentId']) } }),
  }
}

/** Cancels what a fill booked and gives the client the old place back. */
export function waitlistUnfillAction(room: BookingRoom, cancel: Action<{ appointmentId: string; cancelledBy: 'client' | 'salon' }>): Action<BackArgs> {
  const { platform } = room
  return {
    kind: 'waitlist_unfill',
    verb: 'Put back on the waitlist',
    schema: BackArgs,
    role: 'front_desk',
    ttlMinutes: 30,
    async facts({ entryId, appointmentId }) {
      const facts = await cancel.facts({ appointmentId, cancelledBy: 'salon' })
      return { ...facts, target: `waitlist:${entryId}`, notices: [...facts.notices, 'The client goes back to the old place on the waitlist.'] }
    },
    async run({ entryId, appointmentId }, { key, by, facts }) {
      const cancelled = await cancel.run({ appointmentId, cancelledBy: 'salon' }, { key: `${key}:cancel`, by, facts })
      if (!cancelled.ok) return cancelled
      const back = await platform.waitlistSet({ key: `${key}:list`, by, id: entryId, to: 'waiting' })
      return back.ok ? cancelled : back
    },
    async look({ entryId, appointmentId }) {
      const cancelled = await cancel.look({ appointmentId, cancelledBy: 'salon' })
      if (!cancelled.ok || cancelled.value === undefined) return cancelled
      const entry = await readEntry(room, entryId)
      if (entry.status !== 'waiting') return ok(undefined, cancelled.observedAt)
      return ok({ said: `${cancelled.value.said} The client is back on the waitlist.`, data: {} }, cancelled.observedAt)
    },
    undo: async () => undefined,
  }
}

async function readEntry({ platform }: BookingRoom, entryId: string): Promise<WaitlistEntry> {
  const entry = unwrap(await platform.waitlist({ ids: [entryId] })).find(({ id }) => id === entryId)
  if (entry === undefined) throw new DeskError('not_found', { message: 'no such waitlist entry', userMessage: 'That waitlist entry does not exist (any more).' })
  return entry
}
