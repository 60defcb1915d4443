import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js'
import type { Location } from '../../salon/salon.ts'

const countries: Record<string, CountryCode> = { USD: 'US', CAD: 'CA', GBP: 'GB', AUD: 'AU', NZD: 'NZ', MXN: 'MX', CHF: 'CH', SEK: 'SE', DKK: 'DK', NOK: 'NO', PLN: 'PL', JPY: 'JP', INR: 'IN', ZAR: 'ZA', BRL: 'BR' }
// The euro has many countries; the zone's city tells which.
const euroCountries: Record<string, CountryCode> = { 'Europe/Berlin': 'DE', 'Europe/Paris': 'FR', 'Europe/Madrid': 'ES', 'Europe/Rome': 'IT', 'Europe/Dublin': 'IE', 'Europe/Amsterdam': 'NL', 'Europe/Brussels': 'BE', 'Europe/Vienna': 'AT', 'Europe/Lisbon': 'PT', 'Europe/Athens': 'GR', 'Europe/Helsinki': 'FI' }

/** The country that a number written without one belongs to: the first location's, else the United States. */
export function homeCountry(locations: Location[]): CountryCode {
  const [first] = locations
  return first === undefined ? 'US' : countries[first.currency] ?? euroCountries[first.zone] ?? 'US'
}

/** Any spelling of a phone number as E.164; undefined when it is none. */
export function toE164(text: string, country: CountryCode): string | undefined {
  return parsePhoneNumberFromString(text, country)?.number
}

export function toEmailKey(email: string): string {
  return email.trim().toLowerCase()
}

/** A name as it is searched: lower case, without accents, one space between words. */
export function toNameKey(name: string): string {
  return name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/['’`]/g, '').replace(/[^\p{L}\p{N}]+/gu, ' ').trim()
}
