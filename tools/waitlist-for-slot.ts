import { z } from 'zod'
import type { WaitlistCandidates } from '../src/agent/tool-results.ts'
import { findLocation } from '../src/bookings/read-booking.ts'
import { unwrap } from '../src/platforms/unwrap.ts'
import { DeskError } from '../src/salon/errors.ts'
import { clientName } from '../src/salon/salon.ts'
import { at as instantAt, dayRange, sayDate, sayTime, toLocalDate } from '../src/salon/time.ts'
import { type Gap, rankCandidates } from '../src/waitlist/rank-candidates.ts'
import { defineTool, type ToolDeps } from './tool.ts'

const Clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'HH:MM, 24 hours')
const Args = z.object({
  appointmentId: z.string().optional().describe('The appointment whose time opens up (cancelled or about to be)'),
  locationId: z.string().optional().describe('Otherwise: the location'),
  date: z.string().optional().describe('YYYY-MM-DD'),
  from: Clock.optional().describe('Local time the gap begins'),
  to: Clock.optional().describe('Local time the gap ends'),
  serviceId: z.string().optional().describe('Only people waiting for this service'),
  staffId: z.string().optional().describe('Whose time it is'),
})

export function waitlistForSlot(deps: ToolDeps) {
  return defineTool({
    name: 'waitlist_for_slot',
    description: 'Who on the waitlist could take an open time, in order, with reasons, and who cannot and why. Give the appointment that falls out, or a location, day and times. It contacts nobody and books nobody.',
    effect: 'read',
    schema: Args,
    doing: 'looking at the waitlist',
    async run(args, context): Promise<WaitlistCandidates> {
      const { gap, said } = await readGap(deps, args, context.locationId)
      const ranked = await rankCandidates({ platform: deps.platform, clock: deps.clock, gap })
      const candidates = ranked.map(({ entry, client, why, skipped }) => ({ entryId: entry.id, clientId: client.id, client: clientName(client), serviceId: entry.serviceId, locationId: entry.locationId, why, skipped }))
      const fit = candidates.filter(({ skipped }) => skipped === undefined).length
      return { gap: said, candidates, next: fit === 0 ? 'Nobody on the waitlist fits.' : 'To book one of them, find a slot for their service and use propose_waitlist_fill.' }
    },
    say({ gap, candidates }) {
      const fit = candidates.filter(({ skipped }) => skipped === undefined)
      const not = candidates.filter(({ skipped }) => skipped !== undefined)
      if (candidates.length === 0) return `Nobody is on the waitlist for ${gap}.`
      return [
        fit.length === 0 ? `Nobody on the waitlist fits ${gap}.` : `For ${gap}:`,
        ...fit.slice(0, 5).map(({ client, why }, index) => `${index + 1}. ${client}: ${why.join('; ')}`),
        ...(not.length === 0 ? [] : [`Does not fit: ${not.slice(0, 5).map(({ client, skipped }) => `${client} (${skipped})`).join(', ')}.`]),
      ].join('\n')
    },
  })
}

async function readGap({ platform, clock }: ToolDeps, { appointmentId, date, from, to, ...args }: z.infer<typeof Args>, here: string | undefined): Promise<{ gap: Gap; said: string }> {
  const catalog = unwrap(await platform.catalog())
  if (appointmentId !== undefined) {
    const { locationId, start, end, segments } = unwrap(await platform.appointment({ id: appointmentId }))
    const { zone } = findLocation(catalog, locationId)
    const staffId = segments[0]?.staffId
    return { gap: { locationId, from: start, to: end, ...(staffId === undefined ? {} : { staffId }) }, said: `${sayDate(start.slice(0, 10))} at ${sayTime(start, zone)}` }
  }
  const locationId = args.locationId ?? here ?? (catalog.locations.length === 1 ? catalog.locations[0]?.id : undefined)
  if (locationId === undefined) throw new DeskError('ambiguous', { message: 'which location', userMessage: `At which location: ${catalog.locations.map(({ name }) => name).join(' or ')}?` })
  const { zone } = findLocation(catalog, locationId)
  if (date === undefined) throw new DeskError('invalid_input', { message: 'no day', userMessage: 'Say which day the time is free.' })
  const day = toLocalDate(date)
  const range = dayRange(day, zone)
  const gap: Gap = {
    locationId,
    from: from === undefined ? (range.from > clock.now() ? range.from : clock.now()) : instantAt(day, from, zone),
    to: to === undefined ? range.to : instantAt(day, to, zone),
    ...(args.serviceId === undefined ? {} : { serviceId: args.serviceId }),
    ...(args.staffId === undefined ? {} : { staffId: args.staffId }),
  }
  return { gap, said: from === undefined ? sayDate(day) : `${sayDate(day)} from ${sayTime(gap.from, zone)}` }
}
