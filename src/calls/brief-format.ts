import { z } from 'zod'
import { callOutcomes } from '../store/tables/calls.ts'
import type { LocationCallList } from './call-list.ts'

const Named = z.object({ id: z.string(), name: z.string() })
const Amount = z.object({ minor: z.number(), currency: z.string() })
const Band = z.enum(['low', 'medium', 'high'])
const Confidence = z.enum(['low', 'medium', 'high'])

const Value = z.object({
  risk: z.number(),
  atStake: z.object({ amount: Amount, from: z.enum(['price', 'chair time', 'minimum']) }),
  chance: z.object({ value: z.number(), from: z.enum(['trial', 'measured']), factors: z.array(z.string()) }),
  value: Amount,
})

const HeldOut = z.object({
  appointment: z.string(),
  client: Named,
  location: Named,
  time: z.string().nullable(),
  timeText: z.string(),
  services: z.array(z.string()),
  staff: z.array(z.string()),
  status: z.enum(['requested', 'booked', 'confirmed', 'arrived', 'in_service', 'completed', 'cancelled', 'no_show', 'declined', 'held', 'unknown']),
  price: Amount,
  risk: z.number(),
  band: Band,
  confidence: Confidence,
  reasons: z.array(z.string()),
  expectedValue: Value,
  holdOut: z.literal(true),
})

const Item = HeldOut.extend({
  rank: z.number(),
  talkingPoints: z.array(z.object({ kind: z.string(), text: z.string(), source: z.string(), say: z.string().optional() })),
  script: z.object({ spoken: z.string(), text: z.string(), from: z.enum(['template', 'model']), modelRejected: z.string().optional() }),
  outcome: z.object({ outcome: z.enum(callOutcomes), at: z.string(), by: z.string() }).optional(),
  holdOut: z.literal(false),
})

/** A location's list as it lies in the store. Another version of the desk may have written it. */
export const StoredList: z.ZodType<LocationCallList> = z.object({
  location: z.object({ id: z.string(), name: z.string(), zone: z.string() }),
  date: z.string(),
  summary: z.object({ appointments: z.number(), atRisk: z.number(), expectedFailures: z.number(), moneyAtRisk: Amount, confirmed: z.number(), unscored: z.number() }),
  items: z.array(Item),
  heldOut: z.array(HeldOut),
  notes: z.array(z.string()),
  scored: z.array(z.object({ appointmentId: z.string(), clientId: z.string(), risk: z.object({ score: z.number(), band: Band, confidence: Confidence, reasons: z.array(z.string()) }), state: z.enum(['call', 'held_out', 'not_listed']) })),
})
