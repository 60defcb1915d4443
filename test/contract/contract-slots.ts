import { describe, expect, test } from 'vitest'
import { addMinutes, at, dayRange } from '../../src/salon/time.ts'
import { type Contract, findSlots, firstSlot, kindOf, readBooked, value } from './booking-platform-contract.ts'

export function describeSlots({ harness }: Contract): void {
  describe('free times', () => {
    test('are in the range, in order, of the right length, at most as many as asked for', async () => {
      const { salon } = harness()
      const slots = value(await findSlots(harness()))
      expect(slots.length).toBeGreaterThan(1)
      expect(slots.map(({ start }) => start)).toEqual(slots.map(({ start }) => start).toSorted())
      expect(slots.every(({ start }) => start >= salon.free.from && start < salon.free.to)).toBe(true)
      expect(slots.every(({ end, segments: [only] }) => only !== undefined && end === addMinutes(only.start, only.durationMin))).toBe(true)
      expect(value(await findSlots(harness(), { limit: 1 }))).toEqual(slots.slice(0, 1))
    })

    test('for several services follow one another', async () => {
      const { platform, salon } = harness()
      const query = { wants: [{ serviceId: salon.service, staffId: salon.staff }, { serviceId: salon.secondService }] }
      if ((await platform.capabilities()).multiService === 'none') return expect(kindOf(await findSlots(harness(), query))).toBe('unsupported')
      const slot = await firstSlot(harness(), query)
      const [one, other] = slot.segments
      expect(slot.segments.map(({ serviceId }) => serviceId)).toEqual([salon.service, salon.secondService])
      expect(other?.start).toBe(addMinutes(one?.start ?? '', one?.durationMin ?? 0))
      return expect(slot.end).toBe(addMinutes(other?.start ?? '', other?.durationMin ?? 0))
    })

    test('are never in the past', async () => {
      const { salon, clock } = harness()
      clock.set(addMinutes(salon.free.from, 61))
      const slots = value(await findSlots(harness()))
      expect(slots.length).toBeGreaterThan(0)
      expect(slots.filter(({ start }) => start < clock.now())).toEqual([])
    })

    test('leave out what is booked, but not what would move', async () => {
      const { platform, salon } = harness()
      const booked = await readBooked(harness())
      const segment = booked.segments[0]
      const query = { locationId: salon.locationId, wants: [{ serviceId: segment?.serviceId ?? '', staffId: segment?.staffId ?? '' }], from: booked.start, to: addMinutes(booked.start, 1) }
      expect(value(await platform.searchSlots(query))).toEqual([])
      expect(value(await platform.searchSlots({ ...query, rescheduling: booked.id })).map(({ start }) => start)).toEqual([booked.start])
    })

    test('can be looked up again by their id, and are then taken or free', async () => {
      const { platform, salon } = harness()
      const slot = await firstSlot(harness())
      expect(value(await platform.slot({ id: slot.id }))).toEqual({ slot, free: true })
      value(await platform.create({ key: 'take', slotId: slot.id, clientId: salon.otherClient }))
      expect(value(await platform.slot({ id: slot.id }))).toMatchObject({ free: false })
      expect(kindOf(await platform.slot({ id: 'friday at 3' }))).toBe('invalid')
    })

    test('for unknown places, services and people are refused', async () => {
      const { salon } = harness()
      expect(kindOf(await findSlots(harness(), { locationId: 'nowhere' }))).toBe('not_found')
      expect(kindOf(await findSlots(harness(), { wants: [{ serviceId: 'nothing' }] }))).toBe('not_found')
      expect(kindOf(await findSlots(harness(), { wants: [{ serviceId: salon.service, staffId: 'nobody' }] }))).toBe('not_found')
      expect(kindOf(await findSlots(harness(), { wants: [] }))).toBe('invalid')
      expect(kindOf(await findSlots(harness(), { from: salon.free.to, to: salon.free.from }))).toBe('invalid')
      expect(kindOf(await findSlots(harness(), { rescheduling: 'no-such-visit' }))).toBe('not_found')
    })

    test.each(['shortDay', 'longDay'] as const)('on the %s of daylight saving begin when the door opens on the wall clock', async (which) => {
      const { salon } = harness()
      const { date, staff, opens } = salon[which]
      const slots = value(await findSlots(harness(), { wants: [{ serviceId: salon.service, staffId: staff }], ...dayRange(date, salon.zone), limit: 200 }))
      expect(slots[0]?.start).toBe(at(date, opens, salon.zone))
      const booked = value(await harness().platform.create({ key: `dst-${which}`, slotId: slots[0]?.id ?? '', clientId: salon.otherClient }))
      expect(booked.start).toBe(at(date, opens, salon.zone))
    })
  })
}
