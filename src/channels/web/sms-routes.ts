import { Hono } from 'hono'
import type { Counters } from './counters.ts'
import { limitBody } from './read-input.ts'
import { refuse } from './refuse.ts'

/** A text service's webhooks: checks the signature over exactly this text and address, keeps what came, and says what to answer. */
export type SmsReceiver = {
  /** `url`: path and query as received, without the host. Header names are in lower case. */
  receive(request: { kind: 'inbound' | 'status'; url: string; rawBody: string; headers: Record<string, string | undefined> }): Promise<{ status: number; body?: string; headers?: Record<string, string> }>
}

/** The second path for clients' texts is what Twilio calls when the first one fails (TWI-2). */
const paths = { '/sms/inbound': 'inbound', '/sms/inbound/again': 'inbound', '/sms/status': 'status' } as const

/** `POST /sms/…`: what clients write, and what became of our texts. Nothing is decided here; what was not signed is counted (F22). */
export function smsRoutes({ sms, counters }: { sms: SmsReceiver | undefined; counters: Pick<Counters, 'signatureRefused'> }): Hono {
  const app = new Hono()
  for (const [path, kind] of Object.entries(paths)) {
    app.post(path, limitBody(64), async (c) => {
      if (sms === undefined) return refuse(c, { status: 404, code: 'not_found', message: 'Texts do not come in here. docs/twilio.md says how to connect Twilio.' })
      const rawBody = Buffer.from(await c.req.arrayBuffer()).toString('utf8')
      const { status, body, headers = {} } = await sms.receive({ kind, url: c.req.url.replace(/^[a-z]+:\/\/[^/]*/i, ''), rawBody, headers: c.req.header() })
      if (status === 403) counters.signatureRefused()
      return new Response(body ?? null, { status, headers })
    })
  }
  return app
}
