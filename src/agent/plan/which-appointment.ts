import { localDate, localTime } from '../../salon/time.ts'
import type { DatePhrase, TimePhrase } from '../../understanding/time-phrases/time-phrase.ts'
import type { AppointmentRef, ClientAppointments } from '../tool-results.ts'
import { ask, type Plan, type Room, speak, type Task, use } from './plan.ts'

type When = { date?: DatePhrase | undefined; time?: TimePhrase | undefined }

/**
 * The one appointment of a client that a task is about. `when` narrows; `started` also takes today's that have begun,
 * `fallenOut` what is called off. Of several, `prefer: 'next'` takes the soonest (a call made or to be made is about the
 * visit ahead) and `'today'` the only one today (a change of the hour alone is one of today); `passedOver` are those it
 * did not take.
 */
export function* whichAppointment(task: Task, room: Room, { client, when = {}, started = false, fallenOut = false, prefer }: { client: { id: string; name: string }; when?: When; started?: boolean; fallenOut?: boolean; prefer?: 'next' | 'today' }): Plan<AppointmentRef & { passedOver: AppointmentRef[] }> {
  const { upcoming, past, cancelled } = yield* use<ClientAppointments>('appointment', { clientId: client.id })
  const begun = started ? past.filter(({ start }) => localDate(start, room.zone) === (when.date?.from ?? room.today)) : []
  // Called off at the very time that was named, or the only thing there was: that is the gap.
  const out = fallenOut ? cancelled.filter((appointment) => fits(appointment, when, room)) : []
  if (out.length === 1 && (upcoming.length === 0 || when.time !== undefined || (when.date !== undefined && !upcoming.some((appointment) => fits(appointment, when, room))))) return keep(room, out[0] as AppointmentRef)
  const all = [...begun, ...upcoming]
  const chosen = all.find(({ appointmentId }) => appointmentId === task.chosen.appointment?.id)
  if (chosen !== undefined) return keep(room, chosen)
  if (all.length === 0) {
    const last = past[0]
    return yield* speak(`${client.name} has nothing booked.${last === undefined ? '' : ` The last visit was ${last.when}.`}`)
  }
  const fit = all.filter((appointment) => fits(appointment, when, room))
  const spokenOf = fit.find(({ appointmentId }) => task.slots.refersBack === true && appointmentId === room.focus.appointment?.id)
  const todays = fit.filter(({ start }) => localDate(start, room.zone) === room.today)
  const preferred = prefer === 'next' ? fit.slice(0, 1) : prefer === 'today' && todays.length === 1 ? todays : fit
  const candidates = spokenOf === undefined ? preferred : [spokenOf]
  const [only] = candidates
  if (candidates.length === 1 && only !== undefined) return keep(room, only, spokenOf === undefined ? fit.filter((other) => other !== only) : [])
  if (candidates.length === 0) return yield* pick(task, `${client.name} has nothing then. Do you mean`, all)
  return yield* pick(task, `Which of ${client.name}'s appointments`, candidates)
}

function keep(room: Room, appointment: AppointmentRef, passedOver: AppointmentRef[] = []): AppointmentRef & { passedOver: AppointmentRef[] } {
  room.focus.appointment = { id: appointment.appointmentId, name: appointment.when }
  return { ...appointment, passedOver }
}

function* pick(task: Task, lead: string, appointments: AppointmentRef[]): Plan {
  const options = appointments.slice(0, 6).map(({ appointmentId, when, services, staff }) => ({ id: appointmentId, label: `${when}, ${services} with ${staff}` }))
  const names = Object.fromEntries(options.map(({ id, label }) => [id, label]))
  const [only] = options
  const text = options.length === 1 && only !== undefined ? `${lead} ${only.label}?` : [`${lead}?`, ...options.map(({ label }, index) => `${index + 1}. ${label}`)].join('\n')
  return yield* ask({ text, question: { kind: 'which_appointment', options }, task, fills: 'appointment', names })
}

function fits({ start, timeKnown }: AppointmentRef, { date, time }: When, { zone }: Room): boolean {
  const day = localDate(start, zone)
  if (date !== undefined && (day < date.from || day > date.to)) return false
  if (time === undefined || !timeKnown) return true
  const clock = localTime(start, zone)
  switch (time.kind) {
    case 'at':
      return clock === time.from
    case 'ambiguous_meridiem':
      return time.options?.includes(clock) ?? true
    case 'after':
      return clock >= (time.from ?? clock)
    case 'before':
      return clock < (time.to ?? '24:00')
    case 'around':
    case 'between':
    case 'part_of_day':
      return clock >= (time.from ?? '00:00') && clock <= (time.to ?? '24:00')
    case 'earlier':
    case 'later': // say nothing of when it is now
  }
  return true
}
