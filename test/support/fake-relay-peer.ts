import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { type RelayFrame, strictly } from './relay-frames.ts'

/** Twilio's signature of a handshake: HMAC-SHA1 of the address alone, written here anew. */
export function signAddress({ url, token }: { url: string; token: string }): string {
  return createHmac('sha1', token).update(url, 'utf8').digest('base64')
}

/** Twilio's end of a ConversationRelay session, over a real WebSocket. Everything it is sent it reads to the letter. */
export type RelayPeer = {
  /** Sends a frame; a text as it is. */
  send(frame: Record<string, unknown> | string | Buffer): void
  /** The next frame that was sent to us. */
  next(): Promise<RelayFrame>
  /** Frames that nobody has asked for yet. */
  waiting(): number
  /** Resolves with the close code. */
  closed: Promise<number>
  /** Ends it in order, as when the caller hangs up. */
  hangUp(): Promise<void>
  /** The network is gone. */
  cut(): void
  /** Says nothing to pings any more. */
  socket: WebSocket
}

/** Connects as Twilio does; rejects with the HTTP status where it is refused. `signedUrl` is what the signature is over. */
export async function openRelayPeer({ url, signedUrl, token, autoPong = true }: { url: string; signedUrl: string; token: string; autoPong?: boolean }): Promise<RelayPeer> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), { headers: { 'x-twilio-signature': signAddress({ url: signedUrl, token }) }, autoPong })
  const frames: RelayFrame[] = []
  const wanted: ((frame: RelayFrame) => void)[] = []
  const closed = new Promise<number>((resolve) => { socket.on('close', resolve) })
  socket.on('message', (data: Buffer) => {
    const frame = strictly(data.toString('utf8'))
    const want = wanted.shift()
    if (want === undefined) frames.push(frame)
    else want(frame)
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('unexpected-response', (_request, response) => {
      reject(new Error(String(response.statusCode)))
      response.destroy()
    })
    socket.once('error', reject)
  })
  socket.on('error', () => {})
  return {
    send: (frame) => socket.send(typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame)),
    next: () => new Promise((resolve) => {
      const frame = frames.shift()
      if (frame === undefined) wanted.push(resolve)
      else resolve(frame)
    }),
    waiting: () => frames.length,
    closed,
    async hangUp() {
      socket.close(1000)
      await once(socket, 'close')
    },
    cut: () => socket.terminate(),
    socket,
  }
}
