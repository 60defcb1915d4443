import type { EmailSettings } from '../../config.ts'
import { type SmtpProblem, trySmtp } from './smtp.ts'

/** One thing that works, is worth knowing, or does not work with what to do about it. */
type Finding = { what: string; state: 'ok' | 'note' | 'problem'; says: string }

/** For `desk doctor`: connects to the mail server and logs in. Sends nothing. */
export async function checkEmail({ settings, publicUrl }: { settings: EmailSettings; publicUrl: string | undefined }): Promise<Finding[]> {
  const { host, port, from, replyTo } = settings
  const problem = await trySmtp(settings)
  if (problem !== undefined) return [{ what: 'Email', state: 'problem', says: sayProblem({ settings, problem }) }]
  return [
    { what: 'Email', state: 'ok', says: `${host}:${port} takes mail from ${from.address}; used when a text cannot arrive` },
    { what: 'Email replies', state: 'ok', says: replyTo === undefined ? 'not read, and every email says so. EMAIL_REPLY_TO sends them to a mailbox of yours.' : `go to ${replyTo.address}, where a person must read them` },
    { what: 'Email opt-out', state: 'ok', says: `at ${publicUrl}/email/unsubscribe, which must be reachable from the internet` },
  ]
}

function sayProblem({ settings: { host, port, secure }, problem: { kind, replyCode, command } }: { settings: EmailSettings; problem: SmtpProblem }): string {
  if (kind === 'login') return `${host} does not accept the user name and password in SMTP_URL. Many services want a password made for programs.`
  if (kind === 'reply') return `${host} refuses us (${[replyCode, command].filter((part) => part !== undefined).join(' at ')}). Ask whoever runs it whether this machine may send.`
  return `${host}:${port} does not answer, or not as a mail server with a valid certificate. Check SMTP_URL: ${secure ? 'smtps:// is for port 465' : 'smtp:// is for port 587'}, and whether the network lets it through.`
}
