import { describe, expect, test } from 'vitest'
import type { Outcome } from '../../../../src/platforms/booking-platform.ts'
import { vagaro } from '../../../../src/platforms/vagaro/index.ts'
import { addMinutes, at, dayRange } from '../../../../src/salon/time.ts'
import { fakeVagaro, vagaroId as id, vagaroTestCredentials } from '../../../support/platforms/fake-vagaro.ts'
import { openAdapter } from '../../../support/platforms/open-adapter.ts'
import { testClock, tinyZone } from '../../../support/tiny-book.ts'

async function open(options: Omit<Parameters<typeof fakeVagaro>[0], 'clock'> & { testCustomerId?: string } = {}) {
  const { testCustomerId = id('jo'), ...rest } = options
  const clock = testClock()
  const fake = fakeVagaro({ clock, ...rest })
  const { adapter, budget } = openAdapter({ kind: vagaro, credentials: { ...vagaroTestCredentials, testCustomerId }, server: fake.server, clock })
  value(await adapter.catalog())
  return { adapter, fake, clock, budget, fay: value(await adapter.client!({ id: id('fay') })) }
}

const cut = (start: string) => ({ locationId: id('main'), start, end: addMinutes(start, 45), segments: [{ serviceId: id('cut'), staffId: id('ana'), staffPreference: 'unknown' as const, start, durationMin: 45, price: { minor: 6500, currency: 'USD' } }] })

describe('tokens', () => {
  test('one that ends in the middle is fetched once anew, and the request is made once more', async () => {
    const { adapter, fake } = await open()
    fake.expireTokens()
    const before = fake.server.requests.length
    value(await adapter.visit({ id: id('b-cut') }))
    expect(fake.server.requests.slice(before).map(({ path }) => path.split('/').at(-1))).toEqual(['appointments', 'generate-access-token', 'appointments'])
  })

  test('a write that a token ended is done once', async () => {
    const { adapter, fake, fay } = await open()
    value(await adapter.create!({ key: 'k', slot: cut(at('2026-11-24', '09:00', tinyZone)), client: fay }))
    fake.expireTokens()
    value(await adapter.create!({ key: 'k2', slot: cut(at('2026-11-24', '10:00', tinyZone)), client: fay }))
    expect(fake.book.list(({ clientId }) => clientId === id('fay'))).toHaveLength(2)
  })

  test('after an hour it is fetched before, not after a refusal; reading and writing have one each', async () => {
    const { adapter, fake, clock, fay } = await open()
    clock.advance(61)
    const before = fake.server.requests.length
    value(await adapter.visit({ id: id('b-cut') }))
    expect(fake.server.requests.slice(before).map(({ path }) => path.split('/').at(-1))).toEqual(['generate-access-token', 'appointments'])
    value(await adapter.create!({ key: 'k', slot: cut(at('2026-11-24', '09:00', tinyZone)), client: fay }))
    expect(fake.server.requests.filter(({ path }) => path.endsWith('token')).map(({ body }) => (body as { scope: string }).scope)).toEqual(['read access', 'read access', 'write access'])
  })

  test('refused again and again it is "auth", after two tries', async () => {
    const { adapter, fake } = await open()
    fake.server.always({ do: 'answer', status: 200, body: { status: 401, responseCode: 1034, message: 'Token expired' } }, { path: /appointments$/ })
    const before = fake.server.requests.length
    expect(kindOf(await adapter.visit({ id: id('b-cut') }))).toBe('auth')
    expect(fake.server.requests.slice(before).filter(({ path }) => path.endsWith('appointments'))).toHaveLength(2)
  })
})

describe('an account that may only read', () => {
  test.each([
    ['gets no token for writing', (server: Awaited<ReturnType<typeof open>>['fake']['server']) => { server.failNext({ path: /token$/, body: /write access/ }, { do: 'answer', status: 400, body: { status: 400, responseCode: 1051, message: 'scope' } }) }],
    ['is refused with its token', (server: Awaited<ReturnType<typeof open>>['fake']['server']) => { server.always({ do: 'answer', status: 401, body: { status: 401, responseCode: 1034 } }, { path: /create$/ }) }],
  ])('%s: that is "forbidden", not a refused key at which everything would stop', async (_, refuse) => {
    const { adapter, fake, fay } = await open()
    refuse(fake.server)
    expect(kindOf(await adapter.create!({ key: 'k', slot: cut(at('2026-11-24', '09:00', tinyZone)), client: fay }))).toBe('forbidden')
    value(await adapter.visit({ id: id('b-cut') }))
  })

  test('a key that was taken back is "auth", also where it is noticed by a write', async () => {
    const { adapter, fake, fay } = await open()
    fake.revoke()
    expect(kindOf(await adapter.create!({ key: 'k', slot: cut(at('2026-11-24', '09:00', tinyZone)), client: fay }))).toBe('auth')
  })
})

