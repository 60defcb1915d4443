import type { WaitlistEntry } from '../../salon/salon.ts'
import { type BookingPlatform, failed, ok, type Outcome } from '../booking-platform.ts'
import { readClients } from '../embedded/find-clients.ts'
import { once } from './journal.ts'
import type { MirrorRoom } from './mirror-room.ts'
import { vendorKey } from './vendor-key.ts'

/** Adds somebody to the platform's own waitlist, where it has one that can be added to; the desk's own list is the one that is worked with. */
export async function addToWaitlistThere(room: MirrorRoom, command: Parameters<BookingPlatform['waitlistAdd']>[0]): Promise<Outcome<WaitlistEntry>> {
  const { store, clock, adapter } = room
  const { waitlist } = await room.capabilities()
  if (waitlist === 'none' || adapter.waitlistAdd === undefined) return failed('unsupported', 'this platform has no waitlist for us', { capability: 'waitlist' })
  const add = adapter.waitlistAdd.bind(adapter)
  const { key, by: _by, clientId, ...entry } = command
  return once({ store, clock, operation: 'waitlistAdd', subject: clientId, command, async run({ maybeDone }) {
    // There is no list to look into: twice on a waitlist is seen by a person there, never twice in the desk's own.
    if (maybeDone) return failed('policy_blocked', 'whether it was added there is not known')
    const clients = await readClients({ store, ids: [clientId], now: clock.now() })
    const [client] = clients.ok ? clients.value : []
    if (client === undefined) return failed('not_found', 'no such client')
    const added = await add({ key: vendorKey(key), client, entry })
    return added.ok ? ok({ ...entry, clientId, id: added.value.id, createdAt: clock.now(), status: 'waiting' }, added.observedAt) : added
  } })
}

/** Takes somebody off the platform's own waitlist, where it can be done. */
export async function removeFromWaitlistThere(room: MirrorRoom, command: Parameters<BookingPlatform['waitlistSet']>[0]): Promise<Outcome<WaitlistEntry>> {
  const { store, clock, adapter } = room
  if (adapter.waitlistRemove === undefined || command.to === 'waiting') return failed('unsupported', 'this platform\'s waitlist can only be added to', { capability: 'waitlist' })
  const remove = adapter.waitlistRemove.bind(adapter)
  return once({ store, clock, operation: 'waitlistSet', subject: command.id, command, async run() {
    const removed = await remove({ key: vendorKey(command.key), id: command.id })
    if (!removed.ok && removed.error.kind !== 'not_found') return removed
    return ok({ id: command.id, locationId: '', clientId: '', serviceId: '', wanted: [], createdAt: clock.now(), status: command.to }, clock.now())
  } })
}
