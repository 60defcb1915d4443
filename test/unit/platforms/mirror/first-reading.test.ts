import { afterEach, describe, expect, test } from 'vitest'
import { readOneStep } from '../../../../src/platforms/mirror/first-reading.ts'
import { follow } from '../../../../src/platforms/mirror/hear.ts'
import { keepUp } from '../../../../src/platforms/mirror/keep-up.ts'
import type { MirrorRoom } from '../../../../src/platforms/mirror/mirror-room.ts'
import { unwrap } from '../../../../src/platforms/unwrap.ts'
import { addMinutes } from '../../../../src/salon/time.ts'
import type { Store } from '../../../../src/store/open-store.ts'
import { fakeSquare } from '../../../support/platforms/fake-square.ts'
import { anotherInstance, createMirroredDesk, readAll } from '../../../support/platforms/mirrored.ts'
import { bookThere, onSquare, type SquareDesk, when } from '../../../support/platforms/mirrored-square.ts'
import type { TestClock } from '../../../support/tiny-book.ts'

const desks: SquareDesk[] = []
afterEach(async () => { for (const { store } of desks.splice(0).toReversed()) await store.close() })

/** A salon with more than a page of everything: clients, the next weeks, the past. */
function busySquare({ clock }: { clock: TestClock }): ReturnType<typeof fakeSquare> {
  const fake = fakeSquare({ clock })
  const { book } = fake
  const dana = book.clients.get('dana-k')
  if (dana === undefined) throw new Error('no Dana')
  for (let n = 0; n < 130; n++) book.clients.set(`client-${n}`, { ...dana, id: `client-${n}`, firstName: 'Many', lastName: `Number ${n}`, phone: `+1213555${4000 + n}` })
  for (let n = 0; n < 120; n++) bookThere({ fake }, { id: `soon-${n}`, start: addMinutes(when('09:00'), n * 15), clientId: `client-${n}`, staffId: n % 2 === 0 ? 'ana' : 'cruz', serviceId: 'beard' })
  for (let n = 0; n < 130; n++) bookThere({ fake }, { id: `past-${n}`, start: addMinutes(when('09:00', '2026-11-10'), n * 15), clientId: `client-${129 - n}`, staffId: 'cruz', serviceId: 'beard', ...(n % 9 === 0 && { status: 'no_show' as const }) })
  bookThere({ fake }, { id: 'long-ago', start: when('09:00', '2023-03-14') })
  bookThere({ fake }, { id: 'far-ahead', start: when('09:00', '2027-06-15') })
  return fake
}

const onBusy = { ...onSquare, makeFake: (clock: TestClock) => busySquare({ clock }) }
const make = async (setup: typeof onSquare = onBusy) => {
  const desk = await createMirroredDesk({ ...setup, read: false })
  desks.push(desk)
  return desk
}
const syncOf = ({ store }: { store: Store }) => store.db.selectFrom('platform_sync').select(['phase', 'reached', 'cursor', 'error_code', 'visits', 'clients']).executeTakeFirstOrThrow()

/** Everything that features can see of the copy. */
async function contents({ platform, store }: SquareDesk): Promise<unknown> {
  const lives = unwrap(await platform.history({})).map(({ appointment, events }) => ({ appointment: Object.assign(appointment, { fetchedAt: '' }), events }))
  const ids = (await store.db.selectFrom('book_clients').select('id').orderBy('id').execute()).map(({ id }) => id)
  const chairs = await store.db.selectFrom('book_occupied').select(['appointment_id', 'chair']).orderBy('appointment_id').orderBy('chair').execute()
  const { visits, clients } = await syncOf({ store })
  return { lives, clients: unwrap(await platform.clients({ ids })), catalog: unwrap(await platform.catalog()), chairs, counted: { visits, clients } }
}

/** The room of an instance that is gone at its n-th transaction: what it had asked for is lost. */
function dyingAt(room: MirrorRoom, n: number): MirrorRoom {
  let left = n
  return { ...room, store: { ...room.store, transaction: (work) => (--left < 0 ? Promise.reject(new Error('gone')) : room.store.transaction(work)) } }
}

describe('stopped anywhere and gone on with by another instance, the copy is the same in the end', () => {
  const whole = async () => {
    const desk = await make()
    await readAll(desk.room)
    return contents(desk)
  }

  test('stopped at every single request', async () => {
    const [wanted, desk] = [await whole(), await make()]
    const { server } = desk.fake
    for (let more = true, turn = 0; more; turn++) {
      // Each instance gets a little further than where the one before it stopped: every request of the reading is a last one once.
      const instance = anotherInstance(desk, onBusy)
      for (let n = 0; n < [3, 1, 4, 2][turn % 4]!; n++) server.failNext({}, { do: 'before', run: () => {} })
      server.failNext({}, { do: turn % 2 === 0 ? 'drop' : 'lose' })
      for (let alive = true; alive && more;) {
        const step = await readOneStep(instance.room)
        alive = step.ok
        more = !step.ok || step.value.more
      }
      server.calm()
      await instance.store.close()
      expect(turn).toBeLessThan(200)
    }
    expect(await contents(desk)).toEqual(wanted)
  }, 60_000)

  test('killed before every single transaction', async () => {
    const [wanted, desk] = [await whole(), await make()]
    for (let more = true, turn = 0; more; turn++) {
      const instance = anotherInstance(desk, onBusy)
      const room = dyingAt(instance.room, 1 + (turn % 3))
      for (let alive = true; alive && more;) {
        const step = await readOneStep(room).catch(() => undefined)
        alive = step?.ok === true
        more = step?.ok !== true || step.value.more
      }
      await instance.store.close()
      expect(turn).toBeLessThan(300)
    }
    expect(await contents(desk)).toEqual(wanted)
  }, 60_000)
})

