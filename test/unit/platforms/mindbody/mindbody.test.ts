import { beforeEach, describe, expect, test } from 'vitest'
import type { Outcome } from '../../../../src/platforms/booking-platform.ts'
import { mindbody } from '../../../../src/platforms/mindbody/index.ts'
import type { PlatformAdapter } from '../../../../src/platforms/platform-adapter.ts'
import { addMinutes, at } from '../../../../src/salon/time.ts'
import { fakeMindbody } from '../../../support/platforms/fake-mindbody.ts'
import { openAdapter } from '../../../support/platforms/open-adapter.ts'
import { testClock, tinyZone } from '../../../support/tiny-book.ts'

const credentials = { apiKey: 'mindbody-test-api-key', siteId: '-99', username: 'desk', password: 'desk-password', signatureKey: 'mindbody-signature-key' }

let clock: ReturnType<typeof testClock>
let fake: ReturnType<typeof fakeMindbody>
let adapter: PlatformAdapter
beforeEach(async () => {
  clock = testClock()
  await open()
})
async function open(options: Partial<Parameters<typeof fakeMindbody>[0]> = {}) {
  fake = fakeMindbody({ clock, ...options })
  ;({ adapter } = openAdapter({ kind: mindbody, credentials, server: fake.server, clock }))
  await adapter.catalog()
}
const id = (tiny: string) => fake.book.idOf(tiny)
const tuesday = { from: at('2026-11-24', '09:00', tinyZone), to: at('2026-11-24', '17:00', tinyZone) }
const slots = async (query: Partial<Parameters<NonNullable<PlatformAdapter['slots']>>[0]> = {}) => adapter.slots!({ locationId: id('main'), wants: [{ serviceId: id('cut'), staffId: id('ana') }], ...tuesday, ...query })
const fay = async () => value(await adapter.client!({ id: id('fay') }))
const bCut = async () => value(await adapter.visit({ id: id('b-cut') }))
const paths = () => fake.server.requests.map(({ path }) => path.replace('/public/v6', ''))
const book = (visit: Partial<Parameters<typeof fake.book.add>[0]> & { start: string; staffId: string; serviceId?: string }) => fake.book.add({ clientId: id('jo'), locationId: id('main'), status: 'booked', note: '', fields: {}, segments: fake.book.segmentsOf([{ serviceId: visit.serviceId ?? id('cut'), staffId: visit.staffId }], visit.start), ...visit })

describe('the staff token', () => {
  test('is fetched once and kept; when it is no longer taken, once anew, and the request is made again', async () => {
    expect(paths().filter((path) => path === '/usertoken/issue')).toHaveLength(1)
    fake.expireTokens()
    const before = paths().length
    await bCut()
    expect(paths().slice(before)).toEqual(['/appointment/staffappointments', '/usertoken/issue', '/appointment/staffappointments'])
  })

  test('that runs out just before a write does not write twice', async () => {
    const [slot] = value(await slots())
    const client = await fay()
    fake.server.failNext({ path: /addappointment/ }, { do: 'before', run: () => { fake.expireTokens() } })
    expect(value(await adapter.create!({ key: 'k', slot: slot!, client })).visit.status).toBe('booked')
    expect(fake.book.list(({ clientId }) => clientId === id('fay'))).toHaveLength(1)
  })

  test('with a wrong password is "auth"', async () => {
    const wrong = openAdapter({ kind: mindbody, credentials: { ...credentials, password: 'another' }, server: fake.server, clock }).adapter
    expect(kindOf(await wrong.check())).toBe('auth')
  })
})

describe('the site\'s zone', () => {
  test.each(['Pacific Standard Time', 'EST', ''])('as Mindbody\'s %j is no zone of ours: asked for, and taken when given', async (siteZone) => {
    await open({ siteZone })
    expect(kindOf(await adapter.catalog())).toBe('invalid')
    const given = openAdapter({ kind: mindbody, credentials: { ...credentials, timezone: tinyZone }, server: fake.server, clock }).adapter
    expect(value(await given.catalog()).locations[0]?.zone).toBe(tinyZone)
    expect(mindbody.credentials.safeParse({ ...credentials, timezone: 'EST' }).success).toBe(false)
  })

  test('makes instants of its wall clock, and a wall clock\'s time of ours, without an offset', async () => {
    const [slot] = value(await slots())
    value(await adapter.create!({ key: 'k', slot: slot!, client: await fay() }))
    expect(fake.server.requests.at(-1)?.body).toMatchObject({ StartDateTime: '2026-11-24T09:00:00', EndDateTime: '2026-11-24T09:45:00', ApplyPayment: false, PartnerExternalId: 'k' })
  })
})