describe('a client\'s visits', () => {
  const rowsOf = (names: string[]) => names.map((appointmentId) => ({ appointmentId, startTime: '2026-11-24T17:00:00Z', bookingStatus: 'Accepted', customerId: id('fay') }))
  const answer = (data: unknown, more = {}) => ({ do: 'answer' as const, status: 200, body: { status: 200, responseCode: 1000, data, ...more } })

  test('are read on where a short page names a next one', async () => {
    const { adapter, fake } = await open()
    fake.server.failNext({ path: /appointments$/ }, answer(rowsOf(['one', 'two']), { nextPage: 2 }))
    fake.server.failNext({ path: /appointments$/ }, answer(rowsOf(['three'])))
    expect(value(await adapter.clientVisits!({ clientId: id('fay') })).map(({ visit }) => visit.id)).toEqual(['one', 'two', 'three'])
  })

  test('end where the list begins again', async () => {
    const { adapter, fake } = await open()
    fake.server.always(answer(rowsOf(Array.from({ length: 100 }, (_, n) => `v-${n}`))), { path: /appointments$/ })
    const before = fake.server.requests.length
    expect(value(await adapter.clientVisits!({ clientId: id('fay') }))).toHaveLength(100)
    expect(fake.server.requests.length - before).toBeLessThan(6)
  })
})

test('a day of free times that is dated in other figures, and an hour that no clock has, stop nothing', async () => {
  const { adapter, fake } = await open()
  fake.server.failNext({ path: /availability$/ }, { do: 'answer', status: 200, body: { data: [{ appointmentDate: '11/24/2026', timeSlot: ['09:00', '25:00'], items: [{ serviceProviderId: id('ana'), duration: 45 }] }] } })
  const found = value(await adapter.slots!({ locationId: id('main'), wants: [{ serviceId: id('cut'), staffId: id('ana') }], ...dayRange('2026-11-24', tinyZone) }))
  expect(found.map(({ start }) => start)).toEqual([at('2026-11-24', '09:00', tinyZone)])
})

describe('refusals, also inside a 200', () => {
  test.each([
    [{ status: 429, responseCode: 1038 }, 'rate_limited'], [{ status: 400, responseCode: 1003 }, 'invalid'], [{ status: 403, responseCode: 1999 }, 'forbidden'], [{ status: 503 }, 'unavailable'], [{ status: 200, responseCode: '1038' }, 'rate_limited'],
  ])('%j is %s', async (body, kind) => {
    const { adapter, fake } = await open()
    fake.server.always({ do: 'answer', status: 200, body }, { path: /appointments$/ })
    expect(kindOf(await adapter.visit({ id: id('b-cut') }))).toBe(kind)
  })

  test('an answer without rows is no empty history', async () => {
    const { adapter, fake } = await open()
    for (const body of [{ status: 200, responseCode: 1000 }, { status: 200, responseCode: 1000, data: '' }, { status: 200, responseCode: 1000, data: null }]) {
      fake.server.failNext({ path: /appointments$/ }, { do: 'answer', status: 200, body })
      expect(kindOf(await adapter.clientVisits!({ clientId: id('fay') }))).toBe('unavailable')
    }
  })

  test('a time without an offset is not taken for one', async () => {
    const { adapter, fake } = await open()
    fake.server.failNext({ path: /appointments$/ }, { do: 'answer', status: 200, body: { data: [{ appointmentId: id('b-cut'), startTime: '2026-11-21T10:00:00' }] } })
    expect(kindOf(await adapter.visit({ id: id('b-cut') }))).toBe('unavailable')
  })
})

