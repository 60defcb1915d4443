import type { AddressInfo, Socket } from 'node:net'
import { simpleParser } from 'mailparser'
import { SMTPServer, type SMTPServerSession } from 'smtp-server'
import type { EmailSettings } from '../../../../src/config.ts'

type At = 'connect' | 'login' | 'from' | 'to' | 'data'

/**
 * What goes wrong with the next connection: a reply instead of yes, or the line goes dead. `lost`: it has all the words and
 * says nothing; with `kept` it even delivers them.
 */
export type MailFault = { reply: string; at: At } | { cut: 'from' | 'to' } | { lost: 'dropped' | 'kept' }

export type ReceivedMail = { to: string[]; from: string; raw: string }

export type FakeMailServer = { settings: EmailSettings; received: ReceivedMail[]; faults: MailFault[]; connections: () => number; close(): Promise<void> }

/** A mail server that speaks the real protocol on this machine; each connection has the fault that is first in line, if any. */
export async function openFakeMailServer({ login }: { login?: { user: string; password: string } } = {}): Promise<FakeMailServer> {
  const received: ReceivedMail[] = []
  const faults: MailFault[] = []
  const faultOf = new Map<string, MailFault>()
  const sockets = new Map<number, Socket>()
  let connections = 0

  const refused = (session: SMTPServerSession, at: At): Error | undefined => {
    const fault = faultOf.get(session.id)
    if (fault === undefined || !('reply' in fault) || fault.at !== at) return undefined
    const [code = '', ...words] = fault.reply.split(' ')
    return Object.assign(new Error(words.join(' ')), { responseCode: Number(code) })
  }
  const cut = (session: SMTPServerSession) => {
    sockets.get(session.remotePort)?.destroy()
  }
  const isCut = (session: SMTPServerSession, at: 'from' | 'to'): boolean => {
    const fault = faultOf.get(session.id)
    if (fault === undefined || !('cut' in fault) || fault.cut !== at) return false
    cut(session)
    return true
  }

  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'], authOptional: login === undefined, allowInsecureAuth: true, logger: false, closeTimeout: 50, disableReverseLookup: true,
    onConnect(session, done) {
      connections++
      const fault = faults.shift()
      if (fault !== undefined) faultOf.set(session.id, fault)
      done(refused(session, 'connect'))
    },
    onAuth(given, session, done) {
      const wrong = refused(session, 'login')
      if (wrong !== undefined) return done(wrong)
      return given.username === login?.user && given.password === login?.password ? done(null, { user: given.username }) : done(new Error('wrong password'))
    },
    onMailFrom(_address, session, done) {
      if (!isCut(session, 'from')) done(refused(session, 'from'))
    },
    onRcptTo(_address, session, done) {
      if (!isCut(session, 'to')) done(refused(session, 'to'))
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const fault = faultOf.get(session.id)
        const wrong = refused(session, 'data')
        const keeps = wrong === undefined && !(fault !== undefined && 'lost' in fault && fault.lost === 'dropped')
        const { mailFrom, rcptTo } = session.envelope
        if (keeps) received.push({ from: mailFrom === false ? '' : mailFrom.address, to: rcptTo.map(({ address }) => address), raw: Buffer.concat(chunks).toString('utf8') })
        if (fault !== undefined && 'lost' in fault) cut(session)
        else done(wrong)
      })
    },
  })
  server.server.on('connection', (socket: Socket) => { if (socket.remotePort !== undefined) sockets.set(socket.remotePort, socket) })
  server.on('error', () => {}) // a line that is cut is meant to be
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const { port } = server.server.address() as AddressInfo
  return {
    settings: { host: '127.0.0.1', port, secure: false, login, from: { name: 'Juniper & Sage', address: 'desk@juniper.example' }, replyTo: undefined },
    received, faults,
    connections: () => connections,
    close: () => new Promise((resolve) => { server.close(resolve) }),
  }
}

/** An email as a mail program reads it. */
export async function readMail(mail: ReceivedMail | undefined): Promise<Awaited<ReturnType<typeof simpleParser>>> {
  return simpleParser(mail?.raw ?? '')
}

/** One header of an email, unfolded, as it came over the line. */
export function headerOf(mail: ReceivedMail | undefined, name: string): string[] {
  const [head = ''] = (mail?.raw ?? '').split('\r\n\r\n')
  return head.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n').filter((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`)).map((line) => line.slice(name.length + 1).trim())
}
