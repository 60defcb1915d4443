import { z } from 'zod'
import type { IncomingCall } from '../../phone/phone.ts'
import { isPhone } from '../sms/webhook-body.ts'

// Twilio adds parameters without notice: only those that are used are looked at.

const CallSid = z.string().regex(/^CA[0-9a-f]{32}$/i)

/** What Twilio puts for a number that is not shown: ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN, UNAVAILABLE, typed on a telephone's keys. */
const hidden = new Set(['+266696687', '+7378742833', '+2562533', '+8656696', '+86282452253'])

/** Who calls, and whom, as far as these are telephone numbers. */
export function callerOf({ From, To }: { From?: string | undefined; To?: string | undefined }): Pick<IncomingCall, 'from' | 'to'> {
  return {
    ...(From !== undefined && isPhone(From) && !hidden.has(From) ? { from: From } : {}),
    ...(To !== undefined && isPhone(To) ? { to: To } : {}),
  }
}

/** Every request about a call: which one, and whether it goes on. */
export const CallForm = z.object({
  CallSid,
  CallStatus: z.string().default(''),
  From: z.string().optional(),
  To: z.string().optional(),
  // After a session over the socket.
  SessionStatus: z.string().optional(),
  ErrorCode: z.string().optional(),
  HandoffData: z.string().optional(),
  // After a gather. Twilio asks also when nothing was said.
  SpeechResult: z.string().transform((words) => words.slice(0, 2_000)).optional(),
  Digits: z.string().regex(/^[0-9*#]{1,40}$/).optional().catch(undefined),
  // After the desk was rung.
  DialCallStatus: z.string().optional(),
})

export type CallForm = z.output<typeof CallForm>

/** The call itself is over, whatever came before. */
export function isOver({ CallStatus }: CallForm): boolean {
  return ['completed', 'busy', 'failed', 'no-answer', 'canceled'].includes(CallStatus)
}