describe('UTC out, wall clock in', () => {
  test.each([['2027-03-13', '17:00'], ['2027-03-14', '10:00'], ['2027-03-16', '09:00'], ['2027-11-06', '17:00'], ['2027-11-07', '10:00'], ['2027-11-09', '09:00']])('what is written on %s at %s, read, moved onto itself and noted is still at that time', async (date, time) => {
    const { adapter, fake, clock, fay } = await open()
    clock.set(at(date, '01:00', tinyZone))
    const start = at(date, time, tinyZone)
    const made = value(await adapter.create!({ key: 'k', slot: cut(start), client: fay }))
    expect(fake.server.requests.findLast(({ path }) => path.endsWith('create'))?.body).toMatchObject([{ startTime: `${date}T${time}:00` }])
    const again = value(await adapter.reschedule!({ key: 'k', visit: made, slot: cut(made.visit.start) }))
    const noted = value(await adapter.addVisitNote!({ key: 'k', visit: again, text: 'by the window', by: 'Maya', at: clock.now() }))
    expect([made, again, noted].map(({ visit }) => visit.start)).toEqual([start, start, start])
    expect(fake.book.visits.get(made.visit.id)?.start).toBe(start)
  })

  test('in the hour that the clock shows twice nothing is written: nobody could say which is meant', async () => {
    const { adapter, fake, fay } = await open()
    const [earlier, later] = ['2027-11-07T08:30:00.000Z', '2027-11-07T09:30:00.000Z']
    expect(value(await adapter.create!({ key: 'k', slot: cut(earlier), client: fay })).visit.start).toBe(earlier)
    const before = fake.server.requests.length
    expect(await adapter.create!({ key: 'k2', slot: cut(later), client: fay })).toMatchObject({ ok: false, error: { kind: 'invalid', providerCode: 'ambiguous_time' } })
    expect(fake.server.requests).toHaveLength(before)
  })

  test('where reads are not what was written, the booking is taken away again', async () => {
    const { adapter, fake, clock, fay } = await open({ fixedOffset: true })
    clock.set('2027-06-01T12:00:00Z')
    expect(await adapter.create!({ key: 'k', slot: cut(at('2027-06-08', '09:00', tinyZone)), client: fay })).toMatchObject({ ok: false, error: { kind: 'invalid', providerCode: 'times' } })
    expect(fake.book.list(({ clientId }) => clientId === id('fay'))).toEqual([])
  })
})

describe('free times', () => {
  test('are one call a day, at most a fortnight, and no more days than needed', async () => {
    const { adapter, fake } = await open()
    const calls = () => fake.server.requests.filter(({ path }) => path.endsWith('availability')).length
    const wants = [{ serviceId: id('cut'), staffId: id('ana') }]
    value(await adapter.slots!({ locationId: id('main'), wants, ...dayRange('2026-11-24', tinyZone, 14), limit: 1_000 }))
    expect(calls()).toBe(14)
    value(await adapter.slots!({ locationId: id('main'), wants, ...dayRange('2026-11-24', tinyZone, 14), limit: 3 }))
    expect(calls()).toBe(15)
    expect(kindOf(await adapter.slots!({ locationId: id('main'), wants, ...dayRange('2026-11-24', tinyZone, 16) }))).toBe('invalid')
    expect(calls()).toBe(15)
  })
})

describe('many visits, odd ids, notes', () => {
  test('a client\'s visits are read to the last page', async () => {
    const { adapter, fake } = await open()
    for (let n = 0; n < 205; n++) fake.book.add({ id: id(`n-${n}`), clientId: id('fay'), locationId: id('main'), status: 'completed', note: '', fields: {}, segments: fake.book.segmentsOf([{ serviceId: id('beard'), staffId: id('ana') }], addMinutes('2026-01-05T18:00:00.000Z', n * 1440)) })
    expect(value(await adapter.clientVisits!({ clientId: id('fay') }))).toHaveLength(205)
  })

  test('a move keeps the note, which a full replacement would empty; more than 500 characters are refused before', async () => {
    const { adapter, fake, clock } = await open()
    fake.book.change(id('b-cut'), { note: 'likes tea' })
    const visit = value(await adapter.visit({ id: id('b-cut') }))
    value(await adapter.reschedule!({ key: 'k', visit, slot: cut(at('2026-11-24', '09:00', tinyZone)) }))
    expect(fake.book.visits.get(id('b-cut'))?.note).toBe('likes tea')
    expect(kindOf(await adapter.addVisitNote!({ key: 'k', visit, text: 'x'.repeat(480), by: 'Maya', at: clock.now() }))).toBe('invalid')
  })

  test.each([
    ['No Show', 'no_show'], ['Cancel', 'cancelled'], ['Deleted', 'cancelled'], ['Denied', 'declined'], ['Need Acceptance', 'requested'], ['Awaiting Confirmation', 'booked'], ['Show', 'arrived'],
    ['Service Complete', 'completed'], ['Service Completed', 'completed'], ['Service In Progress', 'in_service'], ['Ready to Start', 'arrived'], ['Something', 'unknown'],
  ])('"%s" is %s', async (word, status) => {
    const { adapter, fake } = await open()
    fake.book.change(id('b-cut'), { fields: { oddStatus: word } })
    expect(value(await adapter.visit({ id: id('b-cut') })).visit.status).toBe(status)
  })

  test('time off is nobody\'s visit', async () => {
    const { adapter, fake } = await open()
    fake.book.change(id('b-cut'), { fields: { oddStatus: 'PersonalOff' } })
    expect(kindOf(await adapter.visit({ id: id('b-cut') }))).toBe('not_found')
  })
})

