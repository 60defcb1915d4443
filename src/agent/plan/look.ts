import type { ClientAppointments, ClientProfile, DayBook, FoundSlots, OpenProposals, PolicyAnswer, WaitlistCandidates } from '../tool-results.ts'
import type { ToolResult } from '../desk-tool.ts'
import { sayMoney } from '../../salon/money.ts'
import { addDays, daysBetween, sayDate, weekdayNames } from '../../salon/time.ts'
import { type Plan, type Room, speak, type Task, use } from './plan.ts'
import { sayClock } from './say-clock.ts'
import { whichAppointment } from './which-appointment.ts'
import { whichClient } from './which-client.ts'
import { oneLocation, whichLocation, whichService, whichStaff } from './which-service.ts'
import { findSlots } from './which-slot.ts'

type Calls = { list: { locations: { items: { appointment: string; timeText: string; client: { id: string; name: string } }[] }[] } }

/** Requests that only look something up. */

export function* lookAtCalls(task: Task, room: Room): Plan {
  const locationId = yield* whichLocation(task, room)
  const result = yield* use<Calls>('call_list', { date: task.slots.date?.from, locationId, limit: task.slots.limit })
  // "Who should I call first? … What do I say to her?"
  const [first] = result.list.locations.flatMap(({ items }) => items)
  if (first !== undefined && /\bfirst\b/i.test(task.said)) Object.assign(room.focus, { client: first.client, appointment: { id: first.appointment, name: first.timeText } })
  return yield* speak(room.say('call_list', result))
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
    const result = yield* use<DayBook>('day_book', { date: date && addDays(date.from, day), staffId: staff?.id, locationId })
    if (days === 1 || result.appointments.length > 0) words.push(room.say('day_book', result))
  }
  return yield* speak([...(words.length === 0 ? ['Nothing is booked on those days.'] : words), ...otherDay(task, room)].join('\n\n'))
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
  const client = yield* whichClient(task, room)
  return yield* speak(room.say('client_profile', yield* use<ClientProfile>('client_profile', { clientId: client.id })))
}

export function* lookAtAppointments(task: Task, room: Room): Plan {
  const client = yield* whichClient(task, room)
  const result = yield* use<ClientAppointments>('appointment', { clientId: client.id })
  const [only] = result.upcoming
  if (result.upcoming.length === 1 && only !== undefined) room.focus.appointment = { id: only.appointmentId, name: only.when }
  return yield* speak(room.say('appointment', result))
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
  const when: Task = task.slots.date === undefined && task.slots.time === undefined ? { ...task, slots: { ...task.slots, date: { text: '', start: 0, end: 0, from: room.today, to: room.today } } } : task
  return yield* sayFound(room, yield* findSlots(when, room, { serviceIds: [id], staffId: staff?.id, locationId }))
}

function* sayFound(room: Room, result: FoundSlots): Plan {
  return yield* speak(room.say('find_slots', result))
}

export function* lookAtPolicies(task: Task, room: Room): Plan {
  const found = yield* use<PolicyAnswer>('search_policies', { question: task.slots.topic ?? task.said })
  const asksHours = /\b(open|opens|close[sd]?|hours|shut)\b/i.test(task.said)
  if (!found.answered && asksHours) return yield* speak(sayHours(room))
  const listed = sayListed(task, room)
  return yield* speak(listed === undefined ? room.say('search_policies', found) : [listed, ...(found.answered ? [room.say('search_policies', found)] : [])].join('\n'))
}

/** The price and length of a service that was asked for by its name, as they stand on the list. */
function sayListed({ said }: Task, { catalog }: Room): string | undefined {
  if (!/\bhow (?:much|long)\b|\bprices?\b|\bcosts?\b/i.test(said)) return undefined
  const text = said.toLowerCase()
  const [service] = catalog.services.filter(({ active, name }) => active && text.includes(name.toLowerCase())).toSorted((a, b) => b.name.length - a.name.length)
  return service && `${service.name} is ${sayMoney(service.price)} on the list and takes ${service.durationMin} minutes.`
}

function sayHours({ catalog }: Room): string {
  return catalog.locations.map(({ name, hours, closures }) => {
    const days = weekdayNames.map((day, index) => {
      const open = hours.filter(({ weekday }) => weekday === index + 1).map(({ open: from, close }) => `${sayClock(from)} to ${sayClock(close)}`)
      return `${day} ${open.length === 0 ? 'closed' : open.join(' and ')}`
    })
    return `${name}: ${days.join(', ')}.${closures.length === 0 ? '' : ` Closed on ${closures.map((day) => sayDate(day)).join(', ')}.`}`
  }).join('\n')
}

export function* lookAtScript(task: Task, room: Room): Plan {
  const client = yield* whichClient(task, room)
  const { appointmentId } = yield* whichAppointment(task, room, { client, when: task.slots, calling: true })
  return yield* speak(room.say('draft_script', yield* use('draft_script', { appointmentId })))
}

export function* lookAtWaitlist(task: Task, room: Room): Plan {
  const { client, otherClient, date, time, service } = task.slots
  if (client !== undefined || otherClient !== undefined || task.chosen.client !== undefined) {
    const person = yield* whichClient(task, room, client === undefined && task.chosen.client === undefined ? 'otherClient' : 'client')
    const { appointmentId } = yield* whichAppointment(task, room, { client: person, when: task.slots })
    return yield* speak(room.say('waitlist_for_slot', yield* use<WaitlistCandidates>('waitlist_for_slot', { appointmentId })))
  }
  const staff = yield* whichStaff(task, room)
  const locationId = yield* oneLocation(task, room, staff?.id)
  const serviceId = service === undefined ? undefined : (yield* whichService(task, room)).id
  const from = time?.from ?? time?.at
  const result = yield* use<WaitlistCandidates>('waitlist_for_slot', { locationId, date: date?.from ?? room.today, from, to: time?.kind === 'at' ? undefined : time?.to, staffId: staff?.id, serviceId })
  return yield* speak(room.say('waitlist_for_slot', result))
}

export function* lookAtProposals(_task: Task, room: Room): Plan {
  return yield* speak(room.say('list_proposals', yield* use<OpenProposals>('list_proposals', {})))
}
