import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type ServerType, serve } from '@hono/node-server'
import { Hono, type MiddlewareHandler } from 'hono'
import type { Unsubscribes } from '../../messages/consent/unsubscribe.ts'
import { DeskError } from '../../salon/errors.ts'
import { auditRoutes } from './api-audit.ts'
import { callRoutes } from './api-call.ts'
import { chatRoutes } from './api-chat.ts'
import { eventRoutes } from './api-events.ts'
import { meRoutes } from './api-me.ts'
import { phoneRoutes } from './api-phone.ts'
import { pressRoutes } from './api-press.ts'
import { type RiskDesk, riskRoutes } from './api-risk.ts'
import { viewRoutes } from './api-views.ts'
import { voiceNoteRoutes } from './api-voice-note.ts'
import { type Counters, openCounters } from './counters.ts'
import { emailRoutes } from './email-routes.ts'
import { jsonOnly, notFromElsewhere, ownHost, sameOrigin, secureHeaders, soundOnly, soundPath } from './guard.ts'
import { type HealthDesk, healthRoutes } from './health.ts'
import type { PageDesk } from './page-desk.ts'
import { outgoingRoutes, type OutgoingReceiver } from './outgoing-routes.ts'
import { pageRoutes } from './page.ts'
import { limitBody } from './read-input.ts'
import { platformRoutes, type PlatformReceiver } from './platform-routes.ts'
import { policyRoutes, type PolicySections } from './policy-page.ts'
import { answerErrors } from './refuse.ts'
import { signInRoutes } from './sign-in.ts'
import { slackRoutes, type SlackReceiver } from './slack-events.ts'
import { smsRoutes, type SmsReceiver } from './sms-routes.ts'
import { voiceRoutes, type VoiceReceiver } from './voice-routes.ts'

/** What the HTTP edge needs of the desk. */
export type WebDesk = HealthDesk & RiskDesk & {
  onError: (error: unknown) => void
  /** Absent: no page here. */
  page?: PageDesk
  /** Absent: Slack does not come by HTTP. */
  slack?: SlackReceiver | undefined
  /** Absent: texts do not come in by webhook. */
  sms?: SmsReceiver | undefined
  /** Absent: calls do not come in. */
  voice?: VoiceReceiver | undefined
  /** Absent: no clients are called from here. */
  outgoing?: OutgoingReceiver | undefined
  /** Absent: no booking platform is connected. */
  platform?: PlatformReceiver | undefined
  /** Absent: there are no emails to unsubscribe from. */
  email?: Unsubscribes | undefined
  /** The salon's rules, opened at first use: what it wrote for clients is at `/policies/…`. Absent: nothing is. */
  policies?: (() => Promise<PolicySections>) | undefined
  /** Shared with whoever else counts; its own when absent. */
  counters?: Counters
}

/** The HTTP side of the desk: health, metrics, risk predictions, Slack's events, texts, and the local page. */
export function webApp({ counters = openCounters(), page, slack, sms, voice, platform, email, outgoing, policies, ...desk }: WebDesk): Hono {
  const app = new Hono()
  app.route('/', healthRoutes({ desk, counters }))
  app.route('/', riskRoutes(desk))
  app.route('/', slackRoutes({ slack, counters }))
  app.route('/', smsRoutes({ sms, counters }))
  app.route('/', outgoingRoutes({ outgoing, counters }))
  app.route('/', voiceRoutes({ voice, counters }))
  app.route('/', platformRoutes({ platform, counters }))
  app.route('/', emailRoutes({ email, reach: page ?? { host: 'localhost' } }))
  const { onError } = desk
  app.route('/', policyRoutes({ policies, onError, reach: page ?? { host: 'localhost' }, salon: async () => (await desk.status()).salon }))
  if (page !== undefined) {
    const ownPaths = ['/', '/page/*', '/plain.css', '/sign-in', '/sign-out', '/api/*']
    for (const path of ownPaths) app.use(path, secureHeaders(page), ownHost(page), sameOrigin, exceptSound(limitBody(64)))
    for (const path of ['/api/*', '/sign-out']) app.use(path, notFromElsewhere, exceptSound(jsonOnly, soundOnly))
    for (const routes of [pageRoutes({ desk: page, onError }), signInRoutes(page)]) app.route('/', routes)
    for (const routes of [meRoutes(page), viewRoutes(page), auditRoutes(page), chatRoutes({ desk: page, counters, onError }), pressRoutes({ desk: page, counters }), phoneRoutes(page), callRoutes({ desk: page, onError }), voiceNoteRoutes(page), eventRoutes(page)]) app.route('/', routes)
  }
  answerErrors(app, onError)
  return app
}

/** Whoever takes requests at a path to become WebSockets; it looks at everything else about them. */
type Upgrades = { path: string; upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void }

/** The rule for all addresses but the one that takes sound, which has `other`, or its own further in. */
function exceptSound(rule: MiddlewareHandler, other?: MiddlewareHandler): MiddlewareHandler {
  return (c, next) => (c.req.path !== soundPath ? rule(c, next) : other === undefined ? next() : other(c, next))
}

/** Listens; port 0 takes any free one. Without `upgrades` nothing becomes a WebSocket. Throws `DeskError('config')` when the port is in use or the address is not ours. */
export async function listen({ app, host, port, upgrades }: { app: Hono; host: string; port: number; upgrades?: Upgrades | undefined }): Promise<{ url: string; close(): Promise<void> }> {
  const server = await new Promise<ServerType>((resolve, reject) => {
    // Clients that offer HTTP/2 (`Upgrade: h2c`) are answered as ever, where Node can tell them apart.
    const starting = serve({ fetch: app.fetch, hostname: host, port, serverOptions: { shouldUpgradeCallback: ({ headers }: IncomingMessage) => upgrades !== undefined && /^websocket$/i.test(headers.upgrade ?? '') } }, () => resolve(starting))
    starting.once('error', (error: NodeJS.ErrnoException) => reject(new DeskError('config', { message: `cannot listen on port ${port}: ${error.code}`, userMessage: sayRefusal({ code: error.code, host, port }), cause: error })))
  })
  if (upgrades !== undefined) server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (request.url?.split('?')[0] === upgrades.path) upgrades.upgrade(request, socket, head)
    else socket.destroy()
  })
  const address = server.address()
  const bound = address !== null && typeof address === 'object' ? address.port : port
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    close: () => new Promise((resolve) => {
      server.close(() => resolve())
      if ('closeAllConnections' in server) server.closeAllConnections()
    }),
  }
}

function sayRefusal({ code, host, port }: { code: string | undefined; host: string; port: number }): string {
  if (code === 'EADDRINUSE') return `Port ${port} is already in use, perhaps by another desk. Stop that one, or choose another port: PORT=${port === 3001 ? 3002 : 3001} npm start`
  if (code === 'EACCES') return `This account may not listen on port ${port}. Choose one above 1023: PORT=3000 npm start`
  return `This machine cannot listen at HOST ${host} (${code}). Leave HOST out for this machine only, or set 0.0.0.0 for all its addresses.`
}
