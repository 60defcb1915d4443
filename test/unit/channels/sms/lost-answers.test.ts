import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { twilioTransport } from '../../../../src/channels/sms/twilio-transport.ts'
import { seededRandom } from '../../../../src/salon/seeded-random.ts'
import { silentLogger } from '../../../../src/logger.ts'
import type { Messages, StatusReport, TextTransport } from '../../../../src/messages/messages.ts'
import { openMessages } from '../../../../src/messages/open-messages.ts'
import type { BookingPlatform } from '../../../../src/platforms/booking-platform.ts'
import { addMinutes } from '../../../../src/salon/time.ts'
import type { Store } from '../../../../src/store/open-store.ts'
import { type FakeTwilio, openFakeTwilio, type SendFault } from '../../../support/fake-twilio.ts'
import { openTestStore } from '../../../support/test-store.ts'
import { testReader } from '../../../support/test-reader.ts'
import { createTinyDesk, type TestClock, tinyBook } from '../../../support/tiny-book.ts'
import { behindProxy, type Door, openDoor, publicUrl } from './sms-door.ts'

// The whole way: the desk's outbox, Twilio's SDK over HTTP, a Twilio with faults, its signed reports, and what staff are told.
const clients = Array.from({ length: 20 }, (_, index) => `client-${index}`)
const numberOf = (index: number) => `+1213555${String(200 + index).padStart(4, '0')}`
let store: Store
let platform: BookingPlatform
let clock: TestClock
let twilio: FakeTwilio
let messages: Messages
let door: Door

beforeAll(async () => {
  const book = tinyBook()
  const [dana] = book.clients
  if (dana === undefined) throw new Error('the tiny book has nobody')
  for (const [index, id] of clients.entries()) book.clients.push({ ...dana, id, firstName: id, phones: [numberOf(index)] })
  ;({ store, platform, clock } = await createTinyDesk({ now: '2026-11-23T18:00:00.000Z', book }))
})
beforeEach(async () => {
  twilio = await openFakeTwilio({ clock })
  messages = await openDesk()
  door = await openDoor({ settings: twilio.settings, store, clock, messages })
  twilio.webhooks.reach = behindProxy(door)
})
afterEach(async () => {
  await door.close()
  await twilio.close()
})
afterAll(() => store.close())

/** A desk on this database; `spoil` stands between it and Twilio. */
function openDesk({ on = store, timeoutMs = 2_000, spoil = (transport) => transport }: { on?: Store; timeoutMs?: number; spoil?: (transport: TextTransport) => TextTransport } = {}): Promise<Messages> {
  const transport = twilioTransport({ settings: twilio.settings, publicUrl, clock, store: on, logger: silentLogger, timeoutMs })
  return openMessages({ store: on, clock, platform, reader: testReader, transport: spoil(transport), questions: [] })
}

let made = 0
let days = 0

/** A text to the next client, at ten in the morning of the next day: neither hours nor caps are what is tried here. */
async function queue(): Promise<string> {
  clock.set(addMinutes('2026-11-23T18:00:00.000Z', ++days * 24 * 60))
  return queueBeside()
}

/** One more at the same time. */
async function queueBeside(): Promise<string> {
  const key = `lost:${made}`
  const clientId = clients[made++ % clients.length] ?? ''
  await store.transaction((trx) => messages.queue(trx, { key, text: { kind: 'text', clientId, to: clientId, locationId: 'main', template: 'moved', body: `Hi, this is text ${key}.`, segments: 1 } }))
  return key
}

const textOf = (key: string) => store.db.selectFrom('texts').selectAll().where('key', '=', key).executeTakeFirstOrThrow()
const takenOf = (key: string) => twilio.sent().filter(({ body }) => body.includes(`${key}.`))

async function minutes(count: number, desks: Messages[] = [messages]): Promise<void> {
  for (let minute = 0; minute < count; minute++) {
    clock.advance(1)
    for (const desk of desks) await desk.deliver().catch(() => 0)
    await door.sms.work()
  }
}

