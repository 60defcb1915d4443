import { createHmac, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { SlackRequest, SlackResponse } from '../../src/channels/slack/receive-http.ts'

export const signingSecret = '8f742231b10e8888abcd99yyyzzz85a5'
const team = 'T0SALON01'

/** What Slack does: signs a request and sends it over HTTP to the desk's request URL. */
export type SlackSender = {
  url: string
  /** `form` sends as interactions and commands come, else JSON. `seconds` shifts the timestamp. */
  send(body: Record<string, unknown>, options?: SendOptions): Promise<{ status: number; body: string }>
  close(): Promise<void>
}

type SendOptions = { form?: boolean; secret?: string; seconds?: number; retry?: number; headers?: Record<string, string>; without?: string; tamper?: (raw: string) => string }

/** A real HTTP server in front of `receive`, and Slack's side of it. */
export async function openSlackSender({ receive, clock }: { receive: (request: SlackRequest) => Promise<SlackResponse>; clock: { now(): string } }): Promise<SlackSender> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : value]))
      receive({ rawBody: Buffer.concat(parts).toString('utf8'), headers }).then(
        (answer) => response.writeHead(answer.status, answer.headers).end(answer.body ?? ''),
        () => response.writeHead(503).end(),
      )
    })
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`
  return {
    url,
    async send(body, { form, secret, seconds, retry, headers = {}, without, tamper = (raw: string) => raw } = {}) {
      const signed = signedSlackRequest({ body, now: clock.now(), ...(form === undefined ? {} : { form }), ...(secret === undefined ? {} : { secret }), ...(seconds === undefined ? {} : { seconds }) })
      const all: Record<string, string> = { ...signed.headers, ...(retry === undefined ? {} : { 'x-slack-retry-num': String(retry), 'x-slack-retry-reason': 'http_timeout' }), ...headers }
      if (without !== undefined) delete all[without]
      const response = await fetch(url, { method: 'POST', headers: all, body: tamper(signed.raw) })
      return { status: response.status, body: await response.text() }
    },
    async close() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => { server.close(() => resolve()) })
    },
  }
}

/** A request as Slack signs it at `now` (`seconds` later or earlier); a form for interactions and commands, else JSON. */
export function signedSlackRequest({ body, now, form = 'command' in body || 'user' in body, secret = signingSecret, seconds = 0 }: { body: Record<string, unknown>; now: string; form?: boolean; secret?: string; seconds?: number }): { headers: Record<string, string>; raw: string } {
  const raw = !form ? JSON.stringify(body) : 'command' in body ? new URLSearchParams(body as Record<string, string>).toString() : new URLSearchParams({ payload: JSON.stringify(body) }).toString()
  const timestamp = String(Math.floor(Date.parse(now) / 1_000) + seconds)
  return { raw, headers: {
    'content-type': form ? 'application/x-www-form-urlencoded' : 'application/json',
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${raw}`).digest('hex')}`,
  } }
}

const fresh = (prefix: string): string => `${prefix}${randomBytes(6).toString('hex').toUpperCase()}`

/** The envelope of an event. */
export function slackEvent(event: Record<string, unknown>, id = fresh('Ev')): Record<string, unknown> {
  return { token: 'old-verification-token', type: 'event_callback', team_id: team, api_app_id: 'A0DESK001', event_id: id, event_time: 1_795_275_000, authorizations: [{ team_id: team, user_id: 'U0DESK001', is_bot: true, is_enterprise_install: false }], event }
}

export function directMessage({ user, text, ts, threadTs, id, files }: { user: string; text: string; ts: string; threadTs?: string; id?: string; files?: object[] }): Record<string, unknown> {
  return slackEvent({ type: 'message', channel: `D${user.slice(1)}`, channel_type: 'im', user, text, ts, event_ts: ts, client_msg_id: 'x', ...(files === undefined ? {} : { subtype: 'file_share', files }), ...(threadTs === undefined ? {} : { thread_ts: threadTs }) }, id)
}

export function mention({ user, text, ts, channel, threadTs, id, files }: { user: string; text: string; ts: string; channel: string; threadTs?: string; id?: string; files?: object[] }): Record<string, unknown> {
  return slackEvent({ type: 'app_mention', channel, user, text: `<@U0DESK001> ${text}`, ts, event_ts: ts, ...(files === undefined ? {} : { files }), ...(threadTs === undefined ? {} : { thread_ts: threadTs }) }, id)
}

/** A click on a button of a message; `metadata` is what the message carries. */
export function click({ user, actionId, value, channel, message, triggerId, responseUrl, actionTs = `${Math.floor(Math.random() * 1e9) + 1e9}.000100`, blockId = 'b' }: {
  user: string
  actionId: string
  value: string
  channel?: string
  message?: { ts: string; thread_ts?: string; metadata?: unknown }
  triggerId?: string
  responseUrl?: string
  actionTs?: string
  blockId?: string
}): Record<string, unknown> {
  return {
    type: 'block_actions', token: 'old-verification-token', api_app_id: 'A0DESK001', team: { id: team, domain: 'fake' }, user: { id: user, username: 'x', team_id: team },
    container: { type: 'message', message_ts: message?.ts, channel_id: channel, is_ephemeral: false },
    ...(channel === undefined ? {} : { channel: { id: channel, name: 'x' } }),
    ...(message === undefined ? {} : { message: { type: 'message', text: 'secret client text', ...message } }),
    ...(triggerId === undefined ? {} : { trigger_id: triggerId }),
    ...(responseUrl === undefined ? {} : { response_url: responseUrl }),
    actions: [{ type: 'button', action_id: actionId, block_id: blockId, action_ts: actionTs, value, text: { type: 'plain_text', text: 'x' } }],
  }
}

/** A filled-in form, as the view that was opened says it must be. */
export function submission({ user, view, values, triggerId }: { user: string; view: { id: string; hash: string; view: Record<string, unknown> }; values: Record<string, Record<string, unknown>>; triggerId?: string }): Record<string, unknown> {
  return {
    type: 'view_submission', token: 'old-verification-token', api_app_id: 'A0DESK001', team: { id: team, domain: 'fake' }, user: { id: user, team_id: team },
    ...(triggerId === undefined ? {} : { trigger_id: triggerId }),
    view: { ...view.view, id: view.id, hash: view.hash, state: { values } },
  }
}

export function command({ user, text, channel, triggerId, responseUrl }: { user: string; text: string; channel: string; triggerId: string; responseUrl: string }): Record<string, unknown> {
  return { token: 'old-verification-token', team_id: team, team_domain: 'fake', channel_id: channel, channel_name: 'x', user_id: user, user_name: 'x', command: '/desk', text, api_app_id: 'A0DESK001', is_enterprise_install: 'false', response_url: responseUrl, trigger_id: triggerId }
}
