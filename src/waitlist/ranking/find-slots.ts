import type { BookingPlatform } from '../../platforms/booking-platform.ts'
import { unwrap } from '../../platforms/unwrap.ts'
import type { Appointment, Slot, WaitlistEntry } from '../../salon/salon.ts'
import { minutesBetween } from '../../salon/time.ts'
import type { FreeChair } from './ranked.ts'
import { lengthOf } from './suits.ts'
import type { SlotsOf, Waiting } from './waiting.ts'

/** Enough for every quarter hour of a month: the front desk asks for whole weeks, too. */
const mostSlots = 2_000
/** So many searches run at the same time. */
const atOnce = 6

/**
 * The free times within a chair, asked of the platform itself, so that shifts and processing gaps count as it counts them:
 * one search for each service that is waited for (with its person where that is named), and one for each visit that would
 * move, since its own time is free for it. What cannot fit at all is not asked for. Throws the platform's refusal as `DeskError`.
 */
export async function findSlots({ platform, waiting, chair }: { platform: BookingPlatform; waiting: Waiting; chair: FreeChair }): Promise<SlotsOf> {
  const searches = new Map(waiting.entries.filter((entry) => mayFit({ waiting, chair, entry })).map((entry) => [nameOf({ waiting, chair, entry }), entry]))
  const found = new Map<string, Slot[]>()
  const left = [...searches]
  const searchNext = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const [name, entry] = next
      const staffId = chair.staffId ?? entry.staffId
      const moving = movingVisit({ waiting, entry })?.id ?? chair.leftBy
      const slots = unwrap(await platform.searchSlots({
        locationId: chair.locationId, from: chair.start, to: chair.end, limit: mostSlots,
        wants: [{ serviceId: entry.serviceId, ...(staffId === undefined ? {} : { staffId }) }], ...(moving === undefined ? {} : { rescheduling: moving }),
      }))
      // With a range that has begun, the platform begins now.
      found.set(name, slots.filter(({ start, end }) => start >= chair.start && end <= chair.end))
    }
  }
  await Promise.all(Array.from({ length: atOnce }, searchNext))
  return (entry) => found.get(nameOf({ waiting, chair, entry })) ?? []
}

/** The visit that an entry's client would give up, while it stands. */
export function movingVisit({ waiting, entry }: { waiting: Waiting; entry: WaitlistEntry }): Appointment | undefined {
  return entry.insteadOf === undefined ? undefined : waiting.visits.get(entry.clientId)?.standing.find(({ id }) => id === entry.insteadOf)
}

function mayFit({ waiting, chair, entry }: { waiting: Waiting; chair: FreeChair; entry: WaitlistEntry }): boolean {
  const service = waiting.catalog.services.find(({ id }) => id === entry.serviceId)
  if (service?.active !== true || lengthOf({ service, entry, moving: movingVisit({ waiting, entry }) }) > minutesBetween(chair.start, chair.end)) return false
  if (chair.staffId === undefined) return entry.staffId === undefined || waiting.catalog.staff.some(({ id }) => id === entry.staffId)
  return (entry.staffId === undefined || entry.staffId === chair.staffId) && waiting.catalog.staff.some(({ id, serviceIds }) => id === chair.staffId && serviceIds.includes(service.id))
}

function nameOf({ waiting, chair, entry }: { waiting: Waiting; chair: FreeChair; entry: WaitlistEntry }): string {
  return JSON.stringify([entry.serviceId, chair.staffId ?? entry.staffId ?? null, movingVisit({ waiting, entry })?.id ?? null])
}
