import { type Booking, readBooking } from '../bookings/read-booking.ts'
import type { Answered, Question, QuestionHandler, Reply } from '../messages/messages.ts'
import { closeQuestions } from '../messages/receiving/questions.ts'
import { unwrap } from '../platforms/unwrap.ts'
import type { Asked } from '../replies/reading.ts'
import type { Slot } from '../salon/salon.ts'
import { localDate, localTime, minuteOfDay } from '../salon/time.ts'
import { findVisit } from './find-visit.ts'
import { releaseHolds } from './hold-times.ts'
import { chooseTime, readTalk, type Talk, type TalkAt } from './offer-data.ts'
import { answerWish, offerTimes, subjectOf, type Talking } from './offer-times.ts'
import { moveVisit } from './move-visit.ts'
import { readTimesOfDay, within } from './read-times-of-day.ts'
import { readWish } from './read-wish.ts'
import type { Room } from './room.ts'
import { handedOver, sayKept, sayWhich } from './say-offer.ts'
import { saysKeep, saysNone } from './says-keep.ts'
import { withWords } from './with-words.ts'
import { isPointed } from './wanted.ts'

/** What the answer to "which of these times?" does, and to what is asked on the way there. */
export function chooseTimeQuestion(room: Room): QuestionHandler {
  return {
    name: chooseTime,
    kind: 'reschedule',
    asked,
    takes: ['choice', 'yes', 'no', 'change'],
    answer: ({ question, reply }) => withWords(() => answerTalk(room, question, reply)),
  }
}

function asked(question: Question): Asked {
  const talk = readTalk(question)
  if (talk === undefined) return { kind: 'nothing' }
  // Days and times are awaited, though none are on offer.
  if (talk.stage === 'when') return { kind: 'times', times: [], start: talk.start }
  if (talk.stage === 'am_pm') return { kind: 'times', times: talk.times, start: talk.start }
  if (talk.stage === 'asked') return { kind: 'confirm', start: talk.start }
  const [only, ...more] = talk.times
  return only !== undefined && more.length === 0 ? { kind: 'confirm', start: only.start } : { kind: 'times', times: talk.times.map(({ start }) => start), start: talk.start }
}

/** What the answer does; "keep it" and "none of these" are looked for in the words, since elsewhere they mean something else. */
export async function answerTalk(room: Room, question: Question, reply: Reply): Promise<Answered> {
  const talk = readTalk(question)
  if (talk === undefined || question.clientId !== reply.clientId) return handedOver('not_an_offer')
  const { intent, when } = reply.reading
  if (saysKeep(reply.words)) return keep(room, { question, talk, reply })
  if (talk.stage === 'times' && saysNone(reply.words)) return anotherWish(room, { question, talk, reply })
  if (intent === 'change' || (intent === 'no' && when !== undefined && hasWish(when))) return anotherWish(room, { question, talk, reply })
  if (intent === 'no') return keep(room, { question, talk, reply })
  if (talk.stage === 'asked') return { did: 'proposed' }
  if (talk.stage === 'when') return handedOver('when_unclear')
  return choose(room, { question, talk, reply })
}

type Answering<Any extends Talk = Talk> = { question: Question; talk: Any; reply: Reply }

async function choose(room: Room, { question, talk, reply }: Answering<TalkAt<'times'> | TalkAt<'am_pm'>>): Promise<Answered> {
  const places = [...new Set(reply.reading.choice ?? [])].filter((place) => place >= 0 && place < talk.times.length)
  if (talk.stage === 'am_pm') {
    const reading = places.length === 1 ? talk.readings[places[0] as 0 | 1] : undefined
    if (reading === undefined) return handedOver('unclear_choice')
    const visit = await findVisit(room, { reply, question, answers: true })
    return visit.why === undefined ? offerTimes(room, { ...visit, question }, { wanted: reading }) : handedOver(visit.why)
  }
  const place = places.length === 1 ? places[0] : places.length === 0 && talk.times.length === 1 ? 0 : undefined
  const chosen = place === undefined ? undefined : talk.times[place]
  return chosen === undefined ? askWhich(room, { question, talk, reply }) : take(room, { question, talk, reply, chosen })
}

async function take(room: Room, { question, talk, reply, chosen }: Answering<TalkAt<'times'>> & { chosen: TalkAt<'times'>['times'][number] }): Promise<Answered> {
  const visit = await findVisit(room, { reply, question, answers: true })
  return visit.why === undefined ? moveVisit(room, { ...visit, question }, { talk, chosen, reply }) : handedOver(visit.why)
}

/** YES to several, or a number that may mean two of them: asked once, then a person. */
export async function askWhich(room: Room, { question, talk, reply }: Answering<TalkAt<'times'>>): Promise<Answered> {
  if (talk.askedBack > 0) return handedOver('unclear_choice')
  const visit = await findVisit(room, { reply, question, answers: true })
  if (visit.why !== undefined) return handedOver(visit.why)
  const slots: Slot[] = (await Promise.all(talk.times.map(({ slotId: id }) => room.platform.slot({ id, rescheduling: talk.appointmentId })))).map((outcome) => unwrap(outcome).slot)
  return { did: 'asked_back', say: sayWhich({ booking: visit.booking, now: room.clock.now(), subject: subjectOf({ ...visit, question }), talk, slots }) }
}

