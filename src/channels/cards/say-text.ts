import type { Proposal } from '../../approvals/proposal.ts'
import type { Text } from '../../messages/messages.ts'
import { firstName } from '../../salon/plain-names.ts'
import type { Instant, Zone } from '../../salon/time.ts'
import type { Telling } from './proposal-card.ts'
import { sayMoment } from './say-moment.ts'

/** What became of a text of ours, as far as it is known. */
export type TextNow = Pick<Text, 'state' | 'at'> & Partial<Pick<Text, 'channel' | 'delivery' | 'deliveredAt'>> & { errorCode?: string | null | undefined }

type When = { zone: Zone; now: Instant; paused: boolean }

/** "Text to Dana: delivered at 9:41 am." */
export function sayText({ facts: { message } }: Pick<Proposal, 'facts'>, { text, telling, paused }: { text: TextNow; telling: Telling; paused: boolean }): string {
  const to = message?.kind === 'text' ? firstName(message.to) : 'the client'
  return `Text to ${to}: ${sayBecame(text, { ...telling, paused })}${sayAdvice(text, to)}`
}

/** "Of 12 texts: 10 sent, 1 on its way, 1 held back because it no longer fitted." What needs a person is on the client's own card. */
export function sayTexts(texts: TextNow[], paused: boolean): string {
  const fates = texts.map(({ state, delivery, errorCode }) => {
    if (state === 'queued') return paused ? 'waiting: the desk is paused' : 'on the way'
    if (state === 'suppressed') return harmless.has(errorCode ?? '') ? 'held back because it no longer fitted' : 'not sent'
    if (state === 'unknown') return 'not known to have arrived'
    return state === 'failed' || delivery === 'undelivered' || delivery === 'failed' ? 'not delivered' : delivery === 'delivered' || delivery === 'read' ? 'delivered' : 'sent'
  })
  const counts = Array.from(Map.groupBy(fates, (fate) => fate), ([fate, those]) => `${those.length} ${fate}`)
  return `Of ${texts.length === 1 ? '1 text' : `${texts.length} texts`}: ${counts.join(', ')}.`
}

/** What became of it, as a clause: "delivered at 9:41 am.", "not delivered: it is a landline." */
export function sayBecame({ state, channel, delivery, deliveredAt, errorCode, at }: TextNow, { paused, ...when }: When): string {
  const by = channel === 'email' ? ' by email' : ''
  switch (state) {
    case 'sent':
      if (delivery === 'undelivered' || delivery === 'failed') return `not delivered: ${whyUndelivered(errorCode)}`
      if (delivery === 'delivered' || delivery === 'read') return `${delivery === 'read' ? 'read' : 'delivered'}${by}${deliveredAt === undefined ? '' : ` at ${sayMoment(deliveredAt, when)}`}.`
      return `sent${by} at ${sayMoment(at, when)}.`
    case 'queued':
      return paused ? 'waiting: the desk is paused.' : waitsFor[errorCode ?? ''] ?? 'on its way.'
    case 'suppressed':
      return `not sent: ${whyNot[errorCode ?? ''] ?? 'it was held back.'}`
    case 'unknown':
      return 'it is not known whether it arrived.'
    case 'failed':
      return `not sent: ${whyUndelivered(errorCode)}`
    case 'received': // below, so that every path returns
  }
  return ''
}

/** What a person should do about it now; nothing where it is well. */
function sayAdvice({ state, delivery, errorCode }: TextNow, to: string): string {
  if (state === 'unknown') return ` Please ask ${to}.`
  if (state === 'failed' || (state === 'sent' && (delivery === 'undelivered' || delivery === 'failed'))) return ` Please tell ${to} yourself.`
  if (state !== 'suppressed' || harmless.has(errorCode ?? '')) return ''
  return errorCode === 'opted_out' || errorCode === 'no_consent' ? ' Please call.' : ' Please tell them yourself.'
}

/** Not sent because it would have said something that is no longer so. */
const harmless = new Set(['outdated', 'superseded'])

const waitsFor: Record<string, string> = {
  quiet_hours: 'waiting until clients may be texted again, in the morning.',
  hold: 'waiting a moment, because this client has just had another text.',
}

const whyNot: Record<string, string> = {
  opted_out: 'the number has said STOP.',
  no_consent: 'the client\'s record says no texts.',
  wrong_person: 'whoever has the number says they are somebody else.',
  not_asked: 'they have not asked for texts of this kind.',
  no_number: 'there is no phone number on file.',
  outdated: 'the visit was changed again, or has begun.',
  shadow: 'the desk only records changes of this kind now.',
  too_late: 'it would have come too late.',
  quiet_hours: 'it would have come in the quiet hours.',
  over_cap: 'they have had as many texts as the salon allows.',
  no_address: 'there is no email address on file.',
  unsubscribed: 'they have ended emails from the salon.',
  demo: 'the demo writes to nobody.',
  taken_over: 'somebody has taken this client\'s texts over.',
}

/** By what the text service said: its own words for a reason (`landline`), or its number for it. */
function whyUndelivered(code: string | null | undefined): string {
  return failures[code ?? ''] ?? 'it could not be delivered.'
}

const landline = 'it is a landline, or a number that takes no texts.'
const badNumber = 'there is no such number.'
const filtered = 'the phone company held it back.'
const unreachable = 'the phone is off or out of reach.'
const notSetUp = 'texting is not fully set up. Please tell the owner.'
// Twilio's public list of error codes (twilio.com/docs/api/errors).
const failures: Record<string, string> = {
  bad_address: 'there is no such email address.', mailbox: 'the mailbox is full or closed.', mail_filtered: 'the mail server held it back.',
  mail_not_set_up: 'email is not fully set up. Please tell the owner.', busy: 'the mail server had no room for it.', no_connection: 'the mail server does not answer.',
  landline, 21614: landline, 21635: landline, 30006: landline,
  bad_number: badNumber, 21211: badNumber, 30005: badNumber,
  opted_out: 'the number has said STOP.', 21610: 'the number has said STOP.',
  filtered, 30004: filtered, 30007: filtered,
  unreachable, 30003: unreachable,
  not_set_up: notSetUp, 21212: notSetUp, 21408: notSetUp, 21606: notSetUp, 21612: 'the number cannot be reached from here.', 30034: notSetUp, 30001: 'too many texts were waiting.', 21611: 'too many texts were waiting.',
}
