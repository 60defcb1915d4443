import { beforeEach, describe, expect, test } from 'vitest'
import type { Hint, WebhookReader } from '../../../../src/platforms/kit/webhook.ts'
import { mangomint } from '../../../../src/platforms/mangomint/index.ts'
import type { PlatformAdapter } from '../../../../src/platforms/platform-adapter.ts'
import { at } from '../../../../src/salon/time.ts'
import { fakeMangomint } from '../../../support/platforms/fake-mangomint.ts'
import { openAdapter } from '../../../support/platforms/open-adapter.ts'
import { testClock, tinyZone } from '../../../support/tiny-book.ts'

const credentials = { businessName: 'Tiny Salon', timezone: tinyZone, hours: 'Mon-Sat 9:00-18:00', webhookToken: 'tiny-salon-token-nobody-can-guess' }
let fake: ReturnType<typeof fakeMangomint>
let adapter: PlatformAdapter
let reader: WebhookReader
beforeEach(() => {
  const clock = testClock()
  fake = fakeMangomint({ clock })
  ;({ adapter } = openAdapter({ kind: mangomint, credentials, server: fake.server, clock }))
  if (adapter.webhooks === undefined) throw new Error('no webhooks')
  reader = adapter.webhooks
})
const hintOf = (change: Record<string, unknown> = {}, visitId = 'b-cut'): Hint => {
  const [hint] = reader.read(fake.webhook(visitId, change)) ?? []
  if (hint === undefined) throw new Error('nothing read')
  return hint
}

describe('Mangomint\'s proof', () => {
  test('is the token, in the address or in the header', () => {
    const delivery = fake.webhook('b-cut')
    const url = 'https://desk.example.com/webhooks/mangomint'
    expect(reader.verify(delivery)).toBe('token')
    expect(reader.verify({ ...delivery, url, headers: { 'x-webhook-token': credentials.webhookToken } })).toBe('token')
    expect(reader.verify({ ...delivery, url })).toBe('rejected')
    expect(reader.verify({ ...delivery, url: `${url}?token=` })).toBe('rejected')
    expect(reader.verify({ ...delivery, url: `${url}?token=another-token-nobody-can-guess` })).toBe('rejected')
    expect(reader.verify({ ...delivery, url: 'not an address' })).toBe('rejected')
    expect(reader.verify({ ...delivery, headers: { 'x-webhook-token': 'wrong' } })).toBe('rejected')
  })

  test.each(['', 'short', 'with spaces and more than enough of them'])('a token like %j is refused when it is typed in', (webhookToken) => {
    expect(mangomint.credentials.safeParse({ ...credentials, webhookToken }).success).toBe(false)
  })
})

