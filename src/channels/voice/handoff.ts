import { z } from 'zod'
import { callReasons } from '../../store/tables/phone.ts'

const Handoff = z.object({
  why: z.enum([...callReasons, 'hang_up']),
  callId: z.string(),
  /** What broke, for the log and the card. */
  code: z.string().regex(/^\w{1,40}$/).optional().catch(undefined),
  /** The caller has been told that a person takes over. */
  told: z.boolean().optional().catch(undefined),
})

/** Why a session over the socket was ended by us; Twilio carries it to the action address. */
export type Handoff = z.output<typeof Handoff>

export function writeHandoff(handoff: Handoff): string {
  return JSON.stringify(handoff)
}

/** What we had written for this call; undefined for everything else. */
export function readHandoff(text: string | undefined, callId: string): Handoff | undefined {
  if (text === undefined || text === '') return undefined
  try {
    const read = Handoff.safeParse(JSON.parse(text))
    return read.success && read.data.callId === callId ? read.data : undefined
  } catch {
    return undefined
  }
}
