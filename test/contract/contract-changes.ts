import { describe, expect, test } from 'vitest'
import { addMinutes } from '../../src/salon/time.ts'
import { type Contract, firstSlot, kindOf, readBooked, value } from './booking-platform-contract.ts'

export function describeChanges({ harness }: Contract): void {
  describe('the life of a visit', () => {
    test('cancelling frees the chair, says who cancelled, and can be taken back while the chair is free', async () => {
      const { platform, salon } = harness()
      const before = await readBooked(harness())
      const cancelled = value(await platform.cancel({ key: 'cancel', id: before.id, expectedVersion: before.version, cancelledBy: 'client', reason: 'ill' }))
      expect(cancelled).toMatchObject({ status: 'cancelled', cancelledBy: 'client' })
      expect(value(await platform.appointments(salon.bookedRange)).items.map(({ id }) => id)).not.toContain(before.id)
      expect(value(await platform.appointments({ ...salon.bookedRange, includeCancelled: true })).items.map(({ id }) => id)).toContain(before.id)
      if ((await platform.capabilities()).restore !== 'yes') return
      const back = value(await platform.setStatus({ key: 'restore', id: before.id, expectedVersion: cancelled.version, to: 'booked' }))
      expect(back).toMatchObject({ status: 'booked', start: before.start })
      expect(back).not.toHaveProperty('cancelledBy')
    })

    test('a cancelled visit does not come back onto a chair that is taken', async () => {
      const { platform, salon } = harness()
      const before = await readBooked(harness())
      const segment = before.segments[0]
      const cancelled = value(await platform.cancel({ key: 'cancel', id: before.id, expectedVersion: before.version, cancelledBy: 'salon' }))
      const slot = await firstSlot(harness(), { wants: [{ serviceId: segment?.serviceId ?? '', staffId: segment?.staffId ?? '' }], from: before.start, to: addMinutes(before.start, 1) })
      value(await platform.create({ key: 'next', slotId: slot.id, clientId: salon.otherClient }))
      expect(kindOf(await platform.setStatus({ key: 'restore', id: before.id, expectedVersion: cancelled.version, to: 'booked' }))).toBe((await platform.capabilities()).restore === 'yes' ? 'conflict_slot' : 'unsupported')
      expect(value(await platform.appointment({ id: before.id })).status).toBe('cancelled')
    })

    test('steps that make no sense are refused', async () => {
      const { platform, salon } = harness()
      const before = await readBooked(harness())
      const set = (key: string, to: 'no_show' | 'completed' | 'arrived') => platform.setStatus({ key, id: before.id, expectedVersion: before.version, to })
      expect(kindOf(await set('early', 'no_show'))).toBe('policy_blocked')
      expect(kindOf(await set('early-done', 'completed'))).toBe('policy_blocked')
      const past = value(await platform.appointment({ id: salon.past }))
      expect(kindOf(await platform.cancel({ key: 'late', id: past.id, expectedVersion: past.version, cancelledBy: 'client' }))).toBe('policy_blocked')
      expect(kindOf(await platform.setStatus({ key: 'nobody', id: 'no-such-visit', expectedVersion: '1', to: 'confirmed' }))).toBe('not_found')
    })

    test('a visit is confirmed, and missed once its time has come', async () => {
      const { platform, clock } = harness()
      const before = await readBooked(harness())
      clock.set(addMinutes(before.start, 20))
      const missed = value(await platform.setStatus({ key: 'missed', id: before.id, expectedVersion: before.version, to: 'no_show' }))
      expect(missed.status).toBe('no_show')
      const undone = value(await platform.setStatus({ key: 'came', id: before.id, expectedVersion: missed.version, to: 'arrived' }))
      expect(value(await platform.setStatus({ key: 'done', id: before.id, expectedVersion: undone.version, to: 'completed' })).status).toBe('completed')
    })

    test('who was missed stays so when the time of the visit is over', async () => {
      const { platform, clock } = harness()
      const before = await readBooked(harness())
      clock.set(addMinutes(before.start, 20))
      const missed = value(await platform.setStatus({ key: 'missed', id: before.id, expectedVersion: before.version, to: 'no_show' }))
      clock.set(addMinutes(before.end, 30))
      // Whoever asks for what it is already has it read again.
      expect(value(await platform.setStatus({ key: 'still', id: before.id, expectedVersion: missed.version, to: 'no_show' })).status).toBe('no_show')
    })
  })

  describe('what is written beside it', () => {
    test('notes come and go, on visits and on clients', async () => {
      const { platform, salon } = harness()
      const modes = (await platform.capabilities()).notes
      for (const [on, id] of [['appointment', salon.booked], ['client', salon.client]] as const) {
        if (modes[on] !== 'yes') {
          expect(kindOf(await platform.addNote({ key: `note-${on}`, on, id, text: 'likes tea', by: 'desk' }))).toBe('unsupported')
          continue
        }
        const note = value(await platform.addNote({ key: `note-${on}`, on, id, text: 'likes tea', by: 'desk' }))
        const notes = async () => value<{ notes: { id: string; text: string }[] }>(on === 'client' ? await platform.client({ id }) : await platform.appointment({ id })).notes
        expect(await notes()).toEqual([note])
        const removed = kindOf(await platform.removeNote({ key: `un-note-${on}`, on, id, noteId: note.id }))
        // On some platforms what was noted stays.
        if (removed !== 'unsupported') {
          expect(removed).toBe('ok')
          expect(await notes()).toEqual([])
          expect(kindOf(await platform.removeNote({ key: `again-${on}`, on, id, noteId: note.id }))).toBe('not_found')
        }
        expect(kindOf(await platform.addNote({ key: `nobody-${on}`, on, id: 'nobody', text: 'x', by: 'desk' }))).toBe('not_found')
        expect(kindOf(await platform.addNote({ key: `empty-${on}`, on, id, text: ' ', by: 'desk' }))).toBe('invalid')
      }
    })

    test('risk is kept where the platform keeps it, many at a time', async () => {
      const { platform, salon, clock } = harness()
      const risk = { score: 0.25, band: 'high' as const, model: 'test', at: clock.now() }
      const outcome = await platform.writeRisk({ risks: [{ appointmentId: salon.booked, ...risk }, { appointmentId: 'no-such-visit', ...risk }] })
      if ((await platform.capabilities()).riskField === 'none') return expect(kindOf(outcome)).toBe('unsupported')
      expect(value(outcome)).toEqual({ written: 1 })
      expect((await readBooked(harness())).risk).toEqual(risk)
      expect(value(await platform.writeRisk({ risks: [] }))).toEqual({ written: 0 })
    })

    test('the feed tells every change once, oldest first, from the cursor on', async () => {
      const { platform, salon } = harness()
      if ((await platform.capabilities()).changes !== 'feed') return
      const start = value(await platform.changes({}))
      expect(start.changes).toEqual([])
      const made = value(await platform.create({ key: 'feed-1', slotId: (await firstSlot(harness())).id, clientId: salon.otherClient }))
      value(await platform.cancel({ key: 'feed-2', id: made.id, expectedVersion: made.version, cancelledBy: 'client' }))
      expect(kindOf(await platform.cancel({ key: 'feed-3', id: made.id, expectedVersion: made.version, cancelledBy: 'client' }))).toBe('conflict_version')
      const first = value(await platform.changes({ cursor: start.cursor, limit: 1 }))
      expect(first.changes).toMatchObject([{ kind: 'created', id: made.id, key: 'feed-1' }])
      const rest = value(await platform.changes({ cursor: first.cursor }))
      expect(rest.changes).toMatchObject([{ kind: 'cancelled', id: made.id, key: 'feed-2' }])
      expect(value(await platform.changes({ cursor: rest.cursor })).changes).toEqual([])
      expect(kindOf(await platform.changes({ cursor: 'yesterday' }))).toBe('invalid')
    })
  })
}
