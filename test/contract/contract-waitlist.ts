import { describe, expect, test } from 'vitest'
import { addMinutes } from '../../src/salon/time.ts'
import { type Contract, kindOf, value } from './booking-platform-contract.ts'

export function describeWaitlist({ harness }: Contract): void {
  describe('who waits', () => {
    test('who waits comes in order, and leaves it when served', async () => {
      const { platform, salon, clock } = harness()
      if ((await platform.capabilities()).waitlist !== 'native_full') return
      const entry = value(await platform.waitlistAdd({ key: 'wait', locationId: salon.locationId, clientId: salon.client, serviceId: salon.service, wanted: [salon.free] }))
      expect(entry).toMatchObject({ status: 'waiting', createdAt: clock.now(), wanted: [salon.free] })
      const waiting = value(await platform.waitlist({ locationId: salon.locationId }))
      expect(waiting.at(-1)).toEqual(entry)
      expect(waiting.map(({ createdAt }) => createdAt)).toEqual(waiting.map(({ createdAt }) => createdAt).toSorted())
      expect(value(await platform.waitlistSet({ key: 'served', id: entry.id, to: 'filled' }))).toEqual({ ...entry, status: 'filled' })
      expect(value(await platform.waitlist({})).map(({ id }) => id)).not.toContain(entry.id)
      expect(value(await platform.waitlist({ ids: [entry.id] })).map(({ status }) => status)).toEqual(['filled'])
      expect(kindOf(await platform.waitlistSet({ key: 'nobody', id: 'no-such-entry', to: 'left' }))).toBe('not_found')
      expect(kindOf(await platform.waitlistAdd({ key: 'who', locationId: salon.locationId, clientId: 'nobody', serviceId: salon.service, wanted: [] }))).toBe('not_found')
    })

    test('other times are wanted, and the place in line stays', async () => {
      const { platform, salon, clock } = harness()
      if ((await platform.capabilities()).waitlist !== 'native_full') return
      const about = { locationId: salon.locationId, serviceId: salon.service }
      const first = value(await platform.waitlistAdd({ key: 'first', ...about, clientId: salon.client, wanted: [salon.free] }))
      clock.set(addMinutes(clock.now(), 5))
      const second = value(await platform.waitlistAdd({ key: 'second', ...about, clientId: salon.otherClient, wanted: [] }))
      const later = { from: addMinutes(salon.free.from, 60), to: salon.free.to }
      clock.set(addMinutes(clock.now(), 5))
      const set = { key: 'later', id: first.id, to: 'waiting' as const, wanted: [later] }
      expect(value(await platform.waitlistSet(set))).toEqual({ ...first, wanted: [later] })
      expect(value(await platform.waitlistSet(set))).toEqual({ ...first, wanted: [later] })
      expect(value(await platform.waitlist(about)).slice(-2)).toEqual([{ ...first, wanted: [later] }, second])
      expect(kindOf(await platform.waitlistSet({ key: 'backwards', id: first.id, to: 'waiting', wanted: [{ from: later.to, to: later.from }] }))).toBe('invalid')
      expect(value(await platform.waitlistSet({ key: 'any', id: first.id, to: 'waiting', wanted: [] }))).toMatchObject({ wanted: [], createdAt: first.createdAt })
    })

    test('the same key again has one effect and one answer; with another command it is invalid', async () => {
      const { platform, salon } = harness()
      if ((await platform.capabilities()).waitlist !== 'native_full') return
      const command = { key: 'once', locationId: salon.locationId, clientId: salon.client, serviceId: salon.service, staffId: salon.staff, wanted: [salon.free], insteadOf: salon.booked }
      const outcomes = await Promise.all([1, 2, 3, 4].map(() => platform.waitlistAdd(command)))
      expect(new Set(outcomes.map((outcome) => value(outcome).id)).size).toBe(1)
      expect(value(outcomes[0]!)).toMatchObject({ staffId: salon.staff, insteadOf: salon.booked })
      expect(value(await platform.waitlist({ serviceId: salon.service })).filter(({ clientId }) => clientId === salon.client)).toHaveLength(1)
      expect(kindOf(await platform.waitlistAdd({ ...command, wanted: [] }))).toBe('invalid')
    })

    test('nobody waits for what is not there, or backwards', async () => {
      const { platform, salon } = harness()
      if ((await platform.capabilities()).waitlist !== 'native_full') return
      const command = { locationId: salon.locationId, clientId: salon.client, serviceId: salon.service, wanted: [] }
      expect(kindOf(await platform.waitlistAdd({ ...command, key: 'place', locationId: 'nowhere' }))).toBe('not_found')
      expect(kindOf(await platform.waitlistAdd({ ...command, key: 'what', serviceId: 'nothing' }))).toBe('not_found')
      expect(kindOf(await platform.waitlistAdd({ ...command, key: 'whom', staffId: 'nobody' }))).toBe('not_found')
      expect(kindOf(await platform.waitlistAdd({ ...command, key: 'when', wanted: [{ from: salon.free.to, to: salon.free.from }] }))).toBe('invalid')
      expect(kindOf(await platform.waitlistAdd({ ...command, key: 'never', wanted: [{ from: 'friday', to: 'saturday' }] }))).toBe('invalid')
    })
  })
}
