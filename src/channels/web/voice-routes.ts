import { Hono } from 'hono'
import type { Counters } from './counters.ts'
import { limitBody } from './read-input.ts'
import { refuse } from './refuse.ts'

const paths = { '/voice/inbound': 'inbound', '/voice/after': 'after', '/voice/gather': 'gather', '/voice/desk': 'desk', '/voice/message': 'message', '/voice/done': 'done', '/voice/status': 'status' } as const

/** A telephone service's webhooks: checks the signature over exactly this text and address, and says what the call does next. */
export type VoiceReceiver = {
  /** `url`: path and query as received, without the host. Header names are in lower case. */
  receive(request: { kind: (typeof paths)[keyof typeof paths]; url: string; rawBody: string; headers: Record<string, string | undefined> }): Promise<{ status: number; body?: string; headers?: Record<string, string> }>
}

/** `POST /voice/…`: what becomes of a call. Nothing is decided here; what was not signed is counted (F22). */
export function voiceRoutes({ voice, counters }: { voice: VoiceReceiver | undefined; counters: Pick<Counters, 'signatureRefused'> }): Hono {
  const app = new Hono()
  for (const [path, kind] of Object.entries(paths)) {
    app.post(path, limitBody(64), async (c) => {
      if (voice === undefined) return refuse(c, { status: 404, code: 'not_found', message: 'Calls do not come in here. docs/voice.md says how to connect them.' })
      const rawBody = Buffer.from(await c.req.arrayBuffer()).toString('utf8')
      const { status, body, headers = {} } = await voice.receive({ kind, url: c.req.url.replace(/^[a-z]+:\/\/[^/]*/i, ''), rawBody, headers: c.req.header() })
      if (status === 403) counters.signatureRefused()
      return new Response(body ?? null, { status, headers })
    })
  }
  return app
}
