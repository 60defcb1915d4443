import { readQuestion } from '../../client-answers/read-question.ts'
import type { OpenQuestion } from '../../messages/messages.ts'
import type { ReplyReading } from '../../replies/reading.ts'
import { asksForOwnVisit } from '../hearing/own-visit.ts'
import type { Spotted } from '../hearing/spot.ts'
import type { Next } from '../phone.ts'
import { answerFact, answerPolicy, isPersonal } from './answer-anyone.ts'
import { answerCaller } from './answer-caller.ts'
import { handOver } from './hand-over.ts'
import { goodbye, help } from './small-answers.ts'
import { tellVisits } from './tell-visits.ts'
import { listen, type Turn } from './turn.ts'
import { askWhoIsCalling } from './verify.ts'
import { confused, wrapUp } from './wrap-up.ts'

/** What was said, what it was read as, and what is open for the caller. */
export type Read = { words: string; spotted: Spotted | undefined; reading: ReplyReading; open: OpenQuestion }

/** Words of somebody who wants another time, where the reader is not sure of more than a day. */
const changes = /\b(?:appointment|appt|come|coming|reschedule|move|moving|change|switch|push|instead|cita|cambiar|mover)\b/i
/** The price of something done here: the salon's list says it, and no rule does. */
const price = /\b(?:how much|price|cost|cuanto (?:cuesta|vale|es))\b.*\b(?:cut|haircut|trim|colou?r|highlights|balayage|blow ?-?dry|blowout|facial|massage|manicure|pedicure|wax\w*|perm|extensions|corte|tinte)\b/i
const asks = /^(?:(?:hi|hello|hey|ok|okay|so|and|um)[ ,]+)*(?:is|are|do|does|did|can|could|will|would|what|whats|how|where|when|who|why|which|que|como|donde|cuando|tienen|hay)\b/i
export const waitlist = /\bwait(?:ing)? ?list|lista de espera/i

/** A caller who has not proven who they are: what anybody may hear, or the question who they are. */
export async function answerUnknown(turn: Turn, { words, reading }: Read): Promise<Next> {
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

/** A proven caller: what anybody may hear, their own visits, or what the handlers of texts make of it. */
export async function answerKnown(turn: Turn, { clientId, words, reading, open }: Read & { clientId: string }): Promise<Next> {
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

/** What anybody may hear; undefined where the salon has not said it. */
export async function answerPublic(turn: Turn, { words, reading }: Pick<Read, 'words' | 'reading'>): Promise<Next | undefined> {
  const question = asking(words, reading)
  if (price.test(question)) return handOver(turn, { why: 'cannot', outcome: `Asked for a price: “${question}”` })
  if (await answerFact(turn, { question, reading })) return wrapUp(turn)
  return words.split(/\s+/).length < 2 ? undefined : answerPolicy(turn, { question })
}

/** What is ahead for a proven caller. */
export async function about(turn: Turn, { clientId }: { clientId: string }): Promise<Next> {
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

/** What is asked: the question among the words, else all of them; without the hello before it. */
function asking(words: string, { questions }: ReplyReading): string {
  return (questions.length === 1 ? (questions[0] as string) : words).replace(/^(?:(?:hi|hello|hey|hola|buenas|good (?:morning|afternoon|evening)|buen[oa]s (?:d[ií]as|tardes)|yes|yeah|s[ií]|so|ok|okay)(?: there)?[ ,.]+)+/i, '')
}