test.each([[503, 'unavailable', 1], [429, 'rate_limited', 1], [401, 'auth', 6]] as const)('status %i in the middle: where it stands is kept, and it goes on from there', async (status, kind, wait) => {
  const desk = await make()
  for (let n = 0; n < 6; n++) unwrap(await readOneStep(desk.room))
  const before = await syncOf(desk)
  desk.fake.server.always({ do: 'answer', status, body: { errors: [] } })
  expect(await keepUp(desk.room)).toEqual({ more: false })
  expect(await keepUp(desk.room)).toEqual({ more: false })
  expect(await syncOf(desk)).toEqual({ ...before, error_code: kind })
  // Being asked to slow down is nobody's trouble.
  const told = desk.reports.filter(({ what }) => what === 'sync_failed')
  expect(told).toHaveLength(kind === 'rate_limited' ? 0 : 1)
  desk.fake.server.calm()
  desk.clock.advance(wait)
  await readAll(desk.room)
  expect(await syncOf(desk)).toMatchObject({ phase: 'done', error_code: null })
})

test('a page that the platform no longer knows is no dead end: its part is read again from its beginning', async () => {
  const desk = await make()
  while ((await syncOf(desk)).cursor === null) unwrap(await readOneStep(desk.room))
  await desk.store.db.updateTable('platform_sync').set({ cursor: 'expired' }).execute()
  desk.fake.server.failNext({ path: /bookings$/ }, { do: 'answer', status: 400, body: { errors: [{ category: 'INVALID_REQUEST_ERROR', code: 'INVALID_CURSOR' }] } })
  expect([await keepUp(desk.room), (await syncOf(desk)).error_code]).toEqual([{ more: false }, 'invalid'])
  await readAll(desk.room)
  expect(unwrap(await desk.platform.appointments({ from: when('00:00'), to: when('23:00'), limit: 500 })).items.length).toBe(desk.fake.book.list(({ start }) => start >= when('00:00') && start < when('23:00')).length)
})

test('usable while it reads: first the near future, then clients, then the past; and it says so', async () => {
  const desk = await make()
  const states: string[] = []
  for (let more = true; more;) {
    more = unwrap(await readOneStep(desk.room)).more
    const { state } = await desk.platform.freshness()
    if (states.at(-1) !== state) states.push(state)
    const has = async (id: string) => (await desk.store.db.selectFrom('book_appointments').select('id').where('id', '=', id).executeTakeFirst()) !== undefined
    // Whoever reads of the past has tomorrow already.
    if (await has('past-20')) expect(await has('soon-119')).toBe(true)
    if (state === 'first_reading') expect(await has('long-ago')).toBe(false)
    if (state === 'live') expect([await has('long-ago'), await has('far-ahead')]).toEqual([true, true])
  }
  expect(states).toEqual(['first_reading', 'reading_past', 'live'])
})

test('whoever is on a later page of clients is known by the time the desk can be used, and nobody is asked for one by one', async () => {
  const desk = await make()
  while ((await desk.platform.freshness()).state === 'first_reading') unwrap(await readOneStep(desk.room))
  expect(unwrap(await desk.platform.clients({ ids: ['client-119'] }))).toMatchObject([{ firstName: 'Many', lastName: 'Number 119', phones: ['+12135554119'] }])
  expect(desk.fake.server.requests.filter(({ path }) => /customers\/./.test(path))).toEqual([])
})

test('visits that name what the catalogue does not know stop nothing', async () => {
  const desk = await make({ ...onSquare })
  const { fake } = desk
  bookThere(desk, { id: 'no-staff', start: when('10:00'), staffId: 'gone-staff' })
  bookThere(desk, { id: 'no-service', start: when('11:00'), serviceId: 'gone-service' })
  bookThere(desk, { id: 'no-client', start: when('12:00'), clientId: 'gone-client' })
  bookThere(desk, { id: 'nobody', start: when('13:00'), clientId: '' })
  bookThere(desk, { id: 'no-place', start: when('14:00'), locationId: 'gone-place' })
  await readAll(desk.room)
  const { items } = unwrap(await desk.platform.appointments({ from: when('09:00'), to: when('18:00') }))
  expect(items.map(({ id }) => id)).toEqual(['no-staff', 'no-service', 'no-client', 'nobody'])
  const catalog = unwrap(await desk.platform.catalog())
  expect(catalog.staff.find(({ id }) => id === 'gone-staff')).toMatchObject({ name: 'Former staff member', active: false })
  expect(catalog.services.find(({ id }) => id === 'gone-service')).toMatchObject({ name: 'Former service', active: false })
  expect(unwrap(await desk.platform.clients({ ids: items.map(({ clientId }) => clientId) })).map(({ firstName }) => firstName)).toEqual(expect.arrayContaining(['Unknown', 'Walk-in']))
  // Known later: the stand-in becomes who they are.
  const dana = fake.book.clients.get('dana-k')
  if (dana !== undefined) fake.book.clients.set('gone-client', { ...dana, id: 'gone-client', firstName: 'Late' })
  await follow(desk.room, { payload: { kind: 'client', id: 'gone-client' } })
  expect(unwrap(await desk.platform.client({ id: 'gone-client' })).firstName).toBe('Late')
})
