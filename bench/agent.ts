import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openAgent } from '../src/agent/open-agent.ts'
import { openApprovals } from '../src/approvals/open-approvals.ts'
import { bookingActions } from '../src/bookings/booking-actions.ts'
import { generateSalon } from '../src/demo/generate-salon.ts'
import { openEmbedder } from '../src/embedding/open-embedder.ts'
import { silentLogger } from '../src/logger.ts'
import { openEmbeddedBook } from '../src/platforms/embedded/index.ts'
import { loadBook } from '../src/platforms/embedded/load-book.ts'
import { unwrap } from '../src/platforms/unwrap.ts'
import { clientName } from '../src/salon/salon.ts'
import { fixedClock } from '../src/salon/time.ts'
import { openStore } from '../src/store/open-store.ts'
import { openUnderstanding } from '../src/understanding/open-understanding.ts'
import { deskTools } from '../tools/index.ts'
import { type BenchFigure, measure } from './figure.ts'

const now = '2026-11-21T16:00:00.000Z'

/**
 * A chat turn with the embedded brain on the demo salon and the built-in PostgreSQL: understanding, tools, the stored
 * conversation and its audit row. The mixed turns are what a desk asks most; the move is the longest, four tools and a proposal.
 */
export async function benchAgent(): Promise<BenchFigure[]> {
  const home = await mkdtemp(join(tmpdir(), 'desk-bench-'))
  const models = join(tmpdir(), 'front-desk-copilot-bench-models')
  const store = await openStore({ home })
  try {
    const clock = fixedClock(now)
    await loadBook({ store, book: generateSalon({ today: '2026-11-21' }), now })
    const platform = openEmbeddedBook({ store, clock })
    const embedder = await openEmbedder({ cacheDir: models })
    const understanding = await openUnderstanding({ embedder, cacheDir: models })
    const approvals = openApprovals({ store, clock, actions: bookingActions({ platform, clock, cite: async () => [] }) })
    const score = async () => new Map()
    const policies = { answer: async () => ({ answered: false, answer: 'The policy does not say.', citations: [] }) }
    // No turn of these offers a chair to anybody.
    const unused = async (): Promise<never> => { throw new Error('not part of this figure') }
    const waitlist = { offer: unused, offerVisit: unused, propose: unused }
    const agent = openAgent({ tools: deskTools({ platform, store, clock, approvals, policies, score, waitlist }), understanding, platform, store, clock, logger: silentLogger })

    const person = { id: 'bench', name: 'bench', role: 'front_desk' } as const
    const { items } = unwrap(await platform.appointments({ from: '2026-11-24T08:00:00.000Z', to: '2026-11-26T08:00:00.000Z', limit: 20 }))
    const names = unwrap(await platform.clients({ ids: [...new Set(items.map(({ clientId }) => clientId))] })).map(clientName)
    const name = (i: number) => names[i % names.length] ?? 'Dana'
    // A conversation of its own for every ten turns, as people have them.
    const say = (i: number, text: string) => agent.turn({ conversationId: `bench-${Math.floor(i / 10)}`, person, text })
    const mixed = [(i: number) => `when is ${name(i)} next in?`, () => 'who is in tomorrow?', () => 'what is our late policy?', (i: number) => `tell me about ${name(i)}`, () => 'what is waiting for approval?']

    const begun = performance.now()
    await say(0, 'who is in today?')
    const first: BenchFigure = { name: 'first chat turn after start', value: performance.now() - begun, unit: 'ms', n: 1 }
    const turn = await measure({ name: 'one embedded chat turn', n: 60, run: (i) => say(i, (mixed[i % mixed.length] ?? mixed[0])?.(i) ?? '') })
    const move = await measure({ name: 'one embedded chat turn that ends in a proposal', n: 30, run: (i) => say(1_000 + i, `move ${name(i)} to next friday at ${1 + (i % 4)}pm`) })
    return [first, turn, move]
  } finally {
    await store.close()
    await rm(home, { recursive: true, force: true })
  }
}
