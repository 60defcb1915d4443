import { afterEach, describe, expect, test } from 'vitest'
import { openApprovals } from '../../src/approvals/open-approvals.ts'
import { bookingActions } from '../../src/bookings/booking-actions.ts'
import { fresha } from '../../src/platforms/fresha/index.ts'
import { mangomint } from '../../src/platforms/mangomint/index.ts'
import { follow, hear, webhookSource } from '../../src/platforms/mirror/hear.ts'
import { keepUp } from '../../src/platforms/mirror/keep-up.ts'
import { unwrap } from '../../src/platforms/unwrap.ts'
import { at } from '../../src/salon/time.ts'
import { maya } from '../support/approvals-desk.ts'
import { fakeFresha } from '../support/platforms/fake-fresha.ts'
import { fakeMangomint } from '../support/platforms/fake-mangomint.ts'
import { createMirroredDesk, type MirroredDesk } from '../support/platforms/mirrored.ts'
import { testClock, tinyZone, type TestClock } from '../support/tiny-book.ts'
import type { AdapterFake } from './adapter-contract.ts'

let desk: MirroredDesk<AdapterFake> | undefined
afterEach(async () => { await desk?.store.close() })

const approvalsOf = ({ store, clock, platform }: MirroredDesk<AdapterFake>) => openApprovals({ store, clock, actions: bookingActions({ platform, clock, cite: async () => [] }) })
const saturday = { from: at('2026-11-21', '00:00', tinyZone), to: at('2026-11-22', '00:00', tinyZone) }

describe('a salon on Fresha', () => {
  const open = async () => {
    const feeds = fakeFresha({ clock: testClock() }).feeds
    let fake: ReturnType<typeof fakeFresha> | undefined
    const made = await createMirroredDesk({
      kind: fresha, credentials: { businessName: 'Tiny Salon', timezone: tinyZone, feeds },
      makeFake: (clock: TestClock) => {
        fake = fakeFresha({ clock })
        return { ...fake, revoke: () => {} }
      },
    })
    desk = made
    if (fake === undefined) throw new Error('no fake')
    return { ...made, fresha: fake }
  }

  test('sees its day, without clients', async () => {
    const { platform, fresha: { book } } = await open()
    const day = unwrap(await platform.appointments({ ...saturday, includeCancelled: true })).items
    expect(day.map(({ id }) => id).toSorted()).toEqual(book.list((visit) => visit.start >= saturday.from && visit.start < saturday.to).map(({ id }) => id).toSorted())
    expect(day.map(({ clientId }) => clientId)).toEqual(day.map(() => 'nobody'))
  })

  test('cancels by hand: the steps, the press, and the feed that shows it a while later', async () => {
    const made = await open()
    const { clock, platform, fresha: { book, sync }, room } = made
    const approvals = approvalsOf(made)
    const proposal = await approvals.propose({ kind: 'cancel', args: { appointmentId: 'b-cut', cancelledBy: 'client' }, reason: 'she rang', requestedBy: maya.id })
    const { proposal: task } = await approvals.decide({ id: proposal.id, decision: 'approve', by: maya })
    expect(task).toMatchObject({ state: 'by_hand', byHand: { steps: expect.arrayContaining([expect.stringContaining('Saturday 21 November at 10:00 am'), expect.stringContaining('the client')]) } })
    expect(book.visits.get('b-cut')?.status).toBe('booked')

    book.change('b-cut', { status: 'cancelled', cancelledBy: 'client' })
    expect((await approvals.byHand({ id: task.id, says: 'done', by: maya })).proposal).toMatchObject({ state: 'by_hand', errorCode: 'not_seen' })
    clock.advance(15)
    sync()
    await keepUp(room)
    await approvals.catchUp()
    expect(await approvals.get(task.id)).toMatchObject({ state: 'done' })
    expect(unwrap(await platform.appointment({ id: 'b-cut' }))).toMatchObject({ status: 'cancelled' })
  })

  test('a client\'s yes and a no-show are kept here: nobody has to enter in Fresha what its feeds could not show', async () => {
    const made = await open()
    const { clock, platform, room, store } = made
    const visit = async () => unwrap(await platform.appointment({ id: 'b-cut' }))
    const approvals = approvalsOf(made)
    const proposal = await approvals.propose({ kind: 'set_status', args: { appointmentId: 'b-cut', to: 'confirmed' }, reason: '', requestedBy: maya.id })
    expect((await approvals.decide({ id: proposal.id, decision: 'approve', by: maya })).proposal).toMatchObject({ state: 'done', byHand: null })
    for (let reading = 0; reading < 2; reading++) {
      clock.advance(3)
      await keepUp(room)
      expect((await visit()).status).toBe('confirmed')
    }
    clock.set(at('2026-11-21', '10:20', tinyZone))
    expect(unwrap(await platform.setStatus({ key: 'gone', id: 'b-cut', expectedVersion: (await visit()).version, to: 'no_show' })).status).toBe('no_show')
    // Its time is over now, and the feed still shows it: that is no word against it.
    clock.set(at('2026-11-21', '11:30', tinyZone))
    await keepUp(room)
    expect((await visit()).status).toBe('no_show')
    expect(await store.db.selectFrom('platform_writes').select('key').where('state', '<>', 'done').execute()).toEqual([])
  })

  test('a visit that is gone from the feed is cancelled, too', async () => {
    const made = await open()
    const { clock, fresha: { book, sync } } = made
    const approvals = approvalsOf(made)
    const proposal = await approvals.propose({ kind: 'cancel', args: { appointmentId: 'b-cut', cancelledBy: 'salon' }, reason: '', requestedBy: maya.id })
    await approvals.decide({ id: proposal.id, decision: 'approve', by: maya })
    book.remove('b-cut')
    sync()
    clock.advance(2)
    expect((await approvals.byHand({ id: proposal.id, says: 'done', by: maya })).proposal).toMatchObject({ state: 'done' })
  })
})

