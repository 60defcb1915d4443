import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import type { Role } from '../../../../src/approvals/roles.ts'
import { makeSignInLink } from '../../../../src/channels/web/sign-in.ts'
import type { Store } from '../../../../src/store/open-store.ts'
import { createTestStore } from '../../../support/test-store.ts'
import { cookieOf, maya, useLink, webParts, type WebParts, wordsOf } from './web-desk.ts'

let store: Store
beforeAll(async () => { store = await createTestStore() })
afterAll(() => store.close())

const salon = (more: Partial<Parameters<typeof webParts>[0]> = {}): WebParts => webParts({ store, demo: false, ...more })

async function linkToken({ clock }: WebParts): Promise<string> {
  return new URL(await makeSignInLink({ store, clock, person: maya, baseUrl: 'http://localhost:3000' })).searchParams.get('token') ?? ''
}

const sees = async (parts: WebParts, cookie: string): Promise<number> => (await parts.ask('/api/me', { cookie })).status

test('outside the demo nobody sees anything without signing in, and the page says how', async () => {
  const { ask } = salon()
  const page = await ask('/')
  expect([page.status, page.headers.get('set-cookie'), await page.text()]).toEqual([401, null, expect.stringMatching(/Tiny Salon: please sign in[\s\S]*npm start[\s\S]*\/desk page/)])
  for (const path of ['/api/me', '/api/day?location=main', '/api/day.png?location=main', '/api/view?subject=home', '/api/home', '/api/brief?location=main', '/api/proposals', '/api/audit', '/api/events', '/api/phones', '/api/phone?client=elena']) {
    expect([path, (await ask(path)).status]).toEqual([path, 401])
  }
  for (const path of ['/api/me', '/api/chat', '/api/press', '/api/phone']) expect([path, (await ask(path, { body: {} })).status]).toEqual([path, 401])
})

test('a link signs its person in, once, when its button is pressed; looking at it spends nothing', async () => {
  const parts = salon()
  const token = await linkToken(parts)
  for (let looks = 0; looks < 3; looks++) {
    const page = await parts.ask(`/sign-in?token=${token}`)
    expect([page.status, page.headers.get('set-cookie'), await page.text()]).toEqual([200, null, expect.stringMatching(/signed in here as Maya \(front desk\)[\s\S]*<form method="post" action="\/sign-in">/)])
  }
  const used = await useLink(parts.ask, token)
  expect([used.status, used.headers.get('location')]).toEqual([303, '/'])
  expect(used.headers.get('set-cookie')).toMatch(/^desk_session_3000=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/)
  const me = await parts.ask('/api/me', { cookie: cookieOf(used) })
  expect(await me.json()).toMatchObject({ person: maya, demo: false, mayBecome: [], texting: 'off' })

  const again = await useLink(parts.ask, token)
  expect([again.status, again.headers.get('set-cookie'), await again.text()]).toEqual([410, null, expect.stringContaining('used already')])
  expect((await parts.ask(`/sign-in?token=${token}`)).status).toBe(410)
})

test('a link used twice at the same moment opens one session', async () => {
  const parts = salon()
  const token = await linkToken(parts)
  const statuses = await Promise.all([1, 2, 3, 4].map(async () => (await useLink(parts.ask, token)).status))
  expect(statuses.filter((status) => status === 303)).toHaveLength(1)
})

test('a link ends after 15 minutes, and one that was made up never worked', async () => {
  const parts = salon()
  const token = await linkToken(parts)
  parts.clock.advance(15)
  expect((await useLink(parts.ask, token)).status).toBe(410)
  for (const madeUp of ['x'.repeat(43), '', '../..', `${token}x`]) expect((await useLink(parts.ask, madeUp)).status).toBe(410)
})

