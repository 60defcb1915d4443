import { Hono } from 'hono'
import type { Counters } from './counters.ts'
import { limitBody } from './read-input.ts'
import { refuse } from './refuse.ts'

/** Slack over HTTP: checks the signature over exactly this text, keeps what came, and says what to answer. Header names are in lower case. */
export type SlackReceiver = {
  receive(request: { rawBody: string; headers: Record<string, string | undefined> }): Promise<{ status: number; body?: string; headers?: Record<string, string> }>
}

/** `POST /slack/events`: events, commands and presses alike. Nothing is decided here; what was not signed is counted (F04). */
export function slackRoutes({ slack, counters }: { slack: SlackReceiver | undefined; counters: Pick<Counters, 'signatureRefused'> }): Hono {
  const app = new Hono()
  // Slack's largest payload is a view of 250 KB, form-encoded.
  app.post('/slack/events', limitBody(1_024), async (c) => {
    if (slack === undefined) return refuse(c, { status: 404, code: 'not_found', message: 'Slack does not come by HTTP here. Set SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET, or use Socket Mode.' })
    // Not text(), which would take a leading byte order mark away from under the signature.
    const rawBody = Buffer.from(await c.req.arrayBuffer()).toString('utf8')
    const { status, body, headers = {} } = await slack.receive({ rawBody, headers: c.req.header() })
    if (status === 401) counters.signatureRefused()
    return new Response(body ?? null, { status, headers })
  })
  return app
}
