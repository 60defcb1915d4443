import { z } from 'zod'
import type { Logger } from '../../logger.ts'
import { answerers, legEnds, legStatuses, type Outgoing } from '../../phone/outgoing/outgoing.ts'
import { isFromTwilio, readForm } from '../sms/verify-signature.ts'
import { bridgeTwiml, goodbyeTwiml, messageTwiml, type OutgoingStep, outgoingSteps, whisperTwiml } from './outgoing-twiml.ts'

/** A request as it came: the body untouched and the address as received, for the signature is over both. Header names in lower case. */
type OutgoingRequest = { url: string; rawBody: string; headers: Record<string, string | undefined> }
type OutgoingResponse = { status: number; body?: string; headers?: Record<string, string> }

export type OutgoingDoor = { receive(request: OutgoingRequest): Promise<OutgoingResponse> }

type Wanted = Pick<Outgoing, 'whisper' | 'key' | 'staff' | 'client' | 'machine' | 'message' | 'dialled'>

const Leg = z.string().regex(/^CA[0-9a-f]{32}$/i)

// Twilio adds parameters without notice: only those that are used are looked at.
const Form = z.object({
  CallSid: Leg,
  CallStatus: z.enum(legStatuses).optional().catch(undefined),
  Digits: z.string().max(40).default(''),
  AnsweredBy: z.enum(answerers).catch('unknown'),
  // Of a talk that was had it says "answered" or "completed".
  DialCallStatus: z.string().transform((status) => (status === 'answered' ? 'completed' : status)).pipe(z.enum(legEnds)).optional().catch(undefined),
})

/** The path alone, and a call's id as we make them. */
const path = /^\/voice\/out\/([a-z-]+)\/(out-[0-9a-f]{32})$/

/**
 * Answers what Twilio asks and tells about calls to clients: signature first (over the public address, never the Host
 * header), then what the salon's side says. Any request may come again, late, or before another: what it leads to is decided
 * by what is known of the call. What is not from Twilio gets a bare 403.
 */
export function outgoingDoor({ authTokens, publicUrl, from, outgoing, logger }: { authTokens: readonly string[]; publicUrl: string; from: string; outgoing: Wanted; logger: Logger }): OutgoingDoor {
  let refused = 0
  return {
    async receive({ url, rawBody, headers }) {
      if (!isFromTwilio({ authTokens, signature: headers['x-twilio-signature'], publicUrl: publicUrl + url, rawBody })) {
        refused++
        // Somebody who knocks all night must not fill the disk.
        if (refused === 1 || refused % 100 === 0) logger.warn({ refused }, 'requests about calls that were not from Twilio')
        return { status: 403 }
      }
      const [, given, callId = ''] = path.exec(url) ?? []
      const step = outgoingSteps.find((one) => one === given)
      const form = Form.safeParse(readForm(rawBody))
      if (step === undefined || !form.success) {
        logger.warn({ fields: form.error?.issues.map(({ path: at }) => at.join('.')) ?? [] }, 'a webhook of Twilio that is about no call of ours')
        return { status: 400 }
      }
      return answer({ step, callId, form: form.data, outgoing, publicUrl, from })
    },
  }
}

async function answer({ step, callId, form: { CallSid: leg, CallStatus: status, Digits: keys, AnsweredBy: answeredBy, DialCallStatus: end }, outgoing, publicUrl, from }: { step: OutgoingStep; callId: string; form: z.output<typeof Form>; outgoing: Wanted; publicUrl: string; from: string }): Promise<OutgoingResponse> {
  const on = { callId, leg }
  switch (step) {
    case 'whisper': {
      const words = await outgoing.whisper(on)
      return twiml(words === undefined ? goodbyeTwiml(undefined) : whisperTwiml({ words, publicUrl, callId }))
    }
    case 'key': {
      const bridge = await outgoing.key({ ...on, keys })
      return twiml(bridge === undefined ? goodbyeTwiml(undefined) : bridgeTwiml({ bridge, from, publicUrl, callId }))
    }
    case 'message': {
      const said = await outgoing.message(on)
      return twiml(said === undefined ? goodbyeTwiml(undefined) : messageTwiml(said))
    }
    case 'dialled':
      return twiml(goodbyeTwiml(await outgoing.dialled({ ...on, status: end })))
    case 'answered-by':
      await outgoing.machine({ ...on, answeredBy })
      break
    case 'staff':
      if (status !== undefined) await outgoing.staff({ ...on, status })
      break
    case 'client':
      if (status !== undefined) await outgoing.client({ ...on, status })
  }
  return { status: 204 }
}

function twiml(body: string): OutgoingResponse {
  return { status: 200, body, headers: { 'content-type': 'text/xml; charset=utf-8' } }
}
