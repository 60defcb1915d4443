import type { Agent, Turn } from '../../../src/agent/agent.ts'
import { openAgent } from '../../../src/agent/open-agent.ts'
import type { LanguageModelSettings } from '../../../src/agent/chat-model.ts'
import type { DeskTool } from '../../../src/agent/desk-tool.ts'
import { openApprovals, type Approvals } from '../../../src/approvals/open-approvals.ts'
import type { Person } from '../../../src/approvals/roles.ts'
import { bookingActions } from '../../../src/bookings/booking-actions.ts'
import type { ToolDeps } from '../../../tools/tool.ts'
import { silentLogger } from '../../../src/logger.ts'
import type { BookingPlatform } from '../../../src/platforms/booking-platform.ts'
import { unwrap } from '../../../src/platforms/unwrap.ts'
import { DeskError } from '../../../src/salon/errors.ts'
import type { BookData } from '../../../src/salon/book-data.ts'
import type { Store } from '../../../src/store/open-store.ts'
import { openUnderstanding } from '../../../src/understanding/open-understanding.ts'
import { waitlistFillAction } from '../../../src/waitlist/fill.ts'
import { deskTools } from '../../../tools/index.ts'
import { testEmbedder, testModelDir } from '../../support/test-embedder.ts'
import { createTinyDesk, type TestClock, tinyBook } from '../../support/tiny-book.ts'

export const person: Person = { id: 'terminal:sam', name: 'Sam', role: 'front_desk' }

const understanding = await openUnderstanding({ embedder: testEmbedder, cacheDir: testModelDir })

const medium = { score: 0.2, band: 'medium' as const, confidence: 'medium' as const, reasons: ['booked long ago'] }

/** Everybody is a medium risk but Elena, who is a high one. */
const score: ToolDeps['score'] = async ({ appointments }) => new Map(appointments.map(({ id, clientId }) => [id, clientId === 'elena' ? { ...medium, score: 0.42, band: 'high' as const, reasons: ['missed a visit on 31 October'] } : medium]))

const policies = {
  answer: async (question: string) => /late|park/i.test(question)
    ? { answered: true, answer: 'We wait fifteen minutes.', citations: [{ file: 'lateness.md', section: 'grace', title: 'Running late', quote: 'We wait fifteen minutes.' }] }
    : { answered: false, answer: 'The policy does not say.', citations: [] },
}

export type AgentDesk = {
  store: Store
  platform: BookingPlatform
  clock: TestClock
  approvals: Approvals
  tools: DeskTool[]
  agent: Agent
  /** Says one line in the conversation `chat`. */
  say(text: string): Promise<Turn>
  /** The live book as text, to see that nothing changed. */
  book(): Promise<string>
}

/** Offers to the waitlist need texts: what they do is in the plays and in test/unit/waitlist. */
const notHere = async (): Promise<never> => { throw new DeskError('unsupported', { message: 'no texts here', userMessage: 'Texts are not connected here.' }) }
const waitlist = { offer: notHere, offerVisit: notHere, propose: notHere }

/** An agent on the tiny salon, with real approvals, tools and understanding. */
export async function createAgentDesk({ languageModel, now, change = (book) => book }: { languageModel?: LanguageModelSettings; now?: string; change?: (book: BookData) => BookData } = {}): Promise<AgentDesk> {
  const { store, platform, clock } = await createTinyDesk({ book: change(tinyBook()), ...(now !== undefined && { now }) })
  const room = { platform, clock, cite: async () => [] }
  const approvals = openApprovals({ store, clock, actions: [...bookingActions(room), waitlistFillAction(room)] as Parameters<typeof openApprovals>[0]['actions'] })
  const tools = deskTools({ platform, store, clock, approvals, policies, score, waitlist })
  const agent = openAgent({ tools, understanding, platform, store, clock, logger: silentLogger, retries: 0, ...(languageModel === undefined ? {} : { languageModel }) })
  return {
    store, platform, clock, approvals, tools, agent,
    say: (text) => agent.turn({ conversationId: 'chat', person, text }),
    async book() {
      const range = { from: '2026-01-01T00:00:00.000Z', to: '2027-12-31T00:00:00.000Z' }
      const { items } = unwrap(await platform.appointments({ ...range, includeCancelled: true, limit: 500 }))
      const clients = unwrap(await platform.clients({ ids: ['dana-w', 'dana-k', 'elena', 'fay', 'george', 'hana', 'ivan', 'jo'] }))
      return JSON.stringify([items.map(({ fetchedAt: _fetchedAt, ...rest }) => rest), clients, unwrap(await platform.waitlist({}))])
    },
  }
}
