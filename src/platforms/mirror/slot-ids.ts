import { z } from 'zod'
import { money } from '../../salon/money.ts'
import { addMinutes } from '../../salon/time.ts'
import type { Segment, Slot } from '../../salon/salon.ts'
import type { BookCatalog } from '../embedded/read-catalog.ts'
import { endOf } from '../embedded/fold-events.ts'
import type { OfferedSlot } from '../platform-adapter.ts'

// Minutes since 1970: vendors book on whole minutes.
const shape = z.tuple([z.string(), z.array(z.tuple([z.string(), z.string(), z.int().min(0).max(2 ** 28), z.int().min(0).max(24 * 60), z.enum(['any', 'requested', 'unknown'])])).min(1).max(20)])

/** The id of a time that a vendor offers: what it is, so that it can be asked for again. The vendor's token is not in it: it gets old. */
function writeSlotId({ locationId, segments }: Pick<OfferedSlot, 'locationId' | 'segments'>): string {
  const parts = segments.map(({ serviceId, staffId, start, durationMin, staffPreference }) => [serviceId, staffId, Math.floor(Date.parse(start) / 60_000), durationMin, staffPreference])
  return Buffer.from(JSON.stringify([locationId, parts])).toString('base64url')
}

/** The slot that an id says; undefined for anything that `writeSlotId` did not make. Prices are the catalogue's. */
export function readSlotId(id: string, catalog: BookCatalog): Slot | undefined {
  const parsed = shape.safeParse(parse(id))
  if (!parsed.success) return undefined
  const [locationId, parts] = parsed.data
  const segments = parts.map(([serviceId, staffId, minute, durationMin, staffPreference]): Segment => ({
    serviceId, staffId, staffPreference, start: new Date(minute * 60_000).toISOString(), durationMin,
    price: catalog.serviceById.get(serviceId)?.price ?? money(0, catalog.locationById.get(locationId)?.currency ?? 'USD'),
  }))
  const [first] = segments
  return first === undefined ? undefined : { id, locationId, start: first.start, end: endOf(segments), segments }
}

export function toSlot(offered: OfferedSlot): Slot {
  const { locationId, start, end, segments } = offered
  return { id: writeSlotId(offered), locationId, start, end, segments }
}

/** Whether a vendor's offer is that slot: the same people at the same time, for as long. */
export function isSameSlot(offered: OfferedSlot, slot: Slot): boolean {
  return offered.start === slot.start && offered.segments.length === slot.segments.length
    && offered.segments.every(({ serviceId, staffId, start, durationMin }, n) => serviceId === slot.segments[n]?.serviceId && staffId === slot.segments[n].staffId && start === slot.segments[n].start && durationMin === slot.segments[n].durationMin)
}

/** The last minute in which a search for exactly this slot must begin. */
export function minuteOf(slot: Slot): { from: string; to: string } {
  return { from: slot.start, to: addMinutes(slot.start, 1) }
}

function parse(id: string): unknown {
  try {
    return JSON.parse(Buffer.from(id, 'base64url').toString())
  } catch {
    return undefined
  }
}
