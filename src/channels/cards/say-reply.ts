import type { Received, Text } from '../../messages/messages.ts'
import type { ReplyIntent, ReplyReading } from '../../replies/reading.ts'
import { sayList } from '../../salon/plain-names.ts'

const readings: Record<ReplyIntent, string> = {
  yes: 'they confirm', no: 'they say no', choice: 'one of the times they were offered', change: 'another time', cancel: 'they want to cancel', late: 'running late',
  question: 'a question', wrong_person: 'not the person we think', human: 'they want to talk to a person', health: 'something about health', complaint: 'a complaint',
  thanks: 'thanks', reaction: 'a reaction to our text', stop: 'no more texts', start: 'texts again', help: 'they ask for help', unclear: 'not clear',
}

/** "another time, maybe (62 %): “can we do 3”"; with everything else that the same reply says. Undefined where nobody has read it. */
export function sayReading({ read, body }: Pick<Text, 'read' | 'body'>): string | undefined {
  if (read === undefined || read.by === 'nobody') return undefined
  const { intent, confidence, sure, quote } = read
  const belief = intent === 'unclear' ? '' : `, ${sure ? 'sure' : 'maybe'} (${Math.round(confidence * 100)} %)`
  const words = quote.trim() === '' || quote.trim() === body.trim() ? '' : `: “${quote.trim()}”`
  const also = [...new Set(besides(read))]
  return `${readings[intent]}${belief}${words}${also.length === 0 ? '' : `. Also: ${sayList(also)}`}`
}

function besides({ intent, parts, questions }: ReplyReading): string[] {
  return [...parts.filter((part) => part.intent !== intent && part.intent !== 'unclear' && part.intent !== 'thanks').map((part) => readings[part.intent]), ...(questions.length > 0 && intent !== 'question' ? [readings.question] : [])]
}

/** Why a reply came to a person, by the code in the audit log. A code that is new here is said as what it is. */
const whys: Record<string, string> = {
  unsure: 'The desk is not sure what is meant.',
  more_than_an_answer: 'It says more than an answer to what was asked.',
  nothing_asked: 'Nothing was asked that this could answer: there was no question, it had expired, or the visit is over.',
  several_questions: 'Several questions are open for this number, so it could answer any of them.',
  other_client: 'The open question was put to another client with the same number.',
  waitlist_by_hand: 'They said yes to a place that came free. Please book it by hand: the steps are on the card of that chair, under Waitlist.',
  waitlist_not_by_hand: 'They said yes to a place that came free, and the booking that was to be made by hand did not show in time. They got an apology: look in the book, and call them.',
  open_talk: 'Something they wrote before still waits, so the desk does not answer past it.',
  shared_number: 'Several clients share this number, so nobody but a person can say who wrote it.',
  unknown_number: 'This number is on no client\'s record.',
  unknown_question: 'What was asked belongs to another version of the desk.',
  taken_over: 'Somebody had taken this over when it came, so the desk only listened.',
  said_no: 'They said no. A NO never cancels by itself.',
  cancel_wish: 'They want to cancel. Nothing is cancelled without a person.',
  running_late: 'They are running late.',
  late_window: 'It is short notice: the salon\'s late rules may apply.',
  moved_since: 'The visit was changed after they were asked.',
  expired: 'The time for an answer was over.',
  stale: 'The visit was changed meanwhile.',
  another_time: 'They seem to want another time. It is not clear enough to offer times by itself.',
  question: 'They ask something that the desk does not answer by itself.',
  wants_a_person: 'They ask for a person.',
  wrong_person: 'They say they are not this client.',
  health: 'It is about health. The desk never answers that.',
  complaint: 'It is a complaint.',
  small_talk: 'It asks for nothing.',
  reaction: 'It is a reaction to one of our texts.',
  picture: 'A picture came with it, which the desk does not look at.',
  hidden_words: 'It holds characters that no phone shows, so it may say more than you see.',
  no_number: 'There is no phone number on their record.',
  opted_out: 'Their number gets no texts, so it cannot be answered by text.',
  not_connected: 'Texts are not connected, so it cannot be answered by text.',
  record_says_no_texts: 'Their record in the booking system says no texts, so START alone does not count.',
  paused: 'The desk is paused.',
  shadow: 'The desk only records changes of this kind.',
  said_stop: 'They asked for no more texts, and a visit is still ahead or it may have meant that. Please call.',
  no_visit: 'They have no visit ahead that could be moved.',
  no_visits: 'They ask for the waitlist and never had a visit, so it is not known for which service.',
  several_services: 'They ask for the waitlist, and their visit has several services, so it could be for any of them.',
  service_gone: 'They ask for the waitlist for a service that is no longer offered.',
  not_waiting: 'They write about the waitlist and are not on it.',
  which_visit: 'They have several visits ahead, and it could be any of them.',
  change_under_way: 'A change of this visit is under way already.',
  has_begun: 'The visit has begun or is over.',
  time_unknown: 'The booking system has no time of day for the visit.',
  not_an_appointment: 'The visit they were asked about is not in the book any more.',
  not_an_offer: 'What was offered does not stand any more.',
  when_unclear: 'When they mean is not clear, also after asking.',
  unclear_choice: 'Which of the offered times they mean is not clear.',
  no_time_near: 'No time is free near what they ask for. They are told that the desk will get back to them.',
  taken_again: 'The times they were offered were taken meanwhile.',
  too_far_ahead: 'They ask for a day too far ahead.',
  conflict: 'The time they want was taken meanwhile.',
  unavailable: 'The booking system did not answer.',
  unknown_outcome: 'The booking system did not answer; it is being checked whether the change got through.',
}

