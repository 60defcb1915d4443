import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { failed, type BookingPlatform, type Capabilities } from '../../../../src/platforms/booking-platform.ts'
import { openEmbeddedBook } from '../../../../src/platforms/embedded/index.ts'
import { addMinutes, at } from '../../../../src/salon/time.ts'
import { verifyAudit } from '../../../../src/store/audit.ts'
import { mirrorEntries } from '../../../../src/waitlist/own-list/mirror-entries.ts'
import { withOwnWaitlist } from '../../../../src/waitlist/own-list/with-own-waitlist.ts'
import type { ContractHarness } from '../../../contract/booking-platform-contract.ts'
import { kindOf, value } from '../../../contract/booking-platform-contract.ts'
import { describeWaitlist } from '../../../contract/contract-waitlist.ts'
import { type FaultyPlatform, faultyPlatform } from '../../../support/faulty-platform.ts'
import { createTinyDesk, tinyZone } from '../../../support/tiny-book.ts'

/** A platform with less of a waitlist than the embedded one: what it denies it answers `unsupported`. */
function lessWaitlist(platform: BookingPlatform, waitlist: { now: Capabilities['waitlist'] }): BookingPlatform {
  const refuse = async <T>() => failed<T>('unsupported', 'no such thing here', { capability: 'waitlist' })
  return {
    ...platform,
    capabilities: async () => ({ ...(await platform.capabilities()), waitlist: waitlist.now }),
    waitlist: (query) => (waitlist.now === 'native_full' ? platform.waitlist(query) : refuse()),
    waitlistAdd: (command) => (waitlist.now === 'none' ? refuse() : platform.waitlistAdd(command)),
    waitlistSet: (command) => (waitlist.now === 'native_full' ? platform.waitlistSet(command) : refuse()),
  }
}

type Desk = Awaited<ReturnType<typeof createTinyDesk>> & { list: { now: Capabilities['waitlist'] }; book: BookingPlatform; inner: FaultyPlatform; platform: BookingPlatform }

async function open(now: Capabilities['waitlist']): Promise<Desk> {
  const tiny = await createTinyDesk()
  const list = { now }
  const inner = faultyPlatform(lessWaitlist(openEmbeddedBook(tiny), list))
  return { ...tiny, list, book: tiny.platform, inner, platform: withOwnWaitlist({ platform: inner, store: tiny.store, clock: tiny.clock }) }
}

const jo = { locationId: 'main', clientId: 'jo', serviceId: 'color' }

describe.each(['none', 'native_add_only'] as const)('a platform whose waitlist is %s', (now) => {
  let current: ContractHarness
  beforeEach(async () => {
    const { store, platform, clock } = await open(now)
    current = {
      platform, clock, close: () => store.close(),
      salon: { locationId: 'main', zone: tinyZone, service: 'cut', staff: 'ana', client: 'dana-k', otherClient: 'fay', booked: 'b-cut', free: { from: at('2026-11-24', '09:00', tinyZone), to: at('2026-11-24', '17:00', tinyZone) } } as ContractHarness['salon'],
    }
  })
  afterEach(() => current.close())

  test('has a whole one with ours', async () => {
    expect((await current.platform.capabilities()).waitlist).toBe('native_full')
    expect(value(await current.platform.waitlist({}))).toEqual([])
  })
  describeWaitlist({ harness: () => current })
})

