import { z } from 'zod'
import type { Catalog } from '../../salon/salon.ts'
import { theTeam } from '../../salon/stand-ins.ts'
import { isZone } from '../../salon/time.ts'
import { type Capabilities, failed, ok, type Outcome } from '../booking-platform.ts'
import { ServiceList, toService } from '../kit/service-list.ts'
import { WeeklyHours } from '../kit/weekly-hours.ts'
import type { PlatformKind } from '../platform-adapter.ts'
import { mangomintSteps } from './manual-steps.ts'
import { locationId, mangomintWebhooks } from './webhooks.ts'

const declared: Capabilities = {
  read: 'events_only', availability: 'calendar_only', multiService: 'sequential', hold: 'none', conflicts: 'unknown',
  create: 'assisted', reschedule: 'assisted', cancel: 'assisted', cancelGranularity: 'appointment', setNoShow: 'none', confirm: 'none', restore: 'none',
  notes: { appointment: 'none', client: 'none' }, riskField: 'none', waitlist: 'none', version: 'none', idempotency: 'none', changes: 'webhooks', webhookProof: 'token',
}

const Credentials = z.object({
  businessName: z.string().trim().min(1, 'the salon\'s name'),
  timezone: z.string().refine(isZone, 'the salon\'s time zone, as in America/Vancouver'),
  currency: z.string().regex(/^[A-Z]{3}$/, 'three letters, as in USD').default('USD'),
  hours: WeeklyHours,
  services: ServiceList,
  webhookToken: z.string().regex(/^[\w-]{24,200}$/, 'at least 24 letters, digits, - or _ that nobody can guess'),
})
type MangomintCredentials = z.infer<typeof Credentials>

/** Mangomint, which has no API: it tells what happens by webhooks that its support sets up, and every change is made there by a person (see README.md). */
export const mangomint: PlatformKind<MangomintCredentials> = {
  provider: 'mangomint',
  name: 'Mangomint (webhooks)',
  fields: [
    { name: 'businessName', label: 'Salon', help: 'its name, as clients know it', secret: false },
    { name: 'timezone', label: 'Time zone', help: 'where the salon is, as in America/Vancouver', secret: false },
    { name: 'currency', label: 'Currency', help: 'three letters, as in USD', secret: false, optional: true },
    { name: 'hours', label: 'Opening hours', help: 'as in Tue-Fri 9:00-18:00, Sat 10:00-16:00; free times are worked out from them', secret: false },
    { name: 'services', label: 'Services', help: 'one line each, with the name as in Mangomint: Women\'s cut = 60 min, 65; how long a visit takes is told nowhere else, so without it nothing can be moved or booked', secret: false, optional: true },
    { name: 'webhookToken', label: 'Webhook token', help: 'make up at least 24 characters; give Mangomint\'s chat support the address with ?token=… at its end, or ask for the header X-Webhook-Token', secret: true },
  ],
  credentials: Credentials,
  declared,
  unproven: [
    'No Mangomint account was at hand. The payload is not published: its shape rests on one bridge that ran against real traffic.',
    'Whether Mangomint sends a header with a secret, or sends a delivery again that got no answer, is not known.',
    'Who does a visit and how long it takes is not in an event: free times are those at which nobody in the whole salon is known to have a visit, by the lengths that the salon gives.',
    'A no-show is no documented event: it may never be told.',
    'The steps describe the calendar in plain words; they were not tried in Mangomint.',
  ],
  // Nothing is ever asked of it.
  pace: { perMinute: 60, burst: 10 },
  open({ credentials, clock }) {
    const { businessName, timezone: zone, currency, hours } = credentials
    const services = credentials.services.map((service) => toService(service, currency))
    const catalog: Catalog = {
      business: { id: 'mangomint-salon', name: businessName, demo: false },
      locations: [{ id: locationId, name: businessName, zone, currency, hours, closures: [] }],
      staff: [{ ...theTeam, locationIds: [locationId], serviceIds: services.map(({ id }) => id), active: true }],
      services,
    }
    // Without the length of anything there is no telling what is free.
    const capabilities: Capabilities = services.length > 0 ? declared : { ...declared, availability: 'none', create: 'none', reschedule: 'none' }
    const unreadable = async <T>(): Promise<Outcome<T>> => failed('unsupported', 'Mangomint tells of visits and cannot be asked', { capability: 'read' })
    return {
      provider: 'mangomint',
      capabilities: async () => ok(capabilities, clock.now()),
      check: async () => ok({ account: businessName }, clock.now()),
      catalog: async () => ok(catalog, clock.now()),
      visits: unreadable,
      visit: unreadable,
      manualSteps: mangomintSteps,
      webhooks: mangomintWebhooks({ salon: { ...credentials, services }, clock }),
    }
  },
}
