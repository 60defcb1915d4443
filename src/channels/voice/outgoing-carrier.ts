import type { TwilioSettings } from '../../config.ts'
import type { Logger } from '../../logger.ts'
import { type Carrier, type LegStatus, legStatuses } from '../../phone/outgoing/outgoing.ts'
import { addMinutes, type Clock, minutesBetween } from '../../salon/time.ts'
import { openTwilioCalls, type TwilioCalls, TwilioRefusal, TwilioSilence } from '../sms/twilio-client.ts'
import { type OutgoingStep, stepUrl } from './outgoing-twiml.ts'

/** Our person's phone rings so long, in seconds; a mobile's voicemail mostly takes over later. */
const ringSeconds = 25

/** Twilio promises nothing about how soon a call is in its list; its reports, which name our call, come within seconds. Only when both are silent for so long did it never ring. */
const settledAfterMinutes = 3
/** How far Twilio's clock and ours may differ. */
const skewMinutes = 2
/** More calls to one phone than a salon makes in the minutes that are looked at; a list that is longer was not read whole. */
const most = 1_000

/** Calls by Twilio, from the salon's number. Nothing is asked for twice; what became of a lost answer is looked up. */
export function twilioCarrier({ settings, from, publicUrl, clock, logger, timeoutMs }: { settings: Pick<TwilioSettings, 'accountSid' | 'authTokens' | 'apiUrl'>; from: string; publicUrl: string; clock: Clock; logger: Logger; timeoutMs?: number }): Carrier {
  const call = openTwilioCalls({ settings, ...(timeoutMs === undefined ? {} : { timeoutMs }) })
  const url = (step: OutgoingStep, callId: string) => stepUrl({ publicUrl, step, callId })
  return {
    async ring({ callId, to }) {
      try {
        const { sid } = await call((rest) => rest.calls.create({
          to, from, timeout: ringSeconds, url: url('whisper', callId), method: 'POST',
          statusCallback: url('staff', callId), statusCallbackMethod: 'POST', statusCallbackEvent: ['ringing', 'answered', 'completed'],
        }))
        return isLeg(sid) ? { state: 'ringing', leg: sid } : { state: 'unknown' }
      } catch (error) {
        const code = certainlyNot(error)
        logger.warn({ call: callId, code: code ?? 'no_answer' }, 'Twilio did not take a call')
        return code === undefined ? { state: 'unknown' } : { state: 'refused', code }
      }
    },
    async look({ leg, to, askedAt, others }) {
      const askingAt = clock.now()
      if (leg !== undefined) return lookAt({ call, leg })
      const listed = await call((rest) => rest.calls.list({ to, from, pageSize: most, limit: most }))
      const since = addMinutes(askedAt, -skewMinutes)
      const found = listed.find(({ sid, direction, dateCreated }) => direction === 'outbound-api' && dateCreated.toISOString() >= since && !others.has(sid))
      if (found !== undefined) return lookAt({ call, leg: found.sid })
      // Newest first: whoever is older was not asked for by us.
      const isWhole = listed.length < most || listed.some(({ dateCreated }) => dateCreated.toISOString() < since)
      return { state: isWhole && minutesBetween(askedAt, askingAt) >= settledAfterMinutes ? 'none' : 'unknown' }
    },
    async say({ callId, leg }) {
      try {
        await call((rest) => rest.calls(leg).update({ url: url('message', callId), method: 'POST' }))
        return 'said'
      } catch (error) {
        return certainlyNot(error) === undefined ? 'unknown' : 'gone'
      }
    },
  }
}

async function lookAt({ call, leg }: { call: TwilioCalls; leg: string }): ReturnType<Carrier['look']> {
  const { status } = await call((rest) => rest.calls(leg).fetch())
  const [theirs] = await call((rest) => rest.calls.list({ parentCallSid: leg, limit: 1 }))
  return { state: 'found', leg, status: statusOf(status), ...(theirs === undefined ? {} : { client: { leg: theirs.sid, status: statusOf(theirs.status) } }) }
}

function statusOf(status: string): LegStatus | undefined {
  return status === 'queued' || status === 'initiated' ? 'ringing' : legStatuses.find((one) => one === status)
}

const isLeg = (sid: unknown): sid is string => typeof sid === 'string' && /^CA[0-9a-f]{32}$/i.test(sid)

/** The code of a refusal after which certainly nothing was done; undefined when it may have been. */
function certainlyNot(error: unknown): string | undefined {
  if (error instanceof TwilioSilence) return error.reached ? undefined : error.code
  if (!(error instanceof TwilioRefusal)) return undefined
  const { status, code = `http_${status}` } = error
  return status >= 400 && status < 500 && status !== 408 ? code : undefined
}
