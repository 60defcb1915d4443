import { request } from 'node:http'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import type { TurnRequest } from '../../../../src/agent/agent.ts'
import type { ChatLine } from '../../../../src/channels/web/page-api.ts'
import type { PageDesk } from '../../../../src/channels/web/page-desk.ts'
import { listen } from '../../../../src/channels/web/web-server.ts'
import { DeskError } from '../../../../src/salon/errors.ts'
import { appendAudit } from '../../../../src/store/audit.ts'
import type { Store } from '../../../../src/store/open-store.ts'
import { watchChanges } from '../../../../src/store/watch-changes.ts'
import { createTestStore, openTestStore } from '../../../support/test-store.ts'
import { tinyNow } from '../../../support/tiny-book.ts'
import { aTurn, webParts, type WebParts } from './web-desk.ts'

let store: Store
beforeAll(async () => { store = await createTestStore() })
afterAll(() => store.close())

type Browser = WebParts & { get: (path: string, headers?: Record<string, string>) => Promise<Response>; say: (text: string, more?: Record<string, unknown>, signal?: AbortSignal) => Promise<Response>; url: string }

/** A browser of the demo at a server on a real socket. */
async function openBrowser(change: Partial<PageDesk> = {}): Promise<Browser> {
  const parts = webParts({ store, change })
  const server = await listen({ app: parts.app, host: '127.0.0.1', port: 0 })
  const { url } = server
  onTestFinished(() => server.close())
  const first = await fetch(`${url}/api/me`)
  const cookie = (first.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  const { conversationPrefix } = (await first.json()) as { conversationPrefix: string }
  let asked = 0
  return {
    ...parts, url,
    get: (path, headers = {}) => fetch(`${url}${path}`, { headers: { cookie, ...headers } }),
    say: (text, more = {}, signal = AbortSignal.timeout(20_000)) => fetch(`${url}/api/chat`, {
      method: 'POST', signal, headers: { cookie, origin: url, 'content-type': 'application/json' },
      body: JSON.stringify({ conversationId: `${conversationPrefix}one`, requestId: `request-${asked++}`, text, ...more }),
    }),
  }
}

/** What comes, piece by piece, up to `until`. */
function reading(response: Response, until: string): { next(): Promise<string | undefined>; cancel(): Promise<void> } {
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  const decoder = new TextDecoder()
  let waiting = ''
  return {
    async next() {
      for (;;) {
        const end = waiting.indexOf(until)
        if (end >= 0) {
          const piece = waiting.slice(0, end)
          waiting = waiting.slice(end + until.length)
          return piece
        }
        const { done, value } = await reader.read()
        if (done) return undefined
        waiting += decoder.decode(value, { stream: true })
      }
    },
    cancel: () => reader.cancel(),
  }
}

const line = async (lines: ReturnType<typeof reading>): Promise<ChatLine> => JSON.parse((await lines.next()) ?? 'null') as ChatLine

test('a chat answer comes word by word: each line leaves at once, the cards last', async () => {
  const [said, gone] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const asked: TurnRequest[] = []
  const { say, app } = await openBrowser({ agent: async () => ({
    turn: async (request) => {
      asked.push(request)
      request.onEvent?.({ kind: 'status', text: 'Looking at the book …' })
      await said.promise
      request.onEvent?.({ kind: 'token', text: 'Hel' })
      await gone.promise
      return { ...aTurn, proposals: [{ id: 'P-7K3QXM' }] as never }
    },
  }) })
  const response = await say(' who is first? ', { locationId: 'main' })
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/x-ndjson; charset=utf-8'])
  const lines = reading(response, '\n')
  expect(await line(lines)).toEqual({ kind: 'status', text: 'reading …' })
  expect(await line(lines)).toEqual({ kind: 'status', text: 'Looking at the book …' })
  said.resolve()
  expect(await line(lines)).toEqual({ kind: 'token', text: 'Hel' })
  gone.resolve()
  expect(await line(lines)).toMatchObject({ kind: 'turn', view: { summary: 'Hello.', cards: [{ parts: [{ kind: 'text', text: 'Hello.' }] }, { subject: 'proposal:P-7K3QXM' }] }, subjects: ['proposal:P-7K3QXM'], brain: 'embedded' })
  expect(await lines.next()).toBeUndefined()
  expect(asked).toMatchObject([{ text: 'who is first?', locationId: 'main', person: { id: 'demo:Robin' }, requestId: expect.stringMatching(/^page:[0-9a-f]{16}:request-0$/) }])
  expect(await (await app.request('/metrics')).text()).toContain('desk_turns_total{brain="embedded"} 1')
})

test('who closes the chat gives the turn up', async () => {
  const aborted = Promise.withResolvers<string>()
  const { say, logged } = await openBrowser({ agent: async () => ({
    turn: ({ signal }) => new Promise((_resolve, reject) => {
      signal?.addEventListener('abort', () => {
        reject(new Error('given up'))
        aborted.resolve('given up')
      })
    }),
  }) })
  const closing = new AbortController()
  const lines = reading(await say('what is our late policy?', {}, closing.signal), '\n')
  await lines.next()
  closing.abort()
  expect(await aborted.promise).toBe('given up')
  expect(logged).toEqual([])
})

test('what goes wrong within a turn is the last line, in words', async () => {
  const problems = [new DeskError('conflict', { message: 'busy', userMessage: 'I am still answering your last message.' }), new TypeError('cannot read password')]
  const { say, logged } = await openBrowser({ agent: async () => ({ turn: async () => { throw problems.shift() } }) })
  const ends: unknown[] = []
  for (const text of ['one', 'two']) ends.push(JSON.parse((await (await say(text)).text()).trim().split('\n').at(-1) ?? ''))
  expect(ends).toEqual([
    { kind: 'error', code: 'conflict', text: 'I am still answering your last message.' },
    { kind: 'error', code: 'internal', text: expect.stringMatching(/^Something went wrong on our side/) },
  ])
  expect(logged).toMatchObject([{ message: 'cannot read password' }])
})

test('a conversation of somebody else is refused, also one of the same person in another browser', async () => {
  const turn = vi.fn(async () => aTurn)
  const [one, other] = [await openBrowser({ agent: async () => ({ turn }) }), await openBrowser({ agent: async () => ({ turn }) })]
  const theirs = ((await (await other.get('/api/me')).json()) as { conversationPrefix: string }).conversationPrefix
  for (const conversationId of [`${theirs}one`, 'slack:D1:1', 'terminal:x', 'page:', `${theirs}../x`]) {
    const refused = await one.say('hi', { conversationId })
    expect([conversationId, refused.status]).toEqual([conversationId, 403])
  }
  expect(turn).not.toHaveBeenCalled()
})

test('a change by another process is told to every open page as it commits', async () => {
  const another = openTestStore(store.url)
  const listeners = new Set<(subjects: string[]) => void>()
  const watch = watchChanges({ url: store.url, onChange: ({ subject }) => { for (const listener of listeners) listener([subject]) } })
  onTestFinished(async () => {
    await watch.close()
    await another.close()
  })
  const browser = await openBrowser({ onChange: (listener) => {
    listeners.add(listener)
    return () => { listeners.delete(listener) }
  } })
  const pages = await Promise.all([browser.get('/api/events'), browser.get('/api/events')])
  expect(pages.map(({ headers }) => headers.get('content-type'))).toEqual(['text/event-stream', 'text/event-stream'])
  const streams = pages.map((page) => reading(page, '\n\n'))
  for (const stream of streams) expect(await stream.next()).toMatch(/^retry: 2000\nid: [0-9a-f]+-0$/)
  // Listening begins a moment after the first page: what is written before it is heard is not what is tried here.
  await vi.waitFor(async () => {
    const { rows } = await sql`select 1 from pg_stat_activity where application_name = 'desk changes' and datname = current_database() and query like 'listen%'`.execute(another.db)
    expect(rows).toHaveLength(1)
  }, { timeout: 10_000 })
  await another.transaction((trx) => appendAudit(trx, { at: tinyNow, actor: 'slack:U1', action: 'decision.approved', subject: 'proposal:P-7K3QXM' }))
  for (const stream of streams) expect(await stream.next()).toMatch(/^id: [0-9a-f]+-1\ndata: \{"subjects":\["proposal:P-7K3QXM"\]\}$/)
  await Promise.all(streams.map((stream) => stream.cancel()))
})

test('a page that comes back hears what it missed, or that anything may have changed', async () => {
  const { get, change } = await openBrowser()
  const first = reading(await get('/api/events'), '\n\n')
  await first.next()
  change(['proposal:P-222222', 'home'])
  change(['home', 'day'])
  const told = await first.next()
  expect(told).toMatch(/\{"subjects":\["proposal:P-222222","home","day"\]\}$/)
  const [, seen = ''] = /^id: (\S+)/.exec(told ?? '') ?? []
  await first.cancel()
  const open = reading(await get('/api/events'), '\n\n')
  await open.next()
  change(['thread:elena'])
  await open.next()

  const back = reading(await get('/api/events', { 'last-event-id': seen }), '\n\n')
  await back.next()
  expect(await back.next()).toMatch(/\{"subjects":\["thread:elena"\]\}$/)
  for (const unknown of ['000000000000-7', 'nonsense']) {
    const lost = reading(await get('/api/events', { 'last-event-id': unknown }), '\n\n')
    await lost.next()
    expect(await lost.next()).toMatch(/\{"subjects":\["\*"\]\}$/)
    await lost.cancel()
  }
  await Promise.all([open.cancel(), back.cancel()])
})

test('a browser may keep a dozen pages open, and a closed one makes room', async () => {
  const { get } = await openBrowser()
  const pages = await Promise.all(Array.from({ length: 12 }, () => get('/api/events')))
  expect([pages.every(({ status }) => status === 200), (await get('/api/events')).status]).toEqual([true, 429])
  for (const { body } of pages) await body?.cancel()
  await vi.waitFor(async () => {
    const { status, body } = await get('/api/events')
    await body?.cancel()
    expect(status).toBe(200)
  }, { timeout: 10_000 })
})

test('a path that leads out of the page\'s folder leads nowhere, as it comes over the wire', async () => {
  const { url } = await openBrowser()
  const { port } = new URL(url)
  const status = (path: string): Promise<number | undefined> => new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path }, (response) => {
      response.resume()
      resolve(response.statusCode)
    }).on('error', reject).end()
  })
  for (const path of ['/page/../web-server.ts', '/page/%2e%2e/web-server.ts', '/page/..%2fweb-server.ts', '/page/./../../../package.json']) expect([path, await status(path)]).toEqual([path, 404])
  expect(await status('/page/main.ts')).toBe(200)
})
