import { z } from 'zod'
import type { Action } from '../../approvals/action.ts'
import { type BookingRoom, findLocation } from '../../bookings/read-booking.ts'
import { ok } from '../../platforms/booking-platform.ts'
import { unwrap } from '../../platforms/unwrap.ts'
import { DeskError } from '../../salon/errors.ts'
import { clientName } from '../../salon/salon.ts'
import { sayValue } from '../../salon/say-value.ts'
import { sayWanted } from './say-wanted.ts'

const Args = z.object({ entryId: z.string().min(1) })
type Args = z.infer<typeof Args>

/** Takes a client off the waitlist; undone, they have their old place again. */
export function waitlistLeaveAction({ platform, clock }: Pick<BookingRoom, 'platform' | 'clock'>): Action<Args> {
  const read = async (entryId: string) => {
    const entry = unwrap(await platform.waitlist({ ids: [entryId] })).find(({ id }) => id === entryId)
    if (entry === undefined) throw new DeskError('not_found', { message: 'no such waitlist entry', userMessage: 'That waitlist entry does not exist (any more).' })
    return entry
  }
  return {
    kind: 'waitlist_leave',
    verb: 'Take off the waitlist',
    schema: Args,
    role: 'front_desk',
    ttlMinutes: 240,
    async facts({ entryId }) {
      const entry = await read(entryId)
      const [catalog, client] = await Promise.all([platform.catalog().then(unwrap), platform.client({ id: entry.clientId }).then(unwrap)])
      if (entry.status !== 'waiting') throw new DeskError('stale', { message: `entry is ${entry.status}`, userMessage: `${clientName(client)} is no longer on the waitlist.` })
      const location = findLocation(catalog, entry.locationId)
      const service = catalog.services.find(({ id }) => id === entry.serviceId)
      return {
        title: `Take ${clientName(client)} off the waitlist`,
        locationId: location.id,
        target: `waitlist:${entryId}`,
        changes: [{ label: 'Waits for', before: sayValue(sayWanted({ wanted: entry.wanted, zone: location.zone, now: clock.now() }), 'en'), after: null }],
        context: [{ label: 'Service', value: service?.name ?? 'a service that is gone' }, { label: 'Location', value: location.name }],
        notices: [], policies: [],
        basis: { entryId, status: entry.status, wanted: entry.wanted },
      }
    },
    async run({ entryId }, { key, by }) {
      const left = await platform.waitlistSet({ key, by, id: entryId, to: 'left' })
      return left.ok ? ok({ said: '', data: {} }, left.observedAt) : left
    },
    async look({ entryId }) {
      const list = await platform.waitlist({ ids: [entryId] })
      if (!list.ok) return list
      const [entry] = list.value
      if (entry?.status !== 'left') return ok(undefined, list.observedAt)
      const client = await platform.client({ id: entry.clientId })
      return client.ok ? ok({ said: `${clientName(client.value)} is off the waitlist.`, data: { entryId } }, list.observedAt) : client
    },
    async undo({ entryId }) {
      const { clientId, serviceId, locationId, staffId, wanted, insteadOf } = await read(entryId)
      return { kind: 'waitlist_join', args: { entryId, clientId, serviceId, locationId, wanted, ...(staffId === undefined ? {} : { staffId }), ...(insteadOf === undefined ? {} : { insteadOf }) } }
    },
  }
}
