import type { EmailSettings } from '../../config.ts'
import { mailAddress, type MailTransport } from '../../messages/email/email.ts'
import type { Seal } from '../../store/seal.ts'
import { readMailAnswer } from './mail-answer.ts'
import { sendBySmtp } from './smtp.ts'
import { writeMail } from './write-mail.ts'

/** Sends emails through the mail server of the settings. `publicUrl` is where clients reach the page that unsubscribes. */
export function emailTransport({ settings, publicUrl, seal }: { settings: EmailSettings; publicUrl: string; seal: Pick<Seal, 'lookup'> }): MailTransport {
  return {
    name: `email from ${settings.from.address}`,
    readsReplies: settings.replyTo !== undefined,
    unsubscribeUrl: (token) => `${publicUrl}/email/unsubscribe?t=${encodeURIComponent(token)}`,
    async send(mail) {
      const to = mailAddress(mail.to)
      if (to === undefined) return { state: 'failed', code: 'bad_address' }
      const message = await writeMail({ settings, seal, mail: { ...mail, to } })
      const sent = await sendBySmtp({ settings, from: settings.from.address, to, message })
      return sent.ok ? { state: 'sent' } : readMailAnswer(sent)
    },
  }
}
