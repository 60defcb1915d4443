import type { Reading, Request } from '../understanding/reading.ts'
import type { Understanding } from '../understanding/open-understanding.ts'
import type { Memory } from './memory.ts'
import { wholeName } from './whole-name.ts'
import { localDate, localTime } from '../salon/time.ts'
import type { Asked, Task } from './plan/plan.ts'

/** What a line asks for, after what was said before. `unanswered`: it neither answers the open question nor is a request. */
export type TaskReading = { task: Task; rest?: string; doubt?: 'answer' | 'intent'; unread?: string[] }

/** Below this share of belief the reader does not know; the desk then asks instead of acting. A wrong look-up costs a glance, a wrong card a mistake. */
const leastConfidence = { look: 0.15, change: 0.3 }

/** A question of its own is never the correction of a change, however few words it has. */
const newQuestion = /^\W*(?:(?:what|how)(?! about)|when|who|whose|where|why|which|is|are|was|does|do|did|can|could|may|should)\b/i

/**
 * Reads one line as an answer to the open question (the waiting task goes on, with what was settled), as a correction
 * of the last task, or as a new one.
 */
export async function readTask({ understanding, request, memory, names }: { understanding: Understanding; request: Omit<Request, 'openQuestion' | 'previous'>; memory: Memory; names: ReadonlyMap<string, string> }): Promise<TaskReading> {
  const { asked } = memory
  const before = asked?.task ?? memory.task
  const previous: Reading | undefined = before && { intent: before.intent, confidence: 1, slots: before.slots, unread: [] }
  if (asked !== undefined && bareNo.test(request.text)) return { task: declined(asked.task, asked.question.kind), ...(asked.rest === undefined ? {} : { rest: asked.rest }) }
  if (asked !== undefined) {
    const reading = await understanding.read({ ...request, openQuestion: asked.question, ...(previous === undefined ? {} : { previous }) })
    if (reading.intent === 'answer' && !(await saysAnotherTime({ understanding, request, previous, asked, reading }))) return { ...answered({ ...asked, said: request.text }, reading), ...(asked.rest === undefined ? {} : { rest: asked.rest }) }
  }
  const reading = await understanding.read({ ...request, ...(previous === undefined || newQuestion.test(request.text) ? {} : { previous }) })
  const rest = reading.rest === undefined ? {} : { rest: reading.rest }
  // "And who should we call that day?": the day spoken of before.
  if (reading.slots.date === undefined && before?.slots.date !== undefined && !isChange(reading) && /\b(?:for it|that day|for then|same day)\b/i.test(request.text)) reading.slots.date = before.slots.date
  // "Book Peter for the first one", "book him at 3": what the free times were looked up for.
  if (reading.intent === 'propose_booking' && before?.intent === 'find_slots' && reading.slots.service === undefined) {
    const { service, staff, date, location } = before.slots
    reading.slots = { ...(service && { service }), ...(staff && { staff }), ...(date && { date }), ...(location && { location }), ...reading.slots }
  }
  const { client } = reading.slots
  const named = client === undefined || !isChange(reading) ? client : wholeName({ text: request.text, named: client, slots: reading.slots, names })
  const task: Task = { intent: reading.intent, slots: named === client ? reading.slots : { ...reading.slots, client: named }, said: request.text, chosen: {} }
  if (before !== undefined && reading.intent === before.intent && reading.slots.client === before.slots.client && reading.slots.otherClient === before.slots.otherClient) {
    // "Actually make it 4" goes on with the person and the appointment that were settled, at another time.
    const { client: who, otherClient, appointment, service } = before.chosen
    const said = reading.slots.client === undefined ? task.said : `${before.said}; ${task.said}`
    const kept = { ...(who && { client: who }), ...(otherClient && { otherClient }), ...(appointment && { appointment }), ...(service && reading.slots.service === before.slots.service && { service }) }
    return { task: { ...task, said, chosen: kept }, ...rest }
  }
  return { task, ...rest, ...(reading.confidence < (isChange(reading) ? leastConfidence.change : leastConfidence.look) ? { doubt: 'intent' } : {}), ...unused(reading) }
}

function isChange({ intent }: Reading): boolean {
  return intent.startsWith('propose_') || intent === 'record_outcome'
}

