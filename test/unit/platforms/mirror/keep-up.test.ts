import { sql } from 'kysely'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { follow, hear } from '../../../../src/platforms/mirror/hear.ts'
import { keepUp } from '../../../../src/platforms/mirror/keep-up.ts'
import { unwrap } from '../../../../src/platforms/unwrap.ts'
import { addMinutes } from '../../../../src/salon/time.ts'
import { anotherInstance, mirroredDesks } from '../../../support/platforms/mirrored.ts'
import { bookThere, moveThere, onSquare, type SquareDesk, when } from '../../../support/platforms/mirrored-square.ts'

const desks = mirroredDesks(onSquare)
let desk: SquareDesk
beforeEach(async () => { desk = await desks.make() })
afterEach(() => desk.store.close())
afterAll(() => desks.end())

/** What was asked of Square since, by path. */
function asked(since: number): Record<string, number> {
  const paths: Record<string, number> = {}
  for (const { path } of desk.fake.server.requests.slice(since)) paths[path.replace('/v2/', '')] = (paths[path.replace('/v2/', '')] ?? 0) + 1
  return paths
}
const mark = () => desk.fake.server.requests.length
const copy = async (id: string) => unwrap(await desk.platform.history({})).find(({ appointment }) => appointment.id === id)?.appointment
const keep = async (minutes: number) => {
  desk.clock.advance(minutes)
  const since = mark()
  await keepUp(desk.room)
  return asked(since)
}
const feed = async () => unwrap(await desk.platform.changes({ cursor: '0' })).changes.map(({ kind, id }) => `${kind} ${id}`)

test('polls every two minutes two weeks ahead, every hour two months; what is not due is not asked', async () => {
  expect(await keep(1)).toEqual({})
  expect(await keep(1)).toEqual({ bookings: 1 })
  expect(await keep(58)).toEqual({ bookings: 2 })
  bookThere(desk, { id: 'in-40-days', start: when('10:00', '2026-12-29') })
  await keep(2)
  expect(await copy('in-40-days')).toBeUndefined()
  await keep(58)
  expect(await copy('in-40-days')).toBeDefined()
})

test('a visit that was moved out of what is polled, and one that was deleted, are found out by asking for them', async () => {
  moveThere(desk, 'c-friday', when('10:00', '2027-02-10'))
  desk.fake.book.remove('b-cut')
  expect(await keep(2)).toEqual({ 'bookings': 1, 'bookings/c-friday': 1, 'bookings/b-cut': 1 })
  expect(await copy('c-friday')).toMatchObject({ start: when('10:00', '2027-02-10') })
  expect(await copy('b-cut')).toMatchObject({ status: 'cancelled', cancelledBy: 'unknown' })
  expect(await feed()).toEqual(expect.arrayContaining(['updated c-friday', 'cancelled b-cut']))
  // Known now: not asked again.
  expect(await keep(2)).toEqual({ bookings: 1 })
})

test('the catalogue is read again twice a day, and right away when a webhook says so', async () => {
  await keep(60)
  expect(await keep(11 * 60)).toMatchObject({ 'locations': 1, 'catalog/search-catalog-items': 1, 'bookings/business-booking-profile': 1 })
  expect(await keep(2)).not.toHaveProperty('locations')
  desk.fake.book.services.push({ id: 'facial', name: 'Facial', category: 'skin', durationMin: 60, price: { minor: 9_000, currency: 'USD' }, active: true, consultation: false })
  await follow(desk.room, { payload: { kind: 'catalog', id: '' } })
  await keep(2)
  expect(unwrap(await desk.platform.catalog()).services.find(({ id }) => id === 'facial')).toMatchObject({ name: 'Facial', active: true })
  desk.fake.book.services.pop()
  await keep(12 * 60)
  expect(unwrap(await desk.platform.catalog()).services.find(({ id }) => id === 'facial')).toMatchObject({ active: false })
})

test('once a day all clients are read again, page by page, going on where it stopped', async () => {
  const dana = desk.fake.book.clients.get('dana-k')
  if (dana === undefined) throw new Error('no Dana')
  for (let n = 0; n < 230; n++) desk.fake.book.clients.set(`more-${n}`, { ...dana, id: `more-${n}`, phone: `+1213555${5000 + n}` })
  expect(await keep(23 * 60)).not.toHaveProperty('customers')
  desk.fake.server.failNext({ path: /customers$/ }, { do: 'before', run: () => {} })
  desk.fake.server.failNext({ path: /customers$/ }, { do: 'answer', status: 503 })
  expect(await keep(60)).toMatchObject({ customers: 2 })
  const since = mark()
  await keepUp(anotherInstance(desk, onSquare).room)
  // The first page is not asked for again.
  expect(desk.fake.server.requests.slice(since).filter(({ path }) => path.endsWith('/customers')).map(({ query }) => query['cursor'])).toEqual(['100', '200'])
  expect(unwrap(await desk.platform.findClients({ phone: '+12135555229' })).map(({ id }) => id)).toEqual(['more-229'])
  expect(await keep(2)).not.toHaveProperty('customers')
})

