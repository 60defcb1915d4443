import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openApprovals } from '../src/approvals/open-approvals.ts'
import { bookingActions } from '../src/bookings/booking-actions.ts'
import { openEmbeddedBook } from '../src/platforms/embedded/index.ts'
import { loadBook } from '../src/platforms/embedded/load-book.ts'
import { unwrap } from '../src/platforms/unwrap.ts'
import { openStore } from '../src/store/open-store.ts'
import { fixedClock } from '../src/salon/time.ts'
import { tinyBook, tinyNow } from '../test/support/tiny-book.ts'
import { against, type BenchFigure, measure } from './figure.ts'

/** From a proposal to the change read back, on the built-in PostgreSQL with its usual durability; the bare platform writes are the baseline. */
export async function benchApprovals(): Promise<BenchFigure[]> {
  const home = await mkdtemp(join(tmpdir(), 'desk-bench-'))
  const store = await openStore({ home })
  try {
    const clock = fixedClock(tinyNow)
    await loadBook({ store, book: tinyBook(), now: tinyNow })
    const platform = openEmbeddedBook({ store, clock })
    const approvals = openApprovals({ store, clock, actions: bookingActions({ platform, clock, cite: async () => [] }) })
    const by = { id: 'bench', name: 'bench', role: 'front_desk' } as const
    const targets = ['2026-12-02T17:00:00.000Z', '2026-12-02T18:00:00.000Z']
    const slotFor = async (i: number) => {
      const [slot] = unwrap(await platform.searchSlots({ locationId: 'main', wants: [{ serviceId: 'cut', staffId: 'ana' }], from: targets[i % 2] as string, to: '2026-12-03T00:00:00.000Z', rescheduling: 'a-cut', limit: 1 }))
      return String(slot?.id)
    }

    const bare = await measure({
      name: 'two bare reads and a write', n: 40, warmUp: 4,
      run: async (i) => {
        const { version } = unwrap(await platform.appointment({ id: 'a-cut' }))
        unwrap(await platform.reschedule({ key: `bench-${i}-${version}`, id: 'a-cut', expectedVersion: version, slotId: await slotFor(i) }))
        unwrap(await platform.appointment({ id: 'a-cut' }))
      },
    })
    const whole = await measure({
      name: 'proposal to executed', n: 40, warmUp: 4,
      run: async (i) => {
        const proposal = await approvals.propose({ kind: 'reschedule', args: { appointmentId: 'a-cut', slotId: await slotFor(i) }, reason: '', requestedBy: by.id })
        const decision = await approvals.decide({ id: proposal.id, decision: 'approve', by, hash: proposal.hash })
        if (decision.proposal.state !== 'done') throw new Error(`bench: ended as ${decision.proposal.state}`)
      },
    })
    return [bare, against({ figure: whole, baseline: bare })]
  } finally {
    await store.close()
    await rm(home, { recursive: true, force: true })
  }
}
