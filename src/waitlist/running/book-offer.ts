import type { Appointment, Slot } from '../../salon/salon.ts'
import { liveStatuses } from '../../salon/salon.ts'
import { addMinutes, type Instant } from '../../salon/time.ts'
import type { CascadeEvent } from '../cascade/cascade.ts'
import type { OfferRow } from '../cascade/keep-cascade.ts'
import { offerTextKey, type WaitlistRoom } from '../waitlist-room.ts'
import { advance, type Advanced } from './advance.ts'
import { takenBackAt } from './takes-back.ts'

type Came = Omit<Extract<CascadeEvent, { kind: 'tried' }>, 'kind' | 'offerId' | 'now'>

/** `noAt`: the client took the YES back while it was looked whether the chair is still free; nothing was sent. `steps`: what a person does to book it. */
type Tried = Came & { noAt?: Instant; steps?: string[] }

/**
 * Books whoever said YES, when a try is due: noted first, then done, read back, and noted again. Whoever calls it, and
 * however often, one key has one effect on the platform; a try whose end was lost is looked for before the next one.
 * Undefined when no try was due.
 */
export async function bookOffer(room: WaitlistRoom, { openingId, offerId }: { openingId: string; offerId: string }): Promise<Advanced | undefined> {
  const begun = await advance(room, openingId, { event: (_, now) => ({ kind: 'try', offerId, now }) })
  if (begun === undefined || begun.step.refused !== undefined) return undefined
  const offer = begun.kept.offers.find(({ id }) => id === offerId) as OfferRow
  const { noAt, steps, ...came } = await tryOnPlatform(room, offer)
  const tried = await advance(room, openingId, { event: (_, now) => ({ kind: 'tried', offerId, ...came, now }), ...(steps === undefined ? {} : { handSteps: steps }) })
  return noAt === undefined ? tried : advance(room, openingId, { event: (_, now) => ({ kind: 'no', offerId, at: noAt, now }), actor: `client:${offer.client_id}` })
}

async function tryOnPlatform(room: WaitlistRoom, offer: OfferRow): Promise<Tried> {
  const { platform } = room
  const read = await platform.slot({ id: offer.slot_id, ...(offer.instead_of === null ? {} : { rescheduling: offer.instead_of }) })
  if (!read.ok) return read.error.kind === 'invalid' || read.error.kind === 'not_found' ? { came: 'refused', why: 'slot_unknown' } : away(offer)
  const { slot, free } = read.value
  const before = offer.attempts > 0 || !free ? await findBooked(room, { offer, slot }) : undefined
  if (before === 'unknown') return away(offer)
  if (before !== undefined) return { came: 'booked', appointmentId: before.id }
  // WL-3: free a moment ago is not free now.
  if (!free) return { came: 'taken' }
  // The last moment at which a "wait, no" can still be heard.
  const noAt = offer.answer_id === null ? undefined : await takenBackAt(room, { clientId: offer.client_id, answerId: offer.answer_id })
  if (noAt !== undefined) return { came: 'unavailable', noAt }
  const written = await write(room, { offer, slot })
  return typeof written === 'string' ? readBack(room, { offer, slot, appointmentId: written }) : written
}

/** The id of the booking that was made, not yet believed; or why none was. */
async function write({ platform }: WaitlistRoom, { offer, slot }: { offer: OfferRow; slot: Slot }): Promise<string | Tried> {
  const command = { key: `${offerTextKey(offer.id)}:book`, by: `client:${offer.client_id}`, slotId: slot.id }
  const written = offer.instead_of === null ? await platform.create({ ...command, clientId: offer.client_id }) : await move(offer.instead_of)
  if (typeof written === 'object' && 'came' in written) return written
  // An answer without a visit in it is no answer.
  if (written.ok) return (written.value as Partial<Appointment>).id ?? { came: 'uncertain' }
  switch (written.error.kind) {
    case 'conflict_slot':
      return { came: 'taken' }
    case 'unknown_outcome':
      return { came: 'uncertain' }
    case 'unavailable': case 'rate_limited': case 'auth': case 'conflict_version':
      return { came: 'unavailable' }
    case 'assisted_required': {
      const { manualSteps: steps = [] } = written.error
      return { came: 'by_hand', steps: steps.length > 0 ? steps : ['Make this booking in the booking system, as it was offered.'] }
    }
    case 'unsupported': case 'forbidden': case 'not_found': case 'invalid': case 'policy_blocked': // below
  }
  return { came: 'refused', why: written.error.kind }

  async function move(visitId: string): Promise<Awaited<ReturnType<typeof platform.reschedule>> | Came> {
    const visit = await platform.appointment({ id: visitId })
    if (!visit.ok) return visit.error.kind === 'not_found' ? { came: 'refused', why: 'visit_gone' } : { came: 'unavailable' }
    const { status, clientId, start, version } = visit.value
    if (!liveStatuses.includes(status) || clientId !== offer.client_id || start <= slot.start) return { came: 'refused', why: 'visit_changed' }
    return platform.reschedule({ ...command, id: visitId, expectedVersion: version })
  }
}

async function readBack({ platform }: WaitlistRoom, { offer, slot, appointmentId }: { offer: OfferRow; slot: Slot; appointmentId: string }): Promise<Came> {
  const read = await platform.appointment({ id: appointmentId })
  return read.ok && isIt(read.value, { offer, slot }) ? { came: 'booked', appointmentId } : { came: 'uncertain' }
}

/** The visit that an earlier try made, whatever became of its answer. */
export async function findBooked({ platform }: WaitlistRoom, { offer, slot }: { offer: OfferRow; slot: Slot }): Promise<Appointment | undefined | 'unknown'> {
  const page = await platform.appointments({ clientId: offer.client_id, locationId: slot.locationId, from: slot.start, to: addMinutes(slot.start, 1) })
  return page.ok ? page.value.items.find((visit) => isIt(visit, { offer, slot })) : 'unknown'
}

function isIt(visit: Appointment, { offer, slot }: { offer: OfferRow; slot: Slot }): boolean {
  return liveStatuses.includes(visit.status) && visit.clientId === offer.client_id && visit.start === slot.start && (offer.instead_of === null || visit.id === offer.instead_of)
    && visit.segments.map(({ serviceId, staffId }) => `${serviceId} ${staffId}`).join() === slot.segments.map(({ serviceId, staffId }) => `${serviceId} ${staffId}`).join()
}

/** The platform does not even answer: certainly nothing was done now, but an earlier try may have got through. */
function away({ state }: OfferRow): Came {
  return { came: state === 'booking' ? 'uncertain' : 'unavailable' }
}
