import { salonAspects, salonTopics } from './salon-concepts.ts'

const endings: [string, string][] = [['ations', ''], ['ation', ''], ['ies', 'y'], ['ings', ''], ['ing', ''], ['ied', 'y'], ['ed', ''], ['ness', ''], ['ss', 'ss'], ['us', 'us'], ['es', ''], ['s', ''], ['e', '']]

/** Words that say nothing about the topic, in English and Spanish. */
const emptyWords = new Set(
  `a an the and or but if of to in on at by for from with as is are was were be been am do does did doing done have has had having i im ive id ill me my mine we our ours us you your
  yours u ur he him his she her hers it its they them their theirs this that these those there here what which who whom whose when where why how can could will would shall should may
  might must not no nor so than too very just about into over again then once all any both each few more most other some such only own same dont doesnt didnt cant wont isnt arent thats
  get gets got getting go goes going went gonna gotta want wants wanted need needs let lets like please pls say says tell know guys theres whats hows wheres still also up out off because
  between through while during until upon per via etc ok okay yes hi hello hey thanks thank really actually anyone anybody someone somebody something anything everyone everybody people
  person thing things one make makes made take takes took use give gives come comes back long way ever never always now today tomorrow happen happens policy policies rule rules client
  clients customer customers guest guests salon shop place el la los las un una unos unas de del que y a en mi mis me se su sus lo le les por para con es son al si no hay puedo puede qué
  cómo cuándo dónde cuánto cuánta tengo tiene está`.split(/\s+/).map(fold),
)

/** Everyday words that may be missing from a policy which answers all the same ("how long do you *keep* my *spot*"), as opposed to a thing that is asked for. */
const commonWords = new Set(
  `able accept according across actually add afternoon after again against age ago agree all allow allowed alone along already also although always amount answer anymore anyway apart appear apply area around arrive
  arrival ask asking assume at available average away back bad based because become before begin behind believe below best better big bit both bring bringing brought bro bro busy buy call called calling came care
  case cause certain chance change check choose close come coming common complete concern consider contact continue could count couple course cover covered day days deal decide definitely depend describe detail
  different difference difficult does done drop during each earlier easily either else end enough entire even evening ever every exact exactly example except expect explain extra fact fall far fast feel few fill final
  find fine first fit follow forget forgot form found free friday full fun further future general give given good great guess had half hand handle hang happen hard have hear held help here high higher hold honestly hope
  hour hours how however idea if important include included inside instead into issue item job just keep kept kind know known large last later least leave left less let level limit line list little local long longer look
  lose lot love low lower main make many march may maybe mean means meet mention min mind mins minute minutes miss missing moment monday money month months more morning most move mr mrs ms much must name near necessary need
  never new next nice night nobody normal normally nothing notice number offer often ok old on once only open option options or order ordinary other otherwise outside own part past people per period person place plan play
  please plus point possible prefer pretty prior probably problem process provide put question quick quickly quite ready real really reason receive recently regarding regular rest result right roughly run running safe said
  same sat saturday say second see seem send serve service services session set several she short should show showed showing side simple simply since single sit situation small some soon sort speak special specific spend spot
  stand start started state stay still stop stuff such suddenly sunday suppose sure system talk tell term than that then there these they thing think third though thought three through thursday time times today together
  told tomorrow tonight too took total touch toward treat treatment true try trying tuesday turn twice two type under understand until up us use used using usual usually various very visit wait waiting walk walked want
  watch way wednesday week weekend weeks well went were while whole why will within without wonder word work works world worried worry would write wrong year years yes yesterday yet anymore higher
  lounge room subtracted trimester quiere traer mismo día años`.split(/\s+/).map((word) => stem(fold(word))),
)

