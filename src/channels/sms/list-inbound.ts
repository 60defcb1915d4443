import type { TwilioSettings } from '../../config.ts'
import type { InboundText } from '../../messages/messages.ts'
import type { Instant } from '../../salon/time.ts'
import type { Store } from '../../store/open-store.ts'
import { inboxSources } from './keep-text.ts'
import type { TwilioCalls } from './twilio-client.ts'
import { isPhone } from './webhook-body.ts'

/** What clients wrote to our numbers since then, the oldest first. Twilio filters by sent date in whole days or finer, nobody promises which; what is older than asked for is left out here. */
export async function listInbound({ call, settings, since }: { call: TwilioCalls; settings: Pick<TwilioSettings, 'from' | 'messagingServiceSid'>; since: Instant }): Promise<(InboundText & { at: Instant })[]> {
  const texts: (InboundText & { at: Instant })[] = []
  for (const to of await ourNumbers({ call, settings })) {
    // Every page: the newest come first, and a desk that was down for a day must not miss its first hour.
    for (const { sid, from, body, numMedia, direction, dateSent, dateCreated } of await call((rest) => rest.messages.list({ to, dateSentAfter: new Date(since), pageSize: 1_000 }))) {
      // Twilio leaves the sent date of a text empty for a moment.
      const at = (dateSent ?? dateCreated).toISOString()
      if (direction === 'inbound' && isPhone(from) && at >= since) texts.push({ externalId: sid, from, body, media: Number(numMedia), at })
    }
  }
  // Times are in whole seconds; of two in one second the later comes first in the list.
  return texts.toReversed().toSorted((one, other) => one.at.localeCompare(other.at))
}

async function ourNumbers({ call, settings: { from, messagingServiceSid } }: { call: TwilioCalls; settings: Pick<TwilioSettings, 'from' | 'messagingServiceSid'> }): Promise<string[]> {
  const pool = messagingServiceSid === undefined ? [] : (await call((rest) => rest.messaging.v1.services(messagingServiceSid).phoneNumbers.list({ pageSize: 100 }))).map(({ phoneNumber }) => phoneNumber)
  return [...new Set([...(from === undefined ? [] : [from]), ...pool])]
}

/** Those of these texts that never reached the desk. */
export async function notSeen<Text extends { externalId: string }>({ db }: Pick<Store, 'db'>, texts: Text[]): Promise<Text[]> {
  if (texts.length === 0) return []
  const rows = await db.selectFrom('inbox').select('external_id').where('source', '=', inboxSources.text).where('external_id', 'in', texts.map(({ externalId }) => externalId)).execute()
  const seen = new Set(rows.map((row) => row.external_id))
  return texts.filter(({ externalId }) => !seen.has(externalId))
}
