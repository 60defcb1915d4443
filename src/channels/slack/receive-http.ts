import { verifySlackRequest } from '@slack/bolt'
import type { Clock } from '../../salon/time.ts'
import type { Intake } from './intake.ts'

/** A request as it came: the body untouched, for the signature is over its bytes. Header names in lower case. */
export type SlackRequest = { rawBody: string; headers: Record<string, string | undefined> }
export type SlackResponse = { status: number; body?: string; headers?: Record<string, string> }

/** Slack's largest payloads (a press on a full message) are far below. */
const largestBody = 1024 * 1024

/** How far Slack's clock and ours may differ, in seconds; Slack's own advice for old requests, and the same for future ones (SLK-2). */
const mostSeconds = 300

/**
 * Answers one request to Slack's request URL (events, interactions, commands): signature first, then one insert, then the
 * acknowledgement. A request that is not from Slack gets a bare 401, leaves nothing behind and is counted by `onRefused`.
 */
export async function receiveSlackRequest({ request: { rawBody, headers }, signingSecret, clock, intake, onRefused }: {
  request: SlackRequest
  signingSecret: string
  clock: Clock
  intake: Intake
  onRefused: () => void
}): Promise<SlackResponse> {
  if (Buffer.byteLength(rawBody) > largestBody) return { status: 413 }
  if (!isFromSlack({ rawBody, headers, signingSecret, now: Date.parse(clock.now()) })) {
    onRefused()
    return { status: 401 }
  }
  const body = readBody(rawBody, headers['content-type'] ?? '')
  if (body === undefined) return { status: 400 }
  if (body.type === 'url_verification') return json({ challenge: typeof body.challenge === 'string' ? body.challenge : '' })
  if (body.ssl_check !== undefined) return { status: 200 }
  const answer = await intake(body)
  return answer === undefined ? { status: 200 } : json(answer)
}

function isFromSlack({ rawBody, headers, signingSecret, now }: { rawBody: string; headers: SlackRequest['headers']; signingSecret: string; now: number }): boolean {
  const [signature, timestamp] = [headers['x-slack-signature'], headers['x-slack-request-timestamp']]
  if (signature === undefined || timestamp === undefined || !/^\d{1,12}$/.test(timestamp)) return false
  if (Math.abs(Math.floor(now / 1_000) - Number(timestamp)) > mostSeconds) return false
  try {
    verifySlackRequest({ signingSecret, body: rawBody, headers: { 'x-slack-signature': signature, 'x-slack-request-timestamp': Number(timestamp) }, nowMilliseconds: now })
    return true
  } catch {
    return false
  }
}

/** JSON, or a form: a command, or an interaction as JSON in `payload`. Undefined when it is neither. */
function readBody(rawBody: string, contentType: string): Record<string, unknown> | undefined {
  try {
    if (/^application\/json/i.test(contentType)) return asObject(JSON.parse(rawBody))
    const form = Object.fromEntries(new URLSearchParams(rawBody))
    return form.payload === undefined ? form : asObject(JSON.parse(form.payload))
  } catch {
    return undefined
  }
}

function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
}

function json(body: object): SlackResponse {
  return { status: 200, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
}
