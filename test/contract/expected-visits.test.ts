import { afterEach, beforeEach, expect, test } from 'vitest'
import { openApprovals } from '../../src/approvals/open-approvals.ts'
import { bookingActions } from '../../src/bookings/booking-actions.ts'
import { readCatalog } from '../../src/platforms/embedded/read-catalog.ts'
import { fresha } from '../../src/platforms/fresha/index.ts'
import { applyClients } from '../../src/platforms/mirror/apply-clients.ts'
import { keepUp } from '../../src/platforms/mirror/keep-up.ts'
import { unwrap } from '../../src/platforms/unwrap.ts'
import { at } from '../../src/salon/time.ts'
import { forgetExpected } from '../../src/store/expected-visits.ts'
import { forgetOld } from '../../src/store/forget-old.ts'
import { maya } from '../support/approvals-desk.ts'
import { fakeFresha } from '../support/platforms/fake-fresha.ts'
import { createMirroredDesk, type MirroredDesk } from '../support/platforms/mirrored.ts'
import { testClock, tinyZone, type TestClock } from '../support/tiny-book.ts'
import type { AdapterFake } from './adapter-contract.ts'

/** A booking that a person makes in Fresha shows up in a feed that tells no clients. */
let desk: MirroredDesk<AdapterFake>
let fake: ReturnType<typeof fakeFresha>
let approvals: ReturnType<typeof openApprovals>
const when = (time: string) => at('2026-11-21', time, tinyZone)

beforeEach(async () => {
  desk = await createMirroredDesk({
    kind: fresha, credentials: { businessName: 'Tiny Salon', timezone: tinyZone, hours: 'Mon-Sat 9:00-18:00', services: 'Women\'s cut = 45 min, 65', feeds: fakeFresha({ clock: testClock() }).feeds },
    makeFake: (clock: TestClock) => {
      fake = fakeFresha({ clock })
      return { ...fake, revoke: () => {} }
    },
  })
  const { store, clock, platform } = desk
  approvals = openApprovals({ store, clock, actions: bookingActions({ platform, clock, cite: async () => [] }) })
  await store.transaction(async (trx) => {
    const catalog = await readCatalog(trx)
    if (catalog === undefined) throw new Error('nothing was read')
    const clients = [['fay', 'Fay'], ['gus', 'Gus']].map(([id = '', firstName = '']) => ({ id, firstName, lastName: 'Test', phones: [], consent: { sms: 'unknown' as const, email: 'unknown' as const }, tags: [], notes: [], holdings: [] }))
    await applyClients({ trx, store, catalog, clients, now: clock.now(), quiet: true })
  })
})
afterEach(() => desk.store.close())

/** Approved and handed over, a minute ago. */
async function handOver({ clientId = 'fay', time = '15:00', staffId = 'ana-ortiz' } = {}) {
  const slots = unwrap(await desk.platform.searchSlots({ locationId: 'salon', wants: [{ serviceId: 'women-s-cut', staffId }], from: when(time), to: when('18:00') }))
  const proposal = await approvals.propose({ kind: 'book', args: { clientId, slotId: slots[0]?.id ?? '' }, reason: '', requestedBy: maya.id })
  const { proposal: task } = await approvals.decide({ id: proposal.id, decision: 'approve', by: maya })
  expect(task.state).toBe('by_hand')
  desk.clock.advance(1)
  return task
}
/** Somebody makes an appointment in Fresha. */
const bookThere = ({ time = '15:00', staffId = 'ana' } = {}) =>
  fake.book.add({ clientId: 'b', locationId: 'main', segments: fake.book.segmentsOf([{ serviceId: 'cut', staffId, durationMin: 45 }], when(time)), status: 'booked', note: '', fields: {} }).id
const read = async (minutes = 3) => {
  fake.sync()
  desk.clock.advance(minutes)
  await keepUp(desk.room)
}
const visit = async (id: string) => unwrap(await desk.platform.appointment({ id }))
const clientOf = async (id: string) => (await visit(id)).clientId

test('the visit that appears there and then is the client\'s, with the service, and the task is done', async () => {
  const task = await handOver()
  const id = bookThere()
  await read()
  expect(await visit(id)).toMatchObject({ clientId: 'fay', segments: [{ serviceId: 'women-s-cut', staffId: 'ana-ortiz', durationMin: 45, price: { minor: 6500 } }] })
  expect((await approvals.byHand({ id: task.id, says: 'done', by: maya })).proposal).toMatchObject({ state: 'done', result: { data: { appointmentId: id } } })
})

test('further readings leave it theirs, and change nothing', async () => {
  await handOver()
  const id = bookThere()
  await read()
  const before = await visit(id)
  const { cursor } = unwrap(await desk.platform.changes({}))
  for (let n = 0; n < 3; n++) await read(61)
  expect(await visit(id)).toMatchObject({ clientId: 'fay', version: before.version })
  expect(unwrap(await desk.platform.changes({ cursor })).changes).toEqual([])
})