/** The sentence for a code; one that the table lacks as its own words. */
export function sayWhy(code: string): string {
  const [, some, all, rest] = /^confirmed_(\d+)_of_(\d+)_(\w+)$/.exec(code) ?? []
  if (rest !== undefined) return `${some} of ${all} visits are confirmed; for the rest: ${sayWhy(rest)}`
  return whys[code] ?? `${code.charAt(0).toUpperCase()}${code.slice(1).replaceAll(/[._]/g, ' ')}.`
}

/** What should not wait until later. */
export function sayUrgent({ why, read }: { why: string | undefined; read: ReplyReading | undefined }): string | undefined {
  if (why === 'health' || read?.intent === 'health' || read?.parts.some(({ intent }) => intent === 'health') === true) return 'Soon, please: it is about health. Call them.'
  if (why === 'wrong_person' || read?.intent === 'wrong_person') return 'Soon, please: this number may belong to somebody else. It gets no texts until somebody has looked, and nothing about the client may be said to it.'
  return why === 'running_late' || read?.intent === 'late' ? 'Soon, please: they are on their way. Tell whoever waits for them.' : undefined
}

/** What came of a reading, for whoever gave it. */
export function sayReceived({ name, did, stillWaits }: { name: string; did: Received['did']; stillWaits: boolean }): { text: string; good: boolean } {
  if (did === 'handed_over') return { text: `Noted, but the desk could do no more by itself: ${name}'s text still waits for you.`, good: false }
  return { text: `${outcomes[did].replace('{name}', name)}${stillWaits ? ' Something else from them still waits.' : ''}`, good: true }
}

const outcomes: Record<Exclude<Received['did'], 'handed_over'>, string> = {
  confirmed: 'Done. {name}\'s visit is confirmed in the book.',
  moved: 'Done. {name}\'s visit is moved, and they are told.',
  proposed: 'A change for {name} is prepared. It waits for a decision.',
  offered: 'Noted. {name} is offered other times by text.',
  asked_back: 'Noted. {name} is asked by text which time would suit.',
  answered: 'Noted. {name} is answered by text.',
  declined: 'Noted: {name} says no. The booking itself is unchanged.',
  noted: 'Noted. Nothing else follows for {name}.',
  booked: 'Booked {name} from the waitlist.',
  accepted: '{name} said yes and is being booked.',
  joined: 'Put {name} on the waitlist.',
  left: 'Took {name} off the waitlist.',
  opted_out: 'Noted. {name} gets no more texts.',
  opted_in: 'Noted. {name} gets texts again.',
  helped: 'Noted. {name} got the answer to HELP.',
}
