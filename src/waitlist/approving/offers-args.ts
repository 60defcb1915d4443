import { z } from 'zod'
import { policies } from '../waitlist-settings.ts'
import { exclusions } from '../ranking/ranked.ts'

const id = z.string().min(1).max(200)

/** What is approved once for a whole cascade (WL-4): the chair, who in which order, for how long each, how many at once. */
export const OffersArgs = z.object({
  openingId: id,
  policy: z.enum(policies),
  /** Minutes each may think; how many are asked at the same time. */
  windowMin: z.int().min(10).max(24 * 60),
  width: z.int().min(1).max(20),
  /** Expected when it was planned: chance of a filled chair, and when the last one would have answered. */
  chance: z.number().min(0).max(1),
  reaches: z.int().min(0),
  until: z.iso.datetime(),
  rate: z.number().min(0).max(1),
  candidates: z.array(z.object({ entryId: id, clientId: id, slotId: z.string().min(1), insteadOf: id.optional(), givesUp: z.object({ staffId: id, start: z.iso.datetime() }).optional(), why: z.array(z.string().max(200)).max(8), score: z.number(), leftOut: z.literal(true).optional() })).min(1).max(50),
  /** Who is not asked, and why (WL-6). */
  notAsked: z.array(z.object({ clientId: id, because: z.enum(exclusions), words: z.string().max(300) })).max(500),
  /** "With 30 minutes instead: 61 %." */
  otherWindows: z.array(z.object({ windowMin: z.int(), width: z.int(), chance: z.number() })).max(8),
})
export type OffersArgs = z.infer<typeof OffersArgs>
