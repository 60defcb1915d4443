import type { DatePhrase } from '../../understanding/time-phrases/time-phrase.ts'
import type { Proposed, RecordedOutcome, WaitlistCandidates } from '../tool-results.ts'
import { ask, attempt, isFailure, type Plan, type Room, speak, type Task, use } from './plan.ts'
import { whichAppointment } from './which-appointment.ts'
import { whichClient } from './which-client.ts'
import { placeSaid } from './place-said.ts'
import { oneLocation, whichService, whichStaff } from './which-service.ts'
import { whichSlot } from './which-slot.ts'

/** Requests that end in a proposal (or in a call written down). The card itself is rendered by code from the store. */

export function* move(task: Task, room: Room): Plan {
  const client = yield* whichClient(task, room)
  const { sourceDate, sourceTime } = task.slots
  // "Move Dana to Friday" is about her next visit; the card says which, and the words that there are others.
  const hourOnly = task.slots.date === undefined || /\bsame (?:time|hour)\b/i.test(task.said)
  const moving = yield* whichAppointment(task, room, { client, when: { date: sourceDate, time: sourceTime }, prefer: hourOnly ? 'today' : 'next' })
  const staff = yield* whichStaff(task, room)
  const slot = yield* whichSlot(task, room, { appointmentId: moving.appointmentId, staffId: staff?.id, moving })
  const others = moving.passedOver
  const also = others.length === 0 ? '' : ` It is the next of ${client.name}'s ${others.length + 1} visits ahead: if you mean another one, say which (after it comes ${others[0]?.when}).`
  return yield* proposed(room, 'propose_reschedule', { appointmentId: moving.appointmentId, slotId: slot.id, reason: task.said }, also)
}

export function* cancel(task: Task, room: Room): Plan {
  const client = yield* whichClient(task, room)
  const { appointmentId } = yield* whichAppointment(task, room, { client, when: { date: task.slots.sourceDate ?? task.slots.date, time: task.slots.sourceTime ?? task.slots.time } })
  // Whose wish it is stands on the card; only plain words make it the salon's.
  const cancelledBy = /\b(we|we're|we are|our side|the salon)\b/i.test(task.said) ? 'salon' : 'client'
  return yield* proposed(room, 'propose_cancel', { appointmentId, cancelledBy, reason: task.said })
}

export function* book(task: Task, room: Room): Plan {
  const client = yield* whichClient(task, room)
  // "Book Peter for the first one", of the times just shown.
  const place = task.slots.time === undefined && task.chosen.slot === undefined ? placeSaid(task.said) : undefined
  const offered = place === undefined ? undefined : room.focus.offered?.[place]
  if (offered !== undefined) return yield* proposed(room, 'propose_booking', { clientId: client.id, slotId: offered.id, reason: task.said })
  const service = yield* whichService(task, room)
  const staff = yield* whichStaff(task, room)
  const locationId = yield* oneLocation(task, room, staff?.id)
  const slot = yield* whichSlot(task, room, { serviceIds: [service.id], staffId: staff?.id, locationId })
  return yield* proposed(room, 'propose_booking', { clientId: client.id, slotId: slot.id, reason: task.said })
}

export function* note(task: Task, room: Room): Plan {
  const client = yield* whichClient(task, room)
  const text = task.slots.noteText
  if (text === undefined || text.trim() === '') return yield* ask({ text: `What should the note on ${client.name} say?`, question: { kind: 'missing', slot: 'note_text', intent: task.intent, slots: task.slots }, task })
  return yield* proposed(room, 'propose_note', { clientId: client.id, text, reason: task.said })
}

export function* setStatus(task: Task, room: Room): Plan {
  const to = task.slots.status
  if (to === undefined) return yield* speak('I can mark somebody as confirmed, arrived or a no-show: say which, and who.')
  const client = yield* whichClient(task, room)
  const { appointmentId } = yield* whichAppointment(task, room, { client, prefer: 'next', when: to === 'confirmed' ? task.slots : { date: task.slots.date ?? { text: 'today', start: 0, end: 0, from: room.today, to: room.today }, time: task.slots.time }, started: to !== 'confirmed' })
  return yield* proposed(room, 'propose_status', { appointmentId, to, reason: task.said })
}

export function* fillFromWaitlist(task: Task, room: Room): Plan {
  const client = yield* whichClient(task, room)
  const { date, time, otherClient } = task.slots
  if (otherClient !== undefined || task.chosen.otherClient !== undefined) {
    const holder = yield* whichClient(task, room, 'otherClient')
    const theirs = yield* whichAppointment({ ...task, chosen: {} }, room, { client: holder, when: task.slots })
    return yield* speak(`${holder.name} still holds ${theirs.when}. Cancel or move that first; once the time is free I can propose ${client.name} for it.`)
  }
  const staff = yield* whichStaff(task, room)
  const locationId = yield* oneLocation(task, room, staff?.id)
  const day = date?.from ?? room.today
  const { candidates } = yield* use<WaitlistCandidates>('waitlist_for_slot', { locationId, date: day, staffId: staff?.id })
  const entry = candidates.find(({ clientId }) => clientId === client.id)
  if (entry === undefined) return yield* speak(`${client.name} is not on the waitlist. I can propose a booking instead: say the service and the time.`)
  const slot = yield* whichSlot({ ...task, slots: { ...task.slots, date: date ?? { text: 'today', start: 0, end: 0, from: day, to: day } } }, room, { serviceIds: [entry.serviceId], staffId: staff?.id, locationId: entry.locationId })
  if (time === undefined && task.chosen.slot === undefined) return yield* speak('Which time?')
  return yield* proposed(room, 'propose_waitlist_fill', { entryId: entry.entryId, slotId: slot.id, reason: task.said })
}

export function* writeDownCall(task: Task, room: Room): Plan {
  const client = yield* whichClient(task, room, 'client', { implied: true })
  const { outcome, reason } = task.slots
  if (outcome === undefined) return yield* ask({ text: `What came of the call to ${client.name}: confirmed, wants another time, cancels, voicemail, no answer, or wrong number?`, question: { kind: 'missing', slot: 'outcome', intent: task.intent, slots: task.slots }, task })
  const { appointmentId } = yield* whichAppointment(task, room, { client, prefer: 'next', when: callIsAbout(outcome, task.slots) })
  return yield* speak(room.say('record_outcome', yield* use<RecordedOutcome>('record_outcome', { appointmentId, outcome, note: reason })))
}

/** The day a call was about; with "wants friday instead" the day said is the wished one. */
function callIsAbout(outcome: string, { sourceDate, date }: Task['slots']): { date?: DatePhrase | undefined } {
  return { date: sourceDate ?? (outcome === 'reached-moved' ? undefined : date) }
}

/** Stores the proposal. Its facts are on the card, so the words only say what a card cannot: that nothing has happened yet. */
export function* proposed(room: Room, tool: string, args: Record<string, unknown>, also = ''): Plan {
  const result = yield* attempt<Proposed>(tool, args)
  if (isFailure(result)) return yield* speak(result.code === 'conflict' ? `${result.error} Say another time and I will look.` : result.error)
  const { proposal } = result
  room.focus.proposal = proposal.id
  const words: Partial<Record<typeof proposal.state, string>> = {
    pending: `${proposal.facts.title}: prepared, and waiting for approval.${also}`,
    shadow: 'The desk is in shadow mode: I only wrote down what I would do.',
    done: 'Done, as the manager allows for this kind of change.',
  }
  return yield* speak(words[proposal.state] ?? 'Here is where it stands.')
}
