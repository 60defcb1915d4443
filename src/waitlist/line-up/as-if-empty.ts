import { addMinutes, minutesBetween } from '../../salon/time.ts'
import { lengthOf } from '../ranking/suits.ts'
import type { FreeChair } from '../ranking/ranked.ts'
import type { SlotsOf, Waiting } from '../ranking/waiting.ts'

/**
 * Times in a chair as if nothing else stood in it, without asking the platform: from its start, for whatever is short enough.
 * Good for counting who might come; it does not know of another visit that sits in the processing gap of the one that leaves.
 */
export function asIfEmpty({ waiting, chair }: { waiting: Waiting; chair: FreeChair }): SlotsOf {
  return (entry) => {
    const service = waiting.catalog.services.find(({ id }) => id === entry.serviceId)
    const staffId = chair.staffId ?? entry.staffId ?? waiting.catalog.staff.find(({ active, serviceIds }) => active && serviceIds.includes(entry.serviceId))?.id
    if (service === undefined || staffId === undefined) return []
    const durationMin = lengthOf({ service, entry, moving: undefined })
    const starts = Array.from({ length: Math.floor((minutesBetween(chair.start, chair.end) - durationMin) / 15) + 1 }, (_, i) => addMinutes(chair.start, 15 * i))
    return starts.map((start) => ({ id: '', locationId: chair.locationId, start, end: addMinutes(start, durationMin), segments: [{ serviceId: service.id, staffId, staffPreference: 'any', start, durationMin, price: service.price }] }))
  }
}
