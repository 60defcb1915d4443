import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { z } from 'zod'
import { type WebSocket, WebSocketServer } from 'ws'
import { type FileFault, serveFile } from './fake-slack-files.ts'
import { methods, wordsProblem } from './fake-slack-methods.ts'
import { createWorkspace, type FakeMessage, type Workspace } from './fake-slack-workspace.ts'

/** What goes wrong with a call. `accepted`: Slack has done it, and the caller does not learn so. `hold`: the call waits for the test. */
type SlackFault =
  | { kind: 'rate_limited'; retryAfter: number }
  | { kind: 'status'; status: number; accepted?: boolean }
  | { kind: 'drop'; accepted: boolean }
  | { kind: 'error'; error: string }
  | { kind: 'hold'; until: Promise<void>; accepted?: boolean }

type SlackCall = { method: string; args: Record<string, unknown>; at: number; answer?: Record<string, unknown> }

export type FakeSlack = Workspace & {
  /** What `apiUrl` (`SLACK_API_URL`) must be. */
  url: string
  /** The next `times` calls of this method (in this channel) go wrong. */
  fault(method: string, fault: SlackFault, options?: { times?: number; channel?: string }): void
  /** The next `times` downloads go wrong. */
  fileFault(fault: FileFault, times?: number): void
  clearFaults(): void
  messages(channel: string): FakeMessage[]
  calls(method?: string): SlackCall[]
  /** An address that a click brings along: five uses within half an hour. */
  newResponseUrl(options: { channel: string; ts?: string; userId: string }): string
  /** Sends an envelope to the desk over Socket Mode; answers what the desk acknowledged it with. */
  deliver(envelope: { type: string; payload: unknown; retry_attempt?: number; retry_reason?: string; accepts_response_payload?: boolean; envelope_id?: string }): Promise<unknown>
  /** Resolves when a Socket Mode client is there. */
  socketOpen(): Promise<void>
  close(): Promise<void>
}

type Fault = { method: string; fault: SlackFault; left: number; channel: string | undefined }

/**
 * Slack's Web API on a port of its own, strict about arguments and Block Kit, with a workspace to look into and faults to
 * choose. `clock` gives message times and runs triggers out; without one it is the wall clock.
 */
