import { z } from 'zod'
import { type Booking, readBooking } from '../bookings/read-booking.ts'
import type { Question, Reply } from '../messages/messages.ts'
import type { BookingPlatform } from '../platforms/booking-platform.ts'
import { unwrap } from '../platforms/unwrap.ts'
import { type Appointment, type Catalog, liveStatuses, type Location } from '../salon/salon.ts'
import { addMinutes, type Instant } from '../salon/time.ts'

/** What a question may be answered from: the client's one visit, and the one shop it can be about. */
export type Own = { catalog: Catalog; visit: Booking | undefined; location: Location | undefined }

const ahead = 60 * 24 * 60
const About = z.object({ subject: z.string() })
const OfVisit = z.object({ appointmentId: z.string() })

/**
 * The client's own visit: the one the open question is about, else the only one from now (or under way) to 60 days ahead.
 * Never anybody else's. Throws `DeskError` for what the platform says.
 */
export async function readOwn({ platform, reply, question, now }: { platform: BookingPlatform; reply: Pick<Reply, 'clientId'>; question: Question | undefined; now: Instant }): Promise<Own> {
  const [catalog, visits] = await Promise.all([platform.catalog().then(unwrap), visitsAhead({ platform, clientId: reply.clientId, now })])
  const asked = visits.filter(({ id }) => id === visitOf(question))
  const [only] = asked.length === 1 ? asked : visits
  const visit = only === undefined || (asked.length !== 1 && visits.length !== 1) ? undefined : await readBooking({ platform }, only.id)
  // "Where are you?" needs no visit where there is but one shop, or all visits are at one.
  const places = new Set(visits.map(({ locationId }) => locationId))
  const [place] = places
  const location = visit?.location ?? (places.size === 1 ? catalog.locations.find(({ id }) => id === place) : places.size === 0 && catalog.locations.length === 1 ? catalog.locations[0] : undefined)
  return { catalog, visit: visit?.appointment.clientId === reply.clientId ? visit : undefined, location }
}

async function visitsAhead({ platform, clientId, now }: { platform: BookingPlatform; clientId: string; now: Instant }): Promise<Appointment[]> {
  const { items } = unwrap(await platform.appointments({ clientId, from: addMinutes(now, -12 * 60), to: addMinutes(now, ahead) }))
  return items.filter((visit) => visit.clientId === clientId && visit.end > now && liveStatuses.includes(visit.status))
}

function visitOf(question: Question | undefined): string | undefined {
  const { data, success } = OfVisit.safeParse(question?.data)
  if (success) return data.appointmentId
  return /^appointment:(.+)$/.exec(About.safeParse(question).data?.subject ?? '')?.[1]
}