describe('a salon on Mangomint', () => {
  const open = async () => {
    let fake: ReturnType<typeof fakeMangomint> | undefined
    const made = await createMirroredDesk({
      kind: mangomint, credentials: { businessName: 'Tiny Salon', timezone: tinyZone, webhookToken: 'tiny-salon-token-nobody-can-guess' },
      makeFake: (clock: TestClock) => {
        fake = fakeMangomint({ clock })
        return { ...fake, revoke: () => {} }
      },
    })
    desk = made
    const vendor = fake
    if (vendor === undefined) throw new Error('no fake')
    /** Mangomint tells of a visit, and what waits in the inbox is worked. */
    const tell = async (visitId: string) => {
      const heard = await hear(made.room, vendor.webhook(visitId))
      for (const row of await made.store.db.selectFrom('inbox').select(['id', 'payload']).where('source', '=', webhookSource).where('state', '=', 'new').orderBy('id').execute()) {
        await follow(made.room, row)
        await made.store.db.updateTable('inbox').set({ state: 'done' }).where('id', '=', row.id).execute()
      }
      return heard
    }
    return { ...made, mangomint: vendor, tell }
  }

  test('knows what it was told, with client, service and price; the same again changes nothing', async () => {
    const { platform, tell } = await open()
    expect(await tell('b-cut')).toMatchObject({ status: 200, trust: 'token', kept: 1 })
    expect(await tell('b-cut')).toMatchObject({ status: 200, kept: 0 })
    const [visit, ...others] = unwrap(await platform.appointments(saturday)).items
    expect(others).toEqual([])
    expect(visit).toMatchObject({ id: 'b-cut', start: at('2026-11-21', '10:00', tinyZone), status: 'booked', segments: [{ serviceId: 'cut', price: { minor: 6500 } }] })
    expect(unwrap(await platform.catalog()).services).toMatchObject([{ id: 'cut', name: 'Women\'s cut', category: 'style' }])
    expect(unwrap(await platform.client({ id: visit?.clientId ?? '' }))).toMatchObject({ firstName: 'Dana', lastName: 'Kim', phones: ['+12135550102'] })
  })

  test('cancels by hand: done when Mangomint tells of it', async () => {
    const made = await open()
    const { clock, mangomint: { book }, tell } = made
    await tell('b-cut')
    const approvals = approvalsOf(made)
    const proposal = await approvals.propose({ kind: 'cancel', args: { appointmentId: 'b-cut', cancelledBy: 'salon' }, reason: '', requestedBy: maya.id })
    const { proposal: task } = await approvals.decide({ id: proposal.id, decision: 'approve', by: maya })
    expect(task).toMatchObject({ state: 'by_hand', byHand: { steps: expect.arrayContaining([expect.stringContaining('Dana Kim')]) } })
    book.change('b-cut', { status: 'cancelled', cancelledBy: 'salon' })
    expect((await approvals.byHand({ id: task.id, says: 'done', by: maya })).proposal).toMatchObject({ state: 'by_hand', errorCode: 'not_seen' })
    clock.advance(1)
    await tell('b-cut')
    await approvals.catchUp()
    expect(await approvals.get(task.id)).toMatchObject({ state: 'done' })
  })
})
