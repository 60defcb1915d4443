import type { Reply } from '../../messages/messages.ts'
import { foldText } from '../../replies/fold-text.ts'
import { topicOf } from '../../replies/topic-words.ts'
import { readWaitlistWords, type WaitlistWish } from './waitlist-words.ts'

/** Words that add nothing to the request they stand beside. */
const fillers = new Set(`for on at in the a an any to is are be my it its sooner earlier before after xtime please pls plz thanks thx thank you ty if possible too also and or then next
  appointment appt visit something anything time times day days spot slot place opening openings better best only work works would prefer preferably good great ideally instead around sometime some this that up as well again anymore
  more now yes yeah no ok okay but just hi hello hey there can could you u change i d id for me with when whenever of from by until till starting than works me during between since
  para por favor el la los las en de del al antes mas temprano gracias es posible mejor mejores solo viene vienen bien me un una algo cita hola si y o con ya
  pour svp s il vous plait plus tot merci le bonjour et ou avec`.split(/\s+/))

/**
 * What a reply wants of the waitlist, and whether that is all it says: `others` also where anything stands beside it that
 * a machine must not pass over. `known` are words (folded) that may stand beside it, as names of services and people.
 */
export function readWaitlistWish({ words, reading: { when } }: Pick<Reply, 'words' | 'reading'>): WaitlistWish | undefined {
  const spans = when === undefined ? [] : [...when.dates, ...when.times, ...when.notDates, ...when.notTimes].filter((each) => !('kind' in each) || (each.kind !== 'earlier' && each.kind !== 'later') || each.byMinutes !== undefined)
  return readWaitlistWords(foldText(words, spans).text)
}

/** Whether a reply says more than the request and when: in its own sentence any word that is not `known`, elsewhere anything to be done or answered. */
export function saysMore(rest: string, known: ReadonlySet<string> = new Set()): boolean {
  return rest.split(/(?<=[.!?])/).some((sentence) => {
    const asked = sentence.trim().endsWith('?')
    const words = sentence.split(/[^\p{L}\p{N}§]+/u).filter((word) => word !== '')
    const strange = words.filter((word) => word !== '§' && !fillers.has(word) && !known.has(word))
    if (strange.length === 0) return false
    if (words.includes('§') || asked) return true
    const topic = topicOf({ text: words.join(' '), asked: false })
    return topic !== undefined && topic !== 'goAhead' && topic !== 'change'
  })
}