/** What a change leaves out of what was written, so that nobody believes it was done: one change is about one client. */
function unused({ intent, unread, slots }: Reading): { unread?: string[] } {
  if (!intent.startsWith('propose_')) return {}
  const names = [...unread, ...(slots.otherClient === undefined || intent === 'propose_waitlist_fill' ? [] : [slots.otherClient.text])]
  return names.length === 0 ? {} : { unread: names }
}

/** "The second", "2", "option 3": a place in the list, whatever time or day it might also be. */
const place = /^\W*(?:the\s+|number\s+|option\s+|no\.?\s*|#)*(?:\d(?:st|nd|rd|th)?|first|second|third|fourth|last|one|two|three)(?:\s+(?:one|please|option|slot|time))*\W*$/i

/** "10 am", when 10:15 is on offer and 10:00 is not, is another wish and no choice; so is another day. */
async function saysAnotherTime({ understanding, request, previous, asked, reading }: { understanding: Understanding; request: Omit<Request, 'openQuestion' | 'previous'>; previous: Reading | undefined; asked: Asked; reading: Reading }): Promise<boolean> {
  const { choice } = reading.slots
  if (asked.question.kind !== 'which_slot' || choice === undefined || !('ids' in choice) || previous === undefined || place.test(request.text)) return false
  const { slots: { date, time } } = await understanding.read({ ...request, previous })
  const chosen = asked.question.options.filter(({ id }) => choice.ids.includes(id)).map(({ start }) => ({ day: localDate(start, request.zone), clock: localTime(start, request.zone) }))
  const newDate = date !== previous.slots.date ? date : undefined
  const newTime = time !== previous.slots.time ? time : undefined
  const clocks = newTime?.kind === 'at' ? [newTime.from] : newTime?.kind === 'ambiguous_meridiem' ? newTime.options : undefined
  return !chosen.some(({ day, clock }) => (newDate === undefined || (day >= newDate.from && day <= newDate.to)) && (clocks === undefined || clocks.includes(clock)))
}

function answered({ task, question, fills, names, said }: NonNullable<Memory['asked']> & { said: string }, { slots }: Reading): { task: Task; doubt?: 'answer' } {
  const { choice, ...others } = slots
  const whole = `${task.said}; ${said}`
  if (choice === undefined) return { task: withSlots({ ...task, said: whole }, others) }
  const options = 'options' in question ? question.options : []
  const ids = 'ids' in choice ? choice.ids : choice.yes && options.length === 1 ? options.map(({ id }) => id) : []
  const [id] = ids
  if (ids.length !== 1 || id === undefined || fills === undefined) return { task, doubt: 'answer' }
  return { task: { ...task, said: whole, chosen: { ...task.chosen, [fills]: { id, name: names?.[id] ?? id } } } }
}

const bareNo = /^\W*(?:no|nope|nah|no thanks|none(?: of (?:them|those|these))?|neither)\W*$/i

/** "No", "none of them": the task without what was offered, so that its plan asks openly; where that makes no sense, it is dropped. */
function declined(task: Task, kind: Asked['question']['kind']): Task {
  const { client, otherClient, date, time, ...slots } = task.slots
  const { slot: _slot, ...chosen } = task.chosen
  const when = { ...(date && { date }), ...(time && { time }) }
  if (kind === 'which_client') return { ...task, slots: { ...slots, ...when }, chosen: {} }
  if (kind === 'which_slot') return { ...task, slots: { ...slots, ...(client && { client }), ...(otherClient && { otherClient }) }, chosen, refused: true }
  return { ...task, intent: 'cancel_question' }
}

/** The task with what an answer added; half a time ("in the afternoon") settles the half that was open. */
function withSlots(task: Task, slots: Task['slots']): Task {
  const { time: open } = task.slots
  const merged = { ...task.slots, ...slots }
  if (open?.kind === 'ambiguous_meridiem' && open.options !== undefined && slots.time?.kind === 'part_of_day') {
    const at = slots.time.part === 'morning' || slots.time.part === 'first_thing' ? open.options[0] : open.options[1]
    merged.time = { ...open, kind: 'at', from: at }
  }
  const { slot: _slot, ...chosen } = task.chosen
  return { ...task, slots: merged, chosen: slots.client === undefined ? chosen : {} }
}
