import { z } from 'zod'

/** What a slot id says: who does what when at which location. It is checked again before anything is booked, so a made-up one gains nothing. */
export type SlotPlan = { locationId: string; segments: { serviceId: string; staffId: string; start: number; requested: boolean }[] }

const shape = z.tuple([z.string(), z.array(z.tuple([z.string(), z.string(), z.int().min(0).max(2 ** 33 - 1), z.union([z.literal(0), z.literal(1)])])).min(1).max(20)])

/** `start` of a segment in seconds since 1970. */
export function writeSlotId({ locationId, segments }: SlotPlan): string {
  return Buffer.from(JSON.stringify([locationId, segments.map(({ serviceId, staffId, start, requested }) => [serviceId, staffId, start, requested ? 1 : 0])])).toString('base64url')
}

/** Undefined for anything that `writeSlotId` did not make. */
export function readSlotId(id: string): SlotPlan | undefined {
  let parts: unknown
  try {
    parts = JSON.parse(Buffer.from(id, 'base64url').toString())
  } catch {
    return undefined
  }
  const parsed = shape.safeParse(parts)
  if (!parsed.success) return undefined
  const [locationId, segments] = parsed.data
  return { locationId, segments: segments.map(([serviceId, staffId, start, requested]) => ({ serviceId, staffId, start, requested: requested === 1 })) }
}
