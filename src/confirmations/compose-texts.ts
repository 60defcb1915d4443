import type { ClientText } from '../approvals/action.ts'
import { confirmQuestion, sayVisit } from '../bookings/tell-client.ts'
import type { WantedText } from '../messages/messages.ts'
import type { Appointment, Catalog, Client, Location } from '../salon/salon.ts'
import type { Instant } from '../salon/time.ts'
import type { ConfirmationSettings } from './confirmation-settings.ts'
import type { PlannedText } from './plan-texts.ts'
import { preparationFor } from './preparation.ts'
import type { Step } from './sequence.ts'

/** A planned text with the visits it speaks of, as they are now; never none. */
export type TextAbout = PlannedText & { appointments: [Appointment, ...Appointment[]] }

/** What is to be written for planned texts of one location, in their order; `composeAll` makes the exact words of it, or says why there are none. */
export function wantedTexts({ texts, catalog, location, clients, settings, now }: { texts: TextAbout[]; catalog: Catalog; location: Location; clients: ReadonlyMap<string, Client>; settings: ConfirmationSettings; now: Instant }): WantedText[] {
  const services = new Map(catalog.services.map((service) => [service.id, service]))
  const say = ({ segments, start, timeKnown }: Appointment) => sayVisit({ catalog, location, segments, start, timeKnown, now })
  return texts.map(({ clientId, visits, appointments }): WantedText => {
    const [appointment, ...others] = appointments
    const wanted = Object.assign(about(appointments), { clientId, locationId: location.id })
    if (others.length > 0) return Object.assign(wanted, { template: 'confirm-several', values: { visits: { visits: appointments.map((visit) => ({ services: say(visit).services.services, at: visit.start })), zone: location.zone, now } } })
    const client = clients.get(clientId)
    const prep = client === undefined ? '' : preparationFor({ appointment, client, services, settings, zone: location.zone, now })
    return Object.assign(wanted, { template: templates[visits[0]?.step ?? 'confirm'], values: Object.assign(say(appointment), { prep }) })
  })
}

const templates: Record<Step | 'again', string> = { early: 'confirm-early', confirm: 'confirm', last: 'confirm-last', again: 'confirm' }

/** What the text is about, what a YES to it would mean, and until when it may be sent: all in terms of the visits as they are now. */
function about(visits: TextAbout['appointments']): Pick<ClientText, 'appointmentId' | 'asks' | 'onlyWhile'> {
  const [{ id, start }, ...others] = visits
  return {
    appointmentId: id,
    asks: others.length === 0
      ? { handler: confirmQuestion, subject: `appointment:${id}`, expiresAt: start, data: { start } }
      : { handler: confirmQuestion, subject: `appointments:${visits.map((visit) => visit.id).join(',')}`, expiresAt: start, data: { visits: visits.map((visit) => ({ id: visit.id, start: visit.start })) } },
    onlyWhile: { start, live: true, unconfirmed: true, ...(others.length === 0 ? {} : { others: others.map((visit) => ({ appointmentId: visit.id, start: visit.start })) }) },
  }
}
