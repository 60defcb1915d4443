import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { webApp } from '../../../../src/channels/web/web-server.ts'
import { unsubscribed, unsubscribeToken } from '../../../../src/messages/consent/unsubscribe.ts'
import { makeSeal } from '../../../../src/store/seal.ts'
import { type EmailDesk, openEmailDesk } from './email-desk.ts'

let desk: EmailDesk
let app: ReturnType<typeof webApp>
let token: string
let addressHash: string

beforeAll(async () => {
  desk = await openEmailDesk()
  addressHash = desk.store.seal.lookup('hana.suzuki@example.com')
  token = unsubscribeToken(desk.store.seal, addressHash)
  app = open()
})
beforeEach(async () => { await desk.reset() })
afterAll(async () => { await desk.close() })

const open = (email: EmailDesk['unsubscribes'] | undefined = desk.unsubscribes) => webApp({ status: async () => ({ salon: 'Tiny Salon', paused: false, openProposals: 0 }), predictRisk: async () => ({}), apiToken: undefined, onError: () => {}, email })
const at = (t: string) => `/email/unsubscribe?t=${encodeURIComponent(t)}`
const press = (t: string, { body = 'List-Unsubscribe=One-Click', type = 'application/x-www-form-urlencoded', headers = {} }: { body?: string | FormData; type?: string | undefined; headers?: Record<string, string> } = {}) => app.request(at(t), { method: 'POST', body, headers: { ...(type === '' ? {} : { 'content-type': type }), ...headers } })
const consents = () => desk.store.db.selectFrom('consents').select(['phone_hash', 'purpose', 'state', 'source', 'by']).execute()

describe('the link in an email', () => {
  test('opened shows one button and changes nothing, however often a mail scanner fetches it', async () => {
    for (const method of ['GET', 'GET', 'HEAD']) expect((await app.request(at(token), { method })).status).toBe(200)
    const page = await (await app.request(at(token))).text()
    expect(page).toContain('No more emails from Tiny Salon?')
    expect(page.match(/<button>/g)).toHaveLength(1)
    expect(page).not.toMatch(/hana|suzuki|<script/i)
    expect(await consents()).toEqual([])
  })

  test.each([
    ['a mail program, as a form', {}],
    ['a mail program, as multipart', (() => { const body = new FormData(); body.set('List-Unsubscribe', 'One-Click'); return { body, type: '' } })()],
    ['the button, from our own page', { headers: { origin: 'https://desk.juniper.example', 'sec-fetch-site': 'same-origin' } }],
    ['a mail program in a browser, from elsewhere', { headers: { origin: 'https://mail.example', 'sec-fetch-site': 'cross-site' } }],
  ])('pressed by %s ends the emails at once: no cookie, no question, no redirect', async (_who, how) => {
    await desk.failText()
    await desk.deliver()
    const answer = await press(token, how)
    expect([answer.status, answer.headers.get('location'), answer.headers.get('set-cookie')]).toEqual([200, null, null])
    expect(await answer.text()).toContain('You will get no more emails from Tiny Salon.')
    expect(await consents()).toEqual([{ phone_hash: addressHash, purpose: 'all', state: 'out', source: 'link', by: 'client:hana' }])
    expect(await unsubscribed(desk.store.db, addressHash)).toBe(true)
    const audit = await desk.store.db.selectFrom('audit').select(['actor', 'action', 'subject']).orderBy('seq', 'desc').limit(1).executeTakeFirstOrThrow()
    expect(audit).toEqual({ actor: 'client:hana', action: 'consent.out', subject: 'thread:hana' })
  })

  test('pressed many times, also at once, is one opt-out, and says the same each time', async () => {
    const answers = await Promise.all([press(token), press(token), press(token), press(token)])
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect((await press(token)).status).toBe(200)
    expect(await consents()).toHaveLength(1)
  })

  test('works for an address whose emails are long forgotten, and does not touch texts', async () => {
    await press(token)
    expect(await consents()).toMatchObject([{ by: 'client:unknown', phone_hash: addressHash }])
    expect(await unsubscribed(desk.store.db, desk.store.seal.lookup('+12135550106'))).toBe(false)
  })

  test('sent without the mark of one press asks again instead', async () => {
    for (const body of ['', 'List-Unsubscribe=Yes', 'x=y']) {
      const answer = await press(token, { body })
      expect([answer.status, (await answer.text()).includes('<button>')]).toEqual([400, true])
    }
    expect(await consents()).toEqual([])
  })
})

describe('a link that is not ours', () => {
  test('gets a page in plain words and ends nobody\'s emails', async () => {
    const own = token.split('.')
    const other = makeSeal(Buffer.alloc(32, 8))
    const forged = [
      '', 'x', `${own[0]}`, `${own[0]}.`, `${own[0]}.${own[0]}`, `${own[1]}.${own[0]}`, `${own[0]}.${'A'.repeat(43)}`, `${'A'.repeat(43)}.${own[1]}`, `${token}x`, `${token}\0`, ` ${token}`, token.toLowerCase(),
      unsubscribeToken(other, addressHash), unsubscribeToken(other, other.lookup('hana.suzuki@example.com')), `${own[0]}.${(own[1] ?? '').slice(0, -1)}${own[1]?.endsWith('A') === true ? 'B' : 'A'}`, 'a'.repeat(10_000),
    ]
    for (const wrong of forged.filter((one) => one !== token)) {
      for (const answer of [await app.request(at(wrong)), await press(wrong)]) {
        expect([wrong, answer.status, answer.headers.get('content-type')]).toEqual([wrong, 404, 'text/html; charset=utf-8'])
        expect(await answer.text()).toContain('This link does not work')
      }
    }
    expect((await app.request('/email/unsubscribe')).status).toBe(404)
    expect(await consents()).toEqual([])
  })

  test('is every link where there are no emails', async () => {
    const bare = webApp({ status: async () => ({ salon: 'x', paused: false, openProposals: 0 }), predictRisk: async () => ({}), apiToken: undefined, onError: () => {} })
    expect((await bare.request(at(token))).status).toBe(404)
  })
})

test('is refused when it is large or pressed without end, and is shown in no frame and kept in no cache', async () => {
  expect((await press(token, { body: 'x'.repeat(10_000) })).status).toBe(413)
  const fresh = open()
  const statuses: number[] = []
  for (let time = 0; time < 35; time++) statuses.push((await fresh.request(at(token), { method: 'POST', body: 'List-Unsubscribe=One-Click', headers: { 'content-type': 'application/x-www-form-urlencoded' } })).status)
  expect(statuses.filter((status) => status === 429)).toHaveLength(5)
  const { headers } = await app.request(at(token))
  expect([headers.get('x-frame-options'), headers.get('cache-control'), headers.get('referrer-policy')]).toEqual(['DENY', 'no-store', 'no-referrer'])
})
