import { z } from 'zod'
import { money } from '../../salon/money.ts'
import type { Catalog, Service } from '../../salon/salon.ts'
import { type Instant, isZone, minutesBetween } from '../../salon/time.ts'
import { type Capabilities, failed, ok } from '../booking-platform.ts'
import { ServiceList, toService } from '../kit/service-list.ts'
import { versionOf } from '../kit/version.ts'
import { WeeklyHours } from '../kit/weekly-hours.ts'
import type { PlatformKind, SeenVisit } from '../platform-adapter.ts'
import { type FeedVisit, Feeds, openFeeds } from './feeds.ts'
import { freshaSteps } from './manual-steps.ts'

const declared: Capabilities = {
  read: 'batch', availability: 'calendar_only', multiService: 'none', hold: 'none', conflicts: 'unknown',
  create: 'assisted', reschedule: 'assisted', cancel: 'assisted', cancelGranularity: 'appointment', setNoShow: 'none', confirm: 'none', restore: 'none',
  notes: { appointment: 'none', client: 'none' }, riskField: 'none', waitlist: 'none', version: 'none', idempotency: 'none', changes: 'poll',
}

const Credentials = z.object({
  businessName: z.string().trim().min(1, 'the salon\'s name'),
  timezone: z.string().refine(isZone, 'the salon\'s time zone, as in America/Vancouver'),
  currency: z.string().regex(/^[A-Z]{3}$/, 'three letters, as in USD').default('USD'),
  hours: WeeklyHours,
  services: ServiceList,
  feeds: Feeds,
})
type FreshaCredentials = z.infer<typeof Credentials>

const locationId = 'salon'

/**
 * Fresha, which has no booking API: its calendars are read as feeds, one for each team member, and every change is made there by
 * a person (see README.md).
 */
export const fresha: PlatformKind<FreshaCredentials> = {
  provider: 'fresha',
  name: 'Fresha (calendar feeds)',
  fields: [
    { name: 'businessName', label: 'Salon', help: 'its name, as clients know it', secret: false },
    { name: 'timezone', label: 'Time zone', help: 'where the salon is, as in America/Vancouver', secret: false },
    { name: 'currency', label: 'Currency', help: 'three letters, as in USD', secret: false, optional: true },
    { name: 'hours', label: 'Opening hours', help: 'as in Tue-Fri 9:00-18:00, Sat 10:00-16:00; a feed does not tell them, and free times are worked out from them', secret: false },
    { name: 'services', label: 'Services', help: 'what can be booked, one line each: Women\'s cut = 60 min, 65; without it visits can be moved and not booked', secret: false, optional: true },
    { name: 'feeds', label: 'Calendar feeds', help: 'Fresha, calendar sync of every team member: the address to export to another calendar. One line each: Name = https://…', secret: true },
  ],
  credentials: Credentials,
  declared,
  unproven: [
    'No Fresha account was at hand: how its feeds name events, how long they reach back and whether blocked times are among them could not be seen; the reader keeps to RFC 5545.',
    'Free times are worked out here from the feeds and the opening hours: what the feeds do not show (a team member\'s own hours, perhaps blocked times) is not known.',
    'That an appointment keeps its UID when it is moved in Fresha, by which a move is recognised, could not be tried.',
    'The Data Connector (Snowflake) is not read: it needs a paying salon and a driver of its own.',
    'The names of buttons in the steps are from Fresha\'s help centre and one older article; they may have moved.',
  ],
  // A feed is a file; nobody publishes how often it may be fetched.
  pace: { perMinute: 60, burst: 30 },
  open({ credentials: { businessName, timezone: zone, currency, feeds, hours, services }, ask, clock }) {
    const listed = services.map((service) => toService(service, currency))
    const calendar = openFeeds({ ask, clock, feeds, zone })
    const catalog: Catalog = {
      business: { id: 'fresha-salon', name: businessName, demo: false },
      locations: [{ id: locationId, name: businessName, zone, currency, hours, closures: [] }],
      staff: feeds.map(({ staffId, name }) => ({ id: staffId, name, locationIds: [locationId], serviceIds: [visitService.id, ...listed.map(({ id }) => id)], active: true })),
      services: [{ ...visitService, price: money(0, currency) }, ...listed],
    }
    return {
      provider: 'fresha',
      // Nobody can be booked for nothing in particular.
      capabilities: async () => ok(listed.length === 0 ? { ...declared, create: 'none' } : declared, clock.now()),
      async check() {
        const read = await calendar()
        return read.ok ? ok({ account: businessName }, read.observedAt) : read
      },
      catalog: async () => ok(catalog, clock.now()),
      async visits({ from, to }) {
        const read = await calendar()
        if (!read.ok) return read
        const items = read.value.map((visit) => toVisit({ visit, currency, asked: read.observedAt, now: clock.now() }))
        return ok({ items: items.filter(({ visit }) => visit.start >= from && visit.start < to) }, read.observedAt)
      },
      async visit({ id }) {
        const read = await calendar()
        if (!read.ok) return read
        const visit = read.value.find((one) => one.id === id)
        return visit === undefined ? failed('not_found', 'no feed has this event') : ok(toVisit({ visit, currency, asked: read.observedAt, now: clock.now() }), read.observedAt)
      },
      manualSteps: freshaSteps,
    }
  },
}

/** What every visit is here, since a feed does not say what is done; nobody can book it. */
const visitService: Omit<Service, 'price'> = { id: 'visit', name: 'Visit', category: 'service', durationMin: 60, active: false, consultation: false }

/** A feed has no "completed": what stands when its time is over counts as kept. "Confirmed" in a calendar only means that the event is certain. */
function toVisit({ visit: { id, parts }, currency, asked, now }: { visit: FeedVisit; currency: string; asked: Instant; now: Instant }): SeenVisit {
  // Somebody whose part is off has nothing to do with it any more, unless all of it is off.
  const standing = parts.filter(({ cancelled }) => !cancelled)
  const [live, cancelled] = standing.length > 0 ? [standing, false] : [parts, true]
  const [start = '', end = ''] = [live[0]?.start, live.map((part) => part.end).toSorted().at(-1)]
  const known = {
    id, locationId, clientId: '', start, end, timeKnown: true, status: cancelled ? 'cancelled' as const : end <= now ? 'completed' as const : 'booked' as const,
    segments: live.map((part) => ({ serviceId: visitService.id, staffId: part.staffId, staffPreference: 'unknown' as const, start: part.start, durationMin: Math.round(minutesBetween(part.start, part.end)), price: money(0, currency) })),
  }
  const [bookedAt, changedAt] = [parts.map((part) => part.createdAt).find((at) => at !== undefined), parts.map((part) => part.changedAt).filter((at) => at !== undefined).toSorted().at(-1)]
  return {
    visit: { ...known, version: versionOf(known), ...(bookedAt !== undefined && { bookedAt }), ...(cancelled && { cancelledBy: 'unknown' as const }), notes: [], fetchedAt: asked },
    ...(changedAt !== undefined && { changedAt }),
    ...(known.status === 'completed' && { byTime: true }),
  }
}
