import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Store } from '../../../../src/store/open-store.ts'
import { createTestStore } from '../../../support/test-store.ts'
import { webParts, wordsOf } from './web-desk.ts'

let store: Store
beforeAll(async () => { store = await createTestStore() })
afterAll(() => store.close())

const press = { action: 'approve', token: 't', requestId: 'request-1' }

test.each([
  ['a stranger\'s name that points here', 'evil.example:3000', 421],
  ['no name at all', '', 421],
  ['something that is no name', 'a b', 421],
  ['this machine by its short name', 'localhost:3000', 200],
  ['this machine by number', '127.0.0.1:3000', 200],
  ['this machine by its newer number', '[::1]:3000', 200],
])('answers by names that are ours only: %s', async (_what, host, status) => {
  const { ask } = webParts({ store })
  expect((await ask('/api/me', { headers: { host } })).status).toBe(status)
})

test('outside the demo it also answers by HOST and by the host of PUBLIC_URL, and nobody else\'s', async () => {
  const { ask } = webParts({ store, demo: false, host: '192.168.1.5', change: { publicUrl: 'https://desk.salon.example' } })
  const hosts = ['192.168.1.5:3000', 'desk.salon.example', 'DESK.salon.example:443', 'desk.salon.example.evil.example', 'salon.example']
  expect(await Promise.all(hosts.map(async (host) => (await ask('/api/me', { headers: { host } })).status))).toEqual([401, 401, 401, 421, 421])
})

test.each<[string, Record<string, string>]>([
  ['another site\'s page', { origin: 'https://evil.example' }],
  ['another port of this machine', { origin: 'http://localhost:9999' }],
  ['a page without an origin', { origin: 'null' }],
  ['a browser that says it is another site, whatever the origin', { 'sec-fetch-site': 'cross-site' }],
  ['a sibling under the same domain', { 'sec-fetch-site': 'same-site' }],
])('nothing is changed for %s', async (_what, headers) => {
  const { ask, visit, presses } = webParts({ store })
  const refused = await ask('/api/press', { cookie: await visit(), body: press, headers })
  expect([refused.status, await wordsOf(refused)]).toEqual([403, 'This can only be done from the desk\'s own page.'])
  expect(presses).toEqual([])
})

test('another site may not even ask: no session begins, nothing is read', async () => {
  const { ask, visit } = webParts({ store })
  const cookie = await visit()
  for (const site of ['cross-site', 'same-site']) {
    const refused = await ask('/api/me', { headers: { 'sec-fetch-site': site } })
    expect([refused.status, refused.headers.get('set-cookie')]).toEqual([403, null])
    expect((await ask('/api/day.png?location=main', { cookie, headers: { 'sec-fetch-site': site } })).status).toBe(403)
  }
  expect((await ask('/api/me', { cookie, headers: { 'sec-fetch-site': 'same-origin' } })).status).toBe(200)
})

test('a request that does not say where it comes from changes nothing', async () => {
  const { app, visit, presses } = webParts({ store })
  const response = await app.request('http://localhost:3000/api/press', { method: 'POST', headers: { host: 'localhost:3000', cookie: await visit(), 'content-type': 'application/json' }, body: JSON.stringify(press) })
  expect([response.status, presses]).toEqual([403, []])
})

test('only JSON is taken, of at most 64 KB, and what does not fit is named', async () => {
  const { ask, visit, presses } = webParts({ store })
  const cookie = await visit()
  expect((await ask('/api/press', { cookie, body: press, headers: { 'content-type': 'text/plain' } })).status).toBe(415)
  expect((await ask('/api/press', { cookie, body: 'action=approve', headers: { 'content-type': 'application/x-www-form-urlencoded' } })).status).toBe(415)
  expect((await ask('/api/press', { cookie, body: { ...press, values: { why: 'x'.repeat(70_000) } } })).status).toBe(413)
  expect(await wordsOf(await ask('/api/press', { cookie, body: '{"action":' }))).toBe('The body must be JSON.')
  const wrong = await ask('/api/press', { cookie, body: { action: 'approve', requestId: 'x', more: 1 } })
  expect([wrong.status, await wordsOf(wrong)]).toEqual([400, expect.stringMatching(/^This does not fit\. .*token: .*requestId: a name of your own/)])
  expect(presses).toEqual([])
})

test('the demo shows itself on this machine only, and says why; health stays', async () => {
  for (const [host, name] of [['0.0.0.0', 'localhost:3000'], ['127.0.0.1', 'tunnel.example'], ['192.168.1.5', '192.168.1.5:3000']] as const) {
    const { ask } = webParts({ store, host, change: { publicUrl: 'https://tunnel.example' } })
    const headers = { host: name }
    const page = await ask('/', { headers })
    expect([page.status, page.headers.get('set-cookie'), await page.text()]).toEqual([403, null, expect.stringContaining('shown on this machine only')])
    expect(await wordsOf(await ask('/api/me', { headers }))).toMatch(/shown on this machine only/)
    expect((await ask('/sign-in', { headers })).status).toBe(403)
    expect((await ask('/healthz', { headers })).status).toBe(200)
    expect((await ask('/readyz', { headers })).status).toBe(200)
  }
})

test('every answer forbids what the page does not need', async () => {
  const { ask } = webParts({ store })
  for (const path of ['/', '/api/me', '/api/nothing', '/sign-in', '/page/none.css', '/plain.css']) {
    const { headers } = await ask(path)
    expect([headers.get('x-content-type-options'), headers.get('x-frame-options'), headers.get('cross-origin-opener-policy')]).toEqual(['nosniff', 'DENY', 'same-origin'])
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'self'; script-src 'self'( 'sha256-[\w+/=]+')?; style-src 'self'; img-src 'self' data:; connect-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'$/)
    expect(headers.get('referrer-policy')).toBe(path === '/sign-in' ? 'same-origin' : 'no-referrer')
  }
  expect((await ask('/api/me')).headers.get('cache-control')).toBe('no-store')
})

test('a browser that asks too much within a minute is told to wait', async () => {
  const { ask, visit } = webParts({ store })
  const cookie = await visit()
  const { conversationPrefix } = (await (await ask('/api/me', { cookie })).json()) as { conversationPrefix: string }
  const say = async (number: number) => (await ask('/api/chat', { cookie, body: { conversationId: `${conversationPrefix}a`, requestId: `request-${number}`, text: 'hi' } })).status
  const statuses: number[] = []
  for (let number = 0; number < 32; number++) statuses.push(await say(number))
  expect([statuses.slice(0, 30).every((status) => status === 200), statuses.slice(30)]).toEqual([true, [429, 429]])
})

test('a failure of ours is said without its reason, which goes to the log', async () => {
  const { ask, visit, logged } = webParts({ store, change: { dayBook: async () => { throw new TypeError('cannot read password of +12135550101') } } })
  const response = await ask('/api/day?location=main', { cookie: await visit() })
  expect([response.status, await response.text()]).toEqual([500, expect.not.stringContaining('password')])
  expect(logged).toHaveLength(1)
})
