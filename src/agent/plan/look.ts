import type { ClientAppointments, ClientProfile, DayBook, FoundSlots, OpenProposals, PolicyAnswer, WaitlistCandidates } from '../tool-results.ts'
import type { ToolResult } from '../desk-tool.ts'
import { type Money, sayMoney } from '../../salon/money.ts'
import { addDays, daysBetween, localDate, localTime, sayDate, weekday, weekdayNames } from '../../salon/time.ts'
import { type Plan, type Room, speak, type Task, use } from './plan.ts'
import { sayClock } from './say-clock.ts'
import { whichAppointment } from './which-appointment.ts'
import { whichClient } from './which-client.ts'
import { oneLocation, whichLocation, whichService, whichStaff } from './which-service.ts'
import { findSlots } from './which-slot.ts'

type Calls = { list: { locations: { items: { appointment: string; timeText: string; client: { id: string; name: string }; expectedValue: { value: Money } }[] }[] } }

/** Requests that only look something up. */

export function* lookAtCalls(task: Task, room: Room): Plan {
  const locationId = yield* whichLocation(task, room)
  const result = yield* use<Calls>('call_list', { date: task.slots.date?.from, locationId, limit: task.slots.limit })
  // "Who should I call first? … What do I say to her?"
  const [alone] = result.list.locations
  if (result.list.locations.length === 1 && alone !== undefined) room.focus.listed = alone.items.slice(0, 10).map(({ client, appointment, timeText }) => ({ client, appointment: { id: appointment, name: timeText } }))
  const [first] = result.list.locations.flatMap(({ items }) => items.slice(0, 1)).toSorted((a, b) => b.expectedValue.value.minor - a.expectedValue.value.minor)
  if (first === undefined) return yield* speak(room.say('call_list', result))
  room.focus.client = first.client
  room.focus.appointment = { id: first.appointment, name: first.timeText }
  const lead = /\bfirst\b|\bnext\b/i.test(task.said) ? `Call ${first.client.name} first. Ask "what do I say?" for the words.\n\n` : ''
  return yield* speak(`${lead}${room.say('call_list', result)}`)
}

export function* lookAtRisk(task: Task, room: Room): Plan {
  const locationId = yield* whichLocation(task, room)
  const { date } = task.slots
  const result = yield* use('risk_summary', { date: date?.from, untilDate: date === undefined || date.to === date.from ? undefined : date.to, locationId })
  return yield* speak(room.say('risk_summary', result))
}

export function* lookAtDay(task: Task, room: Room): Plan {
  const staff = yield* whichStaff(task, room)
  const locationId = yield* whichLocation(task, room)
  const { date } = task.slots
  const days = Math.min(date === undefined ? 1 : daysBetween(date.from, date.to) + 1, 7)
  const words: string[] = []
  for (let day = 0; day < days; day++) {
    const result = yield* use<DayBook>('day_book', { date: date && addDays(date.from, day), staffId: staff?.id, locationId, ...hoursOf(task, room) })
    if (days === 1 || result.appointments.length > 0) words.push(room.say('day_book', result))
  }
  return yield* speak([...(words.length === 0 ? ['Nothing is booked on those days.'] : words), ...otherDay(task, room)].join('\n\n'))
}

/** The hours asked about; "who is next" is the first from now on. An hour said alone is that hour. */
function hoursOf({ said, slots: { date, time } }: Task, { now, zone }: Room): { after?: string | undefined; before?: string | undefined; limit?: number } {
  if (time === undefined) return /\bnext\b/i.test(said) && !/\bnext (?:week|month)\b/i.test(said) && date === undefined ? { after: localTime(now, zone), limit: 1 } : {}
  const at = time.kind === 'at' ? time.from : time.kind === 'ambiguous_meridiem' && time.bound === 'at' ? time.options?.[1] : undefined
  if (at !== undefined) return { after: at, before: `${at.slice(0, 2)}:59` }
  if (time.kind === 'part_of_day' && time.part === 'morning') return { before: time.to }
  if (time.kind === 'part_of_day' && time.part === 'evening') return { after: time.from }
  return time.kind === 'ambiguous_meridiem' ? {} : { after: time.from, before: time.to }
}

/** "Saturday", said on a Saturday: which one was taken. */
function otherDay({ slots: { date } }: Task, { today }: Room): string[] {
  return date?.alternative === today ? [`I took "${date.text}" as ${sayDate(date.from, today)}; say "today" for today.`] : []
}