describe('F28: Twilio took the text and did not say so', () => {
  test('F28: it is found in the list, and is there once', async () => {
    const key = await queue()
    twilio.faults.push({ kind: 'hang', accepted: true })
    await messages.deliver()
    expect(await textOf(key)).toMatchObject({ state: 'unknown', provider_id: null })
    await minutes(2)
    expect(await textOf(key)).toMatchObject({ state: 'sent', provider_id: takenOf(key)[0]?.sid, needs_person: false })
    expect(takenOf(key)).toHaveLength(1)
  })

  test('F28: its report alone settles it, with the list out of reach', async () => {
    const key = await queue()
    twilio.readsFailWith = 500
    twilio.reports = ['sent', 'delivered']
    twilio.faults.push({ kind: 'hang', accepted: true })
    await messages.deliver()
    await twilio.settled()
    await door.sms.work()
    expect(await textOf(key)).toMatchObject({ state: 'sent', delivery: 'delivered', provider_id: takenOf(key)[0]?.sid })
    await minutes(10)
    expect(twilio.requests).toBe(1)
  })

  test('F31: a 500 that did nothing is sent again once Twilio\'s list has had its time; one that cannot be looked up goes to a person', async () => {
    const key = await queue()
    twilio.faults.push({ kind: 'status', status: 500 })
    await messages.deliver()
    await minutes(2)
    expect(takenOf(key)).toHaveLength(0)
    await minutes(3)
    expect(await textOf(key)).toMatchObject({ state: 'sent' })
    expect(takenOf(key)).toHaveLength(1)

    const other = await queue()
    twilio.faults.push({ kind: 'drop', accepted: false })
    twilio.readsFailWith = 503
    await messages.deliver()
    await minutes(10)
    expect(await textOf(other)).toMatchObject({ state: 'unknown', needs_person: true })
    expect(takenOf(other)).toHaveLength(0)
  })

  test('F30: too many requests: one text, later', async () => {
    const key = await queue()
    twilio.faults.push({ kind: 'status', status: 429, code: 20429 }, { kind: 'status', status: 429, retryAfter: 30 })
    await messages.deliver()
    expect(takenOf(key)).toHaveLength(0)
    await minutes(5)
    expect(await textOf(key)).toMatchObject({ state: 'sent' })
    expect(takenOf(key)).toHaveLength(1)
  })
})

describe('F29: the desk is killed while it sends', () => {
  /** Dies at a point around the request: from then on nothing of this desk reaches Twilio or the database. */
  const killedAt = async (point: 'before' | 'after', timeoutMs?: number): Promise<Messages> => {
    const dying = openTestStore(store.url)
    return openDesk({ on: dying, ...(timeoutMs === undefined ? {} : { timeoutMs }), spoil: (transport) => ({
      ...transport,
      async send(text) {
        if (point === 'after') await transport.send(text)
        await dying.close()
        throw new Error('killed')
      },
    }) })
  }
  /** The lease of the one that died runs out on the database's own clock. */
  const leaseOver = () => store.db.updateTable('outbox').set({ leased_until: '2000-01-01T00:00:00.000Z' }).where('state', '=', 'CLAIMED').execute()

  test.each(['before', 'after'] as const)('F29: %s the request: never two, and never none in silence', async (point) => {
    const key = await queue()
    await (await killedAt(point)).deliver().catch(() => 0)
    expect((await store.db.selectFrom('outbox').select('state').where('key', '=', `text:${key}`).executeTakeFirstOrThrow()).state).toBe('CLAIMED')
    await leaseOver()
    await minutes(6)
    expect(await textOf(key)).toMatchObject({ state: 'sent', needs_person: false })
    expect(takenOf(key)).toHaveLength(1)
  })

  /** Of 20 texts each; ten days were run by hand. */
  const days = 2

  test(`F28, F29: ${days * 20} texts with faults by seed, kills, lagging lists, lost reports and two desks: never two, and none that nobody knows of`, async () => {
    const random = seededRandom('lost answers')
    const pick = <T>(from: readonly T[]): T => from[random.whole(0, from.length - 1)] as T
    const faults: (SendFault | undefined)[] = [
      { kind: 'hang', accepted: true }, { kind: 'drop', accepted: true }, { kind: 'drop', accepted: false }, { kind: 'status', status: 500, accepted: true }, { kind: 'status', status: 500 },
      { kind: 'status', status: 503, accepted: true }, { kind: 'status', status: 429 }, undefined, undefined, undefined,
    ]
    // Short, so that hanging costs little; where the machine is slow an answer more is lost, which must be right too.
    const desks = [await openDesk({ timeoutMs: 200 }), await openDesk({ timeoutMs: 200 })]
    const outcomes: string[] = []
    for (let day = 0; day < days; day++) {
      const keys = [await queue()]
      while (keys.length < clients.length) keys.push(await queueBeside())
      twilio.faults.push(...Array.from({ length: 40 }, () => pick(faults)))
      for (let minute = 0; minute < 9; minute++) {
        twilio.listLagMinutes = pick([0, 0, 0.5, 1, 2])
        twilio.reports = pick([[], [], ['sent'], ['delivered', 'sent', 'delivered']])
        twilio.reportsFirst = random.chance(0.5)
        twilio.readsFailWith = pick([undefined, undefined, undefined, 500])
        const killed = minute < 2 && random.chance(0.8) ? await killedAt(pick(['before', 'after']), 200) : undefined
        await (killed ?? desks[minute % 2])?.deliver().catch(() => 0)
        await leaseOver()
        await twilio.settled()
        await door.sms.work()
        clock.advance(1)
      }
      // What was certainly not taken (429) may still wait for its turn.
      twilio.faults.length = 0
      twilio.readsFailWith = undefined
      for (let more = 0; more < 20 && (await store.db.selectFrom('outbox').select('id').where('state', 'in', ['PENDING', 'UNKNOWN', 'CLAIMED']).executeTakeFirst()) !== undefined; more++) await minutes(1, desks)
      for (const key of keys) {
        const { state, needs_person: needsPerson, error_code: code } = await textOf(key)
        const taken = takenOf(key).length
        const outcome = JSON.stringify({ key, taken, state, needsPerson, code, outbox: await store.db.selectFrom('outbox').select(['state', 'attempts', 'due_at', 'updated_at', 'error_code']).where('key', '=', `text:${key}`).execute(), now: clock.now() })
        expect(taken, outcome).toBeLessThanOrEqual(1)
        // It arrived and we know, or a person is told that we do not.
        expect((state === 'sent' && taken === 1) || needsPerson, outcome).toBe(true)
        outcomes.push(state)
      }
    }
    expect(outcomes).toHaveLength(days * 20)
    // Most texts get through in the end, and not by giving them all to people.
    expect(outcomes.filter((state) => state === 'sent').length).toBeGreaterThan(days * 12)
  }, 240_000)
})

