import { readQuestion } from '../../client-answers/read-question.ts'
import type { OpenQuestion } from '../../messages/messages.ts'
import { foldText } from '../../replies/fold-text.ts'
import { languageOf } from '../../replies/language.ts'
import type { ReplyReading } from '../../replies/reading.ts'
import { readTalk } from '../../rescheduling/offer-data.ts'
import { saysKeep, saysNone } from '../../rescheduling/says-keep.ts'
import type { Turn } from '../answering/turn.ts'

const wantsAnother = /\b(?:move|change|reschedule|push|switch|cambiar|mover) (?:my|the|our|mi|la) (?:\w+ ){0,2}(?:appointment|appt|booking|visit|haircut|cut|colou?r|cita)\b|\b(?:need|want|like|have) to reschedule\b|\b(?:can|could) (?:i|we) (?:come|do|make it|have it) (?:in )?(?:at|on|next|this|later|earlier)\b/i

/** What words mean as an answer to what is open, or to "how can I help?"; what is beyond doubt on the phone is made sure. */
export async function readWords({ room: { reader, clock, platform }, call, language }: Turn, { words, open }: { words: string; open: OpenQuestion }): Promise<ReplyReading> {
  const catalog = await platform.catalog()
  const locations = catalog.ok ? catalog.value.locations : []
  const location = locations.find(({ id }) => id === (open.question?.locationId ?? call.location_id)) ?? locations[0]
  // Whoever calls answers "how can I help?": what they say is meant, also where nothing else was asked.
  const asked: OpenQuestion['asked'] = open.asked.kind === 'nothing' ? { kind: 'confirm' } : open.asked
  const reading = await reader.read({ text: words, asked, now: clock.now(), zone: location?.zone ?? 'UTC', language, ...(location === undefined ? {} : { hours: location.hours }) })
  // To times on offer, "none of those, just leave it" is a no.
  const isKept = open.question !== undefined && readTalk(open.question) !== undefined && (saysKeep(words) || saysNone(words))
  if (isKept) return { ...reading, intent: 'no', sure: true }
  if (reading.sure) return reading
  // "Okay and how long does it take" asks one thing; "I'm trying to move my appointment, I don't know when yet" wants one.
  if (readQuestion(words) !== undefined) return { ...reading, intent: 'question', sure: true, questions: [words] }
  return (reading.intent === 'unclear' || reading.intent === 'change') && wantsAnother.test(words) && !/\b(?:don'?t|not) (?:want|need) to\b/i.test(words) ? { ...reading, intent: 'change', sure: true } : reading
}

/** Whoever speaks Spanish is spoken to in Spanish; a word or two may be a name. */
export function hearLanguage(turn: Turn, words: string): void {
  if (words.split(/\s+/).length < 3) return
  const language = languageOf({ folded: foldText(words).text, known: turn.language })
  if (language !== 'fr') turn.language = language
}
