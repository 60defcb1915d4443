import type { PersonFind } from './read-people.ts'
import type { ServiceFind } from './service-index.ts'
import type { TimePhrases } from './time-phrases/time-phrase.ts'

/** What stands for any client, staff member, service, day, time or location when requests are compared. */
const stand = { client: 'dana', staff: 'maya', service: 'haircut', date: 'friday', range: 'next week', today: 'today', time: '3pm', part: 'in the afternoon', location: 'downtown', phone: '555-0100' }

/** The placeholders of the examples. */
export function fillExample(text: string): string {
  return text.replace(/\{(\w+)\}/g, (_all, name: string) => ({ ...stand, id: '12', n: '5' })[name] ?? name)
}

/** A request with its names, days, times and services replaced, so that "move Dana to Friday" and "move Priya to Tuesday" are the same. */
export function maskRequest({ text, people, services, locations, times, today }: { text: string; people: PersonFind[]; services: ServiceFind[]; locations: { start: number; end: number }[]; times: TimePhrases; today: string }): string {
  const spans = [
    ...people.map(({ start, end, client }) => ({ start, end, by: client === undefined ? stand.staff : stand.client })),
    ...services.map(({ start, end }) => ({ start, end, by: stand.service })),
    ...locations.map(({ start, end }) => ({ start, end, by: stand.location })),
    ...times.dates.map(({ start, end, from, to }) => ({ start, end, by: from !== to ? stand.range : from === today ? stand.today : stand.date })),
    ...times.times.flatMap(({ start, end, kind, fromTo, text: written }) =>
      kind === 'earlier' || kind === 'later' || /tonight/i.test(written) ? [] : [{ start, end, by: kind === 'part_of_day' ? stand.part : leadOf(written) + (fromTo === true ? `${stand.time} to ${stand.time}` : stand.time) }]),
  ].toSorted((a, b) => a.start - b.start)
  let masked = ''
  let from = 0
  for (const { start, end, by } of spans) {
    if (start < from) continue
    masked += text.slice(from, start) + by
    from = end
  }
  return (masked + text.slice(from)).replace(/\+?\(?\d[\d ().-]{5,}\d/g, stand.phone).toLowerCase().replace(/’/g, "'").replace(/\s+/g, ' ').trim()
}

/** "at 3" is masked as "at 3pm": the small word belongs to the sentence. */
function leadOf(written: string): string {
  return /^(?:at|for|to|by|after|before|around|from|into)\s/i.exec(written)?.[0] ?? ''
}
