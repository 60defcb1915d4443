import { beforeEach, describe, expect, test } from 'vitest'
import type { ManualChange, PlatformAdapter, PlatformKind } from '../../src/platforms/platform-adapter.ts'
import type { FakeServer } from '../support/platforms/fake-server.ts'
import { openAdapter } from '../support/platforms/open-adapter.ts'
import { testClock, type TestClock } from '../support/tiny-book.ts'

const changes: [string, ManualChange, string[]][] = [
  ['booking', { kind: 'create', client: 'Fay O\'Neil', service: 'Women\'s cut', staff: 'Ana Ortiz', when: 'Tuesday 24 November at 9:00 am', note: 'likes tea' }, ['Fay O\'Neil', 'Women\'s cut', 'Ana Ortiz', 'Tuesday 24 November at 9:00 am', 'likes tea']],
  ['a move', { kind: 'reschedule', client: 'Dana Kim', service: 'Women\'s cut', from: 'Saturday 21 November at 10:00 am', to: 'Friday 27 November at 3:00 pm', staff: 'Bea Novak' }, ['Dana Kim', 'Saturday 21 November at 10:00 am', 'Friday 27 November at 3:00 pm', 'Bea Novak']],
  ['a cancellation', { kind: 'cancel', client: 'Dana Kim', service: 'Women\'s cut', when: 'Saturday 21 November at 10:00 am', cancelledBy: 'client' }, ['Dana Kim', 'Saturday 21 November at 10:00 am', 'the client']],
  ...(['booked', 'confirmed', 'arrived', 'completed', 'no_show'] as const).map((to): [string, ManualChange, string[]] =>
    [`the status ${to}`, { kind: 'setStatus', client: 'Dana Kim', service: 'Women\'s cut', when: 'Saturday 21 November at 10:00 am', to }, ['Dana Kim', 'Saturday 21 November at 10:00 am']]),
]

/** What a vendor without a write API must do: declare so, write nothing, and tell a person exactly what to do. */
export function describeAssisted<Credentials>(name: string, { kind, credentials, makeServer }: { kind: PlatformKind<Credentials>; credentials: unknown; makeServer: (clock: TestClock) => FakeServer }): void {
  describe(`the assisted adapter of ${name}`, () => {
    let adapter: PlatformAdapter
    beforeEach(() => {
      const clock = testClock()
      ;({ adapter } = openAdapter({ kind, credentials, server: makeServer(clock), clock }))
    })

    test('declares itself: reads late, writes by a person, and has no call that writes', async () => {
      const { declared } = kind
      expect(declared.read).not.toBe('live')
      expect([declared.create, declared.reschedule, declared.cancel]).toEqual(['assisted', 'assisted', 'assisted'])
      // Free times are worked out from the copy.
      expect(declared.availability).toBe('calendar_only')
      // What cannot be seen there again could never be found to be done: the desk keeps it.
      expect([declared.confirm, declared.setNoShow]).toEqual(['none', 'none'])
      const writes = new Set(['create', 'reschedule', 'cancel', 'setStatus', 'slots', 'addVisitNote', 'addClientNote', 'writeRisk', 'waitlistAdd'])
      expect(Object.keys(adapter).filter((name) => writes.has(name))).toEqual([])
      expect(await adapter.capabilities()).toMatchObject({ ok: true, value: declared })
      expect(kind.unproven.length).toBeGreaterThan(0)
    })

    test('the check says whose account it is, and the catalogue has the salon\'s zone', async () => {
      expect(await adapter.check()).toMatchObject({ ok: true, value: { account: 'Tiny Salon' } })
      expect(await adapter.catalog()).toMatchObject({ ok: true, value: { business: { name: 'Tiny Salon', demo: false }, locations: [{ zone: 'America/Los_Angeles', currency: 'USD', hours: expect.arrayContaining([{ weekday: 2, open: '09:00', close: '18:00' }]) }] } })
    })

    test.each(changes)('%s is told in a few steps that name everybody and every time', (_what, change, words) => {
      const steps = adapter.manualSteps?.(change) ?? []
      expect(steps.length).toBeGreaterThan(1)
      expect(steps.length).toBeLessThanOrEqual(8)
      for (const step of steps) expect(step).toMatch(/^[A-Z].{5,300}[.:]?.*$/)
      const whole = steps.join(' ')
      for (const word of words) expect(whole).toContain(word)
      expect(whole).not.toMatch(/undefined|no_show|\bsetStatus\b/)
    })
  })
}