describe('webhooks', () => {
  test('a no-show comes as an update, which is read again', async () => {
    const { adapter, fake } = await open()
    fake.book.change(id('b-cut'), { status: 'no_show' })
    const delivery = fake.webhook(id('b-cut'))
    expect(JSON.parse(delivery.rawBody)).toMatchObject({ type: 'appointment', action: 'updated', payload: { bookingStatus: 'No Show' } })
    const [hint] = adapter.webhooks?.read(delivery) ?? []
    expect(hint).toMatchObject({ kind: 'visit', id: id('b-cut'), occurredAt: '2026-11-21T15:30:00.000Z' })
    expect(value(await adapter.visit({ id: hint?.id ?? '' })).visit.status).toBe('no_show')
  })

  test('the same envelope has the same key, another one another; either name of its date is read', async () => {
    const { adapter, fake } = await open()
    const [first, second] = [fake.webhook(id('b-cut')), fake.webhook(id('b-cut'), { dateField: 'createdAt' })]
    const keyOf = (delivery: typeof first) => adapter.webhooks?.read(delivery)?.[0]?.dedupeKey
    expect(keyOf(first)).toBe(keyOf(first))
    expect(keyOf(first)).not.toBe(keyOf(second))
    expect(adapter.webhooks?.read(second)?.[0]?.occurredAt).toBe('2026-11-21T15:30:00.000Z')
  })

  test('a deleted one names what to look for, clients and others are what they are', async () => {
    const { adapter, fake } = await open()
    expect(adapter.webhooks?.read(fake.webhook('gone', { action: 'deleted' }))).toMatchObject([{ kind: 'visit', id: 'gone' }])
    expect(adapter.webhooks?.read(fake.webhook(id('b-cut'), { type: 'customer' }))).toMatchObject([{ kind: 'client', id: id('dana-k') }])
    expect(adapter.webhooks?.read(fake.webhook(id('b-cut'), { type: 'formResponse' }))).toMatchObject([{ kind: 'nothing' }])
    expect(adapter.webhooks?.read(fake.webhook(id('b-cut'), { type: 'employee' }))).toMatchObject([{ kind: 'catalog' }])
  })

  test('without its token a delivery is refused, and without a token nothing is connected: nothing else tells of the book', async () => {
    const { adapter, fake } = await open()
    for (const headers of [{}, { 'x-vagaro-signature': '' }, { 'x-vagaro-signature': 'another-verification-token' }]) expect(adapter.webhooks?.verify({ ...fake.webhook(id('b-cut')), headers })).toBe('rejected')
    for (const webhookToken of [undefined, '', 'short']) expect(vagaro.credentials.safeParse({ ...vagaroTestCredentials, webhookToken }).success).toBe(false)
  })
})

