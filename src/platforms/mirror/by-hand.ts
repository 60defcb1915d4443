import { type Appointment, type Client, clientName, type Slot } from '../../salon/salon.ts'
import { sayWhen } from '../../salon/time.ts'
import { failed, type Mode, type Outcome } from '../booking-platform.ts'
import type { BookCatalog } from '../embedded/read-catalog.ts'
import type { PlatformAdapter, SettableStatus } from '../platform-adapter.ts'

type Change =
  | { kind: 'create'; client: Client; slot: Slot; catalog: BookCatalog; note?: string }
  | { kind: 'reschedule'; client: Client; visit: Appointment; slot: Slot; catalog: BookCatalog }
  | { kind: 'cancel'; client: Client; visit: Appointment; catalog: BookCatalog; cancelledBy: 'client' | 'salon' }
  | { kind: 'setStatus'; client: Client; visit: Appointment; catalog: BookCatalog; to: SettableStatus }

/** Whether a person makes such a change: where there is no call for it, and where there may be one that nobody has tried with this salon's key, as long as there are steps to lead them by. */
export function isByHand(mode: Mode | 'cancel_and_rebook', { manualSteps }: Pick<PlatformAdapter, 'manualSteps'>): boolean {
  return mode === 'assisted' || (mode === 'unverified' && manualSteps !== undefined)
}

/** What a person has to do on a platform that has no call for it, as the refusal that carries the steps. Nothing was sent. */
export function byHand<T>(adapter: PlatformAdapter, change: Change): Outcome<T> {
  return failed('assisted_required', `${change.kind} is done by hand on this platform`, { manualSteps: adapter.manualSteps?.(inWords(change)) ?? [] })
}

function inWords(change: Change): Parameters<NonNullable<PlatformAdapter['manualSteps']>>[0] {
  const { catalog } = change
  const when = (at: string, locationId: string) => sayWhen(at, catalog.locationById.get(locationId)?.zone ?? 'UTC')
  const service = (segments: Slot['segments']) => [...new Set(segments.map(({ serviceId }) => catalog.serviceById.get(serviceId)?.name ?? 'the service'))].join(' and ')
  const staff = (segments: Slot['segments']) => [...new Set(segments.map(({ staffId }) => catalog.staffById.get(staffId)?.name ?? 'anybody'))].join(' and ')
  const client = clientName(change.client)
  if (change.kind === 'create') return { kind: 'create', client, service: service(change.slot.segments), staff: staff(change.slot.segments), when: when(change.slot.start, change.slot.locationId), ...(change.note !== undefined && { note: change.note }) }
  if (change.kind === 'reschedule') return { kind: 'reschedule', client, service: service(change.visit.segments), from: when(change.visit.start, change.visit.locationId), to: when(change.slot.start, change.slot.locationId), staff: staff(change.slot.segments) }
  if (change.kind === 'cancel') return { kind: 'cancel', client, service: service(change.visit.segments), when: when(change.visit.start, change.visit.locationId), cancelledBy: change.cancelledBy }
  return { kind: 'setStatus', client, service: service(change.visit.segments), when: when(change.visit.start, change.visit.locationId), to: change.to }
}
