import type { Reading, Request } from '../understanding/reading.ts'
import type { Understanding } from '../understanding/open-understanding.ts'
import type { Memory } from './memory.ts'
import type { Task } from './plan/plan.ts'

/** What a line asks for, after what was said before. `unanswered`: it neither answers the open question nor is a request. */
export type TaskReading = { task: Task; rest?: string; doubt?: 'answer' | 'intent' }

/** Below this share of belief the reader does not know; the desk then asks instead of acting. */
const leastConfidence = 0.3

/**
 * Reads one line as an answer to the open question (the waiting task goes on, with what was settled), as a correction
 * of the last task, or as a new one.
 */
export async function readTask({ understanding, request, memory }: { understanding: Understanding; request: Omit<Request, 'openQuestion' | 'previous'>; memory: Memory }): Promise<TaskReading> {
  const { asked } = memory
  const before = asked?.task ?? memory.task
  const previous: Reading | undefined = before && { intent: before.intent, confidence: 1, slots: before.slots, unread: [] }
  if (asked !== undefined) {
    const reading = await understanding.read({ ...request, openQuestion: asked.question, ...(previous === undefined ? {} : { previous }) })
    if (reading.intent === 'answer') return { ...answered({ ...asked, said: request.text }, reading), ...(asked.rest === undefined ? {} : { rest: asked.rest }) }
  }
  const reading = await understanding.read({ ...request, ...(previous === undefined ? {} : { previous }) })
  const rest = reading.rest === undefined ? {} : { rest: reading.rest }
  const task: Task = { intent: reading.intent, slots: reading.slots, said: request.text, chosen: {} }
  if (before !== undefined && reading.intent === before.intent && reading.slots.client === before.slots.client && reading.slots.otherClient === before.slots.otherClient) {
    // "Actually make it 4" goes on with the person and the appointment that were settled, at another time.
    const { client, otherClient, appointment, service } = before.chosen
    const said = reading.slots.client === undefined ? task.said : `${before.said}; ${task.said}`
    const kept = { ...(client && { client }), ...(otherClient && { otherClient }), ...(appointment && { appointment }), ...(service && reading.slots.service === before.slots.service && { service }) }
    return { task: { ...task, said, chosen: kept }, ...rest }
  }
  return { task, ...rest, ...(reading.confidence < leastConfidence ? { doubt: 'intent' } : {}) }
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
