import type { ClientText } from '../../approvals/action.ts'
import type { BookingPlatform } from '../../platforms/booking-platform.ts'
import type { Clock } from '../../salon/time.ts'
import type { Store } from '../../store/open-store.ts'
import type { EffectHandler } from '../../store/outbox.ts'
import { fallbackEffect, fallbackHandler, type OnLost, wantEmail } from './email-fallback.ts'
import type { MailTransport } from './email.ts'
import { loadEmailWords, wordsForMail } from '../words/email-words.ts'
import { emailEffect } from './queue-email.ts'
import { reachByEmail } from '../consent/reach-by-email.ts'
import { emailHandler } from './send-email.ts'
import type { Templates } from '../words/templates.ts'

/** Emails in place of texts. */
export type Emails = {
  /** For the outbox. */
  handlers: [string, EffectHandler][]
  /** To be told, in the transaction that settles it, of every text that will not arrive. */
  onLost: OnLost
  /** A text to a client without a phone number as the email they would get; undefined where they get none. */
  instead: (text: ClientText) => Promise<ClientText | undefined>
}

/** Opens emails. Throws `DeskError('corrupt')` when what stands around the words (prompts/email) is broken. */
export async function openEmails({ store, clock, platform, templates, transport }: { store: Store; clock: Clock; platform: BookingPlatform; templates: Templates; transport: MailTransport }): Promise<Emails> {
  const words = await loadEmailWords()
  return {
    handlers: [[fallbackEffect, fallbackHandler({ store, clock, platform })], [emailEffect, emailHandler({ store, clock, platform, transport, words, templates })]],
    onLost: wantEmail,
    async instead({ asks: _asks, ...text }) {
      if (text.purpose !== undefined && text.purpose !== 'appointment') return undefined
      const body = wordsForMail(text.body)
      const { barred } = await reachByEmail({ store, platform, clientId: text.clientId })
      return barred === undefined && body !== '' ? { ...text, body, segments: 0, channel: 'email' } : undefined
    },
  }
}
