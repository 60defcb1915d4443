import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PolicySections } from '../../../../src/channels/web/policy-page.ts'
import { type WebDesk, webApp } from '../../../../src/channels/web/web-server.ts'
import { openPolicies } from '../../../../src/policies/open-policies.ts'
import { testEmbedder } from '../../../support/test-embedder.ts'

let dir: string
let policies: PolicySections
const logged: unknown[] = []
const desk: WebDesk = { status: async () => ({ salon: 'Juniper & <Sage>', paused: false, openProposals: 0 }), predictRisk: async () => ({}), apiToken: undefined, onError: (error) => logged.push(error), policies: async () => policies }

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'policies-'))
  await writeFile(join(dir, 'cancellation.md'), `---
id: cancellation
clients:
  notice:
    en: "You can cancel free of charge up to 24 hours before <the> start."
    es: "Puede cancelar sin costo hasta 24 horas antes."
  only-english: "We are closed on Mondays."
---
# Cancellation

## Notice {#notice}
Staff: never tell them about the secret discount.

## Only English {#only-english}
Closed on Mondays, and staff have the key under the mat.

## For staff {#staff-only}
The safe opens with a secret number.
`)
  policies = await openPolicies({ dir, embedder: testEmbedder, cacheDir: join(dir, '.cache') })
})
afterAll(() => rm(dir, { recursive: true }))

const app = webApp(desk)
const get = (path: string, headers: Record<string, string> = {}) => app.request(path, { headers })

test('the link that the phone texts shows the salon\'s words for clients, and not a word of what is for staff', async () => {
  const response = await get('/policies/cancellation/notice')
  const html = await response.text()
  expect([response.status, response.headers.get('content-type'), response.headers.get('cache-control'), response.headers.get('vary')]).toEqual([200, 'text/html; charset=utf-8', 'public, max-age=300', 'accept-language'])
  expect(response.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
  expect(html).toContain('<html lang="en">')
  expect(html).toMatch(/<h1>Good to know: Juniper &#38; &#60;Sage&#62;<\/h1>\n<p>You can cancel free of charge up to 24 hours before &#60;the&#62; start\.<\/p>/)
  expect(html).not.toMatch(/secret|Staff|<script/)
})

test.each([
  ['?lang=es', {}, 'es', 'Puede cancelar sin costo'],
  ['', { 'accept-language': 'de, fr;q=0.2, es-MX;q=0.9, en;q=0.5' }, 'es', 'Puede cancelar sin costo'],
  ['?lang=en', { 'accept-language': 'es' }, 'en', 'You can cancel'],
  ['?lang=fr', {}, 'en', 'You can cancel'],
  ['?lang=xx', { 'accept-language': 'es;q=0, nonsense;;q=9,' }, 'en', 'You can cancel'],
])('it is in the language that is asked for, where the salon wrote it: %s %j', async (query, headers, lang, said) => {
  const html = await (await get(`/policies/cancellation/notice${query}`, headers)).text()
  expect(html).toContain(`<html lang="${lang}">`)
  expect(html).toContain(said)
})

test.each([
  '/policies/cancellation/staff-only', '/policies/cancellation/none', '/policies/none/notice', '/policies/cancellation.md/notice', '/policies/cancellation', '/policies/', '/policies/../cancellation/notice/',
  '/policies/%2e%2e%2fcancellation/notice', '/policies/x/staff-only', '/policies/cancellation%23notice/notice', '/policies/%E0%A4%A/notice', `/policies/${'a'.repeat(500)}/b`,
])('anything else is a page that says there is nothing: %s', async (path) => {
  const response = await get(path, { 'accept-language': 'es' })
  const html = await response.text()
  expect(response.status).toBe(404)
  expect(html).not.toMatch(/secret|cancelar sin costo|free of charge/)
  if (path.startsWith('/policies/') && !path.includes('..')) expect(html).toMatch(/<html lang="es">[\s\S]*<h1>Aquí no hay nada<\/h1>[\s\S]*Llame al salón/)
})

test('a broken folder, or none, is no news for clients', async () => {
  const broken = webApp({ ...desk, policies: async () => ({ section: async () => { throw new Error('cancellation.md:3 is not YAML') } }) })
  const response = await broken.request('/policies/cancellation/notice')
  expect([response.status, response.headers.get('cache-control')]).toEqual([503, 'no-store'])
  expect(await response.text()).not.toContain('YAML')
  expect(logged).toHaveLength(1)
  const { policies: _none, ...without } = desk
  expect((await webApp(without).request('/policies/cancellation/notice')).status).toBe(404)
})

test('asked far more often than clients would, it asks to wait', async () => {
  const busy = webApp(desk)
  const statuses = await Promise.all(Array.from({ length: 301 }, async () => (await busy.request('/policies/none/none')).status))
  expect([404, 429].map((code) => statuses.filter((status) => status === code).length)).toEqual([300, 1])
})
