import { beforeEach, describe, expect, test } from 'vitest'
import { freshaPartner } from '../../../../src/platforms/fresha-partner/index.ts'
import type { PlatformAdapter } from '../../../../src/platforms/platform-adapter.ts'
import { at } from '../../../../src/salon/time.ts'
import { fakeFreshaPartner } from '../../../support/platforms/fake-fresha-partner.ts'
import { openAdapter } from '../../../support/platforms/open-adapter.ts'
import { testClock, tinyZone, type TestClock } from '../../../support/tiny-book.ts'

const credentials = { baseUrl: 'https://partner.example.com/', clientId: 'tiny-client', clientSecret: 'tiny-client-secret', businessId: 'main', businessName: 'Tiny Salon', timezone: tinyZone, webhookSecret: 'tiny-webhook-secret' }
let clock: TestClock
let fake: ReturnType<typeof fakeFreshaPartner>
let adapter: PlatformAdapter
const opened = (more: Partial<Record<keyof typeof credentials, string>> = {}) => openAdapter({ kind: freshaPartner, credentials: { ...credentials, ...more }, server: fake.server, clock }).adapter
beforeEach(async () => {
  clock = testClock()
  fake = fakeFreshaPartner({ clock })
  adapter = opened()
  await adapter.catalog()
})
const read = () => adapter.visit({ id: 'b-cut' })

describe('the token', () => {
  test('is fetched when it is first needed, kept for its hour, and fetched anew in time', async () => {
    await read()
    expect(fake.tokensGiven()).toBe(1)
    clock.advance(58)
    await read()
    expect(fake.tokensGiven()).toBe(1)
    clock.advance(1)
    expect((await read()).ok).toBe(true)
    expect(fake.tokensGiven()).toBe(2)
  })

  test('of several requests at once is one', async () => {
    const fresh = opened()
    await Promise.all([1, 2, 3].map(() => fresh.visit({ id: 'b-cut' })))
    expect(fake.tokensGiven()).toBe(2)
  })

  test('that ends in the middle of a write is fetched anew, and the write done once', async () => {
    fake.forgetTokens()
    const visit = await read()
    if (!visit.ok) throw new Error(visit.error.message)
    fake.server.failNext({ method: 'PUT' }, { do: 'before', run: () => fake.forgetTokens() })
    expect(await adapter.cancel?.({ key: 'c', visit: visit.value, cancelledBy: 'client' })).toMatchObject({ ok: true, value: { visit: { status: 'cancelled', cancelledBy: 'client' } } })
    expect(fake.book.visits.get('b-cut')?.version).toBe(2)
  })

  test('refused again is "auth", after one try', async () => {
    fake.server.always({ do: 'answer', status: 401, body: {} }, { path: /appointments/ })
    const before = fake.server.requests.length
    expect(await read()).toMatchObject({ error: { kind: 'auth' } })
    expect(fake.server.requests.slice(before).map(({ path }) => path)).toEqual(['/appointments', '/oauth/token', '/appointments'])
  })

  test('that a wrong secret gets is "auth", and no error holds the secret', async () => {
    const outcome = await opened({ clientSecret: 'another-secret' }).check()
    expect(outcome).toMatchObject({ error: { kind: 'auth' } })
    expect(JSON.stringify(outcome)).not.toMatch(/secret|partner\.example/)
  })

  test('that cannot be fetched leaves a write undone, not unknown', async () => {
    const visit = await read()
    if (!visit.ok) throw new Error(visit.error.message)
    fake.forgetTokens()
    fake.server.failNext({ path: /token/ }, { do: 'timeout' })
    expect(await adapter.cancel?.({ key: 'c', visit: visit.value, cancelledBy: 'client' })).toMatchObject({ error: { kind: 'unavailable' } })
    expect(fake.book.visits.get('b-cut')?.status).toBe('booked')
  })
})

describe('tags and notes', () => {
  test('of the salon stay when a score is written, and our own is none of theirs', async () => {
    fake.book.changeClient('dana-k', { fields: { tags: ['VIP', 'desk-risk low 0.02'] } })
    const visit = await read()
    if (!visit.ok) throw new Error(visit.error.message)
    await adapter.writeRisk?.({ visit: visit.value, score: 0.314, band: 'high', model: 'test', at: clock.now() })
    expect(fake.book.clients.get('dana-k')?.fields['tags']).toEqual(['VIP', 'desk-risk high 0.31'])
    expect(await adapter.client?.({ id: 'dana-k' })).toMatchObject({ value: { tags: ['VIP'] } })
  })

  test('that a receptionist wrote a second ago stay', async () => {
    const client = await adapter.client?.({ id: 'dana-k' })
    if (client?.ok !== true) throw new Error('no client')
    fake.book.changeClient('dana-k', { note: 'parks behind the house' })
    expect(await adapter.addClientNote?.({ key: 'n', client: client.value, text: 'likes tea', by: 'Maya', at: clock.now() })).toMatchObject({ value: { notes: [{ text: 'parks behind the house' }, { text: 'likes tea', by: 'Maya' }] } })
  })
})

