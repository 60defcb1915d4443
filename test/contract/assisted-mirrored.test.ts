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
      kind: fresha, credentials: { businessName: 'Tiny Salon', timezone: tinyZone, hours: 'Mon-Sat 9:00-18:00', services: 'Women\'s cut = 45 min, 65', feeds },
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

  test('moves by hand: free times from the feeds and the hours, the steps, and the feed that shows it', async () => {
    const made = await open()
    const { clock, platform, fresha: { book, sync }, room } = made
    const free = unwrap(await platform.searchSlots({ locationId: 'salon', wants: [{ serviceId: 'visit', staffId: 'bea-novak' }], ...saturday, rescheduling: 'b-cut', limit: 200 }))
    const times = free.map(({ start }) => start)
    expect(times).toContain(at('2026-11-21', '09:00', tinyZone))
    expect(times.every((start) => start >= at('2026-11-21', '09:00', tinyZone) && start <= at('2026-11-21', '17:15', tinyZone))).toBe(true)
    // Whoever is busy then is not offered.
    const others = book.list((visit) => visit.id !== 'b-cut' && visit.status === 'booked' && visit.segments.some(({ staffId }) => staffId === 'bea'))
    expect(free.every(({ start, end }) => others.every((other) => end <= other.start || other.end <= start))).toBe(true)
    const slot = free.find(({ start }) => start === at('2026-11-21', '09:00', tinyZone))
    if (slot === undefined) throw new Error('no slot')
    expect(unwrap(await platform.slot({ id: slot.id, rescheduling: 'b-cut' }))).toMatchObject({ free: true, slot: { start: slot.start, end: at('2026-11-21', '09:45', tinyZone) } })

    const approvals = approvalsOf(made)
    const proposal = await approvals.propose({ kind: 'reschedule', args: { appointmentId: 'b-cut', slotId: slot.id }, reason: '', requestedBy: maya.id })
    const { proposal: task } = await approvals.decide({ id: proposal.id, decision: 'approve', by: maya })
    expect(task).toMatchObject({ state: 'by_hand', byHand: { steps: expect.arrayContaining([expect.stringContaining('Saturday 21 November at 9:00 am in the column of Bea Novak')]) } })
    book.change('b-cut', { segments: book.segmentsOf([{ serviceId: 'cut', staffId: 'bea', durationMin: 45 }], slot.start) })
    sync()
    clock.advance(2)
    await approvals.byHand({ id: task.id, says: 'done', by: maya })
    await keepUp(room)
    await approvals.catchUp()
    expect(await approvals.get(task.id)).toMatchObject({ state: 'done' })
    expect(unwrap(await platform.slot({ id: slot.id }))).toMatchObject({ free: false })
    expect(unwrap(await platform.searchSlots({ locationId: 'salon', wants: [{ serviceId: 'visit' }], ...saturday }))).toEqual([])
  })

  test('nobody is offered a time when the salon is closed, or a service that it does not list', async () => {
    const { platform } = await open()
    const sunday = { from: at('2026-11-22', '00:00', tinyZone), to: at('2026-11-23', '00:00', tinyZone) }
    expect(unwrap(await platform.searchSlots({ locationId: 'salon', wants: [{ serviceId: 'women-s-cut' }], ...sunday }))).toEqual([])
    expect(unwrap(await platform.searchSlots({ locationId: 'salon', wants: [{ serviceId: 'women-s-cut' }], ...saturday })).length).toBeGreaterThan(0)
    expect(await platform.searchSlots({ locationId: 'salon', wants: [{ serviceId: 'perm' }], ...saturday })).toMatchObject({ ok: false, error: { kind: 'not_found' } })
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
      kind: mangomint, credentials: { businessName: 'Tiny Salon', timezone: tinyZone, hours: 'Mon-Sat 9:00-18:00', services: 'Women\'s cut = 45 min, 65', webhookToken: 'tiny-salon-token-nobody-can-guess' },
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
    expect(visit).toMatchObject({ id: 'b-cut', start: at('2026-11-21', '10:00', tinyZone), status: 'booked', segments: [{ serviceId: 'women-s-cut', durationMin: 45, price: { minor: 6500 } }] })
    expect(unwrap(await platform.catalog()).services).toMatchObject([{ id: 'women-s-cut', name: 'Women\'s cut' }])
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

  test('moves and books by hand, when nobody in the salon is known to be busy', async () => {
    const made = await open()
    const { clock, platform, mangomint: { book }, tell } = made
    await tell('b-cut')
    const query = { locationId: 'salon', wants: [{ serviceId: 'women-s-cut' }], ...saturday, limit: 200 }
    const free = unwrap(await platform.searchSlots(query))
    expect(free.map(({ start }) => start)).not.toContain(at('2026-11-21', '10:00', tinyZone))
    const noon = free.find(({ start }) => start === at('2026-11-21', '12:00', tinyZone))
    if (noon === undefined) throw new Error('no slot')
    const approvals = approvalsOf(made)
    const move = await approvals.propose({ kind: 'reschedule', args: { appointmentId: 'b-cut', slotId: noon.id }, reason: '', requestedBy: maya.id })
    const { proposal: task } = await approvals.decide({ id: move.id, decision: 'approve', by: maya })
    expect(task.byHand?.steps.join(' ')).toContain('Saturday 21 November at 12:00 pm in the column of whoever is to do it')
    book.change('b-cut', { segments: book.segmentsOf([{ serviceId: 'cut', staffId: 'bea' }], noon.start) })
    clock.advance(1)
    await tell('b-cut')
    expect((await approvals.byHand({ id: task.id, says: 'done', by: maya })).proposal).toMatchObject({ state: 'done' })

    const [visit] = unwrap(await platform.appointments(saturday)).items
    const again = unwrap(await platform.searchSlots(query)).find(({ start }) => start === at('2026-11-21', '15:00', tinyZone))
    const booking = await approvals.propose({ kind: 'book', args: { clientId: visit?.clientId ?? '', slotId: again?.id ?? '' }, reason: '', requestedBy: maya.id })
    expect((await approvals.decide({ id: booking.id, decision: 'approve', by: maya })).proposal).toMatchObject({ state: 'by_hand', byHand: { steps: expect.arrayContaining([expect.stringContaining('Dana Kim')]) } })
    const dana = book.visits.get('b-cut')?.clientId ?? ''
    const added = book.add({ clientId: dana, locationId: 'main', segments: book.segmentsOf([{ serviceId: 'cut', staffId: 'ana' }], at('2026-11-21', '15:00', tinyZone)), status: 'booked', note: '', fields: {} })
    await tell(added.id)
    expect((await approvals.byHand({ id: booking.id, says: 'done', by: maya })).proposal).toMatchObject({ state: 'done' })
  })
})
