import type { TwilioSettings } from '../../config.ts'
import type { Logger } from '../../logger.ts'
import type { OutgoingText, SendAnswer, TextTransport } from '../../messages/messages.ts'
import type { Clock } from '../../salon/time.ts'
import type { Store } from '../../store/open-store.ts'
import type { Delivery } from '../../store/tables/texts.ts'
import { answerTo } from './error-table.ts'
import { answeredByTwilio } from './keywords.ts'
import { lookForText } from './look-for-text.ts'
import { openTwilioCalls } from './twilio-client.ts'
import { deliveries } from './webhook-body.ts'

/** How long a text may wait in Twilio's queue, in seconds (Message resource, ValidityPeriod). */
const longestValidity = 36_000

/** What Twilio calls a text: SM…, or MM… where it has pictures. */
const sidPattern = /^[SM]M[0-9a-f]{32}$/i

/** First wait after "too many requests", in ms; whoever tries again doubles it each time. Spread by up to as much again. */
const firstWaitMs = 5_000

/**
 * Texts by Twilio. Every text is handed over once; what became of a lost answer is looked up. Reports go to
 * `publicUrl`/sms/status with the text's key, so that a report alone settles it. `random` (0 to 1) spreads repeated tries.
 */
export function twilioTransport({ settings, publicUrl, clock, store, logger, timeoutMs, random = Math.random }: {
  settings: TwilioSettings
  publicUrl: string
  clock: Clock
  store: Store
  logger: Logger
  timeoutMs?: number
  random?: () => number
}): TextTransport {
  const { from, messagingServiceSid } = settings
  const call = openTwilioCalls({ settings, ...(timeoutMs === undefined ? {} : { timeoutMs }) })

  const post = async ({ key, to, body, validForSec }: OutgoingText): Promise<SendAnswer> => {
    const { sid, status } = await call((rest) => rest.messages.create({
      to, body,
      ...(from === undefined ? {} : { from }),
      ...(messagingServiceSid === undefined ? {} : { messagingServiceSid }),
      ...(validForSec === undefined ? {} : { validityPeriod: Math.min(Math.floor(validForSec), longestValidity) }),
      // What was approved is what is sent, to the letter (F37).
      smartEncoded: false,
      statusCallback: `${publicUrl}/sms/status?text=${encodeURIComponent(key)}`,
    }))
    if (typeof sid !== 'string' || !sidPattern.test(sid)) return { state: 'unknown', code: 'not_an_answer' }
    const delivery = deliveries.find((one): one is Delivery => one === status)
    return { state: 'sent', id: sid, ...(delivery === undefined ? {} : { status: delivery }) }
  }

  return {
    name: 'Twilio',
    async send(text) {
      if (text.validForSec !== undefined && text.validForSec < 1) return { state: 'failed', code: 'too_late', failure: 'unknown' }
      const answer = await post(text).catch((error: unknown) => answerTo(error, { retryAfterMs: Math.round(firstWaitMs * (1 + random())) }))
      if (answer.state !== 'sent') logger.warn({ text: text.key, state: answer.state, code: answer.code }, 'Twilio did not take a text')
      return answer
    },
    look: (text) => lookForText({ text, from, call, clock, store }),
    answersItself: (reply) => answeredByTwilio({ ...reply, from }),
  }
}
