import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Outcome } from '../../../src/platforms/booking-platform.ts'
import { foldStatus } from '../../../src/platforms/embedded/fold-events.ts'
import { occupiedStretches, overlap } from '../../../src/platforms/embedded/stretches.ts'
import { at } from '../../../src/salon/time.ts'
import { createTinyDesk, tinyZone } from '../../support/tiny-book.ts'

let desk: Awaited<ReturnType<typeof createTinyDesk>>
beforeEach(async () => { desk = await createTinyDesk() })
afterEach(() => desk.store.close())

const step = fc.record({
  act: fc.constantFrom('create', 'create', 'move', 'cancel', 'restore', 'confirm'),
  which: fc.nat(50),
  slot: fc.nat(200),
  service: fc.constantFrom('cut', 'color', 'beard'),
  atOnce: fc.boolean(),
})
type Step = { act: string; which: number; slot: number; service: string; atOnce: boolean }

test('whatever is booked, moved, cancelled and brought back: nobody serves two clients at once, and the events tell the status', async () => {
  let run = 0
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
    run++
    let pending: Promise<unknown>[] = []
    for (const [n, one] of steps.entries()) {
      const work = perform(one, `${run}-${n}`)
      pending.push(work)
      if (!one.atOnce) {
        await Promise.all(pending)
        pending = []
      }
    }
    await Promise.all(pending)
    await mustHold()
  }), { numRuns: 12, seed: 20261121 })
})

async function perform({ act, which, slot, service }: Step, key: string): Promise<void> {
  const { platform } = desk
  const all = value(await platform.appointments({ from: at('2026-11-24', '00:00', tinyZone), to: at('2026-11-26', '00:00', tinyZone), includeCancelled: true })).items
  const target = all[which % Math.max(1, all.length)]
  if (act === 'create' || target === undefined) {
    const slotId = await anySlot(service, slot)
    if (slotId !== undefined) await platform.create({ key, slotId, clientId: 'fay' })
    return
  }
  const of = { key, id: target.id, expectedVersion: target.version }
  if (act === 'move') {
    const slotId = await anySlot(target.segments[0]?.serviceId ?? 'cut', slot, target.id)
    if (slotId !== undefined) await platform.reschedule({ ...of, slotId })
  } else if (act === 'cancel') await platform.cancel({ ...of, cancelledBy: 'client' })
  else await platform.setStatus({ ...of, to: act === 'restore' ? 'booked' : 'confirmed' })
}

async function anySlot(serviceId: string, n: number, rescheduling?: string): Promise<string | undefined> {
  const slots = value(await desk.platform.searchSlots({ locationId: 'main', wants: [{ serviceId }], from: at('2026-11-24', '00:00', tinyZone), to: at('2026-11-26', '00:00', tinyZone), limit: 200, ...(rescheduling !== undefined && { rescheduling }) }))
  return slots[n % Math.max(1, slots.length)]?.id
}

async function mustHold(): Promise<void> {
  const services = new Map(value(await desk.platform.catalog()).services.map((service) => [service.id, service]))
  const histories = value(await desk.platform.history({}))
  for (const { appointment, events } of histories) expect(foldStatus(events), appointment.id).toBe(appointment.status)
  const stretches = histories.filter(({ appointment }) => appointment.status !== 'cancelled').flatMap(({ appointment }) => occupiedStretches({ segments: appointment.segments, services }))
  const clashes = stretches.filter((one, n) => stretches.slice(n + 1).some((other) => one.staffId === other.staffId && overlap(one, other)))
  expect(clashes).toEqual([])
}

function value<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(outcome.error.message)
  return outcome.value
}
