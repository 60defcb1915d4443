import { beforeEach, describe, expect, test } from 'vitest'
import type { Outcome } from '../../../../src/platforms/booking-platform.ts'
import type { PlatformAdapter } from '../../../../src/platforms/platform-adapter.ts'
import { square } from '../../../../src/platforms/square/index.ts'
import { at } from '../../../../src/salon/time.ts'
import { fakeSquare } from '../../../support/platforms/fake-square.ts'
import { openAdapter } from '../../../support/platforms/open-adapter.ts'
import { testClock, tinyZone, type TestClock } from '../../../support/tiny-book.ts'

describe('Square, what only it does', () => {
  let clock: TestClock
  let fake: ReturnType<typeof fakeSquare>
  let adapter: PlatformAdapter
  beforeEach(async () => {
    clock = testClock()
    fake = fakeSquare({ clock })
    ;({ adapter } = openAdapter({ kind: square, credentials: { accessToken: fake.token }, server: fake.server, clock }))
    value(await adapter.catalog())
  })

  test('a key that Square has seen with other words is an earlier try that was done, not a booking that failed', async () => {
    const client = value(await adapter.client?.({ id: 'fay' }))
    const [slot] = value(await adapter.slots?.({ locationId: 'main', wants: [{ serviceId: 'cut', staffId: 'ana' }], from: at('2026-11-24', '09:00', tinyZone), to: at('2026-11-24', '17:00', tinyZone) }))
    const book = () => adapter.create?.({ key: 'k', slot: slot!, client, note: 'by the window' })
    fake.server.failNext({ method: 'POST', path: /bookings$/ }, { do: 'drop' })
    expect(kindOf(await book())).toBe('unknown_outcome')
    // The note says the minute in which it was written.
    clock.advance(1)
    expect(kindOf(await book())).toBe('unknown_outcome')
    expect(fake.book.list(({ clientId }) => clientId === 'fay')).toHaveLength(1)
  })
})

function value<T>(outcome: Outcome<T> | undefined): T {
  if (outcome?.ok !== true) throw new Error(`expected an answer, got ${outcome?.error.kind}`)
  return outcome.value
}

function kindOf(outcome: Outcome<unknown> | undefined): string | undefined {
  return outcome?.ok === true ? 'ok' : outcome?.error.kind
}
