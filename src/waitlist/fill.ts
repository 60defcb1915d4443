import { z } from 'zod'
import type { Action, ActionResult } from '../approvals/action.ts'
import { bookAction } from '../bookings/book.ts'
import { type BookingRoom, mustBeUntouched, readBooking } from '../bookings/read-booking.ts'
import { failed, ok, type Outcome } from '../platforms/booking-platform.ts'
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
  const book = bookAction(room, { template: 'waitlist-filled' })
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
      const [facts, slot] = await Promise.all([book.facts({ clientId: entry.clientId, slotId }), platform.slot({ id: slotId }).then((found) => unwrap(found).slot)])
      if (slot.locationId !== entry.locationId || slot.segments.some(({ serviceId }) => serviceId !== entry.serviceId)) throw new DeskError('invalid_input', { message: 'slot is not what the entry waits for', userMessage: `${clientName(client)} waits for something else than that free time is for.` })
      const notices = entry.staffId === undefined || slot.segments.every(({ staffId }) => staffId === entry.staffId) ? [] : ['The client waits for another person.']
      return { ...facts, title: `${facts.title} from the waitlist`, target: `waitlist:${entryId}`, notices: [...facts.notices, ...notices], basis: { ...facts.basis, entryId, entryStatus: entry.status } }
    },
    async run({ entryId, slotId }, { key, ...context }) {
      const { clientId } = await readEntry(room, entryId)
      const booked = await orByHand(await book.run({ clientId, slotId }, { ...context, key: `${key}:book` }), () => book.look({ clientId, slotId }, context.approved, { key }))
      if (!booked.ok) return booked
      const left = await platform.waitlistSet({ key: `${key}:list`, by: context.by, id: entryId, to: 'filled' })
      return left.ok ? booked : failed('unknown_outcome', `booked, then ${left.error.kind}`)
    },
    async look({ entryId, slotId }, approved, context) {
      const entry = await readEntry(room, entryId)
      const booked = await book.look({ clientId: entry.clientId, slotId }, approved, context)
      if (!booked.ok || booked.value === undefined || booked.value === 'half_done') return booked
      if (entry.status === 'waiting') return ok('half_done', booked.observedAt)
      return ok({ said: `${booked.value.said} The waitlist entry is closed.`, data: { ...booked.value.data, entryId } }, booked.observedAt)
    },
    alternatives: async ({ entryId, slotId }) => (await book.alternatives?.({ clientId: (await readEntry(room, entryId)).clientId, slotId })) ?? [],
    async undo({ entryId }, { result }) {
      const appointmentId = String(result.data['appointmentId'])
      mustBeUntouched((await readBooking(room, appointmentId)).appointment, result)
      return { kind: 'waitlist_unfill', args: { entryId, appointmentId } }
    },
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
      const [facts, entry] = await Promise.all([cancel.facts({ appointmentId, cancelledBy: 'salon' }), readEntry(room, entryId)])
      return { ...facts, target: `waitlist:${entryId}`, notices: [...facts.notices, 'The client goes back to the old place on the waitlist.'], basis: { ...facts.basis, entryId, entryStatus: entry.status } }
    },
    async run({ entryId, appointmentId }, { key, ...context }) {
      const cancelled = await orByHand(await cancel.run({ appointmentId, cancelledBy: 'salon' }, { ...context, key: `${key}:cancel` }), () => cancel.look({ appointmentId, cancelledBy: 'salon' }, context.approved, { key }))
      if (!cancelled.ok) return cancelled
      const back = await platform.waitlistSet({ key: `${key}:list`, by: context.by, id: entryId, to: 'waiting' })
      return back.ok ? cancelled : failed('unknown_outcome', `cancelled, then ${back.error.kind}`)
    },
    async look({ entryId, appointmentId }, approved, context) {
      const cancelled = await cancel.look({ appointmentId, cancelledBy: 'salon' }, approved, context)
      if (!cancelled.ok || cancelled.value === undefined || cancelled.value === 'half_done') return cancelled
      const entry = await readEntry(room, entryId)
      if (entry.status !== 'waiting') return ok('half_done', cancelled.observedAt)
      return ok({ said: `${cancelled.value.said} The client is back on the waitlist.`, data: {} }, cancelled.observedAt)
    },
    undo: async () => undefined,
  }
}

/** What a person has done meanwhile, where the platform leaves this part to people; otherwise its refusal as it is. */
async function orByHand(outcome: Outcome<ActionResult>, look: () => Promise<Outcome<ActionResult | 'half_done' | undefined>>): Promise<Outcome<ActionResult>> {
  if (outcome.ok || outcome.error.kind !== 'assisted_required') return outcome
  const seen = await look()
  return seen.ok && seen.value !== undefined && seen.value !== 'half_done' ? ok(seen.value, seen.observedAt) : outcome
}

async function readEntry({ platform }: BookingRoom, entryId: string): Promise<WaitlistEntry> {
  const entry = unwrap(await platform.waitlist({ ids: [entryId] })).find(({ id }) => id === entryId)
  if (entry === undefined) throw new DeskError('not_found', { message: 'no such waitlist entry', userMessage: 'That waitlist entry does not exist (any more).' })
  return entry
}
