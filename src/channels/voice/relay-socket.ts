import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { errorFields, type Logger } from '../../logger.ts'
import { isFromTwilio } from '../sms/verify-signature.ts'
import type { RelayLine, RelaySession } from './relay-session.ts'
import type { Scheduler } from './scheduler.ts'

/** A salon's telephone has a handful of calls at once; more than this is not calls. */
const mostSessions = 200

/** A frame that is longer ends the connection before it is read whole, in bytes. */
const mostBytes = 256 * 1024

/** Whoever reads so slowly that this much waits for them is gone, in bytes. */
const mostUnsent = 256 * 1024

/** How often the other side is asked whether it is still there, and how long a setup is waited for, in ms. */
const [beatMs, setupMs] = [30_000, 10_000]

/** The WebSocket close code, RFC 6455 section 7.4.1. */
const goingAway = 1001

export type RelaySockets = {
  /** Takes a request to become a socket, or refuses it before anything else of it is read. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  open(): number
  stop(): Promise<void>
}

/**
 * The door for ConversationRelay's sockets. Its signature is looked at before the handshake is answered (VOX-1): over the
 * public address as wss and as https, for Twilio writes it as it was told to connect. `onRefused`: not from Twilio.
 */
export function openRelaySockets({ authTokens, publicUrl, scheduler, logger, openSession, onRefused }: {
  authTokens: readonly string[]
  publicUrl: string
  scheduler: Scheduler
  logger: Logger
  openSession: (line: Pick<RelayLine, 'send' | 'close'>) => RelaySession
  onRefused: () => void
}): RelaySockets {
  const server = new WebSocketServer({ noServer: true, maxPayload: mostBytes, perMessageDeflate: false, clientTracking: false })
  const open = new Map<WebSocket, RelaySession>()
  const emptied: (() => void)[] = []
  let isStopping = false

  const serve = (socket: WebSocket): void => {
    let isAlive = true
    let hasSpoken = false
    const session = openSession({
      send(frame) {
        if (socket.readyState !== socket.OPEN) return
        if (socket.bufferedAmount > mostUnsent) return socket.terminate()
        socket.send(frame)
      },
      close: (code) => socket.close(code),
    })
    open.set(socket, session)
    const beat = (): void => {
      if (!isAlive) return socket.terminate()
      isAlive = false
      socket.ping()
      stopBeat = scheduler.after(beatMs, beat)
    }
    let stopBeat = scheduler.after(beatMs, beat)
    const stopSetup = scheduler.after(setupMs, () => { if (!hasSpoken) socket.close(goingAway) })
    socket.on('pong', () => { isAlive = true })
    socket.on('message', (data, isBinary) => {
      hasSpoken = true
      session.receive(isBinary || !Buffer.isBuffer(data) ? undefined : data.toString('utf8'))
    })
    // Broken frames and broken connections end in `close` as well.
    socket.on('error', (error) => logger.warn(errorFields(error), 'a socket of a call failed'))
    socket.on('close', () => {
      for (const stop of [stopBeat, stopSetup]) stop()
      session.closed()
      open.delete(socket)
      if (open.size === 0) for (const done of emptied.splice(0)) done()
    })
  }

  return {
    upgrade(request, socket, head) {
      // Whoever is refused may hang up first.
      socket.on('error', () => {})
      const [signature, url = ''] = [request.headers['x-twilio-signature'], request.url]
      const isSigned = [publicUrl.replace(/^http/, 'ws'), publicUrl].some((base) => isFromTwilio({ authTokens, signature: typeof signature === 'string' ? signature : undefined, publicUrl: base + url, rawBody: '' }))
      if (!isSigned) {
        onRefused()
        return refuse(socket, '403 Forbidden')
      }
      if (isStopping || open.size >= mostSessions) {
        logger.error({ sessions: open.size }, 'a call gets no socket; Twilio asks what to do instead')
        return refuse(socket, '503 Service Unavailable')
      }
      server.handleUpgrade(request, socket, head, serve)
    },
    open: () => open.size,
    async stop() {
      isStopping = true
      const closed = new Promise<void>((resolve) => {
        if (open.size === 0) resolve()
        else emptied.push(resolve)
      })
      for (const [socket, session] of open) {
        session.breakOff('shutdown')
        socket.close(goingAway)
      }
      // Whoever does not answer the goodbye is not waited for.
      const giveUp = scheduler.after(2_000, () => { for (const socket of open.keys()) socket.terminate() })
      await closed
      giveUp()
      server.close()
    },
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy())
}

