import { join } from 'node:path'
import { parsePhoneNumberFromString } from 'libphonenumber-js'
import { loadPrompt } from '../../prompts/load-prompt.ts'
import { firstName, inSentence, plainName, plainTitle, sayList } from '../../salon/plain-names.ts'
import type { Appointment, Catalog, Client } from '../../salon/salon.ts'
import { daysBetween, type Instant, localDate, sayDate, sayTime, type Zone } from '../../salon/time.ts'
import { spokenLanguages } from '../phone.ts'
import type { Said } from './outgoing.ts'

/**
 * Who and why, in two sentences, and what to press. Names that are no plain names are left out: clients choose their own,
 * and nothing they write is said by the desk.
 */
export function sayWhisper({ client, appointment, catalog, zone, now }: { client: Client; appointment: Appointment; catalog: Catalog; zone: Zone; now: Instant }): string {
  const name = [plainName(client.firstName), plainName(client.lastName)].filter((part) => part !== '').join(' ') || 'a client'
  const unique = (names: string[]): string[] => [...new Set(names.filter((one) => one !== ''))]
  const services = unique(appointment.segments.map(({ serviceId }) => inSentence(plainTitle(catalog.services.find(({ id }) => id === serviceId)?.name))))
  const staff = unique(appointment.segments.map(({ staffId }) => firstName(plainName(catalog.staff.find(({ id }) => id === staffId)?.name))))
  const what = `${services.length === 0 ? 'appointment' : sayList(services)}${staff.length === 0 ? '' : ` with ${sayList(staff)}`}`
  return `Call for ${name}, ${sayDay({ appointment, zone, now })}, ${what}. ${appointment.status === 'confirmed' ? 'Already confirmed' : 'Not confirmed yet'}. Press any key to connect, or hang up.`
}

/** "today at 3 pm", "Friday at 3:30 pm", "Friday 11 December at 3 pm". */
function sayDay({ appointment: { start, timeKnown }, zone, now }: { appointment: Appointment; zone: Zone; now: Instant }): string {
  const [date, today] = [localDate(start, zone), localDate(now, zone)]
  const ahead = daysBetween(today, date)
  const said = sayDate(date, today)
  const day = ahead === 0 ? 'today' : ahead === 1 ? 'tomorrow' : ahead > 1 && ahead < 7 ? said.split(' ')[0] ?? said : said
  return timeKnown ? `${day} at ${sayTime(start, zone).replace(':00 ', ' ')}` : day
}

const folder = join(import.meta.dirname, '../../../prompts/voice')

/** What is left on an answering machine: who called and where to call back, and not a word of why. In the client's language where it is spoken. */
export async function sayVoicemail({ salon, phone, languages }: { salon: string; phone: string; languages: (string | undefined)[] }): Promise<Said> {
  const language = languages.map((wanted) => spokenLanguages.find((one) => one === wanted)).find((one) => one !== undefined) ?? 'en'
  const prompt = await loadPrompt({ id: 'voicemail', dir: language === 'en' ? folder : join(folder, language) })
  return { words: prompt.render({ salon, phone: sayNumber(phone) }), language }
}

/** Digit by digit, with a rest where people make one: "2 1 3, 5 5 5, 0 1 0 0". */
function sayNumber(phone: string): string {
  const national = parsePhoneNumberFromString(phone)?.formatNational() ?? phone
  return national.split(/\D+/).filter((digits) => digits !== '').map((digits) => Array.from(digits).join(' ')).join(', ')
}
