import { expect, test } from 'vitest'
import { isSameSlot } from '../../../../src/platforms/mirror/slot-ids.ts'
import { addMinutes } from '../../../../src/salon/time.ts'

test('an offer that lasts longer than what a person approved is another slot', () => {
  const start = '2026-11-24T17:00:00.000Z'
  const lasting = (durationMin: number) => ({ locationId: 'main', start, end: addMinutes(start, durationMin), segments: [{ serviceId: 'cut', staffId: 'ana', staffPreference: 'any' as const, start, durationMin, price: { minor: 6500, currency: 'USD' } }] })
  expect([45, 90].map((minutes) => isSameSlot(lasting(minutes), { id: 's', ...lasting(45) }))).toEqual([true, false])
})
