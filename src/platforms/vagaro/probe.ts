import { addDays, at, type Clock, type Instant, localDate, localTime, type Zone } from '../../salon/time.ts'
import { type Capabilities, failed, ok, type Outcome, type PlatformErrorKind } from '../booking-platform.ts'
import type { OfferedSlot, SeenVisit } from '../platform-adapter.ts'
import type { Known } from './read.ts'
import type { Reader } from './visits.ts'
import type { vagaroWrites } from './write.ts'

/** What might be booked for the try, shortest first, and by whom. */
type Tried = { id: string; staffId: string }

type Proven = Partial<Pick<Capabilities, 'create' | 'reschedule' | 'cancel'>>

/** Three weeks ahead nobody is waiting for a time that is taken for a few seconds. */
const farDays = 21

/**
 * Whether this account's key may book, move and delete: tried with one appointment of the salon's own test client, three weeks
 * ahead, moved across the next change of the clock (a zone without one: by a week), each step read back, and deleted. A block of
 * time (`personal-tasks`) would be less trouble and prove nothing: it needs another permission and says nothing of times.
 *
 * At most 3 services are tried, for a week each: some 45 requests at the very most, usually 10. Vagaro may tell the test client
 * about it. What was made is deleted whatever happens; where that fails, `assisted_required` says what to delete by hand.
 */
export async function probe({ reader, writes, known, services, customer, clock }: { reader: Reader; writes: ReturnType<typeof vagaroWrites>; known: Known; services: Tried[]; customer: { id: string }; clock: Clock }): Promise<Outcome<Proven>> {
  const before = await reader.clientVisits(customer.id)
  if (!before.ok) return before
  const [first, second] = farDates(clock.now(), known.zone)
  const slot = await firstFree({ reader, known, services, date: first })
  if (!slot.ok) return slot

  const proven: Proven = {}
  const made = await writes.create({ slot: slot.value, client: customer })
  // A refusal is an answer too: this key does not book.
  if (!made.ok && isRefusal(made.error.kind)) proven.create = 'none'
  if (!made.ok && proven.create === undefined && made.error.kind !== 'unknown_outcome') return made
  if (made.ok && isAsMeant(made.value, slot.value, customer.id)) {
    proven.create = 'yes'
    const to = await firstFree({ reader, known, services: services.filter(({ id }) => id === slot.value.segments[0]?.serviceId), date: second })
    const moved = to.ok ? await writes.reschedule({ visit: made.value, slot: to.value }) : undefined
    if (moved !== undefined && to.ok) {
      if (moved.ok) proven.reschedule = isAsMeant(moved.value, to.value, customer.id) && moved.value.visit.id === made.value.visit.id ? 'yes' : 'none'
      else if (moved.error.providerCode === 'times' || isRefusal(moved.error.kind)) proven.reschedule = 'none'
    }
  }
  return cleanUp({ reader, writes, customer, before: new Set(before.value.map(({ visit }) => visit.id)), proven })
}

/** Everything of the test client's that was not there before goes, found by reading, not by remembering; that this works is what proves a cancellation. */
async function cleanUp({ reader, writes, customer, before, proven }: { reader: Reader; writes: ReturnType<typeof vagaroWrites>; customer: { id: string }; before: ReadonlySet<string>; proven: Proven }): Promise<Outcome<Proven>> {
  const isOurs = ({ visit }: SeenVisit) => !before.has(visit.id) && visit.status !== 'cancelled'
  let left: Outcome<SeenVisit[]> = await reader.clientVisits(customer.id)
  for (let tries = 0; tries < 3; tries++) {
    if (left.ok && !left.value.some(isOurs)) return ok(proven, left.observedAt)
    for (const visit of left.ok ? left.value.filter(isOurs) : []) {
      const gone = await writes.cancel({ visit, cancelledBy: 'salon' })
      if (gone.ok) proven.cancel = 'yes'
      else if (isRefusal(gone.error.kind)) proven.cancel = 'none'
    }
    left = await reader.clientVisits(customer.id)
  }
  if (left.ok && !left.value.some(isOurs)) return ok(proven, left.observedAt)
  return failed('assisted_required', 'the test appointment could not be taken away again', {
    capability: 'cancel', manualSteps: ['In Vagaro open the test client\'s appointments.', left.ok ? `Delete every one that was made just now: ${left.value.filter(isOurs).map(({ visit }) => visit.start).join(', ')} (UTC).` : 'Delete every one that was made just now.', 'Then try again.'],
  })
}

/** The account does not do this, as opposed to: not now, or nobody knows. */
function isRefusal(kind: PlatformErrorKind): boolean {
  return kind === 'forbidden' || kind === 'not_found' || kind === 'unsupported' || kind === 'invalid'
}

function isAsMeant({ visit }: SeenVisit, slot: OfferedSlot, clientId: string): boolean {
  const [is, meant] = [visit.segments[0], slot.segments[0]]
  return visit.start === slot.start && visit.clientId === clientId && is?.serviceId === meant?.serviceId && is?.staffId === meant?.staffId && visit.status !== 'cancelled'
}

/** A day three weeks ahead, and one after the clock has next been changed. */
function farDates(now: Instant, zone: Zone): [string, string] {
  const first = addDays(localDate(now, zone), farDays)
  // What the wall shows at noon UTC tells the offset.
  const wall = (date: string) => localTime(`${date}T12:00:00.000Z`, zone)
  for (let weeks = 1; weeks <= 40; weeks++) {
    const date = addDays(first, weeks * 7)
    if (wall(date) !== wall(first)) return [first, date]
  }
  return [first, addDays(first, 7)]
}

async function firstFree({ reader, known, services, date }: { reader: Reader; known: Known; services: Tried[]; date: string }): Promise<Outcome<OfferedSlot>> {
  for (const { id: serviceId, staffId } of services.slice(0, 3)) {
    const found = await reader.slots({ locationId: known.businessId, wants: [{ serviceId, staffId }], from: at(date, '00:00', known.zone), to: at(addDays(date, 7), '00:00', known.zone), limit: 1 })
    if (!found.ok) return found
    const [slot] = found.value
    if (slot !== undefined) return ok(slot, found.observedAt)
  }
  return failed('conflict_slot', 'nothing is free for a try in that week')
}
