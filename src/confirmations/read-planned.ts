import { standingAppointments } from '../calls/live-appointments.ts'
import type { BookingPlatform } from '../platforms/booking-platform.ts'
import { type Appointment, type Client, clientName, type Location } from '../salon/salon.ts'
import { addMinutes, type Instant } from '../salon/time.ts'
import type { Store } from '../store/open-store.ts'
import type { TextAbout } from './compose-texts.ts'
import type { ConfirmationSettings } from './confirmation-settings.ts'
import type { ConfirmationArgs } from './confirmation-args.ts'
import { isAskable, textsToday } from './plan-texts.ts'
import { readStanding } from './read-standing.ts'
import { nameOf } from './read-steps.ts'

/**
 * What still stands of planned texts: visits that are booked at the time that was planned, not confirmed, not too near, and
 * whose client may be asked now. A text of which nothing new is left is gone.
 */
export async function readPlanned({ store, platform, location, settings, args, now }: { store: Store; platform: BookingPlatform; location: Location; settings: ConfirmationSettings; args: Pick<ConfirmationArgs, 'texts' | 'call'>; now: Instant }): Promise<{ texts: TextAbout[]; clients: ReadonlyMap<string, Client>; call: { name: string; why: ConfirmationArgs['call'][number]['why'] }[] }> {
  const wanted = args.texts.filter(({ leftOut }) => leftOut !== true)
  const starts = [...wanted.flatMap(({ visits }) => visits), ...args.call].map(({ start }) => start).sort()
  const [first = now, last = now] = [starts[0], starts.at(-1)]
  const book = new Map((await standingAppointments({ platform, locationId: location.id, from: first, to: addMinutes(last, 1) })).map((visit) => [nameOf(visit), visit]))
  const found = (visits: { id: string; start: Instant }[]) => visits.flatMap((visit) => book.get(nameOf(visit)) ?? [])
  const standing = await readStanding({ store, platform, now, clientIds: [...new Set([...wanted.flatMap(({ visits }) => found(visits)), ...found(args.call)].map(({ clientId }) => clientId))] })
  const latest = addMinutes(now, settings.leastHours * 60)
  const texts = wanted.flatMap(({ clientId, visits }): TextAbout[] => {
    if (standing.barred(clientId) !== undefined || textsToday({ standing, clientId, zone: location.zone, now }) >= settings.perClientPerDay) return []
    const left = visits.flatMap((visit): { visit: typeof visit; appointment: Appointment }[] => {
      const appointment = book.get(nameOf(visit))
      return appointment !== undefined && appointment.clientId === clientId && isAskable(appointment) && appointment.start > latest && !standing.hasAnswered(appointment) ? [{ visit, appointment }] : []
    })
    const [one, ...others] = left.map(({ appointment }) => appointment)
    return one === undefined || left.every(({ visit }) => visit.step === 'again') ? [] : [{ clientId, visits: left.map(({ visit }) => visit), appointments: [one, ...others] }]
  })
  const call = args.call.flatMap(({ why, ...visit }) => {
    const client = standing.clients.get(book.get(nameOf(visit))?.clientId ?? '')
    return client === undefined ? [] : [{ name: clientName(client), why }]
  })
  return { texts, clients: standing.clients, call }
}
