import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TwilioSettings } from '../../src/config.ts'
import { addMinutes } from '../../src/salon/time.ts'
import { createAccount, type FakeAccount, type FakeMessage, type Refusal, showMessage } from './fake-twilio-account.ts'
import { type Attempt, callWebhook, wentWell } from './fake-twilio-webhooks.ts'

export const accountSid = `AC${'5'.repeat(32)}`
export const authToken = 'a-made-up-token-of-32-characters'
export const ourNumber = '+13035550100'
export const serviceSid = `MG${'6'.repeat(32)}`

/** What goes wrong with a request to send. `accepted`: Twilio has taken the text, and the caller does not learn so. */
export type SendFault =
  /** No answer, for longer than anybody waits. */
  | { kind: 'hang'; accepted: boolean }
  /** The connection is cut. */
  | { kind: 'drop'; accepted: boolean }
  | { kind: 'status'; status: number; accepted?: boolean; code?: number; retryAfter?: number }

export type FakeTwilio = Pick<FakeAccount, 'messages' | 'blocked' | 'refuseTo'> & {
  /** What `TWILIO_API_URL` must be. */
  url: string
  settings: TwilioSettings
  /** Tokens that are good; the first one signs. */
  tokens: string[]
  /** What becomes of the next requests to send, one after another; `undefined` goes well. */
  faults: (SendFault | undefined)[]
  /** Other requests (lists, look-ups) are answered with this status while it is set. */
  readsFailWith: number | undefined
  /** How long a new message is missing in lists, in minutes. */
  listLagMinutes: number
  /** At most this many rows a page, whatever is asked for. */
  pageLimit: number
  /** Which reports follow a text that was taken, in this order (`sent`, `delivered`, also twice); none unless told so. */
  reports: string[]
  /** Reports arrive before the answer to the request. */
  reportsFirst: boolean
  /** Requests to send that arrived, with what became of them. */
  requests: number
  /** Where webhooks go: addresses as configured in the console, and where the public address is found here. */
  webhooks: { inbound?: string; fallback?: string; advancedOptOut?: boolean; reach: (url: string) => string; timeoutMs: number }
  /** A client writes. Answers what the webhooks were answered. */
  say(text: { from: string; body: string; to?: string; media?: number; extra?: Record<string, string> }): Promise<{ message: FakeMessage; attempts: Attempt[] }>
  /** The same webhook once more. */
  deliver(message: FakeMessage, extra?: Record<string, string>): Promise<Attempt[]>
  /** A text's status changes, and its report is sent. */
  report(sid: string, status: string, code?: number): Promise<Attempt[]>
  /** Texts of ours that Twilio has taken. */
  sent(): FakeMessage[]
  /** Resolves when all reports that were set off have been delivered. */
  settled(): Promise<void>
  close(): Promise<void>
}