export function* lookForClient(task: Task, room: Room): Plan {
  const { client, phone } = task.slots
  if (client === undefined && phone === undefined) yield* whichClient(task, room)
  const meant = client?.ids.length === 1 && client.match !== 'exact' ? room.names.get(client.ids[0] as string) : undefined
  const result = yield* use<ToolResult & { clients: { clientId: string; name: string }[] }>('find_client', phone === undefined ? { name: meant ?? client?.text } : { phone })
  const [only] = result.clients
  if (result.clients.length === 1 && only !== undefined) room.focus.client = { id: only.clientId, name: only.name }
  return yield* speak(room.say('find_client', result))
}

export function* lookAtProfile(task: Task, room: Room): Plan {
  const client = yield* whichClient(task, room, 'client', { implied: true })
  return yield* speak(room.say('client_profile', yield* use<ClientProfile>('client_profile', { clientId: client.id })))
}

export function* lookAtAppointments(task: Task, room: Room): Plan {
  const client = yield* whichClient(task, room, 'client', { implied: true })
  const result = yield* use<ClientAppointments>('appointment', { clientId: client.id })
  const { date } = task.slots
  const then = result.upcoming.filter(({ start }) => date !== undefined && localDate(start, room.zone) >= date.from && localDate(start, room.zone) <= date.to)
  const meant = then.length > 0 ? then : result.upcoming
  const [first] = meant
  // "What is her next one?" means the soonest, with however many after it.
  const next = /\bnext\b/i.test(task.said) && (date === undefined || then.length === 0)
  if (first !== undefined && (meant.length === 1 || next)) room.focus.appointment = { id: first.appointmentId, name: first.when }
  room.focus.listed = meant.map(({ appointmentId, when }) => ({ client, appointment: { id: appointmentId, name: when } }))
  const none = date !== undefined && then.length === 0 && date.from >= room.today && result.upcoming.length > 0 ? `${client.name} has nothing ${date.from === date.to ? `on ${sayDate(date.from, room.today)}` : 'on those days'}. ` : ''
  return yield* speak(`${none}${room.say('appointment', { ...result, upcoming: meant })}`)
}

export function* lookForSlots(task: Task, room: Room): Plan {
  const staff = yield* whichStaff(task, room)
  const { client, service, refersBack } = task.slots
  // "When could Dana come instead?" asks for the appointment she has.
  if (service === undefined && task.chosen.service === undefined && (client !== undefined || (refersBack === true && room.focus.client !== undefined))) {
    const person = yield* whichClient(task, room)
    const moving = yield* whichAppointment(task, room, { client: person })
    return yield* sayFound(room, yield* findSlots(task, room, { appointmentId: moving.appointmentId, staffId: staff?.id, moving }))
  }
  const { id } = yield* whichService(task, room)
  const locationId = yield* oneLocation(task, room, staff?.id)
  // "The soonest" is some day of the coming fortnight.
  const when: Task = task.slots.date === undefined ? { ...task, slots: { ...task.slots, date: { text: '', start: 0, end: 0, from: room.today, to: addDays(room.today, 13) } } } : task
  return yield* sayFound(room, yield* findSlots(when, room, { serviceIds: [id], staffId: staff?.id, locationId }), task.said)
}

function* sayFound(room: Room, result: FoundSlots, said = ''): Plan {
  const shown = result.slots.length > 0 ? result.slots : result.nearest
  room.focus.offered = shown.map(({ slotId, when }) => ({ id: slotId, name: when }))
  const [first] = result.slots
  const soonest = first !== undefined && result.slots.length > 1 && /\b(?:soonest|earliest|first|next (?:free|available|open|slot|opening|time))\b/i.test(said) ? `The soonest is ${first.when} with ${first.staff}.\n` : ''
  return yield* speak(`${soonest}${room.say('find_slots', result)}`)
}

export function* lookAtPolicies(task: Task, room: Room): Plan {
  const found = yield* use<PolicyAnswer>('search_policies', { question: task.slots.topic ?? task.said })
  const asksHours = /\b(open|opens|close[sd]?|hours|shut)\b/i.test(task.said)
  if (!found.answered && asksHours) return yield* speak(sayHours(task, room))
  const listed = sayListed(task, room)
  return yield* speak(listed === undefined ? room.say('search_policies', found) : [listed, ...(found.answered ? [room.say('search_policies', found)] : [])].join('\n'))
}

