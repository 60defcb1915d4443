import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { loadPrompt, type Prompt } from '../../prompts/load-prompt.ts'
import { DeskError } from '../../salon/errors.ts'
import { type SayValue, sayValue } from '../../salon/say-value.ts'
import { localDate } from '../../salon/time.ts'
import { spokenLanguages, type SpokenLanguage } from '../phone.ts'

const shipped = join(import.meta.dirname, '../../../prompts/voice')

/** Fills one spoken line. Throws `DeskError('internal')` for a line that is not there, `DeskError('corrupt')` when a value is missing. */
export type SpokenWords = { fill(line: string, values: Record<string, SayValue>, language: SpokenLanguage): string; has(line: string): boolean }

/** Reads every line of `prompts/voice` in every language that is spoken, so that a broken one is found at the start. Throws `DeskError('corrupt')`. */
export async function loadSpokenWords(dir = shipped): Promise<SpokenWords> {
  const lines = new Map<string, Prompt>()
  for (const language of spokenLanguages) {
    const folder = language === 'en' ? dir : join(dir, language)
    const ids = (await readdir(folder)).filter((name) => name.endsWith('.md')).map((name) => name.slice(0, -3))
    for (const prompt of await Promise.all(ids.map((id) => loadPrompt({ id, dir: folder })))) lines.set(`${language}/${prompt.id}`, prompt)
  }
  const lacking = [...lines.keys()].filter((key) => spokenLanguages.some((language) => !lines.has(`${language}/${key.slice(3)}`)))
  if (lacking.length > 0) throw new DeskError('corrupt', { message: `spoken lines in one language only: ${lacking.join(', ')}`, userMessage: `Every file of prompts/voice must be there in English and in Spanish; missing: ${lacking.join(', ')}.` })
  return {
    has: (line) => lines.has(`en/${line}`),
    fill(line, values, language) {
      const prompt = lines.get(`${language}/${line}`)
      if (prompt === undefined) throw new DeskError('internal', { message: `no spoken line ${line}` })
      const said = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, speakValue(value, language)]))
      return forTheEar(prompt.render(said), language)
    },
  }
}

/** A list of times is said with its places, so that "the second" is as good an answer as its hour; all else as it is written. */
function speakValue(value: SayValue, language: SpokenLanguage): string {
  if (typeof value === 'string' || !('times' in value)) return sayValue(value, language)
  const { times, zone, now } = value
  const several = new Set(times.map(({ at }) => localDate(at, zone))).size > 1
  const said = times.map(({ at, with: staff }, place) => {
    const when = several || place === 0 ? sayValue({ when: at, zone, now }, language) : sayValue({ time: at, zone }, language)
    return `${places[language][place] ?? place + 1}, ${when}${sayValue({ with: staff }, language)}`
  })
  return said.length < 2 ? said.join('') : `${said.slice(0, -1).join('; ')}; ${language === 'es' ? 'o' : 'or'} ${said.at(-1)}`
}

const places: Record<SpokenLanguage, string[]> = { en: ['one', 'two', 'three', 'four'], es: ['uno', 'dos', 'tres', 'cuatro'] }

/** Written forms that a voice would stumble over: "3:00 pm" is "3 PM", a colon before a list a comma. */
function forTheEar(words: string, language: SpokenLanguage): string {
  const said = words.replaceAll(/\b(\d{1,2}):00 ?([ap])m\b/gi, (_all, hour: string, half: string) => `${hour} ${half.toUpperCase()}M`).replaceAll(/\b(\d{1,2}:\d\d) ?([ap])m\b/gi, (_all, time: string, half: string) => `${time} ${half.toUpperCase()}M`)
  const spoken = language === 'es' ? said.replaceAll(/ AM\b/g, ' de la mañana').replaceAll(/\b(1[0-1]|12|[1-9])(:\d\d)? PM\b/g, (_all, hour: string, minutes: string | undefined) => `${hour}${minutes ?? ''} ${hour === '12' || Number(hour) < 8 ? 'de la tarde' : 'de la noche'}`) : said
  return spoken.replaceAll(/\s+/g, ' ').trim()
}
