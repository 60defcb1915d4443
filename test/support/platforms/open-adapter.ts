import type { Catalog } from '../../../src/salon/salon.ts'
import { ok } from '../../../src/platforms/booking-platform.ts'
import type { Budget } from '../../../src/platforms/kit/budget.ts'
import { openAsk } from '../../../src/platforms/kit/ask.ts'
import type { PlatformAdapter, PlatformKind } from '../../../src/platforms/platform-adapter.ts'
import type { TestClock } from '../tiny-book.ts'
import type { FakeServer } from './fake-server.ts'

/** A limit that never bites; `slowed` says what the vendor asked for. */
export function freeBudget(clock: TestClock): Budget & { slowed: number[]; taken: number } {
  const budget = {
    slowed: [] as number[],
    taken: 0,
    take: async (cost: number) => {
      budget.taken += cost
      return ok(null, clock.now())
    },
    slowDown: async (ms: number) => { budget.slowed.push(ms) },
  }
  return budget
}

/** An adapter on a fake server, as the mirror would open it; the catalogue that it reads is kept, as the mirror keeps it, or comes from where the mirror keeps it (`catalog`). */
export function openAdapter<Credentials>({ kind, credentials, server, clock, catalog = async () => undefined }: { kind: PlatformKind<Credentials>; credentials: unknown; server: FakeServer; clock: TestClock; catalog?: () => Promise<Catalog | undefined> }): { adapter: PlatformAdapter; budget: ReturnType<typeof freeBudget> } {
  const budget = freeBudget(clock)
  let known: Catalog | undefined
  const inner = kind.open({ credentials: kind.credentials.parse(credentials), clock, ask: openAsk({ budget, clock, fetch: server.fetch }), catalog: async () => known ?? catalog() })
  const adapter: PlatformAdapter = {
    ...inner,
    async catalog() {
      const read = await inner.catalog()
      if (read.ok) known = read.value
      return read
    },
  }
  return { adapter, budget }
}
