import type { Proposal } from '../approvals/proposal.ts'
import type { Answered, Reply } from '../messages/messages.ts'
import { unwrap } from '../platforms/unwrap.ts'
import { DeskError } from '../salon/errors.ts'
import { localDate, localTime, minuteOfDay } from '../salon/time.ts'
import { hasHold, heldByOthers, holdTimes, releaseHolds } from './hold-times.ts'
import type { TalkAt } from './offer-data.ts'
import { aboutVisit, letGo, offerTimes, subjectOf, type Talking } from './offer-times.ts'
import type { Room } from './room.ts'
import { handedOver, sayMoveAsked, sayNone, sayTimes } from './say-offer.ts'

type Choice = { talk: TalkAt<'times'>; chosen: TalkAt<'times'>['times'][number]; reply: Reply }

/** A time that was chosen and is gone is replaced by others once. */
const mostAgain = 1

/**
 * Moves a visit to the time its client chose, by the salon's mode: at once and read back, or as a proposal that waits for a
 * person. A time whose hold has run out is offered anew, never taken silently; one that is gone is replaced once.
 * The same reply again finds what it has done already. Throws `DeskError` for what the platform says.
 */
export async function moveVisit(room: Room, talking: Talking, choice: Choice): Promise<Answered> {
  const { booking, rules } = talking
  const { appointment, location } = booking
  const { talk, chosen, reply } = choice
  const earlier = await findProposal(room, choice)
  if (earlier !== undefined) return came(room, talking, choice, await room.approvals.get(earlier))
  if (appointment.start !== talk.start) return handedOver('moved_since')
  const now = room.clock.now()
  const { slot, free } = unwrap(await room.platform.slot({ id: chosen.slotId, rescheduling: appointment.id }))
  if (!free || (await heldByOthers(room.store.db, { slot, clientId: appointment.clientId, now })).length > 0) return another(room, talking, choice)
  if (!(await hasHold(room.store.db, { appointmentId: appointment.id, slotId: slot.id, at: reply.at }))) {
    const held = await holdTimes(room.store, { clientId: appointment.clientId, appointmentId: appointment.id, locationId: location.id, slots: [slot], choose: (left) => left, holdMinutes: rules.holdMinutes, now })
    if (held.length === 0) return another(room, talking, choice)
    return { did: 'offered', say: sayTimes({ booking, now, subject: subjectOf(talking), slots: held, fits: true, talk: { ...aboutVisit(talking), again: talk.again, askedBack: 0 } }) }
  }
  try {
    return await came(room, talking, choice, await room.approvals.propose({
      kind: 'reschedule', args: { appointmentId: appointment.id, slotId: slot.id }, requestedBy: `client:${reply.clientId}`,
      reason: `based on a message from the client: "${quote(reply.words)}"`,
    }))
  } catch (error) {
    if (error instanceof DeskError && error.code === 'conflict') return another(room, talking, choice)
    throw error
  }
}

/** What this reply has proposed already, before a crash. */
async function findProposal({ store }: Room, { chosen, reply }: Choice): Promise<string | undefined> {
  const rows = await store.db.selectFrom('proposals').select(['id', 'args']).where('requested_by', '=', `client:${reply.clientId}`).where('kind', '=', 'reschedule').where('created_at', '>=', reply.at).orderBy('created_at').execute()
  return rows.find(({ args }) => (args as { slotId?: unknown }).slotId === chosen.slotId)?.id
}

async function came(room: Room, talking: Talking, choice: Choice, proposal: Proposal): Promise<Answered> {
  const { booking } = talking
  switch (proposal.state) {
    case 'done':
      // The client hears of it by the text that the change itself promised.
      await letGo(room, booking)
      return { did: 'moved' }
    case 'pending':
    case 'approved':
    case 'by_hand':
    case 'unknown':
      return waits(room, talking, choice, proposal)
    case 'failed':
      return proposal.errorCode === 'conflict' ? another(room, talking, choice) : handedOver(proposal.errorCode ?? 'failed')
    case 'shadow':
    case 'rejected':
    case 'expired':
    case 'superseded': // below, so that every path returns
  }
  await letGo(room, booking)
  return handedOver(proposal.state)
}

async function waits(room: Room, talking: Talking, { chosen }: Choice, proposal: Proposal): Promise<Answered> {
  const { booking } = talking
  const now = room.clock.now()
  const { slot } = unwrap(await room.platform.slot({ id: chosen.slotId, rescheduling: booking.appointment.id }))
  await room.store.transaction((trx) => releaseHolds(trx, { appointmentId: booking.appointment.id, except: slot.id, until: proposal.expiresAt, now }))
  const say = sayMoveAsked({ booking, now, subject: `appointment:${booking.appointment.id}`, slot, until: proposal.expiresAt, talk: { ...aboutVisit(talking), proposalId: proposal.id } })
  return { did: 'proposed', say }
}

/** Somebody was faster: others near it, once; then a person. */
async function another(room: Room, talking: Talking, { talk, chosen }: Choice): Promise<Answered> {
  const { booking } = talking
  const { zone } = booking.location
  if (talk.again >= mostAgain) {
    await letGo(room, booking)
    return handedOver('taken_again', sayNone({ booking, now: room.clock.now() }))
  }
  const wanted = { aims: [{ days: [localDate(chosen.start, zone)], points: [minuteOfDay(localTime(chosen.start, zone))], spans: [], centers: [] }], notDays: [], notWeekdays: [], notSpans: [] }
  return offerTimes(room, talking, { wanted, avoid: [chosen.start], again: talk.again + 1 })
}

/** The client's words on one line, at most 200 characters of them. */
function quote(words: string): string {
  const line = words.replaceAll(/\s+/g, ' ').trim()
  return line.length <= 200 ? line : `${line.slice(0, 199)}…`
}

