import { Hono } from 'hono'
import type { Counters } from './counters.ts'
import { limitBody } from './read-input.ts'
import { refuse } from './refuse.ts'

/** A booking platform's webhooks: checks their proof over exactly this text and address, keeps what they say, and says what to answer. */
export type PlatformReceiver = {
  /** The platform that this desk is connected to; any other one's webhooks are nothing to it. */
  provider: string
  /** `url`: path and query as received, without the host. Header names are in lower case. */
  receive(request: { url: string; rawBody: string; headers: Record<string, string | undefined> }): Promise<{ status: number; body: Record<string, unknown> }>
}

/** Full bookings with their payments come in some of them. */
const mostKilobytes = 512

/** `POST /webhooks/PLATFORM` (and whatever a platform wants behind it). Nothing is decided here; what was not proven is counted. */
export function platformRoutes({ platform, counters }: { platform: PlatformReceiver | undefined; counters: Pick<Counters, 'signatureRefused'> }): Hono {
  const app = new Hono()
  app.on(['POST', 'PUT'], ['/webhooks/:provider', '/webhooks/:provider/*'], limitBody(mostKilobytes), async (c) => {
    if (platform === undefined || platform.provider !== c.req.param('provider')) return refuse(c, { status: 404, code: 'not_found', message: 'No such booking platform is connected here. docs/platforms.md says how to connect one.' })
    const rawBody = Buffer.from(await c.req.arrayBuffer()).toString('utf8')
    const { status, body } = await platform.receive({ url: c.req.url.replace(/^[a-z]+:\/\/[^/]*/i, ''), rawBody, headers: c.req.header() })
    if (status === 401) counters.signatureRefused()
    return c.json(body, status as 200)
  })
  // Some platforms ask whether the address is there before they send anything.
  app.on(['GET', 'HEAD'], '/webhooks/:provider', (c) => (platform?.provider === c.req.param('provider') ? c.json({ ready: true }) : refuse(c, { status: 404, code: 'not_found', message: 'No such booking platform is connected here.' })))
  return app
}
