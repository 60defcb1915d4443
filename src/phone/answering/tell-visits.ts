import { confirmQuestion, sayVisit } from '../../bookings/tell-client.ts'
import { readBooking } from '../../bookings/read-booking.ts'
import type { OpenQuestion, Say } from '../../messages/messages.ts'
import { unwrap } from '../../platforms/unwrap.ts'
import { askConfirm, readTalk } from '../../rescheduling/offer-data.ts'
import type { Appointment } from '../../salon/salon.ts'
import { addMinutes } from '../../salon/time.ts'
import { render, sayLine, speak, type Turn } from './turn.ts'

const ahead = 60 * 24 * 60
/** More visits than this are not read out one after another. */
const mostVisits = 4
const movable: ReadonlySet<Appointment['status']> = new Set(['requested', 'booked', 'confirmed'])

/** Says something of ours in the client's thread, and opens what it asks. */
export async function ask(turn: Turn, { clientId, says }: { clientId: string; says: Say[] }): Promise<void> {
  const { room: { messages }, call, turnId } = turn
  const aloud = []
  for (const say of says) aloud.push(await messages.sayAloud({ clientId, say, key: `${call.id}:${turnId}:${say.template}`, render: (each) => render(turn, each) }))
  speak(turn, aloud)
}

/** What a caller was asked by text a while ago is asked aloud: the same question, with the same answer (V2). Answers whether there was one. */
export async function askWhatWasTexted(turn: Turn, { clientId, open }: { clientId: string; open: OpenQuestion }): Promise<boolean> {
  const { question, asked } = open
  turn.memory.mentioned = true
  if (question === undefined || asked.kind === 'nothing') return false
  const { platform, clock } = turn.room
  const now = clock.now()
  const asks = { handler: question.handler, subject: question.subject, expiresAt: question.expiresAt, data: question.data }
  const talk = readTalk(question)
  const appointmentId = talk?.appointmentId ?? /^appointment:(.+)$/.exec(question.subject)?.[1]
  if (appointmentId === undefined) {
    if (asked.kind !== 'offer' || asked.start === undefined || question.locationId === null) return false
    const zone = unwrap(await platform.catalog()).locations.find(({ id }) => id === question.locationId)?.zone ?? 'UTC'
    await ask(turn, { clientId, says: [{ template: 'offered-place', values: { when: { when: asked.start, zone, now } }, locationId: question.locationId, asks }] })
    return true
  }
  if (talk !== undefined && talk.stage !== 'times') return false
  const booking = await readBooking({ platform }, appointmentId)
  if (booking.appointment.clientId !== clientId) return false
  const { location: { id: locationId, zone } } = booking
  const base = { locationId, appointmentId, asks }
  const visit = visitOf(booking, now)
  const [only] = talk?.times ?? []
  if (talk === undefined || only === undefined) await ask(turn, { clientId, says: [{ template: question.isAloud ? 'confirm' : 'asked-by-text', values: visit, ...base }] })
  else if (talk.times.length === 1) await ask(turn, { clientId, says: [{ template: 'offered-one-by-text', values: { ...visit, staff: '', when: { when: only.start, zone, now } }, ...base }] })
  else await ask(turn, { clientId, says: [{ template: 'offered-by-text', values: { times: { times: talk.times.map(({ start }) => ({ at: start, with: [] })), zone, now } }, ...base }] })
  return true
}

/** Tells a proven caller what is ahead, and asks to confirm what is not confirmed yet. */
export async function tellVisits(turn: Turn, { clientId }: { clientId: string }): Promise<void> {
  const { platform, clock, messages } = turn.room
  const now = clock.now()
  const open = await messages.openQuestion({ clientId, at: now })
  if (await askWhatWasTexted(turn, { clientId, open })) return
  const { items } = unwrap(await platform.appointments({ clientId, from: now, to: addMinutes(now, ahead) }))
  const visits = items.filter((visit) => visit.clientId === clientId && visit.start > now && movable.has(visit.status)).slice(0, mostVisits)
  const [visit] = visits
  if (visit === undefined) return void sayLine(turn, 'no-visit')
  const bookings = await Promise.all(visits.map(({ id }) => readBooking({ platform }, id)))
  const [booking] = bookings
  if (booking === undefined) return
  const { location: { id: locationId, zone } } = booking
  const waiting = visits.filter(({ status }) => status !== 'confirmed')
  if (visits.length === 1) {
    const values = visitOf(booking, now)
    if (visit.status === 'confirmed' || !visit.timeKnown) return void sayLine(turn, visit.timeKnown ? 'confirmed-already' : 'your-visit', values)
    return ask(turn, { clientId, says: [{ template: 'confirm', values, locationId, appointmentId: visit.id, asks: askConfirm({ appointmentId: visit.id, start: visit.start }) }] })
  }
  const said = { visits: { visits: bookings.map((each) => ({ services: visitOf(each, now).services.services, at: each.appointment.start })), zone, now } }
  if (waiting.length < visits.length || visits.some(({ timeKnown }) => !timeKnown)) return void sayLine(turn, 'your-visits', said)
  const asks = { handler: confirmQuestion, subject: `appointments:${visits.map(({ id }) => id).join(',')}`, expiresAt: visit.start, data: { visits: visits.map(({ id, start }) => ({ id, start })) } }
  await ask(turn, { clientId, says: [{ template: 'confirm-several', values: said, locationId, asks }] })
}

/** A visit in the words of the salon. */
export function visitOf({ catalog, location, appointment: { segments, start, timeKnown } }: Awaited<ReturnType<typeof readBooking>>, now: string) {
  return sayVisit({ catalog, location, segments, start, timeKnown, now })
}
