import { z } from 'zod'

/** What ConversationRelay takes, to the letter: it ignores everything else and reports 64107. */
const Frame = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), token: z.string(), last: z.boolean(), lang: z.enum(['en-US', 'es-US']).optional(), interruptible: z.boolean().optional(), preemptible: z.boolean().optional() }),
  z.strictObject({ type: z.literal('play'), source: z.url(), loop: z.int().min(0).optional(), preemptible: z.boolean().optional(), interruptible: z.boolean().optional() }),
  z.strictObject({ type: z.literal('sendDigits'), digits: z.string().regex(/^[0-9*#w]+$/) }),
  z.strictObject({ type: z.literal('language'), ttsLanguage: z.enum(['en-US', 'es-US']), transcriptionLanguage: z.enum(['en-US', 'es-US']) }),
  z.strictObject({ type: z.literal('end'), handoffData: z.string().refine((text) => typeof JSON.parse(text) === 'object') }),
])

export type RelayFrame = z.output<typeof Frame>

/** A frame of ours as Twilio reads it. Throws where it would not take it. */
export function strictly(raw: string): RelayFrame {
  return Frame.parse(JSON.parse(raw))
}

export const callId = `CA${'1'.repeat(32)}`
export const sessionId = `VX${'2'.repeat(32)}`

/** The first frame of a session. */
export function setupFrame({ accountSid, proof, callSid = callId, ...more }: { accountSid: string; proof: string; callSid?: string; [more: string]: unknown }): Record<string, unknown> {
  return { type: 'setup', sessionId, accountSid, parentCallSid: '', callSid, from: '+13035550142', to: '+13035550100', forwardedFrom: '', callType: 'PSTN', callerName: '', direction: 'inbound', callStatus: 'RINGING', customParameters: { proof }, ...more }
}
