import { describe, expect, test } from 'vitest'
import { addMinutes } from '../../src/salon/time.ts'
import { type Contract, findSlots, firstSlot, kindOf, readBooked, value } from './booking-platform-contract.ts'

export function describeWrites({ harness }: Contract): void {
  describe('booking', () => {
    test('what was booked is read back, with its note', async () => {
      const { platform, salon, clock } = harness()
      const slot = await firstSlot(harness())
      const made = value(await platform.create({ key: 'book', slotId: slot.id, clientId: salon.otherClient, note: 'prefers the window', by: 'desk' }))
      expect(made).toMatchObject({ clientId: salon.otherClient, start: slot.start, end: slot.end, status: 'booked', bookedAt: clock.now(), segments: [{ staffId: salon.staff, serviceId: salon.service }] })
      if ((await platform.capabilities()).notes.appointment === 'yes') expect(made.notes.map(({ text }) => text)).toEqual(['prefers the window'])
      expect(value(await platform.appointment({ id: made.id }))).toEqual(made)
    })

    test('the same key with the same command has one effect and one answer; with another command it is invalid', async () => {
      const { platform, salon } = harness()
      const [slot, next] = value(await findSlots(harness()))
      const command = { key: 'once', slotId: slot?.id ?? '', clientId: salon.otherClient }
      const first = await platform.create(command)
      expect(await platform.create(command)).toEqual(first)
      expect(kindOf(await platform.create({ ...command, slotId: next?.id ?? '' }))).toBe('invalid')
      expect(value(await platform.appointments({ ...salon.free, clientId: salon.otherClient })).items).toHaveLength(1)
    })

    test('the same command sent many times at once has one effect', async () => {
      const { platform, salon } = harness()
      const command = { key: 'at-once', slotId: (await firstSlot(harness())).id, clientId: salon.otherClient }
      const outcomes = await Promise.all(Array.from({ length: 10 }, () => platform.create(command)))
      expect(new Set(outcomes.map((outcome) => value(outcome).id)).size).toBe(1)
      expect(value(await platform.appointments({ ...salon.free, clientId: salon.otherClient })).items).toHaveLength(1)
    })

    test.each([2, 20])('F39: of %i bookings of one time at the same moment exactly one succeeds, the others hear that it is taken', async (count) => {
      const { platform, salon } = harness()
      const slot = await firstSlot(harness())
      const outcomes = await Promise.all(Array.from({ length: count }, (_, n) => platform.create({ key: `race-${n}`, slotId: slot.id, clientId: n % 2 === 0 ? salon.client : salon.otherClient })))
      expect(outcomes.map(kindOf).toSorted()).toEqual([...Array<string>(count - 1).fill('conflict_slot'), 'ok'])
      expect(value(await platform.appointments({ ...salon.free, staffId: salon.staff })).items).toHaveLength(1)
    })

    test('a made-up slot, an unknown client and a time that has passed are refused', async () => {
      const { platform, salon, clock } = harness()
      const slot = await firstSlot(harness())
      for (const slotId of ['', 'friday-3pm', Buffer.from('{"a":1}').toString('base64url')]) {
        expect(['invalid', 'conflict_slot']).toContain(kindOf(await platform.create({ key: `made-up-${slotId}`, slotId, clientId: salon.client })))
      }
      expect(kindOf(await platform.create({ key: 'nobody', slotId: slot.id, clientId: 'nobody' }))).toBe('not_found')
      clock.set(addMinutes(slot.start, 1))
      expect(['policy_blocked', 'conflict_slot']).toContain(kindOf(await platform.create({ key: 'too-late', slotId: slot.id, clientId: salon.client })))
    })
  })

  describe('moving', () => {
    test('takes the new time, frees the old one, keeps the id and changes the version', async () => {
      const { platform, salon } = harness()
      const before = await readBooked(harness())
      const [segment] = before.segments
      const wants = [{ serviceId: segment?.serviceId ?? '', staffId: salon.staff }]
      const slot = await firstSlot(harness(), { wants, rescheduling: before.id })
      const moved = value(await platform.reschedule({ key: 'move', id: before.id, expectedVersion: before.version, slotId: slot.id }))
      expect(moved).toMatchObject({ id: before.id, start: slot.start, end: slot.end, status: before.status, segments: [{ durationMin: segment?.durationMin, price: segment?.price }] })
      expect(moved.version).not.toBe(before.version)
      const old = { wants: [{ serviceId: segment?.serviceId ?? '', staffId: segment?.staffId ?? '' }], from: before.start, to: addMinutes(before.start, 1) }
      expect(value(await findSlots(harness(), old)).map(({ start }) => start)).toEqual([before.start])
      const { events } = value(await platform.history({ clientIds: [salon.client] })).find(({ appointment }) => appointment.id === before.id) ?? { events: [] }
      expect(events.at(-1)).toMatchObject({ kind: 'moved', from: before.start, to: slot.start })
    })

    test('and moving back puts it as it was', async () => {
      const { platform } = harness()
      const before = await readBooked(harness())
      const [segment] = before.segments
      const wants = [{ serviceId: segment?.serviceId ?? '', staffId: segment?.staffId ?? '' }]
      const away = await firstSlot(harness(), { wants: [{ serviceId: segment?.serviceId ?? '', staffId: harness().salon.staff }], rescheduling: before.id })
      const moved = value(await platform.reschedule({ key: 'away', id: before.id, expectedVersion: before.version, slotId: away.id }))
      const home = await firstSlot(harness(), { wants, rescheduling: before.id, from: before.start, to: addMinutes(before.start, 1) })
      const back = value(await platform.reschedule({ key: 'back', id: before.id, expectedVersion: moved.version, slotId: home.id }))
      expect([back.start, back.end, back.status, back.segments[0]?.staffId]).toEqual([before.start, before.end, before.status, segment?.staffId])
    })

    test('F09: of two different moves at the same moment one is made, the other hears that the visit was changed', async () => {
      const { platform, salon } = harness()
      const before = await readBooked(harness())
      const [one, other] = value(await findSlots(harness(), { wants: [{ serviceId: before.segments[0]?.serviceId ?? '', staffId: salon.staff }], rescheduling: before.id }))
      const move = (key: string, slotId: string | undefined) => platform.reschedule({ key, id: before.id, expectedVersion: before.version, slotId: slotId ?? '' })
      const outcomes = await Promise.all([move('one', one?.id), move('other', other?.id)])
      expect(outcomes.map(kindOf).toSorted()).toEqual(['conflict_version', 'ok'])
    })

    test('with an old version is refused and changes nothing', async () => {
      const { platform } = harness()
      const before = await readBooked(harness())
      const confirmed = value(await platform.setStatus({ key: 'confirm', id: before.id, expectedVersion: before.version, to: before.status === 'confirmed' ? 'arrived' : 'confirmed' }))
      const slot = await firstSlot(harness(), { wants: [{ serviceId: before.segments[0]?.serviceId ?? '', staffId: harness().salon.staff }], rescheduling: before.id })
      expect(kindOf(await platform.reschedule({ key: 'stale', id: before.id, expectedVersion: before.version, slotId: slot.id }))).toBe('conflict_version')
      expect(kindOf(await platform.cancel({ key: 'stale-cancel', id: before.id, expectedVersion: before.version, cancelledBy: 'client' }))).toBe('conflict_version')
      expect(await readBooked(harness())).toEqual(confirmed)
    })

    test('F39: onto a time that was taken meanwhile is refused and leaves the visit where it was', async () => {
      const { platform, salon } = harness()
      const before = await readBooked(harness())
      const wants = [{ serviceId: before.segments[0]?.serviceId ?? '', staffId: salon.staff }]
      const slot = await firstSlot(harness(), { wants, rescheduling: before.id })
      value(await platform.create({ key: 'faster', slotId: (await firstSlot(harness(), { wants, from: slot.start })).id, clientId: salon.otherClient }))
      expect(kindOf(await platform.reschedule({ key: 'slower', id: before.id, expectedVersion: before.version, slotId: slot.id }))).toBe('conflict_slot')
      expect(await readBooked(harness())).toEqual(before)
    })

    test('what is not there, or is over, is refused', async () => {
      const { platform, salon } = harness()
      const slot = await firstSlot(harness())
      expect(kindOf(await platform.reschedule({ key: 'nothing', id: 'no-such-visit', expectedVersion: '1', slotId: slot.id }))).toBe('not_found')
      const past = value(await platform.appointment({ id: salon.past }))
      expect(kindOf(await platform.reschedule({ key: 'over', id: past.id, expectedVersion: past.version, slotId: slot.id }))).toBe('policy_blocked')
    })
  })

  describe('F38: an answer lost on the way back', () => {
    test.each(['drop', 'lose'] as const)('(%s) converges when the same command is sent again, with one effect', async (fault) => {
      const { faulty, salon } = harness()
      if (faulty === undefined) return expect(faulty).toBeUndefined()
      const slot = await firstSlot(harness())
      const command = { key: 'lost', slotId: slot.id, clientId: salon.otherClient }
      faulty.failNext('create', { do: fault })
      expect(kindOf(await faulty.create(command))).toBe('unknown_outcome')
      const made = value(await faulty.create(command))
      const before = await readBooked(harness())
      const target = await firstSlot(harness(), { wants: [{ serviceId: before.segments[0]?.serviceId ?? '', staffId: salon.staff }], rescheduling: before.id })
      const move = { key: 'lost-move', id: before.id, expectedVersion: before.version, slotId: target.id }
      faulty.failNext('reschedule', { do: fault })
      expect(kindOf(await faulty.reschedule(move))).toBe('unknown_outcome')
      expect(value(await faulty.reschedule(move))).toMatchObject({ id: before.id, start: target.start })
      expect(value(await faulty.appointments({ ...salon.free, clientId: salon.otherClient })).items.map(({ id }) => id)).toEqual([made.id])
    })
  })
}
