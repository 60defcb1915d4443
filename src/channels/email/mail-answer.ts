import type { MailAnswer } from '../../messages/email/email.ts'
import type { SmtpProblem } from './smtp.ts'

const minute = 60_000

/**
 * What a failed try means. A reply of the server is final by its first digit (RFC 5321, section 4.2.1: 4 is for now, 5 for
 * good); without one it depends on whether it may have got the words.
 */
export function readMailAnswer({ begun, problem: { kind, replyCode, command, reply = '' } }: { begun: boolean; problem: SmtpProblem }): MailAnswer {
  if (kind === 'login') return { state: 'later', code: 'mail_not_set_up', retryAfterMs: 10 * minute }
  if (replyCode === undefined) return begun ? { state: 'unknown', code: 'no_answer' } : { state: 'later', code: 'no_connection', retryAfterMs: minute }
  // A server that keeps strangers waiting (greylisting) does so for some minutes.
  if (replyCode < 500) return { state: 'later', code: 'busy', retryAfterMs: 5 * minute }
  switch (command ?? '') {
    case 'RCPT TO':
      return { state: 'failed', code: mailboxCode(reply) ?? 'bad_address' }
    case 'DATA':
      return { state: 'failed', code: mailboxCode(reply) ?? 'mail_filtered' }
    case 'MAIL FROM':
      return { state: 'failed', code: 'mail_not_set_up' }
    default:
      // It would not even talk (554 at the greeting): another time it may.
      return { state: 'later', code: 'busy', retryAfterMs: 10 * minute }
  }
}

/** By the enhanced code, where there is one (RFC 3463, section 3): 5.1 the address, 5.2 the mailbox (full, closed), 5.7 a rule against us. */
function mailboxCode(reply: string): 'bad_address' | 'mailbox' | 'mail_filtered' | undefined {
  const [, subject] = /^\d{3}[ -]5\.(\d{1,3})\.\d{1,3}\b/.exec(reply) ?? []
  return subject === '1' ? 'bad_address' : subject === '2' ? 'mailbox' : subject === '7' ? 'mail_filtered' : undefined
}
