import type { OpenQuestion } from '../../messages/messages.ts'
import { readTalk } from '../../rescheduling/offer-data.ts'
import { asksForOwnVisit } from '../hearing/own-visit.ts'
import { readWords } from '../hearing/read-words.ts'
import type { Spotted } from '../hearing/spot.ts'
import type { Next } from '../phone.ts'
import { about, answerKnown, answerPublic, answerUnknown, type Read, waitlist } from './answer-words.ts'
import { handOver } from './hand-over.ts'
import { askAgain, help, passOn, stopTexts, takeLink, whoThisIs } from './small-answers.ts'
import type { Turn } from './turn.ts'
import { askWhoIsCalling } from './verify.ts'
import { wrapUp } from './wrap-up.ts'

const nothingOpen: OpenQuestion = { asked: { kind: 'nothing' }, several: false }
/** About a visit of their own, and so for proven callers only. */
const ownVisit: ReadonlySet<Spotted> = new Set(['texted', 'confirm', 'my_visit'])
const whatIf = /\b(?:what (?:happens|would happen|do you do|if)|how (?:late|long|much|far)|is there (?:a|any)|(?:your|the) \w+ policy|qu[eé] pasa|pol[ií]tica|hay (?:un|alg[uú]n))\b/i

/** What plain words mean, beside what is open for the caller, and what comes of it. */
export async function understand(turn: Turn, { words, spotted }: Pick<Read, 'words' | 'spotted'>): Promise<Next> {
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
