import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { loadPrompt, type Prompt, putIn } from '../../prompts/load-prompt.ts'
import { DeskError } from '../../salon/errors.ts'
import { countSegments, toGsm } from '../../salon/gsm-text.ts'
import { type Language, languages, type SayValue, sayValue } from '../../salon/say-value.ts'

const shipped = join(import.meta.dirname, '../../../prompts/messages')

export type Templates = {
  /**
   * The words of one text in the plain SMS alphabet, in `language` or, where the template has none, in English; `own` is the
   * salon's own wording. Throws `DeskError('internal')` for a template that is not there, `DeskError('corrupt')` when a value is missing.
   */
  fill(template: string, values: Record<string, SayValue>, language?: Language, own?: OwnWording): string
  /** The first of these languages that a template is written in, else English. */
  languageFor(template: string, wanted: (Language | undefined)[]): Language
  /** Every template as shipped, by id and language. */
  list(): { template: string; language: Language; body: string; inputs: string[] }[]
}

/** The salon's own words of a template, by `wordingKey`. */
export type OwnWording = ReadonlyMap<string, string>

export function wordingKey({ template, language }: { template: string; language: Language }): string {
  return `${language}/${template}`
}

/** Two SMS at most (TWI-9). */
export const mostSegments = 2

/**
 * Reads every template of `prompts/messages` (English) and of its folders by language, so that a broken one is found at the
 * start and not at the first text. Throws `DeskError('corrupt')`.
 */
export async function loadTemplates(dir = shipped): Promise<Templates> {
  const templates = new Map<string, Prompt>()
  for (const language of languages) {
    const folder = language === 'en' ? dir : join(dir, language)
    const names = await readdir(folder).catch((error: unknown) => {
      if (language === 'en') throw error
      return [] // a salon's own folder may hold English only
    })
    const ids = names.filter((name) => name.endsWith('.md')).map((name) => name.slice(0, -3))
    for (const prompt of await Promise.all(ids.map((id) => loadPrompt({ id, dir: folder })))) templates.set(wordingKey({ template: prompt.id, language }), prompt)
  }
  for (const [key, { id, inputs }] of templates) {
    const english = templates.get(wordingKey({ template: id, language: 'en' }))?.inputs
    if (english === undefined || inputs.some((input) => !english.includes(input))) throw new DeskError('corrupt', { message: `text template ${key} asks for what the English one has not`, userMessage: `The template ${key}.md must use the same inputs as ${id}.md.` })
  }

  const languageFor: Templates['languageFor'] = (template, wanted) => wanted.find((language) => language !== undefined && templates.has(wordingKey({ template, language }))) ?? 'en'
  return {
    languageFor,
    list: () => Array.from(templates, ([key, { id, body, inputs }]) => ({ template: id, language: key.slice(0, key.indexOf('/')) as Language, body, inputs })),
    fill(template, values, language = 'en', own) {
      const used = languageFor(template, [language])
      const key = wordingKey({ template, language: used })
      const prompt = templates.get(key)
      if (prompt === undefined) throw new DeskError('internal', { message: `no text template ${template}` })
      const words = own?.get(key)
      return fitting(values, (given) => {
        const said = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, sayValue(value, used)]))
        return words === undefined ? prompt.render(said) : putIn(words, said)
      })
    },
  }
}

/** A salon's own draft, with values, as it would go out. */
export function fillDraft({ body, values, language }: { body: string; values: Record<string, SayValue>; language: Language }): string {
  return fitting(values, (given) => putIn(body, Object.fromEntries(Object.entries(given).map(([name, value]) => [name, sayValue(value, language)]))))
}

/** A long list of services gives way, and preparation details, before the time does. */
function fitting(values: Record<string, SayValue>, render: (values: Record<string, SayValue>) => string): string {
  let body = ''
  for (const shorter of [{}, { staff: '' }, { services: { services: [] } }, { prep: '' }, withoutServices(values)]) {
    values = { ...values, ...shorter }
    body = toGsm(render(values)).replaceAll(/[^\S\n]+/g, ' ').trim()
    if (countSegments(body).segments <= mostSegments) break
  }
  return body
}

function withoutServices({ visits }: Record<string, SayValue>): Record<string, SayValue> {
  if (visits === undefined || typeof visits === 'string' || !('visits' in visits)) return {}
  return { visits: { ...visits, visits: visits.visits.map(({ at }) => ({ services: [], at })) } }
}