test('moved there later, to another hour and another person, it stays theirs; so it does when it is cancelled', async () => {
  await handOver()
  const id = bookThere()
  await read()
  fake.book.change(id, { segments: fake.book.segmentsOf([{ serviceId: 'cut', staffId: 'bea', durationMin: 60 }], when('16:30')) })
  await read()
  expect(await visit(id)).toMatchObject({ clientId: 'fay', start: when('16:30'), segments: [{ serviceId: 'women-s-cut', staffId: 'bea-novak', durationMin: 60 }] })
  fake.book.change(id, { status: 'cancelled' })
  await read()
  expect(await visit(id)).toMatchObject({ clientId: 'fay', status: 'cancelled' })
})

test('another visit then is nobody\'s: it is given once', async () => {
  await handOver()
  const id = bookThere()
  await read()
  fake.book.change(id, { segments: fake.book.segmentsOf([{ serviceId: 'cut', staffId: 'ana', durationMin: 45 }], when('16:30')) })
  const second = bookThere()
  await read()
  expect([await clientOf(id), await clientOf(second)]).toEqual(['fay', 'nobody'])
})

test.each([['at another time', { time: '15:15' }], ['with somebody else', { staffId: 'bea' }]])('a visit %s is nobody\'s', async (_name, where) => {
  await handOver()
  const id = bookThere(where)
  await read()
  expect(await clientOf(id)).toBe('nobody')
})

test('a visit that was made before anybody was asked is nobody\'s, however late the feed shows it', async () => {
  const id = bookThere()
  desk.clock.advance(10)
  await handOver()
  await read()
  expect(await clientOf(id)).toBe('nobody')
})

test.each(['not_done', 'taken_back'] as const)('nothing is expected any more once a person says %s', async (says) => {
  const task = await handOver()
  if (says === 'taken_back') await approvals.byHand({ id: task.id, says: 'done', by: maya })
  expect((await approvals.byHand({ id: task.id, says, by: maya })).proposal.state).toBe('failed')
  const id = bookThere()
  await read()
  expect(await clientOf(id)).toBe('nobody')
})

test('after its time nothing that appears is taken for it, and it is forgotten', async () => {
  await handOver()
  desk.clock.set(when('16:10'))
  const id = bookThere()
  await read()
  expect(await clientOf(id)).toBe('nobody')
  desk.clock.advance(20 * 24 * 60)
  await forgetOld(desk)
  expect(await desk.store.db.selectFrom('expected_visits').select('key').execute()).toEqual([])
})

test('one command of a change that is given up is forgotten with it, and no other', async () => {
  const [slot] = unwrap(await desk.platform.searchSlots({ locationId: 'salon', wants: [{ serviceId: 'women-s-cut', staffId: 'ana-ortiz' }], from: when('15:00'), to: when('18:00') }))
  for (const key of ['offer:o1:book', 'offer:o10:book']) expect(await desk.platform.create({ key, clientId: 'fay', slotId: slot?.id ?? '' })).toMatchObject({ ok: false, error: { kind: 'assisted_required' } })
  // Asked again, it is still one.
  await desk.platform.create({ key: 'offer:o1:book', clientId: 'fay', slotId: slot?.id ?? '' })
  await desk.store.transaction((trx) => forgetExpected(trx, { key: 'offer:o1' }))
  expect(await desk.store.db.selectFrom('expected_visits').select('key').execute()).toEqual([{ key: 'offer:o10:book' }])
})

test('two that are expected at one time go by who does it', async () => {
  await handOver()
  await handOver({ clientId: 'gus', staffId: 'bea-novak' })
  const [bea, ana] = [bookThere({ staffId: 'bea' }), bookThere()]
  await read()
  expect([await clientOf(ana), await clientOf(bea)]).toEqual(['fay', 'gus'])
})

test('a visit in the feed keeps being the client\'s when it is moved by the desk', async () => {
  await handOver()
  const id = bookThere()
  await read()
  const [slot] = unwrap(await desk.platform.searchSlots({ locationId: 'salon', wants: [{ serviceId: 'women-s-cut', staffId: 'ana-ortiz' }], from: when('12:00'), to: when('18:00'), rescheduling: id }))
  const move = await approvals.propose({ kind: 'reschedule', args: { appointmentId: id, slotId: slot?.id ?? '' }, reason: '', requestedBy: maya.id })
  expect(move.facts.title).toBe('Move Fay Test')
  const { proposal: task } = await approvals.decide({ id: move.id, decision: 'approve', by: maya })
  fake.book.change(id, { segments: fake.book.segmentsOf([{ serviceId: 'cut', staffId: 'ana', durationMin: 45 }], slot?.start ?? '') })
  await read()
  expect((await approvals.byHand({ id: task.id, says: 'done', by: maya })).proposal.state).toBe('done')
  expect(await visit(id)).toMatchObject({ clientId: 'fay', start: slot?.start })
})