describe('the catalogue of Mindbody', () => {
  test('has prices by the single visit\'s pricing option, and no classes, teachers or online store', async () => {
    const { services, staff, locations } = value(await adapter.catalog())
    expect(services.map(({ name, price: { minor } }) => [name, minor])).toEqual([["Women's cut", 6_500], ['Full color', 14_000], ['Blow-dry', 4_000], ['Beard trim', 2_000], ['Consultation', 0]])
    expect(staff).toHaveLength(3)
    expect(locations).toHaveLength(1)
  })
})

describe('free times in Mindbody', () => {
  test('are its shifts cut every quarter of an hour, less what is booked', async () => {
    book({ start: at('2026-11-24', '10:00', tinyZone), staffId: id('ana'), serviceId: id('blowdry') })
    const minutes = value(await slots({ to: at('2026-11-24', '11:30', tinyZone) })).map(({ start }) => (Date.parse(start) - Date.parse(tuesday.from)) / 60_000)
    expect(minutes).toEqual([0, 15, 90, 105, 120, 135])
  })

  test('of anybody are one for each time; never in the past, never past closing', async () => {
    clock.set(at('2026-11-24', '16:50', tinyZone))
    const found = value(await slots({ wants: [{ serviceId: id('cut') }], to: at('2026-11-24', '20:00', tinyZone) }))
    expect(found.map(({ start, segments: [segment] }) => [start, segment?.staffPreference])).toEqual([[at('2026-11-24', '17:00', tinyZone), 'any'], [at('2026-11-24', '17:15', tinyZone), 'any']])
  })

  test('are not taken up by those who wait, nor by who cancelled', async () => {
    const { clientId } = book({ start: tuesday.from, staffId: id('ana'), status: 'cancelled' })
    value(await adapter.waitlistAdd!({ key: 'w', client: { ...await fay(), id: clientId }, entry: { locationId: id('main'), serviceId: id('cut'), staffId: id('ana'), wanted: [tuesday] } }))
    expect(value(await slots())[0]?.start).toBe(tuesday.from)
    expect(value(await adapter.visits(tuesday)).items).toHaveLength(1)
  })

  test('for two services at once are not offered', async () => {
    expect(kindOf(await slots({ wants: [{ serviceId: id('cut') }, { serviceId: id('beard') }] }))).toBe('unsupported')
  })
})

describe('booking in Mindbody', () => {
  test('a second try with the same key finds what the first one made', async () => {
    const [slot] = value(await slots())
    const client = await fay()
    fake.server.failNext({ path: /addappointment/ }, { do: 'drop' })
    expect(kindOf(await adapter.create!({ key: 'k', slot: slot!, client }))).toBe('unknown_outcome')
    const again = value(await adapter.create!({ key: 'k', slot: slot!, client }))
    expect(fake.book.list(({ clientId }) => clientId === id('fay')).map((visit) => visit.id)).toEqual([again.visit.id])
  })

  test('a time that is taken is accepted where Mindbody does not mind, and a conflict where it does', async () => {
    for (const refusesOverlaps of [false, true]) {
      await open({ refusesOverlaps })
      const [slot] = value(await slots())
      book({ start: slot!.start, staffId: id('ana') })
      expect(kindOf(await adapter.create!({ key: 'k', slot: slot!, client: await fay() }))).toBe(refusesOverlaps ? 'conflict_slot' : 'ok')
    }
  })
})

describe('statuses in Mindbody', () => {
  test('go forth and back by Execute; not coming is for a person', async () => {
    for (const to of ['confirmed', 'booked', 'arrived', 'booked', 'completed'] as const) expect(value(await adapter.setStatus!({ key: 'k', visit: await bCut(), to })).visit.status).toBe(to)
    expect(kindOf(await adapter.setStatus!({ key: 'k', visit: await bCut(), to: 'no_show' }))).toBe('unsupported')
  })

  test('a cancellation is never a late one', async () => {
    value(await adapter.cancel!({ key: 'k', visit: await bCut(), cancelledBy: 'client' }))
    expect(fake.server.requests.at(-1)?.body).toEqual({ AppointmentId: Number(id('b-cut')), Execute: 'cancel' })
  })
})