/** "No", "keep it": nothing is on offer any more, and a change that waits for the desk is taken back. The visit stays. */
async function keep(room: Room, { question, talk, reply }: Answering): Promise<Answered> {
  const booking = await readBooking(room, talk.appointmentId)
  if (booking.appointment.clientId !== reply.clientId) return handedOver('other_client')
  const problem = await takeBack(room, { talk, reply })
  if (problem !== undefined) return handedOver(problem)
  const now = room.clock.now()
  await room.store.transaction(async (trx) => {
    await releaseHolds(trx, { appointmentId: talk.appointmentId, now })
    await closeQuestions(trx, { clientId: reply.clientId, subject: question.subject, now })
  })
  if (booking.appointment.start !== talk.start) return handedOver('moved_since')
  return { did: 'declined', say: sayKept({ booking, now, confirm: talk.confirm !== undefined }) }
}

/** Another time than those on offer, or than the one the desk was asked for. */
async function anotherWish(room: Room, { question, talk, reply }: Answering): Promise<Answered> {
  const { words, reading: { when } } = reply
  const problem = await takeBack(room, { talk, reply })
  if (problem !== undefined) return handedOver(problem)
  const visit = await findVisit(room, { reply, question, answers: true })
  if (visit.why !== undefined) return handedOver(visit.why)
  const talking: Talking = { ...visit, question }
  if (talk.stage === 'times') {
    const chosen = chosenByTime({ talk, reply, booking: visit.booking, now: room.clock.now() })
    if (chosen !== undefined) return moveVisit(room, talking, { talk, chosen, reply })
    const days = [...new Set(talk.times.map(({ start }) => localDate(start, visit.booking.location.zone)))]
    return answerWish(room, talking, { wish: when, words, avoid: talk.times.map(({ start }) => start), ...(days.length === 1 ? { days } : {}) })
  }
  if (talk.stage === 'am_pm') {
    const reading = halfOfDay({ talk, reply, booking: visit.booking })
    if (reading !== undefined) return offerTimes(room, talking, { wanted: reading })
    const days = talk.readings[0].aims[0]?.days
    return answerWish(room, talking, { wish: when, words, ...(days === undefined ? {} : { days }) })
  }
  return answerWish(room, talking, { wish: when, words, ...(talk.stage === 'when' ? { asked: talk.asked } : {}) })
}

/** Takes back what waits for the desk; answers why that is too late. */
async function takeBack({ approvals }: Room, { talk, reply }: { talk: Talk; reply: Reply }): Promise<string | undefined> {
  if (talk.stage !== 'asked') return undefined
  const { state } = await approvals.withdraw({ id: talk.proposalId, by: `client:${reply.clientId}`, reason: 'The client changed their mind by text.' })
  if (state === 'approved' || state === 'by_hand' || state === 'unknown') return 'move_under_way'
  return state === 'done' ? 'moved_already' : undefined
}

/** "3 works", "Friday at 3": one of the times on offer by its time and not by its place. */
function chosenByTime({ talk, reply: { words, reading: { when } }, booking: { appointment, location }, now }: { talk: TalkAt<'times'>; reply: Reply; booking: Booking; now: string }): TalkAt<'times'>['times'][number] | undefined {
  if (when === undefined || when.notDates.length > 0 || when.notTimes.length > 0 || when.direction !== undefined) return undefined
  const days = [...new Set(talk.times.map(({ start }) => localDate(start, location.zone)))]
  const reading = readWish({ wish: when, words, visit: appointment, location, now, daysAhead: 400, days })
  const readings = reading.kind === 'wanted' ? [reading.wanted] : reading.kind === 'am_pm' ? reading.readings : []
  if (!readings.every(isPointed)) return undefined
  const meant = talk.times.filter(({ start }) => readings.some(({ aims }) => aims.some((aim) => aim.days.includes(localDate(start, location.zone)) && aim.points.includes(minuteOfDay(localTime(start, location.zone))))))
  return meant.length === 1 ? meant[0] : undefined
}

/** "In the evening" to "morning or evening?". */
function halfOfDay({ talk, reply: { reading: { when } }, booking: { location, appointment } }: { talk: TalkAt<'am_pm'>; reply: Reply; booking: Booking }): TalkAt<'am_pm'>['readings'][number] | undefined {
  if (when === undefined || when.dates.length > 0 || when.times.length === 0) return undefined
  const minutes = talk.times.map((time) => minuteOfDay(localTime(time, location.zone)))
  const lengthMin = (Date.parse(appointment.end) - Date.parse(appointment.start)) / 60_000
  const { points, spans } = readTimesOfDay({ location, days: talk.readings[0].aims[0]?.days ?? [], lengthMin, homeMinute: 0 }, { times: when.times, half: 0 })
  const fitting = ([0, 1] as const).filter((half) => points.includes(minutes[half] as number) || spans.some((span) => within(span, minutes[half] as number)))
  return fitting.length === 1 ? talk.readings[fitting[0] as 0 | 1] : undefined
}

function hasWish({ dates, times, direction, sameTime }: NonNullable<Reply['reading']['when']>): boolean {
  return dates.length > 0 || times.length > 0 || direction !== undefined || sameTime === true
}
