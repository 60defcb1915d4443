import type { Messages } from '../../messages/messages.ts'
import { addMinutes, type Clock } from '../../salon/time.ts'
import type { Store } from '../../store/open-store.ts'
import { failureOf } from './error-table.ts'
import { type TwilioCalls, TwilioRefusal } from './twilio-client.ts'
import { deliveries } from './webhook-body.ts'

/** Reports come within seconds; after this long Twilio is asked, and for as long as this again. */
const [quietMinutes, giveUpMinutes] = [10, 60]

/** One round of questions; the others wait for the next. */
const mostAtOnce = 50

/** Asks Twilio what became of texts of ours whose reports did not come, and hands the answers on like reports. Answers how many were asked about. */
export async function askForReports({ call, store: { db }, clock, messages }: { call: TwilioCalls; store: Store; clock: Clock; messages: Pick<Messages, 'reported'> }): Promise<number> {
  const now = clock.now()
  const silent = await db.selectFrom('texts').select('provider_id')
    .where('direction', '=', 'out').where('channel', '=', 'sms').where('state', '=', 'sent').where('provider_id', 'is not', null)
    // `sent` may be all that is ever known: some networks report no more.
    .where((where) => where.or([where('delivery', 'is', null), where('delivery', 'in', ['accepted', 'queued', 'sending'])]))
    .where('at', '<=', addMinutes(now, -quietMinutes)).where('at', '>', addMinutes(now, -giveUpMinutes))
    .orderBy('at').limit(mostAtOnce).execute()
  for (const { provider_id: providerId } of silent) {
    if (providerId === null) continue
    const message = await call((rest) => rest.messages(providerId).fetch()).catch((error: unknown) => {
      // Somebody deleted it there, as one may.
      if (error instanceof TwilioRefusal && error.status === 404) return undefined
      throw error
    })
    const status = deliveries.find((delivery) => delivery === message?.status)
    if (status === undefined) continue
    const code = message?.errorCode ? String(message.errorCode) : undefined
    await messages.reported({ providerId, status, code, ...(code === undefined ? {} : { failure: failureOf(code) }) })
  }
  return silent.length
}
