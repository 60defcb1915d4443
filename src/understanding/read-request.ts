import { assignSlots } from './assign-slots.ts'
import { findSpans, type Spans } from './find-spans.ts'
import type { IntentModel } from './intent-model.ts'
import { isFragment, readAnswer } from './read-answer.ts'
import type { Intent, Named, Reading, Request, Slots } from './reading.ts'
import { namesSomething, settleIntent } from './settle-intent.ts'
import { splitRequest } from './split-request.ts'

/** "no, I meant", "actually", "make it": what was understood before is to be changed. */
const correction = /^\W*(?:no|nope|nah|sorry|oops|actually|wait|hold on|i meant?|i mean|make (?:it|that)|not|and|what about|how about|or|same)\b/i

/** Reads one line of a front-desk user, as an answer to the open question, a correction, or a new request. */
export async function readRequest({ request, model }: { request: Request; model: IntentModel<Intent> }): Promise<Reading> {
  const { text, now, zone, directory, openQuestion, previous } = request
  const asksTime = openQuestion?.kind === 'which_slot' || (openQuestion?.kind === 'missing' && (openQuestion.slot === 'time' || openQuestion.slot === 'date'))
  const { first, rest } = splitRequest(text)
  const spans = findSpans({ text: first, now, zone, directory })
  const scores = await model.classify(spans.masked)
  const { intent, confidence } = settleIntent({ text: first, spans, scores })

  if (openQuestion !== undefined && !(intent === 'cancel_question' && confidence > 0.5)) {
    const whole = findSpans({ text, now, zone, directory, bareNumbers: asksTime })
    const answer = readAnswer({ text, question: openQuestion, spans: whole, zone })
    // A note may be worded like anything; everything else that reads as a request of its own is one.
    if (answer !== undefined) return { intent: 'answer', confidence: 1, slots: answer, unread: [] }
  }
  if (openQuestion === undefined && previous !== undefined && (correction.test(text) || isAddition(spans))) {
    const whole = findSpans({ text, now, zone, directory, bareNumbers: true })
    if (isFragment(whole) && namesSomething(whole)) return corrected({ text, previous, spans: whole })
  }
  const { slots, unread } = assignSlots({ text: first, intent, spans })
  const runnerUp = scores.find((score) => score.intent !== intent)?.intent
  return { intent, confidence, ...(runnerUp && { runnerUp }), slots, ...(rest !== undefined && { rest }), unread }
}

/** "The other Dana": everybody of that name but the one meant before. */
function otherThan(named: Named, before: Named | undefined): Named {
  const ids = named.ids.filter((id) => before?.ids.length !== 1 || id !== before.ids[0])
  return ids.length === 0 ? named : { ...named, ids }
}

function isAddition(spans: Spans): boolean {
  return isFragment(spans) && namesSomething(spans)
}

function corrected({ text, previous, spans }: { text: string; previous: Reading; spans: Spans }): Reading {
  const intent: Intent = previous.intent
  const { slots: read, unread } = assignSlots({ text, intent, spans })
  const slots = /\bother\b/i.test(text) ? { ...read, ...(read.client && { client: otherThan(read.client, previous.slots.client) }) } : read
  const { refersBack: _refersBack, sourceDate, sourceTime, topic: _topic, ...said } = slots
  // In a correction "the 3pm" has no "from": what is said is the new time.
  const when: Slots = { ...(said.date ?? sourceDate ? { date: (said.date ?? sourceDate)! } : {}), ...(said.time ?? sourceTime ? { time: (said.time ?? sourceTime)! } : {}) }
  const { rest: _rest, ...before } = previous
  return { ...before, confidence: previous.confidence, slots: { ...previous.slots, ...said, ...when }, unread }
}
