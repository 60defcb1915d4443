import { z } from 'zod'
import { callReasons } from '../../src/store/tables/phone.ts'

/** How phone calls are written in a play; `test/scenarios/README.md` explains every word of it. */

const Words = z.union([z.string(), z.array(z.string())]).transform((words) => (typeof words === 'string' ? [words] : words))

/** What is expected of what the caller hears, and of what comes of the turn. */
const heard = {
  hears: Words.optional(),
  does_not_hear: Words.optional(),
  hears_nothing: z.literal(true).optional(),
  comes_to: z.enum(['listen', 'hand_over', 'hang_up']).optional(),
  /** What the phone did with it, as its turn is written down. */
  did: z.string().optional(),
  /** Why a person takes over. */
  why: z.enum(callReasons).optional(),
  recording: z.enum(['start', 'drop']).optional(),
  proposes: Words.optional(),
}

const does = ['rings', 'says', 'presses', 'reads_the_code', 'cuts_in_after', 'is_silent', 'hangs_up', 'is_cut_off'] as const

/** One thing that a caller does. `caller`: a client's id, from whose number the call comes unless `from` or `hidden` says otherwise, or any other name. */
const CallerStep = z.strictObject({
  caller: z.string(),
  rings: z.literal(true).optional(), from: z.string().regex(/^\+\d+$/).optional(), hidden: z.literal(true).optional(), via: z.enum(['relay', 'gather', 'page']).optional(),
  says: z.string().optional(), language: z.string().optional(),
  presses: z.string().optional(),
  /** The digits of the latest code on the phone `of` (the caller's own); `keyed`: pressed, `wrong`: others than those. */
  reads_the_code: z.literal(true).optional(), of: z.string().optional(), keyed: z.literal(true).optional(), wrong: z.literal(true).optional(),
  cuts_in_after: z.string().optional(),
  is_silent: z.literal(true).optional(),
  hangs_up: z.literal(true).optional(),
  is_cut_off: z.literal(true).optional(),
  ...heard,
}).refine((step) => does.filter((key) => step[key] !== undefined).length === 1, { error: `a caller does one of: ${does.join(', ')}` })

export const CallStep = z.union([
  CallerStep,
  // What happens to a call besides what its caller does.
  z.strictObject({ the_desk_answers: z.string(), ...heard }),
  z.strictObject({ the_desk_does_not_answer: z.string(), ...heard }),
  z.strictObject({ the_line_breaks: z.string(), ...heard }),
])
export type CallStep = z.infer<typeof CallStep>

/** A call as it must be in the end; `outcome` and `message` are words or `/…/`. `client`: who the caller has proven to be, left out for nobody. */
export const CallInTheEnd = z.strictObject({
  client: z.string().optional(), why: z.enum(callReasons).optional(), needs_person: z.boolean().default(false), outcome: z.string().optional(), message: z.string().optional(),
  recording: z.enum(['off', 'asked', 'on', 'refused']).optional(), interruptions: z.int().optional(),
})
