import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AuditPage, Me, Proposals } from '../../../../src/channels/web/page-api.ts'
import { webApp } from '../../../../src/channels/web/web-server.ts'
import { DeskError } from '../../../../src/salon/errors.ts'
import { appendAudit } from '../../../../src/store/audit.ts'
import type { Store } from '../../../../src/store/open-store.ts'
import { createTestStore } from '../../../support/test-store.ts'
import { tinyNow } from '../../../support/tiny-book.ts'
import { webParts, wordsOf } from './web-desk.ts'

let store: Store
beforeAll(async () => { store = await createTestStore() })
afterAll(() => store.close())

const read = async <T>(response: Response): Promise<T> => (await response.json()) as T

test('in the demo a visitor is somebody of the front desk at once, and may be anybody', async () => {
  const { ask } = webParts({ store })
  const first = await ask('/')
  const cookie = (first.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  expect(await read<Me>(await ask('/api/me', { cookie }))).toMatchObject({
    person: { id: 'demo:Robin', name: 'Robin', role: 'front_desk' }, mayBecome: ['front_desk', 'manager', 'owner'], demo: true, salon: 'Tiny Salon', texting: 'demo', paused: false,
    locations: [{ id: 'main', name: 'Main Street', zone: 'America/Los_Angeles', today: '2026-11-21' }], prompts: [{ title: 'front_desk' }],
  })
  const before = await read<Me>(await ask('/api/me', { cookie }))
  const became = await read<Me>(await ask('/api/me', { cookie, body: { role: 'owner', name: 'Zoë O’Neil' } }))
  expect(became).toMatchObject({ person: { id: 'demo:Zoë O’Neil', name: 'Zoë O’Neil', role: 'owner' }, prompts: [{ title: 'owner' }] })
  expect(became.conversationPrefix).not.toBe(before.conversationPrefix)
  expect(await read<Me>(await ask('/api/me', { cookie }))).toEqual(became)
  for (const wrong of [{ role: 'admin', name: 'Zoë' }, { role: 'owner', name: '' }, { role: 'owner', name: '<b>x</b>' }, { role: 'owner', name: 'slack:U1' }, { role: 'owner', name: 'x'.repeat(41) }]) {
    expect((await ask('/api/me', { cookie, body: wrong })).status).toBe(400)
  }
})

test('outside the demo nobody takes another role', async () => {
  const { ask, signIn } = webParts({ store, demo: false })
  const cookie = await signIn()
  const refused = await ask('/api/me', { cookie, body: { role: 'owner', name: 'Maya' } })
  expect([refused.status, await wordsOf(refused)]).toEqual([403, expect.stringContaining('in the demo only')])
  expect(await read<Me>(await ask('/api/me', { cookie }))).toMatchObject({ person: { role: 'front_desk' } })
})

test('the day, its picture and the cards are read by name, today where no day is said', async () => {
  const { ask, visit } = webParts({ store })
  const cookie = await visit()
  expect(await read(await ask('/api/day?location=main', { cookie }))).toMatchObject({ location: { id: 'main' }, date: '2026-11-21' })
  expect(await read(await ask('/api/day?location=main&date=2026-11-24', { cookie }))).toMatchObject({ date: '2026-11-24' })
  expect(await read(await ask('/api/brief?location=main', { cookie }))).toMatchObject({ subject: 'brief:main:2026-11-21' })
  expect(await read(await ask('/api/view?subject=proposal:P-7K3QXM', { cookie }))).toMatchObject({ subject: 'proposal:P-7K3QXM' })
  expect(await read(await ask('/api/home', { cookie }))).toMatchObject({ subject: 'home of Robin' })
  const picture = await ask('/api/day.png?location=main', { cookie })
  expect([picture.headers.get('content-type'), (await picture.arrayBuffer()).byteLength]).toEqual(['image/png', 4])
  expect([picture.headers.get('cache-control'), picture.headers.get('etag')]).toEqual(['no-store', null])
})

test('a day is drawn once for what it holds, however many pages show it', async () => {
  let appointments = 1
  const drawn: string[] = []
  const { ask, visit, page, clock } = webParts({ store, change: { dayPicture: async ({ locationId, date }) => {
    drawn.push(`${locationId} ${date}`)
    if (drawn.length === 1) throw new DeskError('unavailable', { message: 'no answer' })
    return new Uint8Array([drawn.length])
  } } })
  const { dayBook } = page
  page.dayBook = async (where) => {
    const book = await dayBook(where)
    return { ...book, glance: { ...book.glance, appointments } }
  }
  const app = webApp({ status: async () => ({ salon: '', paused: false, openProposals: 0 }), predictRisk: async () => ({}), apiToken: undefined, onError: () => {}, page })
  const cookie = await visit()
  const look = async () => new Uint8Array(await (await app.request('http://localhost:3000/api/day.png?location=main', { headers: { host: 'localhost:3000', cookie } })).arrayBuffer())[0]
  await look()
  expect(await Promise.all([look(), look()])).toEqual([2, 2])
  appointments++
  expect([await look(), await look()]).toEqual([3, 3])
  clock.advance(10)
  expect(await look()).toBe(4)
  expect((await ask('/api/day.png?location=moon', { cookie })).status).toBe(404)
})

test('what is not there, or is no name at all, is said in words', async () => {
  const { ask, visit } = webParts({ store })
  const cookie = await visit()
  const problem = async (path: string): Promise<[number, string]> => {
    const response = await ask(path, { cookie })
    return [response.status, await wordsOf(response)]
  }
  expect(await problem('/api/view?subject=proposal:P-NOBODY')).toEqual([404, 'There is nothing like that (any more).'])
  expect(await problem('/api/phone?client=NOBODY')).toEqual([404, 'There is nothing like that (any more).'])
  expect(await problem('/api/day?location=moon')).toEqual([404, 'There is no location "moon" here.'])
  expect(await problem('/api/nothing')).toEqual([404, 'There is nothing at this address.'])
  for (const path of ['/api/day', '/api/day?location=main&date=tomorrow', '/api/day?location=main&date=2026-02-30', '/api/view?subject=a%20b:c', '/api/view', '/api/audit?limit=0', '/api/audit?limit=9999', '/api/audit?before=x']) {
    expect([path, await problem(path)]).toEqual([path, [400, expect.stringMatching(/^This does not fit\./)]])
  }
})

test('open proposals come first, and no decided one is shown twice', async () => {
  const [open, done] = [{ id: 'P-222222' }, { id: 'P-333333' }] as never[]
  const { ask, visit } = webParts({ store, change: { approvals: { list: async ({ recent } = {}) => (recent === undefined ? [open] : [open, done]) as never } } })
  const { open: waiting, recent } = await read<Proposals>(await ask('/api/proposals', { cookie: await visit() }))
  expect([waiting, recent].map((views) => views.map(({ subject }) => subject))).toEqual([['proposal:P-222222'], ['proposal:P-333333']])
})

test('a press is made by the session\'s person, and its name is the browser\'s own', async () => {
  const { ask, visit, presses, app } = webParts({ store })
  const [one, other] = [await visit(), await visit()]
  const press = { action: 'approve', token: 'token', values: { reason: 'she called' }, requestId: 'request-1' }
  expect(await read(await ask('/api/press', { cookie: one, body: press }))).toEqual({ kind: 'said', text: 'Done.', good: true, subjects: ['proposal:P-7K3QXM'] })
  await ask('/api/press', { cookie: other, body: press })
  expect(presses[0]).toMatchObject({ action: 'approve', token: 'token', person: { id: 'demo:Robin', role: 'front_desk' }, values: { reason: 'she called' } })
  expect(presses[0]?.requestId).not.toBe(presses[1]?.requestId)
  expect((await ask('/api/press', { cookie: one, body: { ...press, person: { id: 'demo:Eve', role: 'owner' } } })).status).toBe(400)
  expect(await (await app.request('/metrics')).text()).toContain('desk_presses_total{result="done"} 2')
})

test('in the demo the page answers as the client; outside it the texts are read only', async () => {
  const demo = webParts({ store })
  const reply = { clientId: 'elena', text: ' YES ', requestId: 'request-1' }
  const cookie = await demo.visit()
  expect(await read(await demo.ask('/api/phones', { cookie }))).toEqual({ phones: [], mayReply: true })
  expect(await read(await demo.ask('/api/phone', { cookie, body: reply }))).toMatchObject({ received: { did: 'confirmed' }, thread: { texts: [{ body: 'YES' }] } })
  expect(demo.replies).toMatchObject([{ clientId: 'elena', body: 'YES', externalId: expect.stringMatching(/^page:[0-9a-f]{16}:request-1$/) }])

  const real = webParts({ store, demo: false })
  const staff = await real.signIn()
  expect(await read(await real.ask('/api/phones', { cookie: staff }))).toEqual({ phones: [], mayReply: false })
  expect((await real.ask('/api/phone?client=elena', { cookie: staff })).status).toBe(200)
  expect((await real.ask('/api/phone/looked-after', { cookie: staff, body: { clientId: 'elena' } })).status).toBe(200)
  expect(real.seenTo).toEqual(['elena by Maya'])
  const refused = await real.ask('/api/phone', { cookie: staff, body: reply })
  expect([refused.status, await wordsOf(refused), real.replies]).toEqual([403, expect.stringContaining('Only in the demo'), []])
})

test('the audit log is told in plain words, page by page, and says whether it is whole', async () => {
  const own = await createTestStore()
  try {
    const { ask, visit } = webParts({ store: own, change: { approvals: { list: async () => [{ id: 'P-7K3QXM', facts: { title: 'Move Dana Reyes' } }] as never } } })
    const write = (action: string, subject: string, detail = {}, actor = 'demo:Robin') => own.transaction((trx) => appendAudit(trx, { at: tinyNow, actor, action, subject, detail }))
    await write('proposal.created', 'proposal:P-7K3QXM')
    await write('decision.approved', 'proposal:P-7K3QXM')
    await write('call.outcome', 'appointment:a-cut', { outcome: 'reached-confirmed', clientId: 'elena' })
    await write('setting.changed', 'setting:pause', { before: null, after: { paused: true } })
    await write('something.new_here', 'appointment:a-cut')
    await write('text.sent', 'thread:elena', {}, 'messages')
    await write('text.received', 'thread:elena', {}, 'client:elena')
    const cookie = await visit()
    const first = await read<AuditPage>(await ask('/api/audit?limit=5', { cookie }))
    const rest = await read<AuditPage>(await ask(`/api/audit?limit=5&before=${first.before}`, { cookie }))
    expect([...first.rows, ...rest.rows].map(({ who, words }) => `${who} ${words}`)).toEqual([
      'Elena García wrote a text',
      'The desk sent a text to Elena García',
      'Robin something new here: an appointment',
      'Robin paused the desk: nothing is changed or sent',
      'Robin noted how the call to Elena García went (reached confirmed)',
      'Robin approved it: Move Dana Reyes, P-7K3QXM',
      'Robin prepared a change: Move Dana Reyes, P-7K3QXM',
    ])
    expect([first.verified, first.before, rest.before]).toEqual([{ ok: true, words: 'The log is whole: 7 rows checked, each following from the one before.' }, 3, undefined])
  } finally {
    await own.close()
  }
})
