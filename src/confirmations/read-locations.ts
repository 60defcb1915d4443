import { standingAppointments } from '../calls/live-appointments.ts'
import type { BookingPlatform } from '../platforms/booking-platform.ts'
import type { Appointment, Location, RiskBand } from '../salon/salon.ts'
import { addMinutes, type Instant } from '../salon/time.ts'
import type { Store } from '../store/open-store.ts'
import type { ConfirmationSettings } from './confirmation-settings.ts'
import { isAskable, planTexts, type TextPlan, visitsToScore } from './plan-texts.ts'
import { readStanding, type Standing } from './read-standing.ts'
import { horizonHours } from './sequence.ts'

export type LocationSettings = { location: Location; settings: ConfirmationSettings }
export type LocationPlan = LocationSettings & { plan: TextPlan; visits: Appointment[]; standing: Standing; bands: ReadonlyMap<string, RiskBand> }

/**
 * What each of these locations would text at `when`: its book of the days ahead is read location by location, page by page;
 * everything else once for all of them. Throws the platform's refusal as `DeskError`.
 */
export async function planLocations({ store, platform, bandsOf, locations, now, when = now }: { store: Store; platform: BookingPlatform; bandsOf: (visits: Appointment[]) => Promise<ReadonlyMap<string, RiskBand>>; locations: LocationSettings[]; now: Instant; when?: Instant }): Promise<LocationPlan[]> {
  const books: (LocationSettings & { visits: Appointment[] })[] = []
  for (const { location, settings } of locations) {
    const ahead = await standingAppointments({ platform, locationId: location.id, from: addMinutes(when, settings.leastHours * 60 + 1), to: addMinutes(when, horizonHours(settings) * 60) })
    books.push({ location, settings, visits: ahead.filter(isAskable) })
  }
  const standing = await readStanding({ store, platform, now: when, visits: books.flatMap(({ visits }) => visits) })
  const planning = books.map((book) => ({ ...book, standing, zone: book.location.zone, now: when }))
  const bands = await bandsOf(planning.flatMap(visitsToScore))
  return planning.map((one) => ({ location: one.location, settings: one.settings, visits: one.visits, standing, bands, plan: planTexts({ ...one, bands }) }))
}
