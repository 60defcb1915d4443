import type { ClientText, Facts } from '../approvals/action.ts'
import { firstName, inSentence, plainName, plainTitle } from '../salon/plain-names.ts'
import type { Catalog, Client, Location, Segment } from '../salon/salon.ts'
import type { SayValue } from '../salon/say-value.ts'
import { isStandIn } from '../salon/stand-ins.ts'
import { type Instant, localDate } from '../salon/time.ts'
import type { BookingRoom } from './read-booking.ts'

/** What `messages` writes for us: the exact words, or why none. */
export type ComposeText = (wanted: {
  template: 'moved' | 'booked' | 'cancelled' | 'restored' | 'waitlist-filled'
  clientId: string
  locationId: string
  values: Record<string, SayValue>
  appointmentId?: string
  asks?: ClientText['asks']
  onlyWhile?: ClientText['onlyWhile']
}) => Promise<NonNullable<Facts['message']>>

export const confirmQuestion = 'confirm_appointment'

type Told = {
  template: Parameters<ComposeText>[0]['template']
  client: Client
  catalog: Catalog
  location: Location
  /** The visit as it will be when the change is done. */
  segments: Segment[]
  start: Instant
  timeKnown?: boolean
  /** Absent for one that is not booked yet. */
  appointmentId?: string
}

/** The `message` of facts: what the client is told when it is done. Nothing where texts are not wired, or the visit is over. */
export async function tellClient({ compose, clock }: BookingRoom, { template, client, catalog, location, segments, start, timeKnown = true, appointmentId }: Told): Promise<Pick<Facts, 'message'>> {
  const now = clock.now()
  if (compose === undefined || start <= now) return {}
  const message = await compose({
    template, clientId: client.id, locationId: location.id,
    values: sayVisit({ catalog, location, segments, start, timeKnown, now }),
    ...(appointmentId === undefined ? {} : { appointmentId }),
    ...(template === 'cancelled' || template === 'restored' ? {} : { asks: { handler: confirmQuestion, subject: `appointment:${appointmentId ?? 'new'}`, expiresAt: start, data: { start } } }),
    onlyWhile: { start, live: template !== 'cancelled' },
  })
  return { message }
}

/** A visit as texts speak of it: `services` ("women's cut and blow-dry"), `staff` (" with Maya", or nothing) and `when`; in the client's language once it is written. Only plain names get in. */
export function sayVisit({ catalog, location, segments, start, timeKnown, now }: { catalog: Catalog; location: Location; segments: Segment[]; start: Instant; timeKnown: boolean; now: Instant }): { services: { services: string[] }; staff: { with: string[] }; when: Exclude<SayValue, string> } {
  const services = segments.map(({ serviceId }) => plainTitle(catalog.services.find(({ id }) => id === serviceId)?.name)).filter((name) => name !== '')
  const staff = segments.filter(({ staffId }) => !isStandIn(staffId)).map(({ staffId }) => firstName(plainName(catalog.staff.find(({ id }) => id === staffId)?.name))).filter((name) => name !== '')
  const { zone } = location
  return {
    services: { services: [...new Set(services)].map(inSentence) },
    staff: { with: [...new Set(staff)] },
    when: timeKnown ? { when: start, zone, now } : { day: localDate(start, zone), now: localDate(now, zone) },
  }
}
