import { standingAppointments } from '../calls/live-appointments.ts'
import type { BookingPlatform } from '../platforms/booking-platform.ts'
import type { Appointment, Location, RiskBand } from '../salon/salon.ts'
import { addMinutes, type Instant } from '../salon/time.ts'
import type { Store } from '../store/open-store.ts'
import type { TextAbout } from './compose-texts.ts'
import type { ConfirmationSettings } from './confirmation-settings.ts'
import { clientsDue, isAskable, planTexts, type TextPlan, visitsToScore } from './plan-texts.ts'
import { readStanding, type Standing } from './read-standing.ts'
import { nameOf, readSteps } from './read-steps.ts'
import { horizonHours } from './sequence.ts'
import { someAtOnce } from './some-at-once.ts'

export type LocationSettings = { location: Location; settings: ConfirmationSettings }
export type BandsOf = (visits: Appointment[]) => Promise<ReadonlyMap<string, RiskBand>>
export type LocationPlan = LocationSettings & { plan: TextPlan; visits: Appointment[]; standing: Standing; bands: ReadonlyMap<string, RiskBand> }

/** The database and we work at the same time, and others still get their turn. */
const readersAtOnce = 3

/**
 * What each of these locations would text at `now`: its book of the days ahead is read location by location, page by page;
 * everything else once for all of them, and of the clients only those who have something due. Throws the platform's
 * refusal as `DeskError`.
 */
export async function planLocations({ store, platform, bandsOf, locations, now }: { store: Store; platform: BookingPlatform; bandsOf: BandsOf; locations: LocationSettings[]; now: Instant }): Promise<LocationPlan[]> {
  const books = await someAtOnce({ items: locations, most: readersAtOnce, work: async ({ location, settings }) => {
    const ahead = await standingAppointments({ platform, locationId: location.id, from: addMinutes(now, settings.leastHours * 60 + 1), to: addMinutes(now, horizonHours(settings) * 60) })
    return { location, settings, visits: ahead.filter(isAskable) }
  } })
  const steps = await readSteps({ db: store.db, ids: books.flatMap(({ visits }) => visits.map(({ id }) => id)), now })
  const planning = books.map((book) => Object.assign(book, { steps, zone: book.location.zone, now }))
  const bands = await bandsOf(planning.flatMap(visitsToScore))
  const standing = await readStanding({ store, platform, now, clientIds: [...new Set(planning.flatMap((one) => clientsDue({ ...one, bands })))] })
  return planning.map((one) => ({ location: one.location, settings: one.settings, visits: one.visits, standing, bands, plan: planTexts({ ...one, bands, standing }) }))
}

/** The planned texts with the visits that they speak of. */
export function withVisits({ plan, visits }: Pick<LocationPlan, 'plan' | 'visits'>): TextAbout[] {
  const book = new Map(visits.map((visit) => [nameOf(visit), visit]))
  return plan.texts.flatMap((text): TextAbout[] => {
    const [first, ...others] = text.visits.flatMap((visit) => book.get(nameOf(visit)) ?? [])
    return first === undefined ? [] : [{ ...text, appointments: [first, ...others] }]
  })
}