test('a link cannot be used from another site, nor its secret as a cookie', async () => {
  const parts = salon()
  const token = await linkToken(parts)
  const elsewhere = await parts.ask('/sign-in', { body: `token=${token}`, headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://evil.example' } })
  expect(elsewhere.status).toBe(403)
  expect(await sees(parts, `desk_session_3000=${token}`)).toBe(401)
})

test('the secrets of links and sessions are not in the store', async () => {
  const parts = salon()
  const token = await linkToken(parts)
  const secret = (await parts.signIn()).split('=')[1] ?? ''
  const rows = JSON.stringify([await store.db.selectFrom('page_sessions').selectAll().execute(), await store.db.selectFrom('audit').selectAll().execute()])
  expect([rows.includes(token), rows.includes(secret), secret.length]).toEqual([false, false, 43])
})

test('over https the cookie is for https only', async () => {
  const parts = salon({ change: { publicUrl: 'https://desk.salon.example' } })
  const body = new URLSearchParams({ token: await linkToken(parts) }).toString()
  const used = await parts.ask('/sign-in', { body, headers: { 'content-type': 'application/x-www-form-urlencoded', host: 'desk.salon.example', origin: 'https://desk.salon.example' } })
  expect(used.headers.get('set-cookie')).toMatch(/^desk_session=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Strict$/)
})

test('a session ends 12 hours after it was last used, and after 7 days whatever happens', async () => {
  const parts = salon()
  const [used, left] = [await parts.signIn(), await parts.signIn()]
  for (let hours = 0; hours < 24 * 7; hours += 8) {
    expect([hours, await sees(parts, used)]).toEqual([hours, 200])
    parts.clock.advance(8 * 60)
  }
  expect([await sees(parts, used), await sees(parts, left)]).toEqual([401, 401])
})

test('the cookie is given again as the session goes on, and both end together', async () => {
  const parts = salon()
  const cookie = await parts.signIn()
  const givenAgain = async () => (await parts.ask('/api/me', { cookie })).headers.get('set-cookie')?.startsWith(`${cookie}; Max-Age=43200`) ?? false
  expect(await givenAgain()).toBe(false)
  parts.clock.advance(31)
  expect([await givenAgain(), await givenAgain()]).toEqual([true, false])
})

test('an open page hears nothing more once its session is over, and does not keep it alive', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  onTestFinished(() => { vi.useRealTimers() })
  const parts = salon()
  const cookie = await parts.signIn()
  const reader = ((await parts.ask('/api/events', { cookie })).body as ReadableStream<Uint8Array>).getReader()
  const next = async () => new TextDecoder().decode((await reader.read()).value)
  expect(await next()).toMatch(/^retry: 2000/)
  for (let hours = 0; hours < 12; hours += 4) {
    vi.advanceTimersByTime(25_000)
    expect(await next()).toBe(': still here\n\n')
    parts.clock.advance(4 * 60)
  }
  vi.advanceTimersByTime(25_000)
  expect(await next()).toBe(': still here\n\n')
  expect((await reader.read()).done).toBe(true)
})

test('signing out ends the session everywhere, and both are in the audit log', async () => {
  const parts = salon()
  const olga = { id: 'terminal:olga-out', name: 'Olga', role: 'owner' as const }
  const cookie = await parts.signIn(olga)
  const out = await parts.ask('/sign-out', { cookie, body: {} })
  expect([out.status, out.headers.get('set-cookie')]).toEqual([200, expect.stringContaining('Max-Age=0')])
  expect(await sees(parts, cookie)).toBe(401)
  const rows = await store.db.selectFrom('audit').select('action').where('actor', '=', olga.id).orderBy('seq').execute()
  expect(rows.map(({ action }) => action)).toEqual(['page.link_made', 'page.signed_in', 'page.signed_out'])
})

test('a link followed from elsewhere loads the page a second time, because browsers left the cookie out of the first', async () => {
  for (const demo of [true, false]) {
    const page = await webParts({ store, demo }).ask('/', { headers: { 'sec-fetch-site': 'cross-site' } })
    expect([page.status, page.headers.get('set-cookie'), await page.text()]).toEqual([200, null, expect.stringContaining('content="0; url=/"')])
  }
})

test('people of the demo said themselves who they are: a real salon takes nobody\'s word', async () => {
  const cookie = await webParts({ store }).visit()
  expect(await sees(salon(), cookie)).toBe(401)
  const { clock } = salon()
  await expect(makeSignInLink({ store, clock, person: { id: 'demo:Robin', name: 'Robin', role: 'owner' }, baseUrl: 'http://localhost' })).rejects.toMatchObject({ code: 'invalid_input' })
})

test('F07: the role of somebody from Slack is asked again at each press; without one nothing happens and the session ends', async () => {
  let role: Role | undefined = 'manager'
  const parts = salon({ change: { roleNow: async () => role } })
  const cookie = await parts.signIn({ id: 'slack:U1', name: 'Olga', role: 'front_desk' })
  const press = (requestId: string) => parts.ask('/api/press', { cookie, body: { action: 'approve', token: 't', requestId } })
  expect((await press('request-1')).status).toBe(200)
  expect(parts.presses[0]?.person).toEqual({ id: 'slack:U1', name: 'Olga', role: 'manager' })
  role = undefined
  const refused = await press('request-2')
  expect([refused.status, await wordsOf(refused)]).toEqual([403, expect.stringContaining('no role at the desk any more')])
  expect(parts.presses).toHaveLength(1)
  expect(await sees(parts, cookie)).toBe(401)
})

test('F07: when nobody can say the role of somebody from Slack, they may not press', async () => {
  const parts = salon({ change: { roleNow: async () => { throw new Error('no answer') } } })
  const cookie = await parts.signIn({ id: 'slack:U2', name: 'Olga', role: 'owner' })
  expect((await parts.ask('/api/press', { cookie, body: { action: 'approve', token: 't', requestId: 'request-1' } })).status).toBe(500)
  expect(parts.presses).toEqual([])
})