describe('searching and booking', () => {
  test('several services at once cannot be asked for', async () => {
    expect(await adapter.slots?.({ locationId: 'main', wants: [{ serviceId: 'cut' }, { serviceId: 'beard' }], from: at('2026-11-24', '09:00', tinyZone), to: at('2026-11-24', '17:00', tinyZone) })).toMatchObject({ error: { kind: 'unsupported', capability: 'multiService' } })
  })

  test('a 409 is a time that is taken', async () => {
    const [slot] = await adapter.slots?.({ locationId: 'main', wants: [{ serviceId: 'cut', staffId: 'ana' }], from: at('2026-11-24', '09:00', tinyZone), to: at('2026-11-24', '17:00', tinyZone) }).then((found) => (found.ok ? found.value : [])) ?? []
    const client = await adapter.client?.({ id: 'fay' })
    if (slot === undefined || client?.ok !== true) throw new Error('nothing to book')
    fake.server.failNext({ method: 'POST', path: /appointments/ }, { do: 'answer', status: 409, body: { error: { code: 'slot_unavailable' } } })
    expect(await adapter.create?.({ key: 'k', slot, client: client.value })).toMatchObject({ error: { kind: 'conflict_slot', providerCode: 'slot_unavailable' } })
  })

  test('a business that is not ours is not found', async () => {
    expect(await opened({ businessId: 'other' }).check()).toMatchObject({ error: { kind: 'not_found' } })
  })

  test.each(['http://partner.example.com', 'partner', ''])('the address %j is refused', (baseUrl) => {
    expect(freshaPartner.credentials.safeParse({ ...credentials, baseUrl }).success).toBe(false)
  })
})

describe('pages', () => {
  const visits = (cursor?: string) => adapter.visits({ from: at('2026-11-24', '00:00', tinyZone), to: at('2026-11-25', '00:00', tinyZone), ...(cursor !== undefined && { cursor }) })

  test.each([['', undefined], ['same', 'same']])('end at the cursor %j, which would go on for ever', async (next_cursor, cursor) => {
    fake.server.failNext({ path: /appointments/ }, { do: 'answer', status: 200, body: { appointments: [], next_cursor } })
    const page = await visits(cursor)
    expect(page.ok && page.value).toEqual({ items: [] })
  })

  test('with a time that nobody can place are no answer, and throw nothing; other odd times are left out', async () => {
    const appointment = { id: 'odd', start_at: '2026-11-24T10:00:00', services: [] }
    fake.server.failNext({ path: /appointments/ }, { do: 'answer', status: 200, body: { appointments: [appointment] } })
    expect(await visits()).toMatchObject({ error: { kind: 'unavailable', providerCode: 'shape' } })
    fake.server.failNext({ path: /appointments/ }, { do: 'answer', status: 200, body: { appointments: [{ ...appointment, start_at: '2026-11-24T10:00:00-08:00', created_at: 'yesterday' }] } })
    expect(await visits()).toMatchObject({ value: { items: [{ visit: { id: 'odd', start: '2026-11-24T18:00:00.000Z' } }] } })
  })
})

describe('webhooks', () => {
  test.each([['booking.created', 'visit'], ['booking.updated', 'visit'], ['booking.canceled', 'visit'], ['appointment.rescheduled', 'visit'], ['client.updated', 'client'], ['sale.created', 'nothing']])('%s is about a %s', (type, kind) => {
    const delivery = fake.webhook('b-cut', { type, id: 'e-1' })
    expect(adapter.webhooks?.verify(delivery)).toBe('signed')
    expect(adapter.webhooks?.read(delivery)).toMatchObject([{ kind, dedupeKey: 'e-1', id: kind === 'nothing' ? '' : 'b-cut' }])
  })

  test('without a secret are all rejected, and the capabilities do not count on them', async () => {
    const { adapter: open } = openAdapter({ kind: freshaPartner, credentials: { ...credentials, webhookSecret: undefined }, server: fake.server, clock })
    expect(open.webhooks?.verify(fake.webhook('b-cut'))).toBe('rejected')
    const said = await open.capabilities()
    expect(said.ok && [said.value.changes, said.value.webhookProof]).toEqual(['poll', undefined])
  })

  test('with an odd time or no id of their own are read', () => {
    const odd = { url: '', headers: {}, rawBody: '{"type":"booking.updated","created_at":"yesterday","data":{"id":7}}' }
    expect(adapter.webhooks?.read(odd)).toEqual([{ dedupeKey: expect.stringMatching(/^[0-9a-f]{32}$/) as string, kind: 'visit', id: '7' }])
    expect(adapter.webhooks?.read({ ...odd, rawBody: `${odd.rawBody} ` })?.[0]?.dedupeKey).not.toBe(adapter.webhooks?.read(odd)?.[0]?.dedupeKey)
  })
})