/** Twilio on a port of its own, as documented, with faults to choose. `clock` gives its messages their times. */
export async function openFakeTwilio({ clock }: { clock: { now(): string } }): Promise<FakeTwilio> {
  const account = createAccount({ now: () => clock.now(), numbers: [ourNumber], serviceSid })
  const reporting = new Set<Promise<unknown>>()
  const held = new Set<ServerResponse>()
  const server = createServer((request, response) => void handle(request, response).catch((error: unknown) => { response.writeHead(599).end(String(error)) }))
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  const fake: FakeTwilio = {
    messages: account.messages, blocked: account.blocked, refuseTo: (to, refusal) => account.refuseTo(to, refusal),
    url, tokens: [authToken], faults: [], readsFailWith: undefined, listLagMinutes: 0, pageLimit: 1_000, reports: [], reportsFirst: false, requests: 0,
    settings: { accountSid, authTokens: [authToken], from: ourNumber, messagingServiceSid: undefined, apiUrl: url },
    webhooks: { reach: (address) => address, timeoutMs: 1_000 },
    async say({ from, body, to = ourNumber, media = 0, extra = {} }) {
      const { message, keyword } = account.arrive({ from, to, body, media })
      const more = { ...(fake.webhooks.advancedOptOut === true && keyword !== undefined ? { OptOutType: keyword } : {}), ...extra }
      return { message, attempts: await fake.deliver(message, more) }
    },
    async deliver(message, extra = {}) {
      const { inbound, fallback } = fake.webhooks
      const params = { ToCountry: 'US', SmsMessageSid: message.sid, NumMedia: String(message.media), SmsSid: message.sid, SmsStatus: 'received', Body: message.body, To: message.to, NumSegments: '1', MessageSid: message.sid, AccountSid: accountSid, From: message.from, ApiVersion: '2010-04-01', ...extra }
      const first = inbound === undefined ? [] : await call(inbound, params)
      if (wentWell(first) || fallback === undefined) return first
      return [...first, ...await call(fallback, { ...params, ErrorCode: '11200', ErrorUrl: inbound ?? '' })]
    },
    async report(sid, status, code) {
      const message = account.messages.find((one) => one.sid === sid)
      if (message === undefined) throw new Error(`no message ${sid}`)
      message.status = status
      if (code !== undefined) message.errorCode = code
      if (status === 'sent' || status === 'delivered') message.sentAt ??= clock.now()
      if (message.statusCallback === null) return []
      return call(message.statusCallback, { SmsSid: sid, SmsStatus: status, MessageStatus: status, To: message.to, MessageSid: sid, AccountSid: accountSid, From: message.from, ApiVersion: '2010-04-01', ...(code === undefined ? {} : { ErrorCode: String(code) }) })
    },
    sent: () => account.messages.filter(({ direction }) => direction === 'outbound-api'),
    async settled() { while (reporting.size > 0) await Promise.all(reporting) },
    async close() {
      for (const response of held) response.destroy()
      server.closeAllConnections()
      await new Promise<void>((resolve) => { server.close(() => resolve()) })
      await fake.settled()
    },
  }

  function call(address: string, params: Record<string, string>): Promise<Attempt[]> {
    return callWebhook({ address, params, token: fake.tokens[0] ?? '', reach: fake.webhooks.reach, timeoutMs: fake.webhooks.timeoutMs })
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request)
    const { pathname, searchParams } = new URL(String(request.url), url)
    const say = (status: number, answer: object, headers: Record<string, string> = {}) => void response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(answer))
    const refuse = ({ status, code, message }: Refusal) => say(status, { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status })
    const [user, password] = Buffer.from(String(request.headers.authorization).replace(/^Basic /, ''), 'base64').toString('utf8').split(':')
    if (user !== accountSid || !fake.tokens.includes(password ?? '')) return refuse({ status: 401, code: 20003, message: 'Authenticate' })
    const base = `/2010-04-01/Accounts/${accountSid}`
    if (request.method === 'POST' && pathname === `${base}/Messages.json`) return send(new URLSearchParams(body), response, say)
    if (fake.readsFailWith !== undefined) return refuse({ status: fake.readsFailWith, code: 20500, message: 'Internal Server Error' })
    if (request.method !== 'GET') return refuse({ status: 405, code: 20004, message: 'Method not allowed' })
    if (pathname === `${base}.json`) return say(200, { sid: accountSid, friendly_name: 'Tiny Salon', status: 'active', type: 'Full' })
    if (pathname === `${base}/IncomingPhoneNumbers.json`) return say(200, { incoming_phone_numbers: account.numbers.filter((number) => number === searchParams.get('PhoneNumber')).map((number) => ({ sid: `PN${'1'.repeat(32)}`, phone_number: number, sms_url: fake.webhooks.inbound ?? '', sms_fallback_url: fake.webhooks.fallback ?? '', sms_method: 'POST', capabilities: { sms: true, mms: true, voice: true, fax: false } })), page: 0 })
    if (pathname === `/messaging/v1/Services/${serviceSid}`) return say(200, { sid: serviceSid, friendly_name: 'Texts', inbound_request_url: fake.webhooks.inbound ?? null, fallback_url: fake.webhooks.fallback ?? null, use_inbound_webhook_on_number: false })
    if (pathname === `/messaging/v1/Services/${serviceSid}/PhoneNumbers`) return say(200, { phone_numbers: account.numbers.map((number) => ({ sid: `PN${'1'.repeat(32)}`, phone_number: number, service_sid: serviceSid, capabilities: [] })), meta: { page: 0, page_size: 100, key: 'phone_numbers', next_page_url: null } })
    if (pathname === `${base}/Messages.json`) return list(searchParams, `${base}/Messages.json`, say)
    const message = account.messages.find(({ sid }) => pathname === `${base}/Messages/${sid}.json`)
    return message === undefined ? refuse({ status: 404, code: 20404, message: 'The requested resource was not found' }) : say(200, showMessage(accountSid, message))
  }

  function list(query: URLSearchParams, path: string, say: (status: number, answer: object) => void): void {
    const rows = account.list(query, addMinutes(clock.now(), -fake.listLagMinutes))
    const size = Math.min(Number(query.get('PageSize') ?? 50), fake.pageLimit)
    const page = Number(query.get('Page') ?? 0)
    const next = new URLSearchParams(query)
    next.set('Page', String(page + 1))
    next.set('PageToken', `PA${page + 1}`)
    say(200, { messages: rows.slice(page * size, (page + 1) * size).map((message) => showMessage(accountSid, message)), page, page_size: size, uri: `${path}?${query.toString()}`, next_page_uri: rows.length > (page + 1) * size ? `${path}?${next.toString()}` : null })
  }

  async function send(form: URLSearchParams, response: ServerResponse, say: (status: number, answer: object, headers?: Record<string, string>) => void): Promise<void> {
    fake.requests++
    const fault = fake.faults.shift()
    const taken = fault === undefined || fault.accepted === true ? account.create(form) : undefined
    const refused = taken !== undefined && 'code' in taken ? taken : undefined
    if (taken !== undefined && 'sid' in taken) {
      const reports = sendReports(taken)
      if (fake.reportsFirst) await reports
    }
    if (fault?.kind === 'hang') return void held.add(response)
    if (fault?.kind === 'drop') return void response.socket?.destroy()
    if (fault?.kind === 'status') return say(fault.status, fault.code === undefined ? {} : { code: fault.code, message: 'no', status: fault.status }, fault.retryAfter === undefined ? {} : { 'Retry-After': String(fault.retryAfter) })
    if (refused !== undefined) return say(refused.status, { ...refused, more_info: '' })
    say(201, showMessage(accountSid, taken as FakeMessage))
  }

  function sendReports({ sid }: FakeMessage): Promise<void> {
    const reports = (async () => { for (const status of fake.reports) await fake.report(sid, status) })()
    const kept: Promise<void> = reports.finally(() => reporting.delete(kept))
    reporting.add(kept)
    return kept
  }
  return fake
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString('utf8')
}
