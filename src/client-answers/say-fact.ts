import type { Booking } from '../bookings/read-booking.ts'
import { sayVisit } from '../bookings/tell-client.ts'
import { sayMoney } from '../salon/money.ts'
import { openingHours, isClosedOn } from '../salon/opening-hours.ts'
import type { Location } from '../salon/salon.ts'
import { type Language, type SayValue, sayValue } from '../salon/say-value.ts'
import { type Instant, type LocalDate, localDate } from '../salon/time.ts'
import type { Own } from './own-visit.ts'
import type { Fact } from './read-question.ts'

/** One fact in every language the desk writes. */
export type Words = Record<Language, string>

type Given = { own: Own; now: Instant; /** The day that was asked about, when one was. */ date: LocalDate | undefined }

/** A fact of the client's own booking or of its shop, in words of ours; undefined where the record does not say. */
export function sayFact(fact: Fact, { own: { visit, location }, now, date }: Given): Words | undefined {
  if (fact === 'place') return location?.address === undefined ? undefined : say(({ en: (a) => `We're at ${a}.`, es: (a) => `Estamos en ${a}.`, fr: (a) => `Nous sommes au ${a}.` }), location.address)
  if (fact === 'phone') return location?.phone === undefined ? undefined : say(({ en: (p) => `You can call us at ${p}.`, es: (p) => `Puede llamarnos al ${p}.`, fr: (p) => `Vous pouvez nous appeler au ${p}.` }), location.phone)
  if (fact === 'hours') return location === undefined ? undefined : sayHours({ location, now, date: date ?? (visit === undefined ? undefined : localDate(visit.appointment.start, location.zone)) })
  return visit === undefined ? undefined : sayOfVisit(fact, visit, now)
}

function sayOfVisit(fact: Exclude<Fact, 'place' | 'phone' | 'hours'>, { appointment, catalog, location }: Booking, now: Instant): Words | undefined {
  const { segments, start, end, timeKnown } = appointment
  const { services, staff, when } = sayVisit({ catalog, location, segments, start, timeKnown, now })
  switch (fact) {
    case 'when':
      return say({ en: (s, w) => `Your ${s} is on ${w}.`, es: (s, w) => `Su ${s} es el ${w}.`, fr: (s, w) => `Votre ${s} est le ${w}.` }, services, when)
    case 'who':
      return staff.with.length === 0 ? undefined : say({ en: (s, w) => `Your ${s} is${w}.`, es: (s, w) => `Su ${s} es${w}.`, fr: (s, w) => `Votre ${s} est${w}.` }, services, staff)
    case 'service':
      return services.services.length === 0 ? undefined : say({ en: (s, w) => `You're booked for your ${s} on ${w}.`, es: (s, w) => `Tiene reservado: ${s}, el ${w}.`, fr: (s, w) => `Vous avez réservé: ${s}, le ${w}.` }, services, when)
    case 'length':
      return timeKnown ? say({ en: (s, m) => `Your ${s} takes about ${m}.`, es: (s, m) => `Su ${s} dura unos ${m}.`, fr: (s, m) => `Votre ${s} dure environ ${m}.` }, services, sayMinutes((Date.parse(end) - Date.parse(start)) / 60_000)) : undefined
    case 'end':
      return timeKnown ? say({ en: (s, t) => `Your ${s} should be done by about ${t}.`, es: (s, t) => `Su ${s} termina hacia las ${t}.`, fr: (s, t) => `Votre ${s} se termine vers ${t}.` }, services, { time: end, zone: location.zone }) : undefined
    case 'price': // below, so that every path returns
  }
  // Nothing on record is not "free", but for what is free.
  const total = segments.reduce((sum, { price }) => sum + price.minor, 0)
  const free = segments.every(({ serviceId }) => catalog.services.find(({ id }) => id === serviceId)?.consultation === true)
  return total === 0 && !free ? undefined : say({ en: (s, p) => `Your ${s} is booked at ${p}.`, es: (s, p) => `Su ${s} está a ${p}.`, fr: (s, p) => `Votre ${s} est à ${p}.` }, services, sayMoney({ minor: total, currency: location.currency }))
}

/** "On Tuesday 24 November we're open 9:00 am to 6:00 pm." */
function sayHours({ location, now, date = localDate(now, location.zone) }: { location: Location; now: Instant; date?: LocalDate | undefined }): Words | undefined {
  if (location.hours.length === 0) return undefined
  const day: SayValue = { day: date, now: localDate(now, location.zone) }
  if (isClosedOn({ location, date })) return say({ en: (d) => `We're closed on ${d}.`, es: (d) => `El ${d} está cerrado.`, fr: (d) => `Nous sommes fermés le ${d}.` }, day)
  const stretches = openingHours({ location, date })
  const times = (to: string) => ({ words: words((language) => stretches.map(({ start, end }) => [start, end].map((time) => sayValue({ time, zone: location.zone }, language)).join(` ${to} `)).join(', ')) })
  return say({ en: (d, t) => `On ${d} we're open ${t}.`, es: (d, t) => `El ${d} abrimos de ${t}.`, fr: (d, t) => `Le ${d} nous sommes ouverts de ${t}.` }, day, { words: { ...times('to').words, es: times('a').words.es, fr: times('à').words.fr } })
}

/** "45 minutes", "1 h 30". */
function sayMinutes(minutes: number): SayValue {
  const hours = Math.floor(minutes / 60)
  const rest = Math.round(minutes % 60)
  const short = hours === 0 ? undefined : rest === 0 ? `${hours} h` : `${hours} h ${rest}`
  return { words: { en: short ?? `${rest} minutes`, es: short ?? `${rest} minutos`, fr: short ?? `${rest} minutes` } }
}

function say(sentence: Record<Language, (...values: string[]) => string>, ...values: SayValue[]): Words {
  return words((language) => sentence[language](...values.map((value) => sayValue(value, language))))
}

function words(of: (language: Language) => string): Words {
  return { en: of('en'), es: of('es'), fr: of('fr') }
}
