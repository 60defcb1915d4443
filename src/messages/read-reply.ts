import type { Reading } from './messages.ts'

/** A reply as it is read: `sure` is false for an opt-out in other words than the keyword, which silences first and is then shown to a person. */
export type ReadReply = { reading: Reading; sure: boolean }

/**
 * Reads a client's reply by whole-text rules, without a model. Opting out comes first, in any wording (47 CFR 64.1200(a)(10):
 * any reasonable way). YES and NO only where nothing else is said: "yes but 3:30", "yes?", "no problem" are `other`.
 */
export function readReply(text: string): ReadReply {
  if (isReaction(text)) return { reading: 'other', sure: true } // it quotes our own text, YES and STOP included
  const words = tidy(text)
  if (optOutWords.has(words)) return { reading: 'stop', sure: surelyOptOut.has(words) }
  if (optOutPhrases.some((phrase) => phrase.test(words))) return { reading: 'stop', sure: false }
  if (/^(?:start|unstop|re ?subscribe(?: me)?)(?: please)?$/.test(words)) return { reading: 'start', sure: true }
  if (/^(?:help|info|ayuda|aide)(?: please)?$/.test(words)) return { reading: 'help', sure: true }
  // More than a few words say more than yes or no.
  if (text.includes('?') || words.length > 60) return { reading: 'other', sure: true }
  if (yes.test(words)) return { reading: 'yes', sure: true }
  if (no.test(words)) return { reading: 'no', sure: true }
  return { reading: 'other', sure: true }
}

/** `Liked “Hi Ana, …”`, `👍 to “Hi Ana …”`: how phones pass on a tap on a message. */
function isReaction(text: string): boolean {
  return /^\s*(?:(?:liked|loved|disliked|laughed at|emphasi[sz]ed|questioned|removed an? \w+ from|reacted \S+ to)\s+|\S{1,8} to\s+)["“«‘']/iu.test(text)
}

/** Lower case without accents, marks and skin tones; the signs that answer by themselves become words of their own. */
function tidy(text: string): string {
  return text.normalize('NFD').replaceAll(/[\p{M}\u{1F3FB}-\u{1F3FF}]/gu, '').toLowerCase()
    .replaceAll(/[’‘'`]/g, '')
    .replaceAll(/[👍✅👌☑✔🆗]/gu, ' thumbsup ').replaceAll(/[👎❌]/gu, ' thumbsdown ')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ').trim()
}

// The carriers' keywords, in three languages, and how they are mistyped.
const surelyOptOut = new Set(['stop', 'stopall', 'stop all', 'unsubscribe', 'optout', 'opt out', 'quit', 'stop please', 'please stop', 'arret', 'alto'])
// These may have been meant for the appointment: silence first, then a person asks.
const optOutWords = new Set([...surelyOptOut, 'cancel', 'end', 'revoke', 'stpo', 'sotp', 'stopp', 'parar', 'pare', 'arretez', 'baja', 'stop it', 'stop now', 'stop this', 'no stop', 'yes stop', 'ok stop', 'stop thanks', 'stop thank you', 'remove me', 'remove my number', 'leave me alone', 'no more', 'take me off'])

const sending = '(?:text|texts|texting|txt|txts|txting|message|messages|messaging|msg|msgs|sms|contact|contacting|send|sending|write|writing|bother|bothering|spam|spamming)'
const optOutPhrases = [
  new RegExp(`\\b(?:stop|quit|cease|no more|end)(?: \\w+){0,2} ${sending}\\b`),
  new RegExp(`\\b(?:dont|do not|never|no longer|not) (?:\\w+ ){0,2}${sending} (?:to )?(?:me|us|this|my|here|any|again)\\b`),
  new RegExp(`\\b(?:dont|do not) want (?:\\w+ ){0,4}${sending}\\b`),
  /\bunsubscribe\b|\bopt(?:ing|ed)? (?:me )?out\b|\brevoke (?:my )?consent\b|\b(?:remove|delete) (?:me|my (?:number|phone))\b|\btake me off (?:your|the|this)(?: \w+)? list\b|\blose (?:my|this) number\b|\bleave me alone\b/,
  /\b(?:ya )?no me (?:escrib|mand|envi|textee|contact|molest|llam)|\bdeje?n? de (?:escrib|mand|envi|molest|contact)|\bno (?:quiero )?mas (?:mensajes|textos|sms)\b|\bcancelar (?:la |mi )?suscripcion\b|\b(?:dar|darme|denme) de baja\b/,
  /\bdesabonn|\bdesinscri|\bne mecrivez plus\b|\bne me (?:contactez|textez|ecrivez) plus\b|\bplus de (?:messages|sms|textos)\b|\barretez de m/,
]

const yesWords = [
  'y', 'ye', 'ye+s+', 'ye+p+', 'yeppers', 'yup+', 'yea+h*', 'ya', 'yas+', 'oki?e?', 'okay', 'k+', 'sure', 'c', 'thumbsup', 'correct', 'affirmative', 'absolutely', 'definitely', 'of course',
  '(?:i )?confirm(?:ed|ing)?', 'perfect', 'great', 'fine', '(?:that |it )?(?:works|will work)', '(?:that |it )?sounds (?:good|great|perfect|fine)', '(?:thats|that is|that time is|its|it is) (?:fine|good|great|perfect|correct|right|ok|okay)',
  '(?:ill|i will|will) be there', 'i can make it', 'see (?:you|u|ya) then', 'si', 'confirm(?:o|ado)', 'claro', 'perfecto', 'esta bien', 'ahi estare', 'vale', 'oui', 'daccord',
]
const noWords = ['n', 'no', 'nope', 'nah', 'thumbsdown', '(?:i )?cant(?: make it| come)?', 'not this time', 'i have to pass']
const politely = ['please', 'pls', 'plz', 'thanks', 'thank (?:you|u)(?: so much| very much)?', 'thx', 'ty', 'sir', 'maam', 'for me', 'to me', 'gracias', 'senora', 'senor', 'merci', 'sorry']

const yes = wholeText(yesWords)
const no = wholeText(noWords)

/** Nothing but these words and politeness, at least one of them. */
function wholeText(words: string[]): RegExp {
  const kind = words.join('|')
  const polite = politely.join('|')
  return new RegExp(`^(?:(?:${polite}) )*(?:${kind})(?: (?:${kind}|${polite}))*$`)
}