describe('the try with the salon\'s consent', () => {
  const ofJo = (fake: ReturnType<typeof fakeVagaro>) => fake.book.list(({ clientId }) => clientId === id('jo'))

  test('books, moves across a change of the clock, deletes, each read back, and leaves nothing', async () => {
    const { adapter, fake } = await open()
    const proven = value(await adapter.probe!())
    expect(proven).toEqual({ create: 'yes', reschedule: 'yes', cancel: 'yes', notes: { appointment: 'yes', client: 'none', maxLength: 500 } })
    expect(ofJo(fake)).toEqual([])
    const written = fake.server.requests.filter(({ method, path }) => method === 'PUT' || path.includes('/create') || path.includes('/delete')).map(({ body }) => JSON.stringify(body))
    expect(written).toHaveLength(3)
    expect(written[0]).toContain('"startTime":"2026-12-1')
    expect(written[1]).toContain('"startTime":"2027-03-')
    expect(fake.server.requests.length).toBeLessThan(40)
  })

  test('what the test client had before stays', async () => {
    const { adapter, fake } = await open({ testCustomerId: id('hana') })
    value(await adapter.probe!())
    expect(fake.book.list(({ clientId }) => clientId === id('hana')).map((visit) => visit.id)).toEqual([id('c-friday')])
  })

  test.each([
    ['nothing', [], { create: 'none' }], ['booking and deleting', ['create', 'delete'], { create: 'yes', reschedule: 'none', cancel: 'yes', notes: { appointment: 'none', client: 'none', maxLength: 500 } }],
  ] as const)('an account that may do %s says so, and nothing is left', async (_name, writes, proven) => {
    const { adapter, fake } = await open({ writes: [...writes] })
    expect(value(await adapter.probe!())).toEqual(proven)
    expect(ofJo(fake)).toEqual([])
  })

  test('where deleting is refused, a person is told what to delete', async () => {
    const { adapter, fake } = await open({ writes: ['create', 'move'] })
    expect(await adapter.probe!()).toMatchObject({ ok: false, error: { kind: 'assisted_required', manualSteps: expect.arrayContaining([expect.stringContaining('2027-03-')]) as string[] } })
    expect(ofJo(fake)).toHaveLength(1)
  })

  test.each([['the answer to the booking', 'POST', /create$/], ['the answer to the move', 'PUT', /appointments/], ['the answer to the deletion', 'POST', /delete/]])('%s is lost: nothing is left all the same', async (_name, method, path) => {
    const { adapter, fake } = await open()
    fake.server.failNext({ method, path }, { do: 'drop' })
    await adapter.probe!()
    expect(ofJo(fake)).toEqual([])
  })

  test.each(['not carried out', 'carried out, the answer lost'])('any one request that fails (%s) leaves nothing either', async (how) => {
    const sent: number[] = []
    for (let failing = 1; failing <= 20; failing++) {
      const clock = testClock()
      const fake = fakeVagaro({ clock })
      let count = 0
      let begun = false
      const fetch: typeof fake.server.fetch = async (url, init) => {
        if (!begun || ++count !== failing) return fake.server.fetch(url, init)
        if (how !== 'not carried out') await fake.server.fetch(url, init)
        return new Response('{}', { status: how === 'not carried out' ? 503 : 502 })
      }
      const { adapter } = openAdapter({ kind: vagaro, credentials: { ...vagaroTestCredentials, testCustomerId: id('jo') }, server: { ...fake.server, fetch }, clock })
      value(await adapter.catalog())
      begun = true
      await adapter.probe!()
      sent.push(count)
      expect([failing, ofJo(fake)]).toEqual([failing, []])
    }
    // Every request of a whole try was the failing one once.
    expect(Math.min(...sent.slice(-3))).toBeLessThan(20)
  })

  test('an account whose times ignore the change of the clock does not pass', async () => {
    const { adapter, fake } = await open({ fixedOffset: true })
    expect(value(await adapter.probe!())).toMatchObject({ create: 'yes', reschedule: 'none', cancel: 'yes' })
    expect(ofJo(fake)).toEqual([])
  })

  test('needs a test client, and one that is there', async () => {
    const clock = testClock()
    const fake = fakeVagaro({ clock })
    const { adapter } = openAdapter({ kind: vagaro, credentials: vagaroTestCredentials, server: fake.server, clock })
    expect(kindOf(await adapter.probe!())).toBe('invalid')
    expect(kindOf(await (await open({ testCustomerId: 'nobody' })).adapter.probe!())).toBe('not_found')
    expect(value(await adapter.capabilities()).create).toBe('unverified')
  })
})

function value<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(`${outcome.error.kind}: ${outcome.error.message}`)
  return outcome.value
}

function kindOf(outcome: Outcome<unknown>): string {
  return outcome.ok ? 'ok' : outcome.error.kind
}