/** The price and length of a service that was asked for by its name, as they stand on the list. */
function sayListed({ said, slots }: Task, { catalog }: Room): string | undefined {
  if (!/\bhow (?:much|long)\b|\bprices?\b|\bcosts?\b/i.test(said)) return undefined
  const text = said.toLowerCase()
  const [service] = catalog.services.filter(({ active, id, name }) => active && (text.includes(name.toLowerCase()) || (slots.service?.ids.length === 1 && slots.service.ids[0] === id))).toSorted((a, b) => b.name.length - a.name.length)
  return service && `${service.name} is ${sayMoney(service.price)} on the list and takes ${service.durationMin} minutes.`
}

/** The opening hours of the day asked about, else of the week, days of the same hours together. */
function sayHours({ slots: { date } }: Task, { catalog }: Room): string {
  return catalog.locations.map(({ name, hours, closures }) => {
    const open = weekdayNames.map((_day, index) => hours.filter((each) => each.weekday === index + 1).map(({ open: from, close }) => `${sayClock(from)} to ${sayClock(close)}`).join(' and ') || 'closed')
    if (date !== undefined && date.from === date.to) return `${name}, ${sayDate(date.from)}: ${closures.includes(date.from) ? 'closed' : open[weekday(date.from) - 1]}.`
    const runs: { from: number; to: number }[] = []
    for (const [index, text] of open.entries()) {
      const last = runs.at(-1)
      if (last !== undefined && open[last.to] === text) last.to = index
      else runs.push({ from: index, to: index })
    }
    const days = runs.map(({ from, to }) => `${weekdayNames[from]}${to === from ? '' : ` to ${weekdayNames[to]}`} ${open[from]}`)
    return `${name}: ${days.join(', ')}.${closures.length === 0 ? '' : ` Closed on ${closures.map((day) => sayDate(day)).join(', ')}.`}`
  }).join('\n')
}

export function* lookAtScript(task: Task, room: Room): Plan {
  const client = yield* whichClient(task, room, 'client', { implied: true })
  const { appointmentId } = yield* whichAppointment(task, room, { client, when: task.slots, prefer: 'next' })
  return yield* speak(room.say('draft_script', yield* use('draft_script', { appointmentId })))
}

export function* lookAtWaitlist(task: Task, room: Room): Plan {
  const { client, otherClient, date, time, service, refersBack } = task.slots
  if (client !== undefined || otherClient !== undefined || task.chosen.client !== undefined || (refersBack === true && room.focus.client !== undefined && service === undefined)) {
    const person = yield* whichClient(task, room, client === undefined && otherClient !== undefined && task.chosen.client === undefined ? 'otherClient' : 'client')
    const { appointmentId } = yield* whichAppointment(task, room, { client: person, when: task.slots, fallenOut: true })
    return yield* speak(room.say('waitlist_for_slot', yield* use<WaitlistCandidates>('waitlist_for_slot', { appointmentId })))
  }
  const staff = yield* whichStaff(task, room)
  const locationId = yield* whichLocation(task, room)
  const serviceIds = task.chosen.service === undefined ? service?.ids : [task.chosen.service.id]
  // A kind of service ("a color") is all of that kind; only one we do not have at all is asked about.
  if (serviceIds?.length === 0) yield* whichService(task, room)
  const from = time?.from ?? time?.at ?? (time?.kind === 'ambiguous_meridiem' ? time.options?.[1] : undefined)
  const day = date?.from ?? room.today
  // "Who is on the waitlist?" is about no gap in particular: a fortnight shows who could come at all.
  const last = date?.to ?? (time === undefined && staff === undefined ? addDays(day, 13) : day)
  const untilDate = last > addDays(day, 30) ? addDays(day, 30) : last
  const result = yield* use<WaitlistCandidates>('waitlist_for_slot', { locationId, date: day, untilDate: untilDate === day ? undefined : untilDate, from, to: time?.kind === 'at' ? undefined : time?.to, staffId: staff?.id, serviceIds })
  return yield* speak(room.say('waitlist_for_slot', result))
}

export function* lookAtProposals(_task: Task, room: Room): Plan {
  return yield* speak(room.say('list_proposals', yield* use<OpenProposals>('list_proposals', {})))
}
