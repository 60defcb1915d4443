import { z } from 'zod'
import type { Person } from '../src/approvals/roles.ts'
import type { Proposed } from '../src/agent/tool-results.ts'
import { findLocation } from '../src/bookings/read-booking.ts'
import { sayProposal } from '../src/channels/cards/render-text.ts'
import { unwrap } from '../src/platforms/unwrap.ts'
import { DeskError } from '../src/salon/errors.ts'
import { clientName, liveStatuses } from '../src/salon/salon.ts'
import { addMinutes, at as instantAt, sayWhen, toLocalDate } from '../src/salon/time.ts'
import { defineTool, type ToolDeps } from './tool.ts'

const Args = z.object({
  appointmentId: z.string().optional().describe('The cancelled or missed appointment that left the time free'),
  date: z.string().optional().describe('Otherwise the day, YYYY-MM-DD'),
  from: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'HH:MM, 24 hours').optional().describe('and the local time it begins'),
  staffId: z.string().optional().describe('Whose time it is'),
  locationId: z.string().optional().describe('At which location'),
  reason: z.string().max(300).describe('The staff member\'s request in their own words'),
})
type Args = z.infer<typeof Args>

/** So much time is offered where nobody said how long it is free: what is booked in between is never given away. */
const freeForMin = 180

/** "Fill the gap": one card for a whole cascade of offers by text. Approving it asks the first; nobody is booked before they said yes. */
export function proposeWaitlistOffers(deps: ToolDeps) {
  return defineTool({
    name: 'propose_waitlist_offers',
    description: 'Proposes to offer a free time to the waitlist by text, in order, until somebody takes it. Give the appointment that fell out, or day and time; without either the one free time that is known. It only proposes: a person approves the whole list on a card. Say that nobody has been texted yet.',
    effect: 'propose',
    schema: Args,
    doing: 'preparing offers to the waitlist',
    async run(args, { person, conversationId }): Promise<Proposed> {
      const openingId = args.appointmentId === undefined && args.from === undefined ? await onlyOpening(deps, args) : await openingFor(deps, args, person)
      const came = await deps.waitlist.propose({ openingId, approvals: deps.approvals, by: person, reason: args.reason, conversation: conversationId })
      if ('why' in came) throw new DeskError('not_found', { message: `no offers: ${came.why}`, userMessage: whyNot[came.why] })
      return { proposal: came, zone: findLocation(unwrap(await deps.platform.catalog()), came.locationId).zone, now: deps.clock.now() }
    },
    say: sayProposal,
    forModel: ({ proposal: { id, state, facts, expiresAt } }) => ({
      proposalId: id, state, title: facts.title, plan: facts.context.slice(0, 4), asked: facts.texts?.length ?? 0, expiresAt,
      next: state === 'pending' ? 'The person sees the card with everybody who would be asked. It waits for their decision; you cannot approve it.' : 'Nothing more to do.',
    }),
  })
}

const whyNot = {
  nobody: 'Nobody on the waitlist fits that time and may be texted. "Who is on the waitlist?" says who waits, and why they do not fit.',
  too_late: 'It is too late to offer that time by text: nobody could answer and be here in time. Call somebody who waits instead.',
  quiet_hours: 'Only quiet hours are left before that time, and nobody is texted then. Call somebody who waits instead.',
}

/** The opening of the time that was named: what a visit left, or a stretch that nobody had. */
async function openingFor(deps: ToolDeps, { appointmentId, date, from, staffId, locationId }: Args, by: Person): Promise<string> {
  if (appointmentId !== undefined) return openingOfVisit(deps, appointmentId, by)
  const catalog = unwrap(await deps.platform.catalog())
  const location = locationId === undefined ? catalog.locations[0] : findLocation(catalog, locationId)
  if (location === undefined || date === undefined || from === undefined) throw new DeskError('invalid_input', { message: 'no day or time', userMessage: 'Say which day and time is free.' })
  const start = instantAt(toLocalDate(date), from, location.zone)
  // A visit that left just this time free says how long it is.
  const there = unwrap(await deps.platform.appointments({ locationId: location.id, from: start, to: addMinutes(start, 1), includeCancelled: true, ...(staffId === undefined ? {} : { staffId }) })).items
  const left = there.find(({ status }) => status === 'cancelled' || status === 'no_show')
  if (left !== undefined) return openingOfVisit(deps, left.id, by)
  return deps.waitlist.offer({ freed: { locationId: location.id, start, end: addMinutes(start, freeForMin), cause: 'staff', ...(staffId === undefined ? {} : { staffId }) }, by })
}

/** What a visit left; of a visit that several people did the first one's time, and the others get cards of their own. */
async function openingOfVisit({ platform, clock, waitlist }: ToolDeps, appointmentId: string, by: Person): Promise<string> {
  const visit = unwrap(await platform.appointment({ id: appointmentId }))
  if (liveStatuses.includes(visit.status)) {
    const [client, catalog] = [unwrap(await platform.client({ id: visit.clientId })), unwrap(await platform.catalog())]
    throw new DeskError('conflict', { message: 'the visit still stands', userMessage: `${clientName(client)} still holds ${sayWhen(visit.start, findLocation(catalog, visit.locationId).zone, clock.now())}. Cancel or move that first; once the time is free I can offer it to the waitlist.` })
  }
  const [openingId] = await waitlist.offerVisit({ appointmentId, by })
  if (openingId === undefined) throw new DeskError('not_found', { message: 'the visit left nothing', userMessage: whyNot.too_late })
  return openingId
}

/** The one free time that waits to be offered. */
async function onlyOpening({ store, platform, clock }: ToolDeps, { locationId }: Args): Promise<string> {
  const rows = await store.db.selectFrom('waitlist_openings').select(['id', 'starts_at', 'location_id']).where('state', '=', 'open').orderBy('starts_at').limit(6).execute()
  const here = rows.filter((row) => locationId === undefined || row.location_id === locationId)
  const [only, ...more] = here
  if (only !== undefined && more.length === 0) return only.id
  if (only === undefined) throw new DeskError('not_found', { message: 'no open chair', userMessage: 'I know of no time that has come free. Say whose, or which day and time.' })
  const catalog = unwrap(await platform.catalog())
  throw new DeskError('invalid_input', { message: 'several open chairs', userMessage: `Several times are free: ${here.map((row) => sayWhen(row.starts_at, findLocation(catalog, row.location_id).zone, clock.now())).join('; ')}. Say which one.` })
}
