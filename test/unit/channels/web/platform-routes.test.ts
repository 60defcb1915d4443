import { createHmac } from 'node:crypto'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openCounters } from '../../../../src/channels/web/counters.ts'
import { platformRoutes } from '../../../../src/channels/web/platform-routes.ts'
import { platformReceiver } from '../../../../src/hear-platform.ts'
import { follow, hear, webhookSource } from '../../../../src/platforms/mirror/hear.ts'
import { addMinutes } from '../../../../src/salon/time.ts'
import { openInboxWorker } from '../../../../src/store/inbox.ts'
import { mirroredDesks } from '../../../support/platforms/mirrored.ts'
import { bookThere, moveThere, onSquare, type SquareDesk, when } from '../../../support/platforms/mirrored-square.ts'

const url = 'https://desk.example.com/webhooks/square'
const desks = mirroredDesks(onSquare)
afterAll(() => desks.end())

describe('POST /webhooks/PLATFORM', () => {
  let desk: SquareDesk
  let app: ReturnType<typeof platformRoutes>
  let worker: ReturnType<typeof openInboxWorker>
  let refused = 0
  beforeEach(async () => {
    desk = await desks.make()
    const { store, clock, room, platform } = desk
    worker = openInboxWorker({ store, clock, source: webhookSource, handle: (row) => follow(room, row) })
    refused = 0
    const mirrored = { kind: onSquare.kind, hear: (delivery: Parameters<typeof hear>[1]) => hear(room, delivery) }
    app = platformRoutes({ platform: platformReceiver({ mirrored, platform, config: { publicUrl: 'https://desk.example.com', port: 3000 } } as unknown as Parameters<typeof platformReceiver>[0]), counters: { ...openCounters(), signatureRefused: () => { refused++ } } })
  })
  afterEach(async () => {
    await worker.stop()
    await desk.store.close()
  })
  // The address that the platform signs is the public one, whatever this request says its host is.
  const post = async (rawBody: string, headers: Record<string, string | undefined>, path = '/webhooks/square') => app.request(`http://127.0.0.1:3000${path}`, { method: 'POST', body: rawBody, headers: headers as Record<string, string> })

  test('a move at the salon\'s platform is in the copy when it was followed, once however often it is delivered', async () => {
    const before = await desk.platform.changes({})
    moveThere(desk, 'b-cut', when('11:00'))
    const { rawBody, headers } = desk.fake.webhook('b-cut', { url })
    const answers = await Promise.all([1, 2, 3].map(() => post(rawBody, headers)))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(await desk.store.db.selectFrom('inbox').select('lane').where('source', '=', webhookSource).execute()).toEqual([{ lane: 'visit:b-cut' }])
    expect(await worker.drain()).toBe(1)
    const after = await desk.platform.appointments({ from: when('11:00'), to: addMinutes(when('11:00'), 1) })
    expect(after.ok && after.value.items.map(({ id }) => id)).toEqual(['b-cut'])
    const told = await desk.platform.changes({ cursor: before.ok ? before.value.cursor : '' })
    expect(told.ok && told.value.changes).toMatchObject([{ id: 'b-cut', kind: 'updated' }])
    expect(told.ok && told.value.changes[0]).not.toHaveProperty('key')
  })

  test('what it says is not believed: the visit is read', async () => {
    bookThere(desk, { start: when('09:00'), id: 'new-one' })
    const genuine = desk.fake.webhook('new-one', { url })
    const forged = genuine.rawBody.replace('"ACCEPTED"', '"CANCELLED_BY_SELLER"')
    const headers = { 'x-square-hmacsha256-signature': createHmac('sha256', 'square-signature-key').update(url + forged).digest('base64') }
    expect((await post(forged, headers)).status).toBe(200)
    await worker.drain()
    expect(await desk.platform.appointment({ id: 'new-one' })).toMatchObject({ ok: true, value: { status: 'booked' } })
  })

  test('without its proof it is 401, counted, and nothing is kept; a body of something else is 400', async () => {
    const { rawBody, headers } = desk.fake.webhook('b-cut', { url })
    expect((await post(rawBody, {})).status).toBe(401)
    expect((await post(`${rawBody} `, headers)).status).toBe(401)
    expect((await post(desk.fake.webhook('b-cut', { url: 'https://elsewhere.example.com/webhooks/square' }).rawBody, headers)).status).toBe(401)
    expect(refused).toBe(3)
    const nonsense = '{"hello":"world"}'
    expect((await post(nonsense, { 'x-square-hmacsha256-signature': createHmac('sha256', 'square-signature-key').update(url + nonsense).digest('base64') })).status).toBe(400)
    expect(await desk.store.db.selectFrom('inbox').select('id').execute()).toEqual([])
  })

  test('another platform\'s address, or none connected, is 404 with what to do; too large a body is refused', async () => {
    expect((await post('{}', {}, '/webhooks/zenoti')).status).toBe(404)
    const none = platformRoutes({ platform: undefined, counters: openCounters() })
    const answer = await none.request('/webhooks/square', { method: 'POST', body: '{}' })
    expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining('docs/platforms.md')])
    expect((await post('x'.repeat(600_000), {})).status).toBe(413)
    expect((await app.request('/webhooks/square')).status).toBe(200)
  })

  test('while the platform does not answer the delivery waits and is followed later', async () => {
    moveThere(desk, 'b-cut', when('11:00'))
    const { rawBody, headers } = desk.fake.webhook('b-cut', { url })
    await post(rawBody, headers)
    desk.fake.server.always({ do: 'answer', status: 503, body: 'away' })
    expect(await worker.drain()).toBe(0)
    desk.fake.server.calm()
    desk.clock.advance(1)
    expect(await worker.drain()).toBe(1)
  })
})
