import type { InboundText } from '../../messages/messages.ts'
import type { Instant } from '../../salon/time.ts'
import { receive } from '../../store/inbox.ts'
import type { Store, Trx } from '../../store/open-store.ts'
import { InboxText, SealedText } from './webhook-body.ts'

/** Where clients' texts and the reports on ours lie until they are worked. */
export const inboxSources = { text: 'sms', report: 'sms.status' } as const

/**
 * Keeps a client's text, once by its MessageSid, whichever way it came: webhook, second path, or Twilio's list (F16, F17).
 * One number's texts are worked in the order they came. Number and words are sealed.
 */
export async function keepText(trx: Trx, { seal, text: { externalId, at, from, body, media = 0, optOutType } }: { seal: Store['seal']; text: InboundText & { at: Instant } }): Promise<{ isNew: boolean }> {
  const sealed = seal.seal(JSON.stringify({ from, body, media, optOutType }))
  return receive(trx, { source: inboxSources.text, externalId, lane: seal.lookup(from), payload: { at, sealed } })
}

/** A kept text, opened. Throws `DeskError('corrupt')` when it was sealed with another key. */
export function openText({ seal, externalId, payload }: { seal: Store['seal']; externalId: string; payload: unknown }): InboundText {
  const { at, sealed } = InboxText.parse(payload)
  return { ...SealedText.parse(JSON.parse(seal.open(sealed))), externalId, at }
}
