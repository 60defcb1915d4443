import type { OpenQuestion } from '../../messages/messages.ts'
import { plainTitle } from '../../salon/plain-names.ts'
import type { ReplyReading } from '../../replies/reading.ts'
import { readQuestion } from '../../client-answers/read-question.ts'
import { answerFact, answerPolicy, isPersonal, textLink } from './answer-anyone.ts'
import { answerCaller } from './answer-caller.ts'
import { handOver, tellDesk } from './hand-over.ts'
import { asksForOwnVisit } from '../hearing/own-visit.ts'
import type { Next } from '../phone.ts'
import { readTalk } from '../../rescheduling/offer-data.ts'
import { readWords } from '../hearing/read-words.ts'
import type { Spotted } from '../hearing/spot.ts'
import { ask, tellVisits } from './tell-visits.ts'
import { listen, sayLine, type Turn } from './turn.ts'
import { askWhoIsCalling } from './verify.ts'
import { confused, wrapUp } from './wrap-up.ts'

type Words = { words: string; spotted: Spotted | undefined }
type Read = Words & { reading: ReplyReading; open: OpenQuestion }

const nothingOpen: OpenQuestion = { asked: { kind: 'nothing' }, several: false }
/** About a visit of their own, and so for proven callers only. */
const ownVisit: ReadonlySet<Spotted> = new Set(['texted', 'confirm', 'my_visit'])
/** Words of somebody who wants another time, where the reader is not sure of more than a day. */
const changes = /\b(?:appointment|appt|come|coming|reschedule|move|moving|change|switch|push|instead|cita|cambiar|mover)\b/i
const whatIf = /\b(?:what (?:happens|would happen|do you do|if)|how (?:late|long|much|far)|is there (?:a|any)|(?:your|the) \w+ policy|qu[eé] pasa|pol[ií]tica|hay (?:un|alg[uú]n))\b/i
/** The price of something done here: the salon's list says it, and no rule does. */
const price = /\b(?:how much|price|cost|cuanto (?:cuesta|vale|es))\b.*\b(?:cut|haircut|trim|colou?r|highlights|balayage|blow ?-?dry|blowout|facial|massage|manicure|pedicure|wax\w*|perm|extensions|corte|tinte)\b/i
const asks = /^(?:(?:hi|hello|hey|ok|okay|so|and|um)[ ,]+)*(?:is|are|do|does|did|can|could|will|would|what|whats|how|where|when|who|why|which|que|como|donde|cuando|tienen|hay)\b/i
const waitlist = /\bwait(?:ing)? ?list|lista de espera/i

