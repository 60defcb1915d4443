import { join } from 'node:path'
import { loadPrompt, type Prompt } from '../../prompts/load-prompt.ts'
import { type Language, languages, sayValue } from '../../salon/say-value.ts'
import type { Instant, Zone } from '../../salon/time.ts'

const shipped = join(import.meta.dirname, '../../../prompts/email')

export type EmailWords = {
  /** The whole email around the words that a text had. `phone` is the salon's, `sender` its name and address. */
  frame(mail: { language: Language; words: string; phone: string | undefined; readsReplies: boolean; sender: string; unsubscribe: string }): string
  /** When the visit is and nothing else of it, because lock screens show subjects to everybody; the salon's name where there is no visit. */
  subject(mail: { language: Language; start: Instant | undefined; zone: Zone; now: Instant; salon: string }): string
}

/** Reads what stands around the words in each language (prompts/email). Throws `DeskError('corrupt')` for a broken one. */
export async function loadEmailWords(dir = shipped): Promise<EmailWords> {
  const ids = languages.flatMap((language) => [language, `${language}-replies`, `${language}-subject`])
  const prompts = new Map<string, Prompt>(await Promise.all(ids.map(async (id) => [id, await loadPrompt({ id, dir })] as const)))
  const render = (id: string, values: Record<string, string>) => prompts.get(id)?.render(values) ?? ''
  return {
    frame: ({ language, words, phone, readsReplies, sender, unsubscribe }) => render(language, {
      words, sender, unsubscribe,
      phone: phone === undefined ? '' : `: ${phone}`,
      replies: readsReplies ? '' : ` ${render(`${language}-replies`, {})}`,
    }),
    subject: ({ language, start, zone, now, salon }) => (start === undefined ? salon : render(`${language}-subject`, { when: sayValue({ when: start, zone, now }, language) })),
  }
}

/** A text's words without what only a phone can do: whole sentences that ask for a reply or name a keyword are left out; nothing is put in their place. */
export function wordsForMail(body: string): string {
  return body.split('\n').map((line) => sentences(line).filter((sentence) => !asks(sentence)).join(' ')).join('\n').replaceAll(/\n{3,}/g, '\n\n').trim()
}

/** Keywords are in capitals in every template; the rest is how templates begin to ask for a text. Without accents, which plain SMS mostly lack. */
const keyword = /(?<![\p{L}\d])(?:STOP|START|HELP|YES|NO|SI|ALTO|AYUDA|OUI|NON|ARRET|AIDE)(?![\p{L}\d])/u
const asking = /^(?:Reply|Text back|Responda|Responde|Conteste|Contesta|Envie|Repondez|Reponds|Envoyez)(?!\p{L})|(?<!\p{L})(?:[Tt]ext us|[Ee]scrib[ae]nos|[Ee]crivez-nous)(?!\p{L})/u

function asks(sentence: string): boolean {
  const plain = sentence.normalize('NFD').replaceAll(/\p{M}/gu, '')
  return keyword.test(plain) || asking.test(plain)
}

function sentences(line: string): string[] {
  return line.split(/(?<=[.!?])\s+/u)
}
