import MailComposer from 'nodemailer/lib/mail-composer'
import type { EmailSettings } from '../../config.ts'
import type { OutgoingMail } from '../../messages/email/email.ts'
import type { Seal } from '../../store/seal.ts'

/** The longest subject: what phones show, and within one header line with its name (RFC 5322, section 2.1.1). */
const longestSubject = 120

/**
 * One email as it goes over the line. Plain text only: it is a text message by another way, nothing in it needs drawing,
 * and without HTML there can be no hidden link, picture or tracker. The same key is the same Message-ID, so that a server
 * or mail program that gets it twice can tell.
 */
export async function writeMail({ settings: { from, replyTo }, seal, mail }: { settings: EmailSettings; seal: Pick<Seal, 'lookup'>; mail: OutgoingMail }): Promise<Buffer> {
  const composer = new MailComposer({
    from,
    to: { name: '', address: mail.to },
    ...(replyTo === undefined ? {} : { replyTo }),
    subject: oneLine(mail.subject),
    text: mail.body,
    messageId: `<${seal.lookup(`mail ${mail.key}`).slice(0, 32)}@${from.address.split('@')[1] ?? 'localhost'}>`,
    headers: {
      // Both ways in one header (RFC 2369), folded between them and never within one; a mailbox only where somebody reads it.
      'List-Unsubscribe': { prepared: true, value: [mail.unsubscribe, ...(replyTo === undefined ? [] : [`mailto:${replyTo.address}?subject=unsubscribe`])].map(inBrackets).join(',\r\n ') },
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click', // RFC 8058
      'Auto-Submitted': 'auto-generated', // RFC 3834: no out-of-office note is sent back
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return composer.compile().build()
}

/** As a URL is written, which has no line break and no bracket in it. */
function inBrackets(url: string): string {
  return `<${new URL(url).href.replaceAll(/[<>]/g, '')}>`
}

/** A line break in a header would begin another header. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim().slice(0, longestSubject)
}