/** What plain words mean, beside what is open for the caller, and what comes of it. */
export async function understand(turn: Turn, { words, spotted }: Words): Promise<Next> {
  const { memory, room: { messages, clock } } = turn
  const { clientId } = memory
  if (spotted === 'others') return handOver(turn, { why: 'rules', outcome: `About another person's visit: “${words}”` })
  if (spotted === 'who_is_this') return whoThisIs(turn)
  if (spotted === 'at_door') return handOver(turn, { why: 'cannot', line: 'hand-over', outcome: `Is outside, or cannot find the way: “${words}”` })
  if (spotted === 'staff_wish') return handOver(turn, { why: 'rules', outcome: `Wants somebody else: “${words}”` })
  if (spotted === 'stop_texts') return stopTexts(turn, { words })
  if (spotted === 'book' || (spotted === 'openings' && clientId === undefined && !asksForOwnVisit(words) && !waitlist.test(words))) return handOver(turn, { why: 'cannot', line: 'hand-over', outcome: 'Wants to book a new visit' })
  if (spotted !== undefined && ownVisit.has(spotted) && memory.asked === undefined && memory.cut === undefined) return clientId === undefined ? askWhoIsCalling(turn, { wish: words }) : about(turn, { clientId })
  const texted = clientId === undefined ? nothingOpen : await messages.openQuestion({ clientId, at: clock.now() })
  const reading = await readWords(turn, { words, open: texted })
  turn.reading = reading.intent
  // A bare yes or no answers what was asked aloud last, and nothing that only a text has asked.
  const open = memory.asked === undefined && memory.cut === undefined && ['yes', 'no', 'thanks'].includes(reading.intent) && words.split(/\s+/).length < 5 ? nothingOpen : texted
  const given: Read = { words, spotted, reading, open }
  if (reading.intent === 'health') return handOver(turn, { why: 'health', outcome: 'A question of health' })
  if (reading.intent === 'complaint') return handOver(turn, { why: 'complaint', outcome: 'Has a complaint' })
  if (reading.intent === 'human') return handOver(turn, { why: 'asked', outcome: 'Asked for a person' })
  if (memory.stage === 'link') {
    const asksMore = reading.questions.length > 0 || asksForOwnVisit(words)
    if (reading.intent === 'yes' && !asksMore) return takeLink(turn, 'yes')
    if (reading.intent === 'no' && !asksMore) return takeLink(turn, 'no')
    // Whoever asks something else has no need of it.
    delete memory.link
    memory.stage = 'open'
  }
  if (memory.cut !== undefined && clientId !== undefined) {
    const again = await askAgain(turn, { ...given, clientId })
    if (again !== undefined) return again
  }
  // "Yes, speaking" is no yes to what was asked.
  if (spotted === 'speaking' || spotted === 'hello') return memory.asked === undefined ? help(turn) : wrapUp(turn)
  // "What happens if I'm late?" is asked by somebody who is not.
  if (whatIf.test(words)) {
    const answered = await answerPublic(turn, { words, reading })
    if (answered !== undefined) return answered
    if (reading.intent === 'late' || reading.intent === 'cancel') return handOver(turn, { why: 'cannot', outcome: 'Asked what nobody wrote down' })
  }
  if ((reading.intent === 'late' && spotted !== 'no_code') || spotted === 'late') return passOn(turn, { words, line: 'late-noted', outcome: 'Is running late' })
  // "I can't make it then" to times on offer is about them.
  const isAboutTimes = open.question !== undefined && readTalk(open.question) !== undefined && !/cancel|anular/i.test(words)
  if (reading.intent === 'cancel' || (spotted === 'cancel' && reading.intent !== 'change' && !isAboutTimes)) return clientId === undefined ? askWhoIsCalling(turn, { wish: words }) : passOn(turn, { words, line: 'cancel-noted', outcome: 'Wants to cancel' })
  return clientId === undefined ? answerUnknown(turn, given) : answerKnown(turn, { ...given, clientId })
}

/** A caller who has not proven who they are: what anybody may hear, or the question who they are. */
async function answerUnknown(turn: Turn, { words, reading }: Read): Promise<Next> {
  const { intent } = reading
  // "What time do you open tomorrow?" names a day and wants no other one.
  if (await answerFact(turn, { question: asking(words, reading), reading })) return wrapUp(turn)
  if ((intent === 'change' && (reading.sure || changes.test(words))) || waitlist.test(words) || asksForOwnVisit(words) || isPersonal(asking(words, reading))) return askWhoIsCalling(turn, { wish: words })
  if (intent === 'thanks' && turn.memory.stage === 'more') return goodbye(turn)
  if (intent === 'yes' || intent === 'thanks') return help(turn)
  if (intent === 'no') return turn.memory.stage === 'more' ? goodbye(turn) : help(turn)
  const answered = await answerPublic(turn, { words, reading })
  if (answered !== undefined) return answered
  if (intent === 'question' || asks.test(words)) return handOver(turn, { why: 'cannot', outcome: 'Asked what nobody wrote down' })
  return confused(turn)
}

async function answerKnown(turn: Turn, { clientId, words, reading, open }: Read & { clientId: string }): Promise<Next> {
  const { intent, questions } = reading
  const { memory } = turn
  const asksMore = questions.length > 0 || asksForOwnVisit(words)
  if (open.question === undefined && !asksMore) {
    if ((intent === 'no' || intent === 'thanks') && memory.stage === 'more') return goodbye(turn)
    if (intent === 'yes' || intent === 'no' || intent === 'thanks') return help(turn)
  }
  const isQuestion = intent === 'question' || (intent === 'unclear' && open.question === undefined)
  if (isQuestion && !waitlist.test(words) && !isPersonal(asking(words, reading))) {
    const answered = await answerPublic(turn, { words, reading })
    if (answered !== undefined) return answered
  }
  // "When is my appointment" is told with what is open about it.
  if ((intent === 'unclear' || (asksMore && ['yes', 'no', 'thanks'].includes(intent)) || (intent === 'question' && (questions.length !== 1 || readQuestion(asking(words, reading)) === undefined || isWhen(asking(words, reading))))) && asksForOwnVisit(words) && !waitlist.test(words) && memory.asked === undefined) return about(turn, { clientId })
  return answerCaller(turn, { clientId, words, reading, open })
}

