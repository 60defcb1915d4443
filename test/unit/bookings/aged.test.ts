import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Action } from '../../../src/approvals/action.ts'
import { bookingActions } from '../../../src/bookings/booking-actions.ts'
import type { BookingPlatform, Capabilities } from '../../../src/platforms/booking-platform.ts'
import { unwrap } from '../../../src/platforms/unwrap.ts'
import type { Freshness } from '../../../src/salon/freshness.ts'
import { addMinutes, at } from '../../../src/salon/time.ts'
import type { Store } from '../../../src/store/open-store.ts'
import { createTinyDesk, type TestClock, tinyZone } from '../../support/tiny-book.ts'

let desk: { store: Store; platform: BookingPlatform; clock: TestClock }
beforeAll(async () => { desk = await createTinyDesk() })
afterAll(() => desk.store.close())

/** What the card of each change of a visit says that has to be seen, with the visit read that many minutes ago. */
async function noticesOf({ minutes, read = 'live', freshness }: { minutes: number; read?: Capabilities['read']; freshness?: Freshness }): Promise<string[][]> {
  const platform: BookingPlatform = {
    ...desk.platform, name: 'Square',
    capabilities: async () => ({ ...(await desk.platform.capabilities()), read }),
    freshness: async () => freshness ?? desk.platform.freshness(),
    async appointment(query) {
      const read = await desk.platform.appointment(query)
      return read.ok ? { ...read, value: { ...read.value, fetchedAt: addMinutes(desk.clock.now(), -minutes) } } : read
    },
  }
  const actions = new Map(bookingActions({ platform, clock: desk.clock, cite: async () => [] }).map((action): [string, Action] => [action.kind, action]))
  const [slot] = unwrap(await desk.platform.searchSlots({ locationId: 'main', wants: [{ serviceId: 'cut', staffId: 'bea' }], from: at('2026-11-27', '15:00', tinyZone), to: at('2026-11-27', '16:00', tinyZone), rescheduling: 'b-cut' }))
  const args: [string, unknown][] = [['cancel', { appointmentId: 'b-cut', cancelledBy: 'client' }], ['set_status', { appointmentId: 'b-cut', to: 'confirmed' }], ['reschedule', { appointmentId: 'b-cut', slotId: slot?.id }]]
  return Promise.all(args.map(async ([kind, arg]) => (await actions.get(kind)?.facts(arg))?.notices ?? ['no such action']))
}

test('a visit that was read just now says nothing of its age', async () => {
  expect((await noticesOf({ minutes: 5 })).flat().filter((notice) => /answer/.test(notice))).toEqual([])
})

test('every change of a visit that could not be read says how it was, and when', async () => {
  for (const notices of await noticesOf({ minutes: 25 })) expect(notices[0]).toBe('The booking system does not answer; this is as it was at 7:05 am.')
  for (const notices of await noticesOf({ minutes: 24 * 60 })) expect(notices[0]).toBe('The booking system does not answer; this is as it was on Friday 20 November at 7:30 am.')
})

test('a platform that cannot be asked is not blamed for it: only when its last word is too old is that said', async () => {
  expect((await noticesOf({ minutes: 300, read: 'events_only' })).flat().filter((notice) => /answer|sent/.test(notice))).toEqual([])
  for (const notices of await noticesOf({ minutes: 3_000, read: 'batch', freshness: { state: 'stale', asOf: at('2026-11-19', '08:00', tinyZone), trouble: 'silent' } })) {
    expect(notices[0]).toBe('As of Thursday 19 November at 8:00 am: Square has sent nothing since; what was changed there meanwhile may be missing here.')
  }
})