describe('a list that can only be added to', () => {
  let desk: Desk
  beforeEach(async () => { desk = await open('native_add_only') })
  afterEach(() => desk.store.close())
  const mirror = () => mirrorEntries({ platform: desk.inner, store: desk.store, clock: desk.clock })
  const theirs = async () => value(await desk.book.waitlist({})).filter(({ clientId, serviceId }) => clientId === 'jo' && serviceId === 'color')

  test('gets every entry once, under a key of its own', async () => {
    const entry = value(await desk.platform.waitlistAdd({ key: 'k', ...jo, wanted: [], by: 'desk' }))
    const [copy] = await theirs()
    expect(copy?.id).not.toBe(entry.id)
    expect(await desk.store.db.selectFrom('own_waitlist').select(['mirror', 'mirror_id']).execute()).toEqual([{ mirror: 'added', mirror_id: copy?.id }])
    expect(await mirror()).toBe(0)
    const audit = await desk.store.db.selectFrom('audit').select(['action', 'subject']).where('action', '=', 'waitlist.mirrored').execute()
    expect(audit).toEqual([{ action: 'waitlist.mirrored', subject: `waitlist:${entry.id}` }])
    expect((await verifyAudit(desk.store.db)).ok).toBe(true)
  })

  test.each([
    ['refuses for now', { do: 'refuse', kind: 'unavailable' }],
    ['did it and the answer was lost', { do: 'drop' }],
    ['never got it', { do: 'lose' }],
  ] as const)('a list that %s is tried again, ours stands, and nobody stands on it twice', async (_, fault) => {
    desk.inner.failNext('waitlistAdd', fault)
    const entry = value(await desk.platform.waitlistAdd({ key: 'k', ...jo, wanted: [] }))
    expect(value(await desk.platform.waitlist({}))).toEqual([entry])
    expect(await mirror()).toBe(0)
    desk.clock.advance(1)
    expect(await mirror()).toBe(1)
    expect(await theirs()).toHaveLength(1)
  })

  test('a list that refuses for good is left alone, and that is on record', async () => {
    desk.inner.failNext('waitlistAdd', { do: 'refuse', kind: 'policy_blocked' })
    const entry = value(await desk.platform.waitlistAdd({ key: 'k', ...jo, wanted: [] }))
    desk.clock.advance(24 * 60)
    expect(await mirror()).toBe(0)
    expect(value(await desk.platform.waitlist({ serviceId: 'color' }))).toEqual([entry])
    expect(await desk.store.db.selectFrom('audit').select('detail').where('action', '=', 'waitlist.mirror_refused').execute()).toEqual([{ detail: { tries: 1, why: 'policy_blocked' } }])
  })

  test('waits longer after each try, and two instances do not both try', async () => {
    for (const _ of [1, 2, 3]) desk.inner.failNext('waitlistAdd', { do: 'refuse', kind: 'unavailable' })
    value(await desk.platform.waitlistAdd({ key: 'k', ...jo, wanted: [] }))
    desk.clock.advance(1)
    await mirror()
    desk.clock.advance(1)
    await mirror()
    expect(desk.inner.calls.filter(({ operation }) => operation === 'waitlistAdd')).toHaveLength(2)
    desk.clock.advance(1)
    await Promise.all([mirror(), mirror()])
    expect(desk.inner.calls.filter(({ operation }) => operation === 'waitlistAdd')).toHaveLength(3)
  })

  test('a change of times reaches it while nothing was sent', async () => {
    desk.list.now = 'none'
    const { id } = value(await desk.platform.waitlistAdd({ key: 'before', ...jo, wanted: [] }))
    desk.list.now = 'native_add_only'
    // As after a crash between ours and theirs.
    await desk.store.db.updateTable('own_waitlist').set({ mirror: 'wanted', mirror_due_at: desk.clock.now(), mirror_command: JSON.stringify({ key: 'before:mirror', ...jo, wanted: [] }) }).execute()
    const wanted = [{ from: '2026-11-24T18:00:00.000Z', to: '2026-11-24T20:00:00.000Z' }]
    value(await desk.platform.waitlistSet({ key: 'times', id, to: 'waiting', wanted }))
    expect(await mirror()).toBe(1)
    expect(await theirs()).toMatchObject([{ wanted }])
  })

  test('whoever left meanwhile is not added, and who comes back is after all', async () => {
    desk.inner.failNext('waitlistAdd', { do: 'refuse', kind: 'unavailable' })
    const { id } = value(await desk.platform.waitlistAdd({ key: 'k', ...jo, wanted: [] }))
    value(await desk.platform.waitlistSet({ key: 'off', id, to: 'left' }))
    desk.clock.advance(5)
    expect(await mirror()).toBe(0)
    expect(await theirs()).toEqual([])
    value(await desk.platform.waitlistSet({ key: 'on', id, to: 'waiting' }))
    expect(await mirror()).toBe(1)
    expect(await theirs()).toHaveLength(1)
  })

  test('a list that is gone altogether is mirrored to no more', async () => {
    desk.inner.failNext('waitlistAdd', { do: 'refuse', kind: 'unavailable' })
    value(await desk.platform.waitlistAdd({ key: 'k', ...jo, wanted: [] }))
    desk.list.now = 'none'
    desk.clock.advance(5)
    expect(await mirror()).toBe(0)
    expect(await desk.store.db.selectFrom('own_waitlist').select('mirror').execute()).toEqual([{ mirror: 'none' }])
  })
})

