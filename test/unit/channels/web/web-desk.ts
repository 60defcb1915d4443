import type { Hono } from 'hono'
import type { Agent, Turn } from '../../../../src/agent/agent.ts'
import type { Person } from '../../../../src/approvals/roles.ts'
import type { Press, View } from '../../../../src/channels/cards/card.ts'
import type { PageDesk } from '../../../../src/channels/web/page-desk.ts'
import { makeSignInLink } from '../../../../src/channels/web/sign-in.ts'
import { type WebDesk, webApp } from '../../../../src/channels/web/web-server.ts'
import type { Received, Thread } from '../../../../src/messages/messages.ts'
import { ok } from '../../../../src/platforms/booking-platform.ts'
import { DeskError } from '../../../../src/salon/errors.ts'
import type { Store } from '../../../../src/store/open-store.ts'
import { type TestClock, testClock, tinyBook } from '../../../support/tiny-book.ts'

export const maya: Person = { id: 'terminal:maya', name: 'Maya', role: 'front_desk' }

export const aTurn: Turn = { text: 'hi', reply: 'Hello.', prose: 'Hello.', toolCalls: [], proposals: [], brain: 'embedded', notes: [] }

const aView = (subject: string): View => ({ subject, summary: `About ${subject}`, cards: [{ subject, title: subject, tone: 'plain', parts: [], buttons: [] }] })

export type WebParts = {
  app: Hono
  page: PageDesk
  clock: TestClock
  /** What the cards were asked to do. */
  presses: Press[]
  replies: { clientId: string; body: string; externalId: string }[]
  /** Threads that staff has seen to. */
  seenTo: string[]
  /** Errors that went to the log. */
  logged: unknown[]
  /** Tells everybody that something changed. */
  change: (subjects: string[]) => void
  /** A request as the page in a browser makes it. */
  ask: (path: string, options?: { body?: unknown; cookie?: string | undefined; headers?: Record<string, string> }) => Promise<Response>
  /** The cookie of somebody who came for the first time (demo). */
  visit: () => Promise<string>
  /** The cookie of somebody who used a sign-in link. */
  signIn: (person?: Person) => Promise<string>
}

/** The web app on a real store, with a salon, cards, texts and an agent made up here. */
export function webParts({ store, demo = true, host = '127.0.0.1', change = {}, web = {} }: { store: Store; demo?: boolean; host?: string; change?: Partial<PageDesk>; web?: Partial<WebDesk> }): WebParts {
  const clock = testClock()
  const { presses, replies, seenTo, logged }: Pick<WebParts, 'presses' | 'replies' | 'seenTo' | 'logged'> = { presses: [], replies: [], seenTo: [], logged: [] }
  const listeners = new Set<(subjects: string[]) => void>()
  const { catalog, clients } = tinyBook()
  const known = (subject: string): string => {
    if (subject.includes('NOBODY')) throw new DeskError('not_found', { message: 'no such thing', userMessage: 'There is nothing like that (any more).' })
    return subject
  }
  const thread = (clientId: string): Thread => ({ client: { id: known(clientId), name: 'Elena García' }, optedOut: false, texts: replies.map(({ body }, id) => ({ id, direction: 'in', channel: 'sms', body, at: clock.now(), state: 'received', needsPerson: false })) })
  const agent: Agent = { turn: async () => aTurn }
  const page: PageDesk = {
    store, clock, host,
    platform: { catalog: async () => ok({ ...catalog, business: { ...catalog.business, demo } }, clock.now()), clients: async ({ ids }) => ok(clients.filter(({ id }) => ids.includes(id)), clock.now()) },
    approvals: { list: async () => [] },
    cards: {
      view: async (subject) => aView(known(subject)),
      home: async (person) => aView(`home of ${person.name}`),
      press: async (press) => {
        presses.push(press)
        return { kind: 'said', text: 'Done.', good: true, subjects: ['proposal:P-7K3QXM'] }
      },
      prompts: (role) => [{ title: role, message: 'Who should I call?' }],
    },
    messages: {
      receive: async (reply): Promise<Received> => {
        replies.push(reply)
        return { isNew: true, reading: 'yes', did: 'confirmed' }
      },
      thread: async (clientId) => thread(clientId),
      recent: async () => [],
      waiting: async () => [],
      lookedAfter: async ({ clientId, by }) => { seenTo.push(`${clientId} by ${by.name}`) },
    },
    agent: async () => agent,
    dayBook: async ({ locationId, date }) => ({ location: { id: locationId, name: 'Main Street', zone: 'America/Los_Angeles' }, date, open: null, rows: [], untimed: [], glance: { appointments: 0, atRisk: 0, expectedFailures: 0, openGaps: 0, openMinutes: 0 } }),
    dayPicture: async () => new Uint8Array([0x89, 0x50, 0x4e, 0x47]),
    onChange: (listener) => {
      listeners.add(listener)
      return () => { listeners.delete(listener) }
    },
    isPaused: async () => false,
    ...change,
  }
  const app = webApp({ status: async () => ({ salon: 'Tiny Salon', paused: false, openProposals: 0 }), predictRisk: async () => ({}), apiToken: undefined, onError: (error) => logged.push(error), page, ...web })

  const ask: WebParts['ask'] = async (path, { body, cookie, headers = {} } = {}) => {
    const own = { host: 'localhost:3000', ...(body === undefined ? {} : { 'content-type': 'application/json', origin: 'http://localhost:3000' }), ...(cookie === undefined ? {} : { cookie }), ...headers }
    return app.request(`http://localhost:3000${path}`, { method: body === undefined ? 'GET' : 'POST', headers: own, ...(body === undefined ? {} : { body: body instanceof Uint8Array ? new Blob([body]) : typeof body === 'string' ? body : JSON.stringify(body) }) })
  }
  return {
    app, page, clock, presses, replies, seenTo, logged, ask,
    change: (subjects) => { for (const listener of listeners) listener(subjects) },
    visit: async () => cookieOf(await ask('/api/me')),
    signIn: async (person = maya) => {
      const token = new URL(await makeSignInLink({ store, clock, person, baseUrl: 'http://localhost:3000' })).searchParams.get('token') ?? ''
      return cookieOf(await useLink(ask, token))
    },
  }
}

/** Presses the button of the sign-in page. */
export function useLink(ask: WebParts['ask'], token: string): Promise<Response> {
  return ask('/sign-in', { body: new URLSearchParams({ token }).toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' } })
}

export function cookieOf(response: Response): string {
  return (response.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
}

/** What a refusal says. */
export async function wordsOf(response: Response): Promise<string> {
  return ((await response.json()) as { error: { message: string } }).error.message
}