describe('reports on a text', () => {
  test('F34: all of them before the answer to the request: none is dropped', async () => {
    const key = await queue()
    twilio.reports = ['queued', 'sent', 'delivered']
    twilio.reportsFirst = true
    await messages.deliver()
    await door.sms.work()
    expect(await textOf(key)).toMatchObject({ state: 'sent', delivery: 'delivered' })
  })

  test('F34: worked before the answer is committed, and carrying no key', async () => {
    let reported: StatusReport[] = []
    const early = await openDesk({ spoil: (transport) => ({
      ...transport,
      async send(text) {
        const answer = await transport.send(text)
        if (answer.state === 'sent' && answer.id !== undefined) reported = [{ providerId: answer.id, status: 'delivered' }, { providerId: answer.id, status: 'sent' }]
        for (const report of reported) await messages.reported(report)
        return answer
      },
    }) })
    const key = await queue()
    await early.deliver()
    expect(reported).toHaveLength(2)
    expect(await textOf(key)).toMatchObject({ state: 'sent', delivery: 'delivered' })
  })

  test('F33: in every order and twice over the end is the same, and only moves forward', async () => {
    const orders = [['sent', 'delivered'], ['delivered', 'sent'], ['delivered', 'sending', 'sent'], ['sent', 'sent', 'delivered', 'delivered'], ['delivered', 'undelivered']]
    for (const reports of orders) {
      const key = await queue()
      await messages.deliver()
      const sid = takenOf(key)[0]?.sid ?? ''
      for (const status of reports) {
        expect(await twilio.report(sid, status)).toMatchObject([{ status: 204 }])
        await door.sms.work()
      }
      expect(await textOf(key)).toMatchObject({ delivery: 'delivered' })
    }
  })

  test.each([['30003', 'undelivered'], ['30005', 'undelivered'], ['30006', 'undelivered'], ['30007', 'undelivered'], ['30008', 'undelivered'], ['30001', 'failed'], ['30034', 'failed']])('F32: %s reported: a person is told, and nothing is sent again', async (code, status) => {
    const key = await queue()
    await messages.deliver()
    const before = twilio.requests
    await twilio.report(takenOf(key)[0]?.sid ?? '', status, Number(code))
    await door.sms.work()
    expect(await textOf(key)).toMatchObject({ state: 'sent', delivery: status, delivery_code: code, needs_person: true })
    await minutes(15)
    expect(twilio.requests).toBe(before)
  })

  test('F19: 21610 from Twilio ends it, and the number is suppressed here too', async () => {
    const key = await queue()
    for (const index of clients.keys()) twilio.blocked.add(`+13035550100 ${numberOf(index)}`)
    await messages.deliver()
    await minutes(15)
    expect(await textOf(key)).toMatchObject({ state: 'failed', error_code: '21610', needs_person: true })
    expect(twilio.requests).toBe(1)
    const { phone_hash: number } = await textOf(key)
    expect(await store.db.selectFrom('consents').select(['state', 'source', 'purpose']).where('phone_hash', '=', number ?? '').execute()).toEqual([{ state: 'out', source: 'service', purpose: 'all' }])
  })
})
