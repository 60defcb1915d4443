import { beforeEach, describe, expect, test } from 'vitest'
import type { Outcome } from '../../../../src/platforms/booking-platform.ts'
import { easyappointments } from '../../../../src/platforms/easyappointments/index.ts'
import type { PlatformAdapter } from '../../../../src/platforms/platform-adapter.ts'
import { addMinutes, at, dayRange } from '../../../../src/salon/time.ts'
import { easyAddress, easyToken, fakeEasyappointments } from '../../../support/platforms/fake-easyappointments.ts'
import { openAdapter } from '../../../support/platforms/open-adapter.ts'
import { testClock, tinyZone, type TestClock } from '../../../support/tiny-book.ts'

const credentials = { baseUrl: easyAddress, token: easyToken, webhookToken: 'webhook-secret-of-tiny' }
const tuesday = { from: at('2026-11-24', '09:00', tinyZone), to: at('2026-11-24', '17:00', tinyZone) }

describe('Easy!Appointments, what only it does', () => {
  let clock: TestClock
  let fake: ReturnType<typeof fakeEasyappointments>
  let adapter: PlatformAdapter
  const open = async (options: Partial<Parameters<typeof fakeEasyappointments>[0]> = {}, more: Record<string, unknown> = {}) => {
    clock = testClock()
    fake = fakeEasyappointments({ clock, ...options })
    ;({ adapter } = openAdapter({ kind: easyappointments, credentials: { ...credentials, ...more }, server: fake.server, clock }))
    value(await adapter.catalog())
  }
  beforeEach(() => open())
  const id = (name: string) => fake.book.idOf(name)
  const client = async (name: string) => value(await adapter.client?.({ id: id(name) }))
  const search = async (query: { staff: string; from: string; to: string; service?: string; moving?: string }) => value(await adapter.slots?.({
    locationId: 'main', wants: [{ serviceId: id(query.service ?? 'cut'), staffId: id(query.staff) }], from: query.from, to: query.to, ...(query.moving !== undefined && { moving: value(await adapter.visit({ id: id(query.moving) })) }),
  }))
  const starts = async (query: Parameters<typeof search>[0]) => (await search(query)).map(({ start }) => start)

  test('the same time is taken twice without a word: looking before and after is the desk\'s', async () => {
    const [slot] = await search({ staff: 'ana', ...tuesday })
    if (slot === undefined) throw new Error('no time is free')
    const made = [await adapter.create?.({ key: 'one', slot, client: await client('fay') }), await adapter.create?.({ key: 'two', slot, client: await client('jo') })].map(value)
    expect(made.map(({ visit }) => visit.start)).toEqual([slot.start, slot.start])
    expect(easyappointments.declared.conflicts).toBe('accepted')
    expect(await starts({ staff: 'ana', ...tuesday })).not.toContain(slot.start)
  })

  describe('time that a cancelled visit leaves', () => {
    const morning = { staff: 'bea', from: at('2026-11-21', '10:00', tinyZone), to: at('2026-11-21', '10:45', tinyZone) }
    const cancel = async () => adapter.cancel?.({ key: 'c', visit: value(await adapter.visit({ id: id('b-cut') })), cancelledBy: 'client' })

    test('is offered again, although the server goes on counting it as taken', async () => {
      expect(await starts(morning)).toEqual([])
      expect(value(await cancel()).visit.status).toBe('cancelled')
      const { fetch } = fake.server
      const hours = await fetch(`${easyAddress}/index.php/api/v1/availabilities?providerId=${id('bea')}&serviceId=${id('cut')}&date=2026-11-21`, { method: 'GET', headers: { authorization: `Bearer ${easyToken}` }, signal: AbortSignal.timeout(1_000), redirect: 'error' })
      expect(await hours.json()).not.toContain('10:00')
      expect(await starts(morning)).toEqual([0, 15, 30].map((later) => addMinutes(morning.from, later)))
    })

    test('is not offered once somebody else has it, or it is blocked', async () => {
      value(await cancel())
      const [slot] = await search(morning)
      if (slot === undefined) throw new Error('no time is free')
      value(await adapter.create?.({ key: 'n', slot, client: await client('fay') }))
      expect(await starts(morning)).toEqual([])
      await open()
      value(await cancel())
      fake.closed.unavailabilities.push({ start: '2026-11-21 09:30:00', end: '2026-11-21 10:15:00', providerId: Number(id('bea')) })
      expect(await starts(morning)).toEqual([15, 30].map((later) => addMinutes(morning.from, later)))
      fake.closed.blocked_periods.push({ start: '2026-11-21 10:30:00', end: '2026-11-21 12:00:00' })
      expect(await starts(morning)).toEqual([])
    })

    test('a visit that moves can move by less than its own length', async () => {
      expect((await starts({ ...morning, moving: 'b-cut' })).map((start) => start.slice(11, 16))).toEqual(['18:00', '18:15', '18:30'])
    })
  })

  test('times are on the clock of each provider, wherever the desk runs', async () => {
    const before = process.env['TZ']
    try {
      process.env['TZ'] = 'Asia/Tokyo'
      await open({ zones: { cruz: 'America/New_York' } })
      const there = value(await adapter.visits(dayRange('2026-11-21', tinyZone))).items.map(({ visit }) => [visit.id, visit.start])
      expect(there).toContainEqual([id('c-beard'), at('2026-11-21', '14:00', tinyZone)])
      expect(there).toContainEqual([id('b-cut'), at('2026-11-21', '10:00', tinyZone)])
      const [slot] = await search({ staff: 'cruz', ...tuesday })
      if (slot === undefined) throw new Error('no time is free')
      const made = value(await adapter.create?.({ key: 'k', slot, client: await client('fay') }))
      expect(fake.server.requests.at(-1)?.body).toMatchObject({ start: '2026-11-24 12:00:00', end: '2026-11-24 12:45:00' })
      expect(made.visit.start).toBe(slot.start)
    } finally {
      if (before === undefined) delete process.env['TZ']
      else process.env['TZ'] = before
    }
  })

  test('a provider who is new since the last reading is asked for', async () => {
    const stranger = fake.book.add({ clientId: id('fay'), locationId: 'main', status: 'booked', note: '', fields: {}, segments: fake.book.segmentsOf([{ serviceId: id('cut'), staffId: '909' }], tuesday.from) })
    fake.book.staff.push({ id: '909', name: 'New One', locationIds: ['main'], serviceIds: [], active: true })
    expect(value(await adapter.visit({ id: stranger.id })).visit.start).toBe(tuesday.from)
  })

  describe('labels of the salon\'s own', () => {
    test('without "Cancelled" a visit is deleted, and without "Confirmed" nothing is confirmed', async () => {
      await open({ labels: ['Booked', 'Ist da'] })
      expect(value(await adapter.capabilities())).toMatchObject({ confirm: 'none', restore: 'none', cancel: 'yes' })
      const visit = value(await adapter.visit({ id: id('b-cut') }))
      expect(kindOf(await adapter.setStatus?.({ key: 's', visit, to: 'confirmed' }))).toBe('unsupported')
      expect(value(await adapter.cancel?.({ key: 'c', visit, cancelledBy: 'salon' })).visit).toMatchObject({ status: 'cancelled', cancelledBy: 'salon' })
      expect(fake.server.requests.at(-1)).toMatchObject({ method: 'DELETE' })
      expect(kindOf(await adapter.visit({ id: id('b-cut') }))).toBe('not_found')
    })

    test.each([['', 'booked'], ['Rescheduled', 'booked'], ['confirmed', 'confirmed'], ['Cancelled', 'cancelled'], ['Draft', 'held'], ['Ist da', 'unknown']])('%j is %s', async (label, status) => {
      fake.book.change(id('b-cut'), { fields: { oddStatus: label } })
      expect(value(await adapter.visit({ id: id('b-cut') })).visit.status).toBe(status)
    })

    test('a cancelled visit is brought back by its label', async () => {
      const cancelled = value(await adapter.cancel?.({ key: 'c', visit: value(await adapter.visit({ id: id('b-cut') })), cancelledBy: 'client' }))
      expect(value(await adapter.setStatus?.({ key: 'r', visit: cancelled, to: 'booked' })).visit.status).toBe('booked')
    })
  })

  describe('its errors', () => {
    test('a 500 for a body that it refuses is "invalid"; any other 500 after a write stays open', async () => {
      const [slot] = await search({ staff: 'ana', ...tuesday })
      if (slot === undefined) throw new Error('no time is free')
      const fay = await client('fay')
      const gone = await adapter.create?.({ key: 'a', slot, client: { ...fay, id: '999' } })
      expect([kindOf(gone), gone?.ok === false && gone.error.message]).toEqual(['invalid', 'POST answered 500 refused_body'])
      for (const message of ['SMTP connect() failed', 'Invalid address:  (to): fay', '{"error": "invalid_grant"}']) {
        fake.server.failNext({ method: 'POST' }, { do: 'answer', status: 500, body: { success: false, message } })
        expect(kindOf(await adapter.create?.({ key: 'b', slot, client: fay }))).toBe('unknown_outcome')
      }
    })

    test('a change that was made is not told as failed because its provider\'s clock could not be asked for', async () => {
      const visit = value(await adapter.visit({ id: id('b-cut') }))
      fake.book.staff.push({ id: '909', name: 'New One', locationIds: ['main'], serviceIds: [], active: true })
      fake.book.change(id('b-cut'), { segments: fake.book.segmentsOf([{ serviceId: id('cut'), staffId: '909' }], visit.visit.start) })
      fake.server.failNext({ path: /providers$/ }, { do: 'lose' })
      expect(kindOf(await adapter.cancel?.({ key: 'c', visit, cancelledBy: 'client' }))).toBe('unknown_outcome')
      expect(fake.book.visits.get(id('b-cut'))?.status).toBe('cancelled')
    })

    test('a 404 has no body; an id that is no number is not asked for', async () => {
      expect(kindOf(await adapter.visit({ id: '987654' }))).toBe('not_found')
      const asked = fake.server.requests.length
      expect([kindOf(await adapter.visit({ id: '12/../1' })), kindOf(await adapter.client?.({ id: 'b-cut' }))]).toEqual(['not_found', 'not_found'])
      expect(fake.server.requests).toHaveLength(asked)
    })
  })

  test('lists are read to their end, a hundred at a time', async () => {
    for (let n = 0; n < 230; n++) fake.book.add({ clientId: id('fay'), locationId: 'main', status: 'booked', note: '', fields: {}, segments: fake.book.segmentsOf([{ serviceId: id('beard'), staffId: id('ana') }], addMinutes(tuesday.from, n)) })
    const found: string[] = []
    for (let cursor: string | undefined, page = 0; page === 0 || cursor !== undefined; page++) {
      const answer = value(await adapter.visits({ ...dayRange('2026-11-24', tinyZone), ...(cursor !== undefined && { cursor }) }))
      found.push(...answer.items.map(({ visit }) => visit.id))
      cursor = answer.cursor
    }
    expect([found.length, new Set(found).size]).toEqual([230, 230])
  })

  describe('the risk score', () => {
    const write = async () => adapter.writeRisk?.({ visit: value(await adapter.visit({ id: id('b-cut') })), score: 0.31, band: 'high', model: 'm', at: clock.now() })

    test('goes into the customer\'s field with the day of the visit, and over what we wrote before', async () => {
      value(await write())
      expect(fake.book.clients.get(id('dana-k'))?.fields['customField5']).toBe('high 0.31 (2026-11-21)')
      expect(kindOf(await write())).toBe('ok')
    })

    test('leaves alone what somebody else keeps there', async () => {
      fake.book.changeClient(id('dana-k'), { fields: { customField5: 'allergic to henna' } })
      expect(kindOf(await write())).toBe('policy_blocked')
      expect(fake.book.clients.get(id('dana-k'))?.fields['customField5']).toBe('allergic to henna')
    })

    test('is not written where the field stands on the public booking page, or none was chosen', async () => {
      fake.settings.set('display_custom_field_5', '1')
      expect(value(await adapter.capabilities()).riskField).toBe('none')
      await open({}, { riskField: 'none' })
      expect(value(await adapter.capabilities()).riskField).toBe('none')
      expect(kindOf(await write())).toBe('unsupported')
    })
  })

  describe('webhooks', () => {
    test('have the names of the database, and a deletion is news of the same visit', () => {
      const { webhooks } = adapter
      for (const action of ['appointment_save', 'appointment_delete']) expect(webhooks?.read(fake.webhook(id('b-cut'), { action }))).toMatchObject([{ kind: 'visit', id: id('b-cut') }])
      expect(webhooks?.read(fake.webhook(id('dana-k'), { action: 'customer_save' }))).toMatchObject([{ kind: 'client', id: id('dana-k') }])
      expect(webhooks?.read(fake.webhook(id('cut'), { action: 'service_save' }))).toMatchObject([{ kind: 'catalog' }])
      expect(webhooks?.read(fake.webhook('1', { action: 'blocked_period_save' }))).toMatchObject([{ kind: 'nothing' }])
    })

    test('carry their token in a header that can be renamed; without a token of ours nothing is taken', async () => {
      const delivery = fake.webhook(id('b-cut'), { header: 'x-salon' })
      expect(adapter.webhooks?.verify(delivery)).toBe('rejected')
      await open({}, { webhookHeader: 'X-Salon' })
      expect(adapter.webhooks?.verify(delivery)).toBe('token')
      await open({}, { webhookToken: undefined })
      expect(adapter.webhooks?.verify(fake.webhook(id('b-cut'), { token: '' }))).toBe('rejected')
    })
  })

  test.each([
    ['https://salon.example.com/booking/', 'https://salon.example.com/booking'], ['http://192.0.2.7:8080', 'http://192.0.2.7:8080'], ['https://salon.example.com/index.php/api/v1?x=1', 'https://salon.example.com'],
  ])('the address %s is %s', (given, kept) => {
    expect(easyappointments.credentials.parse({ ...credentials, baseUrl: given })).toMatchObject({ baseUrl: kept, riskField: 'customField5', webhookHeader: 'X-Ea-Token' })
  })

  test.each(['salon.example.com', 'ftp://salon.example.com', 'javascript:alert(1)', ''])('%j is no address', (baseUrl) => {
    expect(easyappointments.credentials.safeParse({ ...credentials, baseUrl }).success).toBe(false)
  })
})

function value<T>(outcome: Outcome<T> | undefined): T {
  if (outcome === undefined) throw new Error('the adapter has no such call')
  if (!outcome.ok) throw new Error(`expected an answer, got ${outcome.error.kind}: ${outcome.error.message}`)
  return outcome.value
}

function kindOf(outcome: Outcome<unknown> | undefined): string {
  return outcome === undefined ? 'missing' : outcome.ok ? 'ok' : outcome.error.kind
}
