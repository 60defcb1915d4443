import { Readable } from 'node:stream'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import { DeskError } from '../../salon/errors.ts'
import type { EmailSettings } from '../../config.ts'

/** Milliseconds for one whole try: less than the outbox's lease of a minute, so that nobody else takes it up meanwhile. */
const tryMs = 45_000
/** Milliseconds for one answer of the server. */
const answerMs = 15_000

/** What a mail server said, or did not say. `command` is what it answered to (`RCPT TO`), `replyCode` its three digits. */
export type SmtpProblem = { kind: 'login' | 'network' | 'reply'; replyCode?: number; command?: string; reply?: string }

/**
 * Hands one message over (RFC 5321). `begun` says of a failure whether the server had asked for the words (354) and may
 * have them all: before that it certainly has nothing.
 */
export async function sendBySmtp({ settings, from, to, message }: { settings: EmailSettings; from: string; to: string; message: Buffer }): Promise<{ ok: true } | { ok: false; begun: boolean; problem: SmtpProblem }> {
  let begun = false
  // Read only when the server has asked for it: that is how we know how far it got.
  const words = new Readable({
    read() {
      begun = true
      this.push(message)
      this.push(null)
    },
  })
  try {
    await withConnection(settings, (connection, done) => connection.send({ from, to: [to], size: message.length }, words, done))
    return { ok: true }
  } catch (error) {
    return { ok: false, begun, problem: readProblem(error) }
  }
}

/** Connects and logs in, and sends nothing. Answers what is wrong, undefined when nothing is. */
export async function trySmtp(settings: EmailSettings): Promise<SmtpProblem | undefined> {
  return withConnection(settings, (_connection, done) => done(null)).then(() => undefined, readProblem)
}

type Done = (error: Error | null) => void

/** One connection for one message: fallbacks are rare, and a kept connection would have to be watched. */
async function withConnection(settings: EmailSettings, work: (connection: SMTPConnection, done: Done) => void): Promise<void> {
  const { host, port, secure, login } = settings
  const isHere = host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
  const connection = new SMTPConnection({
    host, port, secure,
    // A password never goes over a line in the clear; what stays on this machine needs no certificate.
    requireTLS: !secure && !isHere && login !== undefined,
    ignoreTLS: isHere,
    connectionTimeout: answerMs, greetingTimeout: answerMs, socketTimeout: answerMs, dnsTimeout: answerMs,
  })
  let deadline: NodeJS.Timeout | undefined
  try {
    await new Promise<void>((resolve, reject) => {
      const done: Done = (error) => (error === null ? resolve() : reject(error))
      deadline = setTimeout(() => reject(new DeskError('unavailable', { message: 'the mail server takes too long' })), tryMs)
      connection.on('error', reject)
      // Last, because what the server said as it hung up (421) is told right after.
      connection.on('end', () => setImmediate(() => reject(new DeskError('unavailable', { message: 'the mail server hung up' }))))
      connection.connect((refused) => {
        if (refused !== undefined) return reject(refused)
        if (login === undefined) return work(connection, done)
        return connection.login({ user: login.user, pass: login.password }, (wrong) => (wrong === null ? work(connection, done) : reject(wrong)))
      })
    })
    connection.quit()
  } catch (error) {
    connection.close()
    throw error
  } finally {
    clearTimeout(deadline)
  }
}

function readProblem(error: unknown): SmtpProblem {
  const { code, responseCode, command, response } = (error ?? {}) as { code?: unknown; responseCode?: unknown; command?: unknown; response?: unknown }
  return {
    kind: code === 'EAUTH' ? 'login' : typeof responseCode === 'number' ? 'reply' : 'network',
    ...(typeof responseCode === 'number' ? { replyCode: responseCode } : {}),
    ...(typeof command === 'string' ? { command } : {}),
    ...(typeof response === 'string' ? { reply: response } : {}),
  }
}