describe('Mangomint\'s events', () => {
  test('carry the visit whole, since nothing can be read again', async () => {
    const hint = hintOf()
    expect(hint).toMatchObject({ kind: 'visit', id: 'b-cut', dedupeKey: 'b-cut+BOOKED+2026-11-21T10:00:00' })
    expect(hint.record).toMatchObject({
      visit: { id: 'b-cut', start: at('2026-11-21', '10:00', tinyZone), status: 'booked', locationId: 'salon', segments: [{ serviceId: 'cut', staffId: 'team', price: { minor: 6500, currency: 'USD' } }] },
      client: { firstName: 'Dana', lastName: 'Kim', phones: ['+12135550102'] }, services: [{ id: 'cut', name: 'Women\'s cut', category: 'style' }],
    })
    expect(hint.record?.visit.clientId).toBe(hint.record?.client?.id)
    for (const outcome of [await adapter.visit({ id: 'b-cut' }), await adapter.visits({ from: '2026-11-21T00:00:00.000Z', to: '2026-11-22T00:00:00.000Z' })]) expect(outcome).toMatchObject({ ok: false, error: { kind: 'unsupported', capability: 'read' } })
    expect(fake.server.requests).toEqual([])
  })

  test('are the same again when delivered again, and another one when status or time differ', () => {
    const keys = [hintOf(), hintOf(), hintOf({ status: 'CANCELED' }), hintOf({ dateTime: '2026-11-27T15:00:00' })].map(({ dedupeKey }) => dedupeKey)
    expect(new Set(keys).size).toBe(3)
    const [before, after] = [hintOf().record, hintOf({ dateTime: '2026-11-27T15:00:00' }).record]
    expect(after?.visit.version).not.toBe(before?.visit.version)
  })

  test.each([['2026-11-21T10:00:00', '10:00'], ['2026-11-21 10:00', '10:00'], ['2026-11-21T18:00:00Z', '10:00'], ['2026-11-21T10:00:00.000-0800', '10:00'], ['2026-11-21T12:00:00-06:00', '10:00']])('the time %s is %s at the salon', (dateTime, time) => {
    expect(hintOf({ dateTime }).record?.visit.start).toBe(at('2026-11-21', time, tinyZone))
  })

  test.each([['BOOKED', 'booked'], ['Confirmed', 'confirmed'], ['checked_in', 'arrived'], ['CANCELED', 'cancelled'], ['cancelled', 'cancelled'], ['NO_SHOW', 'no_show'], ['completed', 'completed'], ['SOMETHING_NEW', 'unknown'], [null, 'unknown'], [7, 'unknown']])('the status %j is %s', (status, ours) => {
    expect(hintOf({ status }).record?.visit.status).toBe(ours)
  })

  test('know a client again by e-mail or number, and never take two people without either for one', () => {
    const clientOf = (clientInfo: unknown, visitId = 'b-cut') => hintOf({ clientInfo }, visitId).record?.client?.id
    expect(clientOf({ email: 'Elena.Garcia@example.com' })).toBe(clientOf({ email: ' elena.garcia@EXAMPLE.com', phone: '+1 213 555 0103' }, 'a-cut'))
    expect(clientOf({ phone: '(213) 555-0103' })).toBe(clientOf({ phone: '+12135550103', firstName: 'E.' }, 'a-cut'))
    expect(clientOf({ firstName: 'Dana' })).not.toBe(clientOf({ firstName: 'Dana' }, 'a-cut'))
    expect(clientOf(null)).toMatch(/^c-[0-9a-f]{20}$/)
  })

  test('with odd parts are read as far as they go', () => {
    expect(hintOf({ id: 4711, services: 'none', clientInfo: 'Dana', currency: null, createdAt: 'yesterday' })).toMatchObject({ id: '4711', record: { visit: { segments: [], start: at('2026-11-21', '10:00', tinyZone) } } })
    expect(hintOf({ services: [{ price: 'much', service: null }, { price: '12.345' }] }).record?.visit.segments).toMatchObject([{ serviceId: 'of-b-cut-1', price: { minor: 0 } }, { serviceId: 'of-b-cut-2', price: { minor: 1235 } }])
  })

  test('of services whose length the salon has listed last that long, one after another', async () => {
    const open = (services: string) => openAdapter({ kind: mangomint, credentials: { ...credentials, services }, server: fake.server, clock: testClock() }).adapter
    const listed = open('women\'s  CUT = 45 min, 65\nBlowdry = 30, 40')
    expect(await open('').capabilities()).toMatchObject({ value: { availability: 'none', create: 'none', reschedule: 'none', cancel: 'assisted' } })
    expect(await listed.capabilities()).toMatchObject({ value: mangomint.declared })
    const [hint] = listed.webhooks?.read(fake.webhook('b-cut', { services: [{ price: 70, service: { id: '12', name: 'Women\'s cut' } }, { price: 40, service: { id: '13', name: 'Blowdry' } }, { price: 5, service: { id: '14', name: 'Tea' } }] })) ?? []
    expect(hint?.record).toMatchObject({ services: [{ id: '14', durationMin: 0 }], visit: { end: at('2026-11-21', '11:15', tinyZone), segments: [
      { serviceId: 'women-s-cut', durationMin: 45, price: { minor: 7000 }, start: at('2026-11-21', '10:00', tinyZone) }, { serviceId: 'blowdry', durationMin: 30, start: at('2026-11-21', '10:45', tinyZone) }, { serviceId: '14', durationMin: 0 },
    ] } })
  })

  test('of sales and forms say nothing', () => {
    for (const rawBody of ['{"sale":{"id":"s1","total":65}}', '{"formSubmission":{"id":"f"}}']) expect(reader.read({ url: '', headers: {}, rawBody })).toMatchObject([{ kind: 'nothing' }])
  })

  test.each(['', 'null', '[]', '{', '7', '{"id":1}', '<xml/>', '{"appointment":null}', '{"appointment":{}}', '{"appointment":{"id":"a"}}', '{"appointment":{"id":"a","dateTime":"soon"}}', '{"appointment":{"id":"","dateTime":"2026-11-21T10:00:00"}}'])('a body like %j is told apart as not Mangomint\'s', (rawBody) => {
    expect(reader.read({ url: '', headers: {}, rawBody })).toBeUndefined()
  })
})