export async function openFakeSlack({ clock }: { clock?: { now(): string } } = {}): Promise<FakeSlack> {
  const workspace = createWorkspace({ now: () => (clock === undefined ? Date.now() : Date.parse(clock.now())) })
  const calls: SlackCall[] = []
  const faults: Fault[] = []
  const fileFaults: FileFault[] = []
  const server = createServer((request, response) => void handle(request, response).catch((error: unknown) => {
    response.writeHead(599).end(String(error))
  }))
  const sockets = openSockets()
  server.on('upgrade', (request, socket, head) => sockets.upgrade(request, socket, head))
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request)
    const path = String(request.url).split('?')[0] ?? ''
    if (path.startsWith('/upload/')) return upload(path, body, response)
    if (path.startsWith('/response/')) return respond(path, body, response)
    if (path.startsWith('/files-pri/')) {
      calls.push({ method: 'download', args: {}, at: workspace.now() })
      return serveFile({ path, request, response, workspace, fault: fileFaults.shift() })
    }
    const method = path.replace('/api/', '')
    const args = parseArgs(request, body)
    const call: SlackCall = { method, args, at: workspace.now() }
    calls.push(call)
    const fault = takeFault(method, args)
    if (fault?.kind === 'rate_limited') return void response.writeHead(429, { 'Retry-After': String(fault.retryAfter) }).end()
    if (fault?.kind === 'status' && fault.accepted !== true) return void response.writeHead(fault.status).end('upstream said no')
    if (fault?.kind === 'drop' && !fault.accepted) return void request.socket.destroy()
    if (fault?.kind === 'hold' && fault.accepted !== true) await fault.until
    const answer = fault?.kind === 'error' ? { ok: false, error: fault.error } : perform(method, args, request)
    call.answer = answer
    if (fault?.kind === 'status') return void response.writeHead(fault.status).end('upstream said no')
    if (fault?.kind === 'drop') return void request.socket.destroy()
    if (fault?.kind === 'hold' && fault.accepted === true) await fault.until
    response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8', 'X-OAuth-Scopes': [...workspace.scopes].join(',') }).end(JSON.stringify(answer))
  }

  function perform(method: string, args: Record<string, unknown>, request: IncomingMessage): Record<string, unknown> {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
    if (token === undefined) return { ok: false, error: 'not_authed' }
    if (method === 'apps.connections.open') return token === workspace.appToken ? { ok: true, url: `${base.replace('http', 'ws')}/link/?ticket=fake` } : { ok: false, error: 'invalid_auth' }
    if (token !== workspace.token) return { ok: false, error: 'invalid_auth' }
    if (workspace.tokenError !== undefined) return { ok: false, error: workspace.tokenError }
    const known = methods[method]
    if (known === undefined) return { ok: false, error: 'unknown_method', req_method: method }
    if (known.scope !== undefined && !workspace.scopes.has(known.scope)) return { ok: false, error: 'missing_scope', needed: known.scope, provided: [...workspace.scopes].join(',') }
    const parsed = known.args.safeParse(args)
    if (!parsed.success) return { ok: false, error: 'invalid_arguments', response_metadata: { messages: [`[ERROR] ${z.prettifyError(parsed.error)}`] } }
    const answer = known.run(parsed.data as never, workspace)
    if (typeof answer['upload_url'] === 'string') answer['upload_url'] = base + answer['upload_url']
    const file = answer['file'] as { url_private_download?: string } | undefined
    // The address of a file is Slack's own, unless the test says otherwise.
    if (file?.url_private_download?.startsWith('/') === true) file.url_private_download = base + file.url_private_download
    return { ok: answer.error === undefined, ...answer }
  }

  function takeFault(method: string, args: Record<string, unknown>): SlackFault | undefined {
    const found = faults.find((one) => one.method === method && one.left > 0 && (one.channel === undefined || one.channel === args['channel']))
    if (found !== undefined) found.left--
    return found?.fault
  }

  function upload(path: string, body: Buffer, response: ServerResponse): void {
    const file = workspace.files.get(path.replace('/upload/', ''))
    calls.push({ method: 'upload', args: { bytes: body.length }, at: workspace.now() })
    if (takeFault('upload', {}) !== undefined) return void response.writeHead(500).end()
    if (file === undefined || body.length !== file.length) return void response.writeHead(400).end('wrong length')
    file.bytes = body
    response.writeHead(200).end(`OK - ${body.length}`)
  }

  function respond(path: string, body: Buffer, response: ServerResponse): void {
    const known = workspace.responseUrls.get(path)
    const say = (answer: Record<string, unknown>, status = 200) => void response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer))
    const parsed = z.strictObject({ text: z.string().optional(), blocks: z.array(z.unknown()).optional(), replace_original: z.boolean().optional(), delete_original: z.boolean().optional(), response_type: z.enum(['ephemeral', 'in_channel']).optional(), thread_ts: z.string().optional(), unfurl_links: z.boolean().optional(), unfurl_media: z.boolean().optional() }).safeParse(JSON.parse(body.toString('utf8')))
    calls.push({ method: 'response_url', args: parsed.success ? parsed.data : {}, at: workspace.now() })
    if (known === undefined || known.left <= 0) return say({ ok: false, error: 'used_url' }, 404)
    if (known.expires < workspace.now()) return say({ ok: false, error: 'expired_url' }, 404)
    if (!parsed.success) return say({ ok: false, error: 'invalid_payload' }, 400)
    const wrong = parsed.data.delete_original === true ? undefined : wordsProblem(parsed.data, workspace)
    if (wrong !== undefined) return say({ ok: false, ...wrong }, 404)
    known.left--
    const { text = '', blocks, replace_original: replace, delete_original: remove, response_type: type } = parsed.data
    const messages = workspace.channels.get(known.channel)?.messages ?? []
    const original = messages.find(({ ts }) => ts === known.ts)
    if (remove === true && original !== undefined) messages.splice(messages.indexOf(original), 1)
    else if (replace === true && original !== undefined) Object.assign(original, { text, blocks, edited: true })
    else if (type === 'in_channel') messages.push({ ts: workspace.nextTs(), channel: known.channel, user: workspace.botUserId, text, reactions: [], ...(blocks === undefined ? {} : { blocks }) })
    else workspace.ephemerals.push({ channel: known.channel, user: known.userId, text, ...(blocks === undefined ? {} : { blocks }) })
    say({ ok: true })
  }

  return Object.assign(workspace, {
    url: `${base}/api/`,
    fault(method: string, fault: SlackFault, { times = 1, channel }: { times?: number; channel?: string } = {}) { faults.push({ method, fault, left: times, channel }) },
    fileFault(fault: FileFault, times = 1) { fileFaults.push(...Array.from({ length: times }, () => fault)) },
    clearFaults() {
      faults.length = 0
      fileFaults.length = 0
    },
    messages: (channel: string) => workspace.channels.get(channel)?.messages ?? [],
    calls: (method?: string) => calls.filter((call) => method === undefined || call.method === method),
    newResponseUrl({ channel, ts, userId }: { channel: string; ts?: string; userId: string }) {
      const path = `/response/${workspace.next('R')}`
      workspace.responseUrls.set(path, { channel, userId, left: 5, expires: workspace.now() + 30 * 60_000, ...(ts === undefined ? {} : { ts }) })
      return base + path
    },
    deliver: (envelope: Parameters<FakeSlack['deliver']>[0]) => sockets.deliver({ envelope_id: workspace.next('E'), accepts_response_payload: envelope.type !== 'events_api', ...envelope }),
    socketOpen: () => sockets.opened(),
    async close() {
      sockets.close()
      server.closeAllConnections()
      await new Promise<void>((resolve) => { server.close(() => resolve()) })
    },
  })
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

