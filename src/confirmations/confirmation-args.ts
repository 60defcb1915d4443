import { z } from 'zod'
import { steps } from './sequence.ts'

export const confirmationKind = 'confirmation_texts'

const Visit = z.object({ id: z.string().min(1), start: z.string(), step: z.enum([...steps, 'again']) })

/** A location's confirmation texts of one day, as they are proposed. */
export const ConfirmationArgs = z.object({
  locationId: z.string().min(1),
  /** The local day whose texts these are. */
  day: z.iso.date(),
  /** At most one a client; `leftOut` by whoever looked at them. */
  texts: z.array(z.object({ clientId: z.string().min(1), visits: z.array(Visit).min(1), leftOut: z.boolean().optional() })).min(1).max(2_000),
  /** Due and not to be texted, for a person to call. */
  call: z.array(z.object({ id: z.string().min(1), start: z.string(), why: z.enum(['no_number', 'shared_number', 'no_text']) })).max(2_000).default([]),
})
export type ConfirmationArgs = z.infer<typeof ConfirmationArgs>
