import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PlatformError } from '../../../../src/platforms/booking-platform.ts'
import type { Store } from '../../../../src/store/open-store.ts'
import { createTestStore } from '../../../support/test-store.ts'
import { webParts, type WebParts } from './web-desk.ts'

let store: Store
let parts: WebParts
beforeAll(async () => {
  store = await createTestStore()
  parts = webParts({ store })
})
afterAll(() => store.close())

test('the page is served with the hash of its import map, and of no other script', async () => {
  const response = await parts.ask('/')
  const html = await response.text()
  const [, map = ''] = /<script type="importmap">([\s\S]*?)<\/script>/.exec(html) ?? []
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(response.headers.get('content-security-policy')).toContain(`script-src 'self' 'sha256-${createHash('sha256').update(map).digest('base64')}';`)
  expect(html.match(/<script(?![^>]*\bsrc=)[^>]*>/g)).toEqual(['<script type="importmap">'])
  expect(html).not.toMatch(/\bstyle="|<style|\bon\w+="|https?:\/\/(?!www\.w3\.org\/2000\/svg)/)
})

test('every file that the page names is there, as what it is', async () => {
  const html = await (await parts.ask('/')).text()
  const { imports } = JSON.parse(/<script type="importmap">([\s\S]*?)<\/script>/.exec(html)?.[1] ?? '{}') as { imports: Record<string, string> }
  const named = [...html.matchAll(/\b(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => String(path))
  for (const path of [...named, ...Object.values(imports)]) {
    const response = await parts.ask(path)
    expect([path, response.status]).toEqual([path, 200])
    expect(response.headers.get('content-type')).toMatch(path.endsWith('.css') ? /^text\/css/ : /^text\/javascript/)
  }
})

test('TypeScript reaches the browser without its types, and every module it imports is there', async () => {
  const seen = new Set<string>()
  const walk = async (path: string): Promise<void> => {
    if (seen.has(path)) return
    seen.add(path)
    const response = await parts.ask(path)
    const code = await response.text()
    expect([path, response.status]).toEqual([path, 200])
    expect(code).not.toMatch(/^(import|export) type\b/m)
    for (const [, target] of code.matchAll(/\bfrom\s*['"](\.[^'"]+)['"]/g)) await walk(new URL(String(target), `http://localhost${path}`).pathname)
  }
  await walk('/page/main.ts')
  expect(seen.size).toBeGreaterThan(3)
})

test.each([
  '/page/../web-server.ts', '/page/%2e%2e/web-server.ts', '/page/..%2fweb-server.ts', '/page/%2e%2e%2f%2e%2e%2f%2e%2e%2fpackage.json', '/page/....//web-server.ts',
  '/page/lib/../../web-server.ts', '/page//etc/passwd', '/page/main.ts%00.css', '/page/tsconfig.json', '/page/index.html', '/page/lib/preact-test-utils.js', '/page/.git', '/page/', '/page/constructor', '/page/lib/__proto__',
])('no other file is given out: %s', async (path) => {
  const { app } = parts
  expect((await app.request(new Request(`http://localhost:3000${path}`))).status).toBe(404)
})

test('a file is sent again only when it changed', async () => {
  const first = await parts.ask('/page/main.ts')
  const etag = first.headers.get('etag') ?? ''
  expect([first.headers.get('cache-control'), etag]).toEqual(['no-cache', expect.stringMatching(/^"[\w-]{27}"$/)])
  const again = await parts.ask('/page/main.ts', { headers: { 'if-none-match': etag } })
  expect([again.status, await again.text()]).toEqual([304, ''])
})

const away = (error: PlatformError) => ({ catalog: async () => ({ ok: false as const, error }), clients: async () => ({ ok: false as const, error }) })

test('while there is no book yet the page says so and looks again', async () => {
  const { ask } = webParts({ store, change: { platform: away({ kind: 'not_found', message: 'the book is empty' }) } })
  const page = await ask('/')
  expect([page.status, await page.text()]).toEqual([503, expect.stringContaining('http-equiv="refresh" content="2; url=/"')])
  expect((await ask('/api/me')).status).toBe(503)
})

test('while the booking system or the database is away the page says so, and the log why', async () => {
  const { ask, logged } = webParts({ store, change: { platform: away({ kind: 'unavailable', message: 'timeout' }) } })
  const page = await ask('/')
  expect([page.status, await page.text(), logged]).toEqual([503, expect.stringMatching(/Not reachable right now[\s\S]*tries again by itself/), [expect.objectContaining({ code: 'unavailable' })]])
})
