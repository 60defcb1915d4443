import { type BookingPlatform, ok, type Outcome } from '../../platforms/booking-platform.ts'
import type { WaitlistEntry } from '../../salon/salon.ts'

export type Wish = Pick<WaitlistEntry, 'locationId' | 'clientId' | 'serviceId' | 'staffId' | 'wanted' | 'insteadOf'>
/** `before`: what was wanted until now, when they were on the list already. */
export type OnList = { entry: WaitlistEntry; before?: WaitlistEntry }

/**
 * One entry a client and service: a second wish changes the times of the first and keeps its place. Of two that were made
 * at the same moment the older one stays. Once per `key`.
 */
export async function putOnList({ platform, wish, key, by }: { platform: BookingPlatform; wish: Wish; key: string; by: string }): Promise<Outcome<OnList>> {
  const found = await findEntry({ platform, wish })
  if (!found.ok) return found
  if (found.value !== undefined) return change({ platform, before: found.value, wanted: wish.wanted, key, by })
  const added = await platform.waitlistAdd({ ...wish, key: `${key}:join`, by })
  if (!added.ok) return added
  const first = await findEntry({ platform, wish })
  if (!first.ok || first.value === undefined || first.value.id === added.value.id) return ok({ entry: added.value }, added.observedAt)
  const left = await platform.waitlistSet({ key: `${key}:double`, by, id: added.value.id, to: 'left' })
  return left.ok ? change({ platform, before: first.value, wanted: wish.wanted, key, by }) : left
}

/** The entry a client has for this service here, the oldest. */
export async function findEntry({ platform, wish: { locationId, serviceId, clientId } }: { platform: BookingPlatform; wish: Pick<Wish, 'locationId' | 'serviceId' | 'clientId'> }): Promise<Outcome<WaitlistEntry | undefined>> {
  const list = await platform.waitlist({ locationId, serviceId })
  return list.ok ? ok(list.value.find((entry) => entry.clientId === clientId && entry.status === 'waiting'), list.observedAt) : list
}

async function change({ platform, before, wanted, key, by }: { platform: BookingPlatform; before: WaitlistEntry; wanted: WaitlistEntry['wanted']; key: string; by: string }): Promise<Outcome<OnList>> {
  const changed = await platform.waitlistSet({ key: `${key}:times`, by, id: before.id, to: 'waiting', wanted })
  return changed.ok ? ok({ entry: changed.value, before }, changed.observedAt) : changed
}
