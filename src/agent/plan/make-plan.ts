import type { Intent } from '../../understanding/reading.ts'
import { book, cancel, fillFromWaitlist, move, note, setStatus, writeDownCall } from './change.ts'
import { lookAtAppointments, lookAtCalls, lookAtDay, lookAtPolicies, lookAtProfile, lookAtProposals, lookAtRisk, lookAtScript, lookAtWaitlist, lookForClient, lookForSlots } from './look.ts'
import { offerChair, wantsOffers } from './offer-chair.ts'
import { joinList, leaveList, wantsList } from './on-the-list.ts'
import type { Plan, Room, Task } from './plan.ts'
import { dropped, explainDeciding, greet, help, outOfScope, unclear, welcome } from './talk.ts'

const plans: Record<Intent, (task: Task, room: Room) => Plan> = {
  call_list: lookAtCalls,
  risk_summary: lookAtRisk,
  day_book: lookAtDay,
  find_client: lookForClient,
  client_profile: lookAtProfile,
  appointment: lookAtAppointments,
  find_slots: lookForSlots,
  search_policies: lookAtPolicies,
  draft_script: lookAtScript,
  record_outcome: writeDownCall,
  waitlist_for_slot: (task, room) => (wantsOffers(task) ? offerChair(task, room) : lookAtWaitlist(task, room)),
  propose_reschedule: move,
  propose_cancel: cancel,
  propose_booking: book,
  propose_note: note,
  propose_status: setStatus,
  propose_waitlist_fill: (task, room) => (wantsOffers(task) ? offerChair(task, room) : fillFromWaitlist(task, room)),
  list_proposals: lookAtProposals,
  help,
  greeting: greet,
  thanks: welcome,
  answer: unclear,
  cancel_question: dropped,
  out_of_scope: outOfScope,
}

/** Meant for the card above: a "yes" in the chat decides nothing. */
const bareAssent = /^\W*(?:yes|yep|yeah|yup|ok(?:ay)?|sure|approved?|reject|undo|confirm|go ahead|do it|please do|sounds good|looks good|perfect)(?:,? (?:please|it|that|this|approve(?: it)?|do it|go ahead))*\W*$/i

/** What no tool does, in words that leave no doubt, whatever they were read as. */
const beyond = [
  /^\W*(?:what(?:['’]?s| is| are)|give me|show me|read me|get me|i need|can i (?:have|get)|do you have)\b(?!.*\b(?:our|salon|polic)).{0,40}\b(?:(?:phone|mobile|cell)(?: number)?|number|e-?mail|home address|contact details)\W*$/i,
  /^\W*(?:please |can you |could you )*(?:text|sms|message|e-?mail|whatsapp)\s+(?!policy|polic|template|(?:every(?:body|one) on )?the wait)\w+/i,
  /\b(?:autonomous|assisted|shadow)\b.{0,12}\bmode\b|\bmode\b.{0,12}\b(?:autonomous|assisted|shadow)\b/i,
  /\b(?:make|give|set)\b.{0,12}\b(?:me|him|her|them)\b.{0,15}\b(?:manager|owner|admin)\b/i,
  /\bopt(?:ed)?[- ]?(?:in|out)\b|\bconsent\b.{0,10}\bto\b/i,
]

/** The plan for a task. Deciding is never one, whatever it was read as: it gets told how people do it. */
export function makePlan(task: Task, room: Room): Plan {
  if (room.focus.proposal !== undefined && bareAssent.test(task.said)) return explainDeciding(room.focus.proposal)
  if (/^\s*(please\s+)?(approve|reject|undo|confirm)\b.*\bP-?[2-9A-Z]{6}\b/i.test(task.said)) return explainDeciding(/\bP-?[2-9A-Z]{6}\b/i.exec(task.said)?.[0]?.toUpperCase())
  if (task.intent.startsWith('propose_') && /\b(everyone|everybody|all (the |of |our )?(clients|appointments|bookings))\b/i.test(task.said) && task.slots.client === undefined) return outOfScope(task)
  if (beyond.some((pattern) => pattern.test(task.said))) return outOfScope(task)
  // No kind of request of its own was fitted for it: the words leave no doubt.
  const listed = task.intent === 'answer' ? undefined : wantsList(task)
  if (listed !== undefined) return listed === 'join' ? joinList(task, room) : leaveList(task, room)
  return plans[task.intent](task, room)
}
