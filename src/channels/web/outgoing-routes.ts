import { Hono } from 'hono'
import type { Counters } from './counters.ts'
import { limitBody } from './read-input.ts'
import { refuse } from './refuse.ts'

/** A telephone service's requests about calls to clients: checks the signature over exactly this text and address. */
export type OutgoingReceiver = {
  /** `url`: path and query as received, without the host. Header names are in lower case. */
  receive(request: { url: string; rawBody: string; headers: Record<string, string | undefined> }): Promise<{ status: number; body?: string; headers?: Record<string, string> }>
}

/** `POST /voice/out/STEP/CALL`: what is asked and told about a call to a client. Nothing is decided here; what was not signed is counted (F22). */
export function outgoingRoutes({ outgoing, counters }: { outgoing: OutgoingReceiver | undefined; counters: Pick<Counters, 'signatureRefused'> }): Hono {
  const app = new Hono()
  app.post('/voice/out/:step/:call', limitBody(64), async (c) => {
    if (outgoing === undefined) return refuse(c, { status: 404, code: 'not_found', message: 'No calls are made from here. docs/click-to-call.md says how to connect them.' })
    const rawBody = Buffer.from(await c.req.arrayBuffer()).toString('utf8')
    const { status, body, headers = {} } = await outgoing.receive({ url: c.req.url.replace(/^[a-z]+:\/\/[^/]*/i, ''), rawBody, headers: c.req.header() })
    if (status === 403) counters.signatureRefused()
    return new Response(body ?? null, { status, headers })
  })
  return app
}