describe('a platform with a whole waitlist', () => {
  let desk: Desk
  beforeEach(async () => { desk = await open('native_full') })
  afterEach(() => desk.store.close())

  test('is the list: what is asked goes straight there, and nothing of ours is made', async () => {
    expect(await desk.platform.waitlist({})).toEqual(await desk.book.waitlist({}))
    const entry = value(await desk.platform.waitlistAdd({ key: 'k', ...jo, wanted: [] }))
    expect(value(await desk.platform.waitlistSet({ key: 's', id: entry.id, to: 'left' }))).toEqual({ ...entry, status: 'left' })
    expect(desk.inner.calls.map(({ operation }) => operation)).toEqual(['waitlist', 'waitlistAdd', 'waitlistSet'])
    expect(await desk.store.db.selectFrom('own_waitlist').selectAll().execute()).toEqual([])
    expect(await desk.platform.capabilities()).toEqual(await desk.inner.capabilities())
  })

  test('who is on ours from before is shown beside it in their place, once, and can be served', async () => {
    desk.list.now = 'none'
    const fay = value(await desk.platform.waitlistAdd({ key: 'fay', ...jo, clientId: 'fay', wanted: [] }))
    const both = value(await desk.platform.waitlistAdd({ key: 'ivan', ...jo, clientId: 'ivan', wanted: [] }))
    desk.clock.advance(5)
    desk.list.now = 'native_full'
    const late = value(await desk.platform.waitlistAdd({ key: 'late', ...jo, wanted: [] }))
    // Ivan waits for the same on the platform's list already.
    expect(value(await desk.platform.waitlist({})).map(({ id }) => id)).toEqual(['w-ivan', 'w-jo', fay.id, late.id])
    expect(value(await desk.platform.waitlist({ ids: [fay.id, 'w-jo', both.id] })).map(({ id }) => id)).toEqual(['w-jo', both.id, fay.id].toSorted((a, b) => (a === 'w-jo' ? -1 : b === 'w-jo' ? 1 : a < b ? -1 : 1)))
    value(await desk.platform.waitlistSet({ key: 'served', id: fay.id, to: 'filled' }))
    expect(value(await desk.platform.waitlist({})).map(({ id }) => id)).toEqual(['w-ivan', 'w-jo', late.id])
    value(await desk.platform.waitlistSet({ key: 'off', id: both.id, to: 'left' }))
    expect(value(await desk.platform.waitlist({})).map(({ id }) => id)).toEqual(['w-ivan', 'w-jo', late.id])
  })

  test('what its list got from ours is one entry, and is set in both', async () => {
    desk.list.now = 'native_add_only'
    const own = value(await desk.platform.waitlistAdd({ key: 'k', ...jo, wanted: [] }))
    desk.list.now = 'native_full'
    const list = value(await desk.platform.waitlist({ serviceId: 'color' }))
    expect(list.filter(({ clientId }) => clientId === 'jo')).toHaveLength(1)
    desk.inner.failNext('waitlistSet', { do: 'refuse', kind: 'unavailable' })
    expect(kindOf(await desk.platform.waitlistSet({ key: 'served', id: own.id, to: 'filled' }))).toBe('unavailable')
    value(await desk.platform.waitlistSet({ key: 'served', id: own.id, to: 'filled' }))
    expect(value(await desk.platform.waitlist({ serviceId: 'color' })).filter(({ clientId }) => clientId === 'jo')).toEqual([])
    expect(value(await desk.platform.waitlist({ ids: [own.id] }))).toMatchObject([{ status: 'filled' }])
  })

  test('a platform that does not answer is not hidden by ours', async () => {
    desk.list.now = 'none'
    value(await desk.platform.waitlistAdd({ key: 'k', ...jo, wanted: [] }))
    desk.list.now = 'native_full'
    desk.inner.failNext('waitlist', { do: 'refuse', kind: 'unavailable' })
    expect(kindOf(await desk.platform.waitlist({}))).toBe('unavailable')
  })
})

test('a platform that does not answer who the client is refuses, and nobody waits', async () => {
  const desk = await open('none')
  desk.inner.failNext('client', { do: 'refuse', kind: 'unavailable' })
  expect(kindOf(await desk.platform.waitlistAdd({ key: 'k', ...jo, wanted: [] }))).toBe('unavailable')
  const entry = value(await desk.platform.waitlistAdd({ key: 'k', ...jo, wanted: [{ from: desk.clock.now(), to: addMinutes(desk.clock.now(), 60) }] }))
  expect(value(await desk.platform.waitlist({}))).toEqual([entry])
  await desk.store.close()
})
