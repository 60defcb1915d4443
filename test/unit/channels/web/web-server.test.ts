import { expect, test } from 'vitest'
import { openCounters } from '../../../../src/channels/web/counters.ts'
import { type WebDesk, webApp } from '../../../../src/channels/web/web-server.ts'
import { asFields } from '../../../../src/salon/freshness.ts'
import { wordsOf } from './web-desk.ts'

const desk: WebDesk = { status: async () => ({ salon: 'Tiny Salon', paused: false, openProposals: 2 }), predictRisk: async (body) => ({ scored: body }), apiToken: 'a-token-of-the-desk', onError: () => {} }

test('health says it lives, readiness whether it can work', async () => {
  const app = webApp(desk)
  expect(await (await app.request('/healthz')).json()).toEqual({ ok: true })
  expect(await (await app.request('/readyz')).json()).toEqual({ ok: true, salon: 'Tiny Salon', paused: false, openProposals: 2 })
  const away = await webApp({ ...desk, status: async () => { throw new Error('password') } }).request('/readyz')
  expect([away.status, await away.json()]).toEqual([503, { ok: false, problem: 'the database does not answer, or the book is still being loaded' }])
})

test('predictions need the token, JSON, and at most 64 KB', async () => {
  const predict = (body: string, authorization?: string, given = desk) => webApp(given).request('/v1/risk/predict', { method: 'POST', body, headers: { 'content-type': 'application/json', ...(authorization !== undefined && { authorization }) } })
  expect(await (await predict('{"a":1}', 'Bearer a-token-of-the-desk')).json()).toEqual({ scored: { a: 1 } })
  expect((await predict('{}')).status).toBe(401)
  expect((await predict('{}', 'Bearer another')).status).toBe(401)
  expect((await predict('{}', 'Bearer x', { ...desk, apiToken: undefined })).status).toBe(403)
  expect(await wordsOf(await predict('{', 'Bearer a-token-of-the-desk'))).toBe('The body must be JSON.')
  expect((await predict('"'.repeat(70_000), 'Bearer a-token-of-the-desk')).status).toBe(413)
})

test('without a page there is nothing to open, and without Slack nobody to take its events', async () => {
  const app = webApp(desk)
  expect([(await app.request('/')).status, (await app.request('/api/me')).status]).toEqual([404, 404])
  const refused = await app.request('/slack/events', { method: 'POST', body: '{}' })
  expect([refused.status, await wordsOf(refused)]).toEqual([404, expect.stringContaining('SLACK_SIGNING_SECRET')])
})

test('F04: Slack\'s requests are handed over byte by byte and answered as it says; what was not signed is counted', async () => {
  const seen: { rawBody: string; headers: Record<string, string | undefined> }[] = []
  const app = webApp({ ...desk, slack: { receive: async (request) => {
    seen.push(request)
    return { status: 200, body: '{"challenge":"c"}', headers: { 'content-type': 'application/json' } }
  } } })
  const body = '\uFEFF{"text":"señora 🌿"}\r\n'
  const response = await app.request('/slack/events', { method: 'POST', body, headers: { 'X-Slack-Signature': 'v0=abc' } })
  expect([response.status, response.headers.get('content-type'), await response.json()]).toEqual([200, 'application/json', { challenge: 'c' }])
  expect([seen[0]?.rawBody, seen[0]?.headers['x-slack-signature']]).toEqual([body, 'v0=abc'])
  const refusing = webApp({ ...desk, slack: { receive: async () => ({ status: 401 }) } })
  const empty = await refusing.request('/slack/events', { method: 'POST', body: 'x' })
  expect([empty.status, await empty.text(), empty.headers.get('content-type')]).toEqual([401, '', null])
  expect(await (await refusing.request('/metrics')).text()).toContain('desk_signature_refusals_total 1')
})

test('what the channels count is in the metrics', async () => {
  const counters = openCounters()
  const app = webApp({ ...desk, counters })
  counters.signatureRefused()
  counters.turn('embedded')
  const text = await (await app.request('/metrics')).text()
  expect(text).toMatch(/process_resident_memory_bytes \d[\s\S]*desk_signature_refusals_total 1[\s\S]*desk_turns_total\{brain="embedded"\} 1/)
})

test('how old the copy of the salon\'s platform is, is a gauge; nothing is said while it is not known, or where the book is the desk\'s own', async () => {
  let age: number | undefined = 90
  const app = webApp({ ...desk, counters: openCounters({ bookAge: async () => age }) })
  const gauge = async () => (await (await app.request('/metrics')).text()).split('\n').filter((line) => line.startsWith('desk_book_age_seconds'))
  expect(await gauge()).toEqual(['desk_book_age_seconds 90'])
  age = undefined
  expect(await gauge()).toEqual([])
  age = 0
  expect(await gauge()).toEqual(['desk_book_age_seconds 0'])
  expect(await (await webApp({ ...desk }).request('/metrics')).text()).not.toContain('desk_book_age')
  const failing = webApp({ ...desk, counters: openCounters({ bookAge: async () => { throw new Error('away') } }) })
  expect((await failing.request('/metrics')).status).toBe(200)
})

test('whether the desk is ready says how old its book is', async () => {
  const book = { platform: 'square', ...asFields({ state: 'stale', asOf: '2026-11-21T15:05:00.000Z', trouble: 'unavailable' }) }
  const app = webApp({ ...desk, status: async () => ({ salon: 'Tiny Salon', paused: false, openProposals: 2, book }) })
  expect(await (await app.request('/readyz')).json()).toMatchObject({ ok: true, book: { platform: 'square', state: 'stale', asOf: '2026-11-21T15:05:00.000Z', trouble: 'unavailable' } })
})
