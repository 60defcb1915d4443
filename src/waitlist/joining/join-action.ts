import { z } from 'zod'
import type { Action } from '../../approvals/action.ts'
import type { BookingRoom } from '../../bookings/read-booking.ts'
import { ok } from '../../platforms/booking-platform.ts'
import { unwrap } from '../../platforms/unwrap.ts'
import { DeskError } from '../../salon/errors.ts'
import { type Catalog, clientName, liveStatuses, type WaitlistEntry } from '../../salon/salon.ts'
import { sayValue } from '../../salon/say-value.ts'
import { type Instant, sayWhen, toInstant } from '../../salon/time.ts'
import { canonicalJson } from '../../store/canonical-json.ts'
import { findEntry, putOnList } from './put-on-list.ts'
import { sayWanted } from './say-wanted.ts'

const When = z.string().transform((text, context) => {
  try {
    return toInstant(text)
  } catch {
    context.addIssue({ code: 'custom', message: 'an instant with its offset' })
    return z.NEVER
  }
})

/** `wanted`: times of a start, none for any time; `insteadOf`: the visit they would give up; `entryId`: an entry that was left, to be taken up at its old place. */
export const JoinArgs = z.object({
  clientId: z.string().min(1), serviceId: z.string().min(1), locationId: z.string().min(1), staffId: z.string().min(1).optional(),
  wanted: z.array(z.object({ from: When, to: When })).max(60), insteadOf: z.string().min(1).optional(), entryId: z.string().min(1).optional(),
})
export type JoinArgs = z.infer<typeof JoinArgs>

/** Puts a client on the waitlist; one who waits for that service there already gets other times and keeps the place. */
export function waitlistJoinAction(room: Pick<BookingRoom, 'platform' | 'clock'>): Action<JoinArgs> {
  const { platform, clock } = room
  return {
    kind: 'waitlist_join',
    verb: 'Put on the waitlist',
    schema: JoinArgs,
    role: 'front_desk',
    ttlMinutes: 240,
    async facts(args) {
      const now = clock.now()
      const [catalog, client, found] = await Promise.all([platform.catalog().then(unwrap), platform.client({ id: args.clientId }).then(unwrap), findEntry({ platform, wish: args }).then(unwrap)])
      const { service, location, staff } = mustFit(args, catalog)
      mustBeAhead(args, now)
      const before = args.entryId === undefined ? found : await leftEntry(room, args.entryId)
      const instead = args.insteadOf === undefined ? undefined : await ownVisit(room, { ...args, insteadOf: args.insteadOf })
      const said = (wanted: WaitlistEntry['wanted']) => sayValue(sayWanted({ wanted, zone: location.zone, now }), 'en')
      const waits = before?.status === 'waiting'
      return {
        title: waits ? `Change what ${clientName(client)} waits for` : `Put ${clientName(client)} on the waitlist`,
        locationId: location.id,
        target: `waitlist:${args.clientId}:${args.serviceId}:${args.locationId}`,
        changes: [{ label: 'Waits for', before: waits ? said(before.wanted) : null, after: said(args.wanted) }],
        context: [{ label: 'Service', value: service.name }, ...(staff === undefined ? [] : [{ label: 'With', value: staff.name }]), { label: 'Location', value: location.name }, ...(instead === undefined ? [] : [{ label: 'Instead of', value: sayWhen(instead.start, location.zone, now) }])],
        notices: before === undefined ? [] : [waits ? 'They are on the waitlist already and keep their place.' : 'They get their old place back.'],
        policies: [],
        basis: { clientId: args.clientId, serviceActive: service.active, entry: before === undefined ? null : { id: before.id, status: before.status, wanted: before.wanted }, insteadOf: instead === undefined ? null : { id: instead.id, start: instead.start } },
      }
    },
    async run({ entryId, ...wish }, { key, by }) {
      const done = entryId === undefined
        ? await putOnList({ platform, wish: wishOf(wish), key, by })
        : await platform.waitlistSet({ key: `${key}:back`, by, id: entryId, to: 'waiting', wanted: wish.wanted })
      return done.ok ? ok({ said: '', data: {} }, done.observedAt) : done
    },
    async look(args) {
      const [client, found] = await Promise.all([platform.client({ id: args.clientId }), findEntry({ platform, wish: args })])
      if (!client.ok) return client
      if (!found.ok) return found
      const entry = found.value
      if (entry === undefined || canonicalJson(entry.wanted) !== canonicalJson(args.wanted)) return ok(undefined, found.observedAt)
      return ok({ said: `${clientName(client.value)} is on the waitlist.`, data: { entryId: entry.id } }, found.observedAt)
    },
    async undo(args, { result, facts }) {
      const before = Before.parse(facts.basis['entry'])
      return before?.status === 'waiting' ? { kind: 'waitlist_join', args: { ...wishOf(args), wanted: before.wanted } } : { kind: 'waitlist_leave', args: { entryId: String(result.data['entryId']) } }
    },
  }
}

const Before = z.object({ status: z.string(), wanted: z.array(z.object({ from: z.string(), to: z.string() })) }).nullable()

function wishOf({ clientId, serviceId, locationId, staffId, wanted, insteadOf }: Omit<JoinArgs, 'entryId'>) {
  return { clientId, serviceId, locationId, wanted, ...(staffId === undefined ? {} : { staffId }), ...(insteadOf === undefined ? {} : { insteadOf }) }
}

function mustFit({ serviceId, locationId, staffId }: JoinArgs, { services, locations, staff }: Catalog) {
  const service = services.find(({ id, active }) => id === serviceId && active)
  const location = locations.find(({ id }) => id === locationId)
  const person = staff.find(({ id }) => id === staffId)
  if (service === undefined || location === undefined) throw new DeskError('not_found', { message: 'no such service or location', userMessage: 'That service or location is not in the book (any more).' })
  if (staffId !== undefined && (person?.active !== true || !person.serviceIds.includes(serviceId) || !person.locationIds.includes(locationId))) {
    throw new DeskError('invalid_input', { message: 'staff member does not do it there', userMessage: `${person?.name ?? 'That person'} does not do ${service.name} at ${location.name}.` })
  }
  return { service, location, staff: person }
}

function mustBeAhead({ wanted }: JoinArgs, now: Instant): void {
  if (wanted.some(({ from, to }) => from >= to)) throw new DeskError('invalid_input', { message: 'a wanted range ends before it begins', userMessage: 'A wanted time must end after it begins.' })
  if (wanted.length > 0 && wanted.every(({ to }) => to <= now)) throw new DeskError('invalid_input', { message: 'wanted times are over', userMessage: 'The wanted times are over already. Say some that are still ahead.' })
}

async function leftEntry({ platform }: Pick<BookingRoom, 'platform'>, id: string): Promise<WaitlistEntry> {
  const entry = unwrap(await platform.waitlist({ ids: [id] })).find((each) => each.id === id)
  if (entry?.status !== 'left') throw new DeskError('stale', { message: `entry is ${entry?.status ?? 'gone'}`, userMessage: 'That waitlist entry is not one that was left.' })
  return entry
}

async function ownVisit({ platform, clock }: Pick<BookingRoom, 'platform' | 'clock'>, { clientId, insteadOf }: JoinArgs & { insteadOf: string }) {
  const visit = unwrap(await platform.appointment({ id: insteadOf }))
  if (visit.clientId !== clientId || !liveStatuses.includes(visit.status) || visit.start <= clock.now()) throw new DeskError('invalid_input', { message: 'not a visit ahead of that client', userMessage: 'What they would give up must be a visit of their own that is still ahead.' })
  return visit
}
