import { readBooking } from '../../bookings/read-booking.ts'
import type { OpenQuestion, Spoken } from '../../messages/messages.ts'
import { unwrap } from '../../platforms/unwrap.ts'
import type { ReplyReading } from '../../replies/reading.ts'
import { visitsAsked } from '../../rescheduling/offer-data.ts'
import type { CallReason } from '../../store/tables/phone.ts'
import { handOver, tellDesk } from './hand-over.ts'
import { leftToAPerson, type Next } from '../phone.ts'
import { visitOf } from './tell-visits.ts'
import { listen, render, sayLine, speak, type Turn } from './turn.ts'
import { confused, wrapUp } from './wrap-up.ts'

/** Why a text goes to a person though a caller can simply be asked again. */
const unclear: ReadonlySet<string> = new Set(['unsure', 'more_than_an_answer', 'unclear_choice', 'small_talk', 'nothing_asked', 'not_an_offer', 'another_time', 'reaction', 'said_no'])
const reasons: Partial<Record<string, CallReason>> = { health: 'health', complaint: 'complaint', wants_a_person: 'asked' }

/** Does what a proven caller's words ask, by the handlers that answer clients' texts, and says what came of it. */
export async function answerCaller(turn: Turn, { clientId, words, reading, open }: { clientId: string; words: string; reading: ReplyReading; open: OpenQuestion }): Promise<Next> {
  const { room: { messages }, call, turnId } = turn
  const spoken = await messages.receiveSpoken({ clientId, words, externalId: `${call.id}:${turnId}`, reading, render: (say) => render(turn, say) })
  turn.did = spoken.did
  // What was not understood, or asked in between, leaves open what was asked.
  const before = turn.memory.asked
  const asked = before?.says.map(({ template }) => template) ?? []
  const isLeftOpen = spoken.did === 'answered' || spoken.did === 'noted' || spoken.did === 'handed_over'
  if (!isLeftOpen || spoken.why === 'said_no') delete turn.memory.asked
  speak(turn, spoken.says)
  if (spoken.did === 'handed_over') return handedOver(turn, { spoken, words, asked })
  if (spoken.did === 'opted_out' && spoken.says.length === 0) sayRefused(turn, { reading, words })
  await sayDone(turn, { spoken, open })
  // That the desk was asked is told, and asks nothing; "no, keep it" still takes it back.
  if (spoken.did === 'proposed') delete turn.memory.asked
  if ((turn.memory.asked !== undefined && turn.memory.asked !== before) || ['offered', 'asked_back'].includes(spoken.did)) {
    turn.memory.confusions = 0
    turn.memory.stage = 'open'
    return listen(turn)
  }
  return wrapUp(turn)
}

function handedOver(turn: Turn, { spoken: { why = '', says }, words, asked }: { spoken: Spoken; words: string; asked: string[] }): Next | Promise<Next> {
  // No to "are you coming?" cancels nothing, and somebody has to know.
  if (why === 'said_no' && asked.includes('asked-by-text')) {
    tellDesk(turn, { why: 'message', outcome: 'Said no to “are you coming?”', words })
    sayLine(turn, 'cancel-noted')
    return wrapUp(turn)
  }
  // Nor is a visit that they do not want confirmed as safe as it was.
  if (why === 'said_no' && asked.some((line) => line === 'confirm' || line === 'confirm-several' || line === 'change-kept-confirm')) {
    tellDesk(turn, { why: 'message', outcome: 'Did not want to confirm the visit', words })
    sayLine(turn, 'left-unconfirmed')
    return wrapUp(turn)
  }
  if (why === 'said_no') {
    sayLine(turn, 'all-right')
    return wrapUp(turn)
  }
  if (unclear.has(why) && says.length === 0) return confused(turn)
  return handOver(turn, { why: reasons[why] ?? (why === 'question' ? 'cannot' : 'rules'), outcome: `${leftToAPerson}${why}` })
}

/** What a text says by itself later, a caller hears now: from the book as it is, never from what was meant to happen. */
async function sayDone(turn: Turn, { spoken: { did }, open: { question } }: { spoken: Spoken; open: OpenQuestion }): Promise<void> {
  const { platform, clock } = turn.room
  const now = clock.now()
  // Who has just settled something of theirs is not asked about it, nor about the text that says so.
  if (['confirmed', 'moved', 'booked', 'accepted', 'proposed'].includes(did)) turn.memory.mentioned = true
  if (did === 'confirmed' || did === 'moved') {
    const ids = visitsAsked(question)
    const [id] = ids
    if (id === undefined) return
    if (did === 'confirmed' && ids.length > 1) return outcome(turn, sayLine(turn, 'confirmed-several'))
    const booking = await readBooking({ platform }, id)
    const line = did === 'confirmed' ? 'confirmed' : (await isToldByText(turn, { appointmentId: id })) ? 'moved' : 'moved-untold'
    return outcome(turn, sayLine(turn, line, visitOf(booking, now)))
  }
  if (did === 'booked') {
    const start = question?.data['start']
    const visits = typeof start === 'string' && turn.memory.clientId !== undefined ? unwrap(await platform.appointments({ clientId: turn.memory.clientId, from: start, to: new Date(Date.parse(start) + 60_000).toISOString() })).items : []
    const [visit] = visits
    if (visit !== undefined) return outcome(turn, sayLine(turn, 'booked', visitOf(await readBooking({ platform }, visit.id), now)))
    return outcome(turn, sayLine(turn, 'accepted'))
  }
  if (did === 'accepted') return outcome(turn, sayLine(turn, 'accepted'))
  if (did === 'declined' && turn.pieces.length === 0) return void sayLine(turn, 'all-right')
  if (did === 'proposed' || did === 'joined' || did === 'left' || did === 'declined') outcome(turn, turn.pieces.at(-1)?.words ?? did)
}

/** Texts refused: all of them count at once; what else may have been meant somebody reads. */
function sayRefused(turn: Turn, { reading: { refuses = 'all' }, words }: { reading: ReplyReading; words: string }): void {
  if (refuses === 'all') return outcome(turn, sayLine(turn, 'opted-out'))
  tellDesk(turn, { why: 'message', outcome: refuses === 'waitlist' ? 'Wants off the waitlist' : 'Wants no advertising', words })
  sayLine(turn, 'passed-on')
}

function outcome(turn: Turn, words: string): void {
  turn.patch.outcome = words
}

/** Whether the new time goes out by text, too. */
async function isToldByText({ room: { store }, call }: Turn, { appointmentId }: { appointmentId: string }): Promise<boolean> {
  const text = await store.db.selectFrom('texts').select('id').where('appointment_id', '=', appointmentId).where('direction', '=', 'out').where('channel', '=', 'sms').where('at', '>=', call.started_at).where('state', 'in', ['queued', 'sent', 'unknown']).executeTakeFirst()
  return text !== undefined
}