export type Words = {
  /** Stems of the words that carry meaning, in order, each once. */
  stems: string[]
  /** Numbers of the trade's concepts that are named. */
  concepts: number[]
  /** What the text asks for or speaks of: concepts as `~n` and the stems that no concept accounts for, each with how telling it is (0 to 1). */
  terms: { term: string; weight: number }[]
  /** The text with each named concept in its plain words; the text itself where nothing changed. */
  plain: string
}

/** What a text is about: stems of its meaning-carrying words and the concepts of the trade it names. */
export function readWords(text: string): Words {
  const raw = fold(text).match(/[\p{L}\p{N}]+/gu) ?? []
  const all = raw.map(stem)
  const concepts = new Set<number>()
  const explained = new Set<number>()
  const plain: string[] = []
  for (let at = 0; at < all.length; ) {
    const found = phrasesAt(all, at)
    for (const { concept, length } of found) {
      concepts.add(concept)
      for (let i = at; i < at + length; i++) explained.add(i)
    }
    const longest = found[0]
    plain.push(longest ? (plainPhrases[longest.concept] as string) : (raw[at] as string))
    at += longest?.length ?? 1
  }
  const telling = all.map((word, at) => ({ word, at })).filter(({ at }) => !emptyWords.has(raw[at] as string) && (raw[at] as string).length > 1)
  const loose = telling.filter(({ at }) => !explained.has(at)).map(({ word }) => word)
  const terms = [...[...concepts].map((concept) => ({ term: `~${concept}`, weight: concept < salonTopics.length ? 1 : 0.3 })), ...[...new Set(loose)].map((term) => ({ term, weight: /\d/.test(term) ? 0.1 : commonWords.has(term) ? 0.25 : 1 }))]
  return { stems: [...new Set(telling.map(({ word }) => word))], concepts: [...concepts], terms, plain: plain.join(' ') }
}

/** Tokens for the lexical index and its queries: stems, and concepts as `~n`. */
export function tokensOf({ stems, concepts }: Words): string[] {
  return [...stems, ...concepts.map((concept) => `~${concept}`)]
}

const plainPhrases: string[] = []
/** First stem → the phrases that begin with it, longest first. */
const phrases = new Map<string, { concept: number; stems: string[] }[]>()
for (const [concept, line] of [...salonTopics, ...salonAspects].entries()) {
  for (const [i, phrase] of line.split(',').entries()) {
    const words = fold(phrase).match(/[\p{L}\p{N}]+/gu) ?? []
    if (i === 0) plainPhrases.push(phrase.trim())
    const stems = words.map(stem)
    const list = phrases.get(stems[0] as string) ?? []
    list.push({ concept, stems })
    phrases.set(stems[0] as string, list.sort((a, b) => b.stems.length - a.stems.length))
  }
}

function phrasesAt(all: string[], at: number): { concept: number; length: number }[] {
  const here = phrases.get(all[at] as string) ?? []
  const found = here.filter(({ stems }) => stems.every((word, i) => all[at + i] === word))
  // "gift card" is not also a "gift".
  return found.filter(({ stems }) => stems.length === found[0]?.stems.length).map(({ concept, stems }) => ({ concept, length: stems.length }))
}

/** Lower case, without accents and apostrophes. */
function fold(text: string): string {
  return text.toLowerCase().normalize('NFKD').replace(/[\p{M}'’]/gu, '')
}

/** Light stemming: endings that change the grammar and not the thing. */
function stem(word: string): string {
  if (word.length <= 3) return word
  for (const [ending, put] of endings) if (word.endsWith(ending) && word.length - ending.length + put.length >= 3) return undouble(word.slice(0, word.length - ending.length) + put)
  return undouble(word)
}

/** "cancelled" and "canceled", "cuting" and "cut" meet: a doubled last consonant and a last e fall away. */
function undouble(word: string): string {
  const bare = word.length > 3 && word.endsWith('e') ? word.slice(0, -1) : word
  return /([b-df-hj-np-rtv-z])\1$/.test(bare) && bare.length > 3 ? bare.slice(0, -1) : bare
}
