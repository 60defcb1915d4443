import { mendMishearings } from './mishearings.ts'

/** Sounds between words. */
const fillers = /(?:^|(?<=[\s,.]))(?:u+h+m*|u+m+|e+r+m*|h+m+|mm+|eh+|este(?! (?:lunes|martes|mi[eé]rcoles|jueves|viernes|s[aá]bado|domingo|mes|fin|d[ií]a))|pues|you know|so yeah|(?<=(?:'m|am|be|for|is|was|about|running|at|,) )like)[,.]*(?=[\s,.?!]|$)/giu
/** Said twice by accident; digits said twice are two digits. */
const twice = /\b(?!(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve)\b)(\p{L}{1,12})(?:[ ,]+\1\b)+/giu
/** What takes back the word or two before it: "Friday, no wait, Saturday". */
const corrections = /\b(?:(?:no,? |oh,? |oops,? )?(?:wait|sorry|scratch that|i meant|i mean|make that|correction|rather)(?:,? (?:no|sorry|actually|i meant|i mean|make that|not that))*|no,? (?=(?:not |make |on |at |the )?(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:at )?(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d))|(?:no,? )?(?:perdon|perdón|digo|mejor dicho|quiero decir|espere))\b[, ]*/giu

/** Days and times of day, as they are taken back for another one. */
const when = /\b(?:(?:this |next |on |el |este )?(?:mon|tues|wednes|thurs|fri|satur|sun)day|today|tomorrow|tonight|(?:el )?(?:lunes|martes|mi[eé]rcoles|jueves|viernes|s[aá]bado|domingo)|hoy|mañana|(?:at |a las? )?(?:\d{1,2}(?::\d\d)?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)(?: ?o'?clock| ?thirty| ?fifteen| ?[ap]\.?m\.?)?)\b/giu

/**
 * A transcript as the caller meant it: without the sounds between words, without a word said twice, and with what they
 * corrected themselves in as they ended up ("Friday, no wait, Saturday" is "Saturday"). Pure; never throws.
 */
export function cleanWords(transcript: string): string {
  let words = transcript.slice(0, 1_600).replaceAll(fillers, ' ').replaceAll(/\s+/g, ' ').replaceAll(/ +([,.?!])/g, '$1').replace(/^[\s,.]+/, '').replace(/^(?:(?:oh|wait|so|well|okay so|and)[ ,]+)+(?=\S+ \S)/iu, '').trim()
  words = words.replaceAll(twice, '$1')
  return withoutKnown(corrected(mendMishearings(words)))
}

/** "I have an appointment Friday at three and …": what they have is no wish; what comes after it is. */
const known = /\b(?:i|we)(?: have|'?ve got| got|'?m booked(?: in)?| am booked(?: in)?|'?m scheduled| am scheduled| had|'?m coming in)\b(.{3,140}) (?:and|but|so) (?=(?:i|i'd|i'm|i'll|can|could|is|was|we|would|may)\b)/iu

function withoutKnown(words: string): string {
  const found = known.exec(words)
  if (found === null) return words
  const rest = words.slice(found.index + found[0].length)
  return has(found[1] ?? '') && has(rest) ? `${words.slice(0, found.index)}${rest}` : words
}

/** Whether the words name a day or a time. */
function has(words: string): boolean {
  when.lastIndex = 0
  const named = when.test(words)
  when.lastIndex = 0
  return named
}

function corrected(words: string): string {
  const marks = [...words.matchAll(corrections)]
  const mark = marks.at(-1)
  if (mark === undefined) return words
  const [before, after] = [words.slice(0, mark.index), words.slice(mark.index + mark[0].length)]
  const [taken, instead] = [[...before.matchAll(when)].at(-1), when.exec(after)]
  when.lastIndex = 0
  // Only a day or time is taken back for another; "no wait, I can't" is an answer of its own.
  if (taken === undefined || instead === null || after.slice(0, instead.index).trim().length > 12) return words
  const sameKind = /day|lunes|martes|rcoles|jueves|viernes|bado|domingo|today|tomorrow|hoy|mañana/i
  if (sameKind.test(taken[0]) !== sameKind.test(instead[0])) return words
  const [preposition = ''] = /^(?:at|on|a las?) /i.exec(taken[0]) ?? []
  const takesIt = preposition !== '' && instead.index === 0 && !/^(?:at|on|a las?) /i.test(instead[0])
  return corrected(`${before.slice(0, taken.index)}${takesIt ? preposition : ''}${after}`.replaceAll(/\s+/g, ' ').trim())
}