/** Forms with JSON inside, as the SDK sends them, or JSON. */
function parseArgs(request: IncomingMessage, body: Buffer): Record<string, unknown> {
  if (String(request.headers['content-type']).startsWith('application/json')) return JSON.parse(body.toString('utf8')) as Record<string, unknown>
  const entries = [...new URLSearchParams(body.toString('utf8'))].filter(([name]) => name !== 'token')
  return Object.fromEntries(entries.map(([name, value]) => [name, jsonNames.has(name) ? JSON.parse(value) : value]))
}
const jsonNames = new Set(['blocks', 'metadata', 'view', 'files', 'prompts', 'chunks', 'loading_messages', 'attachments'])

/** The far end of Socket Mode: says hello, sends envelopes, and waits for each one's acknowledgement. */
function openSockets() {
  const server = new WebSocketServer({ noServer: true })
  const clients = new Set<WebSocket>()
  const waiting = new Map<string, (payload: unknown) => void>()
  const listeners: (() => void)[] = []
  server.on('connection', (socket) => {
    clients.add(socket)
    socket.on('close', () => clients.delete(socket))
    socket.on('message', (data) => {
      const { envelope_id: id, payload } = JSON.parse((data as Buffer).toString('utf8')) as { envelope_id: string; payload?: unknown }
      waiting.get(id)?.(payload)
      waiting.delete(id)
    })
    socket.send(JSON.stringify({ type: 'hello', num_connections: clients.size, connection_info: { app_id: 'A0DESK001' }, debug_info: { host: 'fake', approximate_connection_time: 3_600 } }))
    for (const listener of listeners.splice(0)) listener()
  })
  return {
    upgrade(request: IncomingMessage, socket: Parameters<WebSocketServer['handleUpgrade']>[1], head: Buffer) {
      server.handleUpgrade(request, socket, head, (client) => server.emit('connection', client, request))
    },
    deliver(envelope: { envelope_id: string }): Promise<unknown> {
      const socket = [...clients].at(-1)
      if (socket === undefined) throw new Error('no Socket Mode client is connected')
      return new Promise((resolve) => {
        waiting.set(envelope.envelope_id, resolve)
        socket.send(JSON.stringify(envelope))
      })
    },
    opened: () => (clients.size > 0 ? Promise.resolve() : new Promise<void>((resolve) => { listeners.push(resolve) })),
    close() {
      for (const client of clients) client.terminate()
      server.close()
    },
  }
}
