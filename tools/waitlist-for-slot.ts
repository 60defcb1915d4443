import { z } from 'zod'
import type { WaitlistCandidates } from '../src/agent/tool-results.ts'
import { findLocation } from '../src/bookings/read-booking.ts'
import { unwrap } from '../src/platforms/unwrap.ts'
import { DeskError } from '../src/salon/errors.ts'
import { type Catalog, clientName, liveStatuses } from '../src/salon/salon.ts'
import { at as instantAt, dayRange, daysBetween, sayDate, sayTime, sayWhen, toLocalDate } from '../src/salon/time.ts'
import type { Exclusion, FreeChair } from '../src/waitlist/ranking/ranked.ts'
import { readCandidates } from '../src/waitlist/ranking/read-candidates.ts'
import { readWaitlistSettings } from '../src/waitlist/waitlist-settings.ts'
import { defineTool, type ToolDeps } from './tool.ts'

const Clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'HH:MM, 24 hours')
const Args = z.object({
  appointmentId: z.string().optional().describe('The appointment whose time opens up (cancelled or about to be)'),
  locationId: z.string().optional().describe('Otherwise: the location; all of them when left out'),
  date: z.string().optional().describe('YYYY-MM-DD'),
  untilDate: z.string().optional().describe('Last day, YYYY-MM-DD; the same day when left out; at most 31 days on'),
  from: Clock.optional().describe('Local time the gap begins'),
  to: Clock.optional().describe('Local time the gap ends'),
  serviceIds: z.array(z.string()).max(20).optional().describe('Only people waiting for one of these services'),
  staffId: z.string().optional().describe('Whose time it is'),
})

/** How many are read out. */
const shown = 5

/** What keeps the desk from texting somebody keeps nobody from calling them. */
const onlyTexts: ReadonlySet<Exclusion> = new Set(['opted_out', 'shared_number', 'asked_too_often'])

export function waitlistForSlot(deps: ToolDeps) {
  return defineTool({
    name: 'waitlist_for_slot',
    description: 'Who on the waitlist could take an open time, in order, with reasons, and who cannot and why. Give the appointment that falls out, or a location, day and times. It contacts nobody and books nobody.',
    effect: 'read',
    schema: Args,
    doing: 'looking at the waitlist',
    async run(args, context): Promise<WaitlistCandidates> {
      const catalog = unwrap(await deps.platform.catalog())
      const { gaps, said } = await readGaps(deps, args, { catalog, here: context.locationId })
      const { serviceIds } = args
      // Whoever asks is at the phone: how short the notice is they see for themselves.
      const ranked = (await Promise.all(gaps.map(async (chair) => readCandidates({ ...deps, chair, ...(serviceIds === undefined ? {} : { serviceIds }), settings: { ...(await readWaitlistSettings(deps.store.db, { locationId: chair.locationId })), noticeMin: 0 } })))).flat()
      const where = (locationId: string) => (gaps.length === 1 ? [] : [`at ${findLocation(catalog, locationId).name}`])
      const candidates = ranked.map(({ entry, client, why, excluded }) => {
        const mayBeCalled = excluded !== undefined && onlyTexts.has(excluded.because)
        return {
          entryId: entry.id, clientId: client.id, client: clientName(client), serviceId: entry.serviceId, locationId: entry.locationId,
          why: [...why, ...where(entry.locationId), ...(mayBeCalled ? [`not to be texted: ${excluded.words}`] : [])], skipped: mayBeCalled ? undefined : excluded?.words,
        }
        // Each location comes in its order; together those whom it suits still stand first.
      }).toSorted((a, b) => Number(a.skipped !== undefined) - Number(b.skipped !== undefined))
      const fit = candidates.filter(({ skipped }) => skipped === undefined).length
      return { gap: said, candidates, next: fit === 0 ? 'Nobody on the waitlist fits.' : 'To book one of them, find a slot for their service and use propose_waitlist_fill.' }
    },
    say({ gap, candidates }) {
      const fit = candidates.filter(({ skipped }) => skipped === undefined)
      const not = candidates.filter(({ skipped }) => skipped !== undefined)
      if (candidates.length === 0) return `Nobody is on the waitlist for ${gap}.`
      return [
        fit.length === 0 ? `Nobody on the waitlist fits ${gap}.` : `For ${gap}:`,
        ...fit.slice(0, shown).map(({ client, why }, index) => `${index + 1}. ${client}: ${why.join('; ')}`),
        ...(fit.length > shown ? [`… and ${fit.length - shown} more.`] : []),
        ...(not.length === 0 ? [] : [`Does not fit: ${not.slice(0, 3).map(({ client, skipped }) => `${client} (${skipped})`).join(', ')}${not.length > 3 ? ` and ${not.length - 3} more` : ''}.`]),
      ].join('\n')
    },
  })
}

type Place = { catalog: Catalog; here: string | undefined }

/** The opening asked about, at one location or at each. */
async function readGaps({ platform, clock }: ToolDeps, { appointmentId, date, untilDate, from, to, ...args }: z.infer<typeof Args>, { catalog, here }: Place): Promise<{ gaps: FreeChair[]; said: string }> {
  if (appointmentId !== undefined) {
    const { locationId, start, end, segments, clientId, status } = unwrap(await platform.appointment({ id: appointmentId }))
    const { zone } = findLocation(catalog, locationId)
    const staffId = segments[0]?.staffId
    return { gaps: [{ locationId, start, end, notFor: [clientId], ...(staffId === undefined ? {} : { staffId }), ...(liveStatuses.includes(status) ? { leftBy: appointmentId } : {}) }], said: sayWhen(start, zone, clock.now()) }
  }
  if (date === undefined) throw new DeskError('invalid_input', { message: 'no day', userMessage: 'Say which day the time is free.' })
  const only = args.locationId ?? here
  const locations = only === undefined ? catalog.locations.filter(({ id }) => args.staffId === undefined || catalog.staff.some((member) => member.id === args.staffId && member.locationIds.includes(id))) : [findLocation(catalog, only)]
  const first = toLocalDate(date)
  const last = untilDate === undefined ? first : toLocalDate(untilDate)
  if (last < first || daysBetween(first, last) > 31) throw new DeskError('invalid_input', { message: 'bad range of days', userMessage: 'Ask for at most 31 days, first day first.' })
  const gaps = locations.map(({ id, zone }): FreeChair => {
    const range = dayRange(first, zone, daysBetween(first, last) + 1)
    return {
      locationId: id,
      start: from === undefined ? (range.from > clock.now() ? range.from : clock.now()) : instantAt(first, from, zone),
      end: to === undefined ? range.to : instantAt(last, to, zone),
      ...(args.staffId === undefined ? {} : { staffId: args.staffId }),
    }
  })
  const [zone] = locations.map((location) => location.zone)
  const day = first === last ? sayDate(first) : `${sayDate(first)} to ${sayDate(last)}`
  return { gaps, said: from === undefined || gaps[0] === undefined || zone === undefined ? day : `${day} from ${sayTime(gaps[0].start, zone)}` }
}