describe('the score in Mindbody', () => {
  test('needs a client field of that name', async () => {
    await open({ riskFieldName: 'Something else' })
    expect(value(await adapter.capabilities()).riskField).toBe('none')
    expect(kindOf(await adapter.writeRisk!({ visit: await bCut(), score: 0.3, band: 'high', model: 'm', at: clock.now() }))).toBe('unsupported')
  })

  test('says which visit it is about, and leaves other fields and regions alone', async () => {
    fake.book.changeClient(id('dana-k'), { fields: { custom3: '38' } })
    value(await adapter.writeRisk!({ visit: await bCut(), score: 0.306, band: 'high', model: 'm', at: clock.now() }))
    expect(fake.book.clients.get(id('dana-k'))?.fields).toEqual({ custom3: '38', custom4: 'high 0.31, 2026-11-21' })
    expect(fake.server.requests.at(-1)?.body).toMatchObject({ CrossRegionalUpdate: false })
  })
})

test('a note on a client keeps what a receptionist wrote a second ago', async () => {
  const client = await fay()
  fake.book.changeClient(id('fay'), { note: 'allergic to nuts' })
  expect(value(await adapter.addClientNote!({ key: 'k', client, text: 'likes tea', by: 'Maya', at: clock.now() })).notes.map(({ text }) => text)).toEqual(['allergic to nuts', 'likes tea'])
})

describe('Mindbody\'s waiting list', () => {
  test('takes one person\'s time, and gives it back', async () => {
    const entry = { locationId: id('main'), serviceId: id('cut'), staffId: id('bea'), wanted: [{ from: addMinutes(tuesday.from, 60), to: tuesday.to }, tuesday] }
    const { id: entryId } = value(await adapter.waitlistAdd!({ key: 'w', client: await fay(), entry }))
    expect(fake.waiting.get(Number(entryId))).toMatchObject({ clientId: id('fay'), staffId: id('bea'), start: tuesday.from, key: 'w' })
    expect(await adapter.waitlistRemove!({ key: 'u', id: entryId })).toMatchObject({ ok: true, value: null })
    expect(fake.waiting.size).toBe(0)
    expect(kindOf(await adapter.waitlistRemove!({ key: 'u', id: entryId }))).toBe('not_found')
    expect(kindOf(await adapter.waitlistAdd!({ key: 'w', client: await fay(), entry: { ...entry, wanted: [] } }))).toBe('unsupported')
  })
})

test('a busy day comes over several pages', async () => {
  for (let n = 0; n < 450; n++) book({ start: addMinutes(tuesday.from, n), staffId: id('cruz'), serviceId: id('beard') })
  const sizes: number[] = []
  for (let cursor: string | undefined, page = 0; page === 0 || cursor !== undefined; page++) {
    const answer = value(await adapter.visits({ ...tuesday, ...(cursor !== undefined && { cursor }) }))
    sizes.push(answer.items.length)
    cursor = answer.cursor
  }
  expect(sizes).toEqual([200, 200, 50])
})

test('a full page that does not say how many there are is followed by another one', async () => {
  const ids = Array.from({ length: 201 }, (_, n) => n + 1)
  const answer = (here: number[]) => fake.server.failNext({ path: /staffappointments$/ }, { do: 'answer', status: 200, body: { Appointments: here.map((Id) => ({ Id, Status: 'Booked', StartDateTime: '2026-11-24T10:00:00', EndDateTime: '2026-11-24T10:45:00' })) } })
  answer(ids.slice(0, 200))
  const { cursor } = value(await adapter.visits(tuesday))
  expect(cursor).toBe('200')
  answer(ids.slice(200))
  expect(value(await adapter.visits({ ...tuesday, cursor: cursor! })).cursor).toBeUndefined()
})

test('an id that is no number is not asked for', async () => {
  const before = paths().length
  expect(kindOf(await adapter.visit({ id: 'b-cut' }))).toBe('not_found')
  expect(paths().length).toBe(before)
})

test('webhooks of another site, and of other things, say nothing', () => {
  const read = (options: Parameters<typeof fake.webhook>[1]) => adapter.webhooks?.read(fake.webhook(id('b-cut'), options))
  expect(read({ siteId: 5 })).toMatchObject([{ kind: 'nothing' }])
  expect(read({ eventId: 'clientSale.created' })).toMatchObject([{ kind: 'nothing' }])
  expect(read({ eventId: 'client.updated' })).toMatchObject([{ kind: 'client', id: id('dana-k'), occurredAt: clock.now() }])
  expect(read({ eventId: 'staff.updated' })).toMatchObject([{ kind: 'catalog' }])
  expect(openAdapter({ kind: mindbody, credentials: { ...credentials, signatureKey: undefined }, server: fake.server, clock }).adapter.webhooks?.verify(fake.webhook(id('b-cut')))).toBe('rejected')
})

function value<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(`expected an answer, got ${outcome.error.kind}: ${outcome.error.message}`)
  return outcome.value
}

function kindOf(outcome: Outcome<unknown>): string {
  return outcome.ok ? 'ok' : outcome.error.kind
}