function isWhen(question: string): boolean {
  return readQuestion(question) === 'when'
}

async function answerPublic(turn: Turn, { words, reading }: Pick<Read, 'words' | 'reading'>): Promise<Next | undefined> {
  const question = asking(words, reading)
  if (price.test(question)) return handOver(turn, { why: 'cannot', outcome: `Asked for a price: “${question}”` })
  if (await answerFact(turn, { question, reading })) return wrapUp(turn)
  return words.split(/\s+/).length < 2 ? undefined : answerPolicy(turn, { question })
}

async function about(turn: Turn, { clientId }: { clientId: string }): Promise<Next> {
  delete turn.memory.asked
  turn.did = 'answered'
  await tellVisits(turn, { clientId })
  turn.memory.confusions = 0
  if (turn.memory.asked !== undefined) {
    turn.memory.stage = 'open'
    return listen(turn)
  }
  return wrapUp(turn)
}

/** The caller cut in before they had heard it all: a yes to that is no yes (VOX-3), and it is asked again. */
async function askAgain(turn: Turn, { clientId, reading }: Read & { clientId: string }): Promise<Next | undefined> {
  const { cut } = turn.memory
  delete turn.memory.cut
  if (cut === undefined || ['change', 'question', 'no', 'cancel', 'late'].includes(reading.intent)) return undefined
  sayLine(turn, 'not-heard-out')
  await ask(turn, { clientId, says: cut })
  turn.did = 'asked_again'
  return listen(turn)
}

async function takeLink(turn: Turn, intent: 'yes' | 'no'): Promise<Next> {
  if (intent === 'yes') await textLink(turn)
  else delete turn.memory.link
  return wrapUp(turn)
}

async function passOn(turn: Turn, { words, line, outcome }: { words: string; line: string; outcome: string }): Promise<Next> {
  // Who does not come is not asked to confirm.
  if (line === 'cancel-noted') delete turn.memory.asked
  tellDesk(turn, { why: 'message', outcome, words })
  sayLine(turn, line)
  return wrapUp(turn)
}

/** An opt-out counts at once, from whoever holds the number; refusing too much hurts nobody. */
async function stopTexts(turn: Turn, { words }: { words: string }): Promise<Next> {
  const { room: { messages, clock }, call, turnId } = turn
  const clientId = turn.memory.clientId ?? call.likely_client_id
  if (clientId === null || clientId === undefined) return passOn(turn, { words, line: 'passed-on', outcome: 'Wants no more texts' })
  const reading = await turn.room.reader.read({ text: words, asked: { kind: 'nothing' }, now: clock.now(), zone: 'UTC' })
  await messages.receiveSpoken({ clientId, words, externalId: `${call.id}:${turnId}`, reading: { ...reading, intent: 'stop', sure: true, refuses: reading.refuses ?? 'all' }, render: ({ template }) => template })
  turn.did = 'opted_out'
  turn.patch.outcome = 'Wants no more texts'
  sayLine(turn, 'opted-out')
  return wrapUp(turn)
}

/** That a machine speaks, for which salon, and how to reach a person, again. */
async function whoThisIs(turn: Turn): Promise<Next> {
  const catalog = await turn.room.platform.catalog()
  sayLine(turn, 'greeting', { salon: plainTitle(catalog.ok ? catalog.value.business.name : '') || 'the salon' })
  return listen(turn)
}

function help(turn: Turn): Next {
  sayLine(turn, 'how-help')
  return listen(turn)
}

function goodbye(turn: Turn): Next {
  sayLine(turn, 'goodbye')
  return { kind: 'hang_up', language: turn.language }
}

/** What is asked: the question among the words, else all of them; without the hello before it. */
function asking(words: string, { questions }: ReplyReading): string {
  return (questions.length === 1 ? (questions[0] as string) : words).replace(/^(?:(?:hi|hello|hey|hola|buenas|good (?:morning|afternoon|evening)|buen[oa]s (?:d[ií]as|tardes)|yes|yeah|s[ií]|so|ok|okay)(?: there)?[ ,.]+)+/i, '')
}

