import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TwilioSettings } from '../../src/config.ts'
import { accountSid, authToken } from './fake-twilio.ts'

type FakeCall = { sid: string; parent: string | null; to: string; from: string; status: string; direction: string; createdAt: string; form: Record<string, string> }

/** What goes wrong with the next request to ring. `accepted`: Twilio rings, and the caller does not learn so. */
type RingFault = { kind: 'hang' | 'drop'; accepted: boolean } | { kind: 'status'; status: number; code?: number; accepted?: boolean }

export type FakeCalls = {
  settings: TwilioSettings
  /** Every call there is, oldest first. */
  calls: FakeCall[]
  faults: RingFault[]
  /** How long a new call is missing in lists, in minutes. */
  listLagMinutes: number
  /** Requests to ring that arrived; redirections of a call, with where to. */
  requests: number
  redirected: { sid: string; url: string }[]
  /** The client's side of a call. */
  addChild(parent: string, status: string): FakeCall
  close(): Promise<void>
}

export const newSid = (): string => `CA${randomBytes(16).toString('hex')}`

/** Twilio's Call resource on a port of its own (create, list, fetch, redirect), as documented, with faults to choose. */
export async function openFakeCalls({ clock }: { clock: { now(): string } }): Promise<FakeCalls> {
  const held = new Set<ServerResponse>()
  const server = createServer((request, response) => void handle(request, response).catch((error: unknown) => { response.writeHead(599).end(String(error)) }))
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const base = `/2010-04-01/Accounts/${accountSid}/Calls`
  const fake: FakeCalls = {
    settings: { accountSid, authTokens: [authToken], from: undefined, messagingServiceSid: undefined, apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    calls: [], faults: [], listLagMinutes: 0, requests: 0, redirected: [],
    addChild(parent, status) {
      const child = { sid: newSid(), parent, to: 'client', from: 'salon', status, direction: 'outbound-dial', createdAt: clock.now(), form: {} }
      fake.calls.push(child)
      return child
    },
    async close() {
      for (const response of held) response.destroy()
      server.closeAllConnections()
      await new Promise<void>((resolve) => { server.close(() => resolve()) })
    },
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const form = new URLSearchParams(Buffer.concat(parts).toString('utf8'))
    const { pathname, searchParams } = new URL(String(request.url), 'http://fake')
    const say = (status: number, answer: object) => void response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer))
    const refuse = (status: number, code: number) => say(status, { code, message: 'no', status })
    if (String(request.headers.authorization) !== `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`) return refuse(401, 20003)
    if (request.method === 'POST' && pathname === `${base}.json`) return ring(form, response, { say, refuse })
    if (pathname === `${base}.json`) return say(200, { calls: list(searchParams).map(show), page: 0, page_size: 1_000, next_page_uri: null })
    const call = fake.calls.find(({ sid }) => pathname === `${base}/${sid}.json`)
    if (call === undefined) return refuse(404, 20404)
    if (request.method === 'POST') {
      // 21220: a call that is over cannot be redirected.
      if (call.status !== 'in-progress') return refuse(400, 21220)
      fake.redirected.push({ sid: call.sid, url: String(form.get('Url')) })
    }
    say(200, show(call))
  }

  function ring(form: URLSearchParams, response: ServerResponse, { say, refuse }: { say: (status: number, answer: object) => void; refuse: (status: number, code: number) => void }): void {
    fake.requests += 1
    const fault = fake.faults.shift()
    const call: FakeCall = { sid: newSid(), parent: null, to: String(form.get('To')), from: String(form.get('From')), status: 'queued', direction: 'outbound-api', createdAt: clock.now(), form: Object.fromEntries(form) }
    if (fault === undefined || fault.accepted === true) fake.calls.push(call)
    if (fault?.kind === 'hang') return void held.add(response)
    if (fault?.kind === 'drop') return void response.socket?.destroy()
    if (fault?.kind === 'status') return fault.code === undefined ? say(fault.status, {}) : refuse(fault.status, fault.code)
    say(201, show(call))
  }

  /** Newest first. */
  function list(query: URLSearchParams): FakeCall[] {
    const visible = new Date(Date.parse(clock.now()) - fake.listLagMinutes * 60_000).toISOString()
    return fake.calls.filter(({ to, from, parent, createdAt }) => createdAt <= visible && (query.get('To') ?? to) === to && (query.get('From') ?? from) === from && (query.get('ParentCallSid') ?? parent) === parent).toReversed()
  }

  return fake
}

const rfc2822 = (instant: string) => new Date(instant).toUTCString().replace('GMT', '+0000')

function show({ sid, parent, to, from, status, direction, createdAt }: FakeCall): Record<string, unknown> {
  return { sid, parent_call_sid: parent, account_sid: accountSid, to, from, status, direction, date_created: rfc2822(createdAt), date_updated: rfc2822(createdAt), start_time: null, end_time: null, api_version: '2010-04-01', subresource_uris: {} }
}