describe('webhooks that tell nothing any more', () => {
  const webhook = async (id: string) => {
    await hear(desk.room, desk.fake.webhook(id))
    await follow(desk.room, { payload: { kind: 'visit', id } })
  }

  test('are said once, and polling is as often as without them until one comes', async () => {
    await webhook('b-cut')
    expect(await keep(2)).toEqual({})
    expect(await keep(13)).toEqual({ bookings: 1 })
    for (let n = 0; n < 8; n++) bookThere(desk, { id: `silent-${n}`, start: addMinutes(when('09:00', '2026-12-01'), n * 15), serviceId: 'beard' })
    await keep(15)
    expect(desk.reports).toEqual([{ what: 'webhooks_silent', overlooked: 8 }])
    expect(await keep(2)).toEqual({ bookings: 1 })
    for (let n = 8; n < 16; n++) bookThere(desk, { id: `silent-${n}`, start: addMinutes(when('09:00', '2026-12-01'), n * 15), serviceId: 'beard' })
    await keep(2)
    expect(desk.reports).toHaveLength(1)
    await webhook('silent-1')
    expect(await keep(2)).toEqual({})
  })

  test('are not called so because a day\'s visits are over', async () => {
    const ids = Array.from({ length: 12 }, (_, n) => `day-${n}`)
    ids.forEach((id, n) => bookThere(desk, { id, start: addMinutes(when('09:00'), n * 30), staffId: n % 2 === 0 ? 'ana' : 'cruz', serviceId: 'beard' }))
    for (const id of ids) await webhook(id)
    // Quiet after a busy day: nothing of it came by webhook, and nothing had to.
    await desk.store.db.updateTable('platform_sync').set({ heard: 0 }).execute()
    desk.clock.set(when('08:00'))
    await webhook('b-cut')
    for (let hour = 0; hour < 10; hour++) await keep(60)
    expect((await copy('day-0'))?.status).toBe('completed')
    expect(desk.reports).toEqual([])
  })
})

describe('one instance at a time', () => {
  test('while one is at it, the other asks nothing', async () => {
    const other = anotherInstance(desk, onSquare)
    let meanwhile: unknown
    desk.fake.server.failNext({ path: /bookings$/ }, { do: 'before', run: async () => { meanwhile = [await keepUp(other.room), mark()] } })
    desk.clock.advance(2)
    const since = mark()
    await keepUp(desk.room)
    expect(meanwhile).toEqual([{ more: false }, since + 1])
    // Given back: the other one may now.
    desk.clock.advance(2)
    await keepUp(other.room)
    expect(mark()).toBe(since + 2)
    await other.store.close()
  })

  test('one that was away for longer than its lease leaves it to whoever has it now', async () => {
    const other = anotherInstance(desk, onSquare)
    const lapse = () => sql`update platform_sync set leased_until = clock_timestamp() - interval '1 second'`.execute(desk.store.db)
    const lease = async () => (await desk.store.db.selectFrom('platform_sync').select('leased_until').executeTakeFirstOrThrow()).leased_until
    let theirs: string | null = null
    // The first one hangs; its lease ends; the second one begins, and hangs too until the first is through.
    const second = new Promise<void>((done) => {
      desk.fake.server.failNext({ path: /bookings$/ }, { do: 'before', run: async () => {
        await lapse()
        desk.fake.server.failNext({ path: /bookings$/ }, { do: 'before', run: async () => {
          theirs = await lease()
          await first
          // What the first one left behind is still the second one's lease.
          expect(await lease()).toBe(theirs)
        } })
        void keepUp(other.room).then(() => done())
        await expect.poll(() => theirs).not.toBeNull()
      } })
    })
    desk.clock.advance(2)
    const first = keepUp(desk.room)
    await first
    await second
    expect(await lease()).toBeNull()
    await other.store.close()
  })
})

describe('clients whom a visit names and nobody knows', () => {
  const asks = () => desk.fake.server.requests.filter(({ path }) => /customers\/\w/.test(path)).length

  test('are asked for in vain once an hour at most', async () => {
    bookThere(desk, { id: 'of-gone', start: when('10:00'), clientId: 'gone' })
    for (let n = 0; n < 10; n++) await keep(2)
    expect(asks()).toBe(1)
  })

  test('are asked for again the next time when the platform was away', async () => {
    const dana = desk.fake.book.clients.get('dana-k')
    for (const [n, id] of ['new-1', 'new-2', 'new-3'].entries()) {
      if (dana !== undefined) desk.fake.book.clients.set(id, { ...dana, id, firstName: 'New' })
      bookThere(desk, { id: `of-${id}`, start: when(`1${n}:00`), clientId: id })
    }
    desk.fake.server.always({ do: 'answer', status: 503 }, { path: /customers\/\w/ })
    await keep(2)
    // The first one's answer tells of the others.
    expect(asks()).toBe(1)
    desk.fake.server.calm()
    await keep(2)
    expect(unwrap(await desk.platform.clients({ ids: ['new-1', 'new-2', 'new-3'] })).map(({ firstName }) => firstName)).toEqual(['New', 'New', 'New'])
  })
})
