import { placeholdersOf } from '../../prompts/load-prompt.ts'
import type { Language } from '../../salon/say-value.ts'
import { foreignLink } from './check-words.ts'

/** How every first text tells a client to opt out, by language. */
export const optOutLines: Record<Language, string> = { en: 'STOP to opt out.', es: 'STOP para darse de baja.', fr: 'STOP pour vous désabonner.' }

/** More than this does not fit two SMS, whatever stands in it. */
const longest = 400

/**
 * What keeps a wording from being used, as sentences for who wrote it; none when it is fine. `shipped` is the wording it
 * takes the place of. A client must never be told to answer with a word that phone companies take for an opt-out, in any
 * language, unless it is for opting out (TWI-5).
 */
export function checkWording({ body, language, shipped, inputs, publicUrl }: { body: string; language: Language; shipped: string; inputs: string[]; publicUrl: string | undefined }): string[] {
  const used = placeholdersOf(body)
  const missing = inputs.filter((input) => !used.has(input))
  const foreign = [...used].filter((input) => !inputs.includes(input))
  const optOut = optOutLines[language]
  const link = foreignLink(body, publicUrl)
  const keyword = optOutWord(body, language)
  return [
    ...(body.trim() === '' ? ['It has no words.'] : []),
    ...(body.length > longest ? [`It is longer than ${longest} characters.`] : []),
    ...(/(?!\n)\p{C}/u.test(body) ? ['It holds characters that cannot be seen.'] : []),
    ...(missing.length > 0 ? [`It must also hold ${sayPlaceholders(missing)}.`] : []),
    ...(foreign.length > 0 ? [`It may not hold ${sayPlaceholders(foreign)}: nothing is known to put there.`] : []),
    ...(/\{\{|\}\}/.test(body.replaceAll(/\{\{\s*\w+\s*\}\}/g, '')) ? ['A placeholder is not closed: write {{name}}.'] : []),
    ...(shipped.includes(optOut) && !body.includes(optOut) ? [`It must say "${optOut}", as the law wants it.`] : []),
    ...(keyword === undefined ? [] : [`A client who answers ${keyword} gets no more texts at all: phone companies read it as STOP. Ask for YES, or for the change in their own words.`]),
    ...(link === undefined ? [] : [`It may link only to the salon's own address, with https, not to "${link.slice(0, 60)}".`]),
  ]
}

/** Words that end texts in one of our languages when a client answers with them. */
const optOutWords = 'stop|stopall|unsubscribe|cancel|cancelar|cancele|annuler|annulez|end|fin|quit|revoke|revocar|optout|opt out|baja|alto|parar|arret|arreter|desabonner'
const upperCase = /\b(?:STOP|STOPALL|UNSUBSCRIBE|CANCEL|END|QUIT|REVOKE|OPT ?OUT|CANCELAR|ALTO|BAJA|FIN|ARRET)\b/
const askedFor = new RegExp(`\\b(?:reply|answer|text|send|write|type|say|respond|responda|responde|conteste|contesta|escriba|escribe|envie|envia|mande|manda|diga|repondez|reponds|envoyez|ecrivez|textez|dites)(?:\\W+\\w+){0,2}?\\W+(${optOutWords})\\b`, 'i')

/** The word that a wording asks for and that would end texts; undefined when there is none but for opting out. */
function optOutWord(body: string, language: Language): string | undefined {
  const said = body.replaceAll(optOutLines[language], '').normalize('NFD').replaceAll(/\p{M}/gu, '')
  return (upperCase.exec(said)?.[0] ?? askedFor.exec(said)?.[1])?.toUpperCase()
}

function sayPlaceholders(names: string[]): string {
  return names.map((name) => `{{${name}}}`).join(' and ')
}
