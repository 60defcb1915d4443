import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readFreshness } from '../../../../src/platforms/mirror/freshness.ts'
import { keepUp } from '../../../../src/platforms/mirror/keep-up.ts'
import { applyPage } from '../../../../src/platforms/mirror/read-range.ts'
import { refreshVisit } from '../../../../src/platforms/mirror/refresh.ts'
import { expectSoundAudit } from '../../../support/approvals-desk.ts'
import { mirroredDesks } from '../../../support/platforms/mirrored.ts'
import { bookThere, moveThere, onSquare, type SquareDesk, when } from '../../../support/platforms/mirrored-square.ts'

const desks = mirroredDesks(onSquare)
let desk: SquareDesk
beforeEach(async () => { desk = await desks.make() })
afterEach(async () => {
  await expectSoundAudit(desk)
  await desk.store.close()
})
afterAll(() => desks.end())

const audited = async (action: string) => (await desk.store.db.selectFrom('audit').select(['subject', 'detail']).where('action', '=', action).orderBy('seq').execute())
const poll = async (): Promise<void> => {
  desk.clock.advance(3)
  await keepUp(desk.room)
}

describe('a visit that somebody put onto another one of the same person', () => {
  test('is reported once, by a poll, with whom it lies on, and is in the audit log', async () => {
    bookThere(desk, { id: 'first', start: when('11:00') })
    await poll()
    expect(desk.reports).toEqual([])
    bookThere(desk, { id: 'second', start: when('11:30'), clientId: 'fay' })
    await poll()
    await poll()
    expect(desk.reports).toEqual([{ what: 'overbooked', visitIds: ['second', 'first'] }])
    expect(await audited('platform.overbooked')).toEqual([{ subject: 'appointment:second', detail: { clientId: 'fay', locationId: 'main', start: when('11:30'), others: ['first'] } }])
  })

  test('is reported when it was moved there, and when a webhook or a look at it told of it', async () => {
    bookThere(desk, { id: 'first', start: when('11:00') })
    bookThere(desk, { id: 'second', start: when('14:00'), clientId: 'fay' })
    await poll()
    moveThere(desk, 'second', when('11:15'))
    await refreshVisit(desk.room, 'second')
    await poll()
    expect(desk.reports).toEqual([{ what: 'overbooked', visitIds: ['second', 'first'] }])
    // A change of something else is no news about the time.
    desk.fake.book.change('second', { note: 'wants tea' })
    await poll()
    expect(desk.reports).toHaveLength(1)
  })

  test('is not reported when somebody else does it, one of them is off, it is over, or it was there at the first reading', async () => {
    bookThere(desk, { id: 'first', start: when('11:00') })
    bookThere(desk, { id: 'beside', start: when('11:00'), clientId: 'fay', staffId: 'bea' })
    bookThere(desk, { id: 'off', start: when('11:10'), clientId: 'fay', status: 'cancelled', cancelledBy: 'client' })
    bookThere(desk, { id: 'past', start: when('09:00', '2026-11-20') })
    bookThere(desk, { id: 'past-too', start: when('09:10', '2026-11-20'), clientId: 'fay' })
    await poll()
    bookThere(desk, { id: 'early', start: when('15:00') })
    const twice = bookThere(desk, { id: 'early-too', start: when('15:00'), clientId: 'fay' })
    const read = await Promise.all(['early', twice.id].map(async (id) => desk.adapter.visit({ id })))
    await applyPage(desk.room, read.flatMap((one) => (one.ok ? [one.value] : [])), { quiet: true })
    await poll()
    expect(desk.reports).toEqual([])
  })

  test('visits that name nobody, or a whole team, may lie on each other', async () => {
    const read = await desk.adapter.visit({ id: bookThere(desk, { start: when('11:00') }).id })
    if (!read.ok) throw new Error('not read')
    const { visit } = read.value
    const [segment] = visit.segments
    if (segment === undefined) throw new Error('no segment')
    for (const staffId of ['', 'team', 'team/America/Denver']) {
      const segments = [{ ...segment, staffId }]
      const visits = ['one', 'two'].map((id) => ({ visit: Object.assign(structuredClone(visit), { id: `${id} ${staffId}`, segments }) }))
      expect((await applyPage(desk.room, visits, { quiet: false })).map(({ did }) => did)).toEqual(['added', 'added'])
    }
    expect(desk.reports).toEqual([])
  })
})

test('a reading that fails is in the audit log once, until it works again', async () => {
  desk.fake.server.always({ do: 'answer', status: 503 })
  await poll()
  await poll()
  expect(await audited('platform.sync_failed')).toEqual([{ subject: 'platform:square', detail: { code: 'unavailable' } }])
  expect(desk.reports).toEqual([{ what: 'sync_failed', code: 'unavailable' }])
})

test('webhooks that tell nothing while polling finds changes are said to be silent', async () => {
  await desk.store.db.updateTable('platform_sync').set({ webhook_at: desk.clock.now() }).execute()
  for (let n = 0; n < 5; n++) bookThere(desk, { start: when(`1${n}:00`), staffId: 'cruz', serviceId: 'beard' })
  desk.clock.advance(20)
  await keepUp(desk.room)
  expect(await audited('platform.webhooks_silent')).toEqual([{ subject: 'platform:square', detail: { overlooked: 5 } }])
  expect(desk.reports).toEqual([{ what: 'webhooks_silent', overlooked: 5 }])
})

describe('how old the copy is', () => {
  const freshness = () => readFreshness(desk)

  test('live after a poll, stale a quarter of an hour after the last one, with what is in the way', async () => {
    await poll()
    const asOf = desk.clock.now()
    expect(await freshness()).toEqual({ state: 'live', asOf })
    desk.clock.advance(16)
    expect(await freshness()).toEqual({ state: 'stale', asOf })
    await desk.store.db.updateTable('platform_sync').set({ error_code: 'unavailable' }).execute()
    expect(await freshness()).toEqual({ state: 'stale', asOf, trouble: 'unavailable' })
  })

  test('of a platform that only sends: as of the last that it sent, silent after a day, never "the next two months are complete"', async () => {
    await desk.store.db.updateTable('platform_connection').set({ capabilities: JSON.stringify({ ...onSquare.kind.declared, read: 'events_only' }) }).execute()
    await desk.store.db.updateTable('platform_sync').set({ as_of: desk.clock.now(), webhook_at: null }).execute()
    desk.clock.advance(60)
    const heard = desk.clock.now()
    await desk.store.db.updateTable('platform_sync').set({ webhook_at: heard }).execute()
    desk.clock.advance(60)
    expect(await freshness()).toEqual({ state: 'live', asOf: heard })
    expect(await desk.platform.clients({ ids: ['jo'] })).toMatchObject({ observedAt: heard })
    desk.clock.advance(1440)
    expect(await freshness()).toEqual({ state: 'stale', asOf: heard, trouble: 'silent' })
    await desk.store.db.updateTable('platform_sync').set({ phase: 'clients' }).execute()
    expect(await freshness()).toMatchObject({ state: 'first_reading' })
  })
})
