import type { BookingPlatform } from '../platforms/booking-platform.ts'
import { unwrap } from '../platforms/unwrap.ts'
import type { TextModel } from '../prompts/text-model.ts'
import { isClosedOn, openingHours } from '../salon/opening-hours.ts'
import type { Location } from '../salon/salon.ts'
import { at, type Clock, dayRange, type Instant, localDate } from '../salon/time.ts'
import type { Store, Trx } from '../store/open-store.ts'
import { type BriefDay, readBriefTime, saveBrief } from './brief.ts'
import { buildCallList } from './build-call-list.ts'
import type { CallList, ScoreAppointments } from './call-list.ts'

/**
 * Makes today's brief of every location whose time for it has come, that is open today, has not closed yet, and has
 * none; a desk that was off at that time makes it when it is back. To be called every minute: with nothing due it reads
 * the catalogue, which briefs there are, and the time of each that is missing. Answers those made now by this instance.
 * `record` is given each list that became a brief (`recordScores`); `andThen` runs in the brief's own transaction
 * (wanting its post). A location that fails is told to `onError` and tried again next time; the others are made.
 * Throws the platform's refusal of the catalogue as `DeskError`.
 */
export async function makeBriefs({ platform, score, store, clock, model, record, andThen, onError }: {
  platform: BookingPlatform
  score: ScoreAppointments
  store: Store
  clock: Clock
  model?: TextModel | undefined
  record?: ((list: CallList) => Promise<unknown>) | undefined
  andThen?: ((trx: Trx, day: BriefDay) => Promise<void>) | undefined
  onError: (error: unknown) => void
}): Promise<BriefDay[]> {
  const made: BriefDay[] = []
  for (const { locationId, date } of await dueBriefs({ platform, store, now: clock.now() })) {
    try {
      const list = await buildCallList({ platform, score, store, clock, locationId, date, model })
      const [own] = list.locations
      if (own === undefined || !(await saveBrief({ store, clock, list: own, andThen }))) continue
      made.push({ locationId, date })
      await record?.(list)
    } catch (error) {
      onError(error)
    }
  }
  return made
}

/** The briefs that should be there by now and are not. */
async function dueBriefs({ platform, store, now }: { platform: BookingPlatform; store: Store; now: Instant }): Promise<BriefDay[]> {
  const { locations } = unwrap(await platform.catalog())
  const days = locations.map((location) => ({ location, date: localDate(now, location.zone) })).filter((day) => !isClosedOn(day) && now < closingTime(day))
  if (days.length === 0) return []
  const rows = await store.db.selectFrom('briefs').select(['location_id', 'day']).where('day', 'in', [...new Set(days.map(({ date }) => date))]).execute()
  const there = new Set(rows.map(({ location_id, day }) => `${location_id} ${day}`))
  const due: BriefDay[] = []
  for (const { location, date } of days.filter((day) => !there.has(`${day.location.id} ${day.date}`))) {
    const time = await readBriefTime({ db: store.db, locationId: location.id })
    if (at(date, time, location.zone) <= now) due.push({ locationId: location.id, date })
  }
  return due
}

/** The end of the last opening hours, of the day where none are known. */
function closingTime({ location, date }: { location: Location; date: string }): Instant {
  return openingHours({ location, date }).at(-1)?.end ?? dayRange(date, location.zone).to
}
