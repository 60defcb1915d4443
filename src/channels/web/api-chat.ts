import { setImmediate as turnOfTheLoop } from 'node:timers/promises'
import { Hono } from 'hono'
import type { TurnRequest } from '../../agent/agent.ts'
import { DeskError, wordsFor } from '../../salon/errors.ts'
import { turnView } from '../cards/turn-view.ts'
import type { Counters } from './counters.ts'
import { openLimits } from './limits.ts'
import { type ChatLine, ChatRequest } from './page-api.ts'
import type { PageDesk } from './page-desk.ts'
import { readBody } from './read-input.ts'
import { refuse } from './refuse.ts'
import { type Outflow, streamOut } from './stream-out.ts'
import { knownOnly, type PageEnv, personNow } from './visitor.ts'

/** Turns a person may begin in a minute; more is a program. */
const turnsPerMinute = 30

/** The chat: what is looked up, words as they come, then the whole answer as cards; a line each, sent at once. */
export function chatRoutes({ desk, counters, onError }: { desk: PageDesk; counters: Counters; onError: (error: unknown) => void }): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  const limits = openLimits({ perMinute: turnsPerMinute })

  app.post('/api/chat', knownOnly(desk), async (c) => {
    const request = await readBody(c, ChatRequest)
    const session = c.get('session')
    if (!isOwn(request.conversationId, session.conversationPrefix)) throw new DeskError('not_allowed', { message: 'conversation of somebody else', userMessage: 'This conversation belongs to somebody else. Load the page again to begin one of your own.' })
    if (request.locationId !== undefined && !c.get('catalog').locations.some(({ id }) => id === request.locationId)) throw new DeskError('not_found', { message: 'no such location', userMessage: 'There is no such location here.' })
    if (!limits.take(session.id)) return refuse(c, { status: 429, code: 'unavailable', message: 'That was a lot within a minute. Try again in a moment.', headers: { 'retry-after': '30' } })
    const person = await personNow({ desk, session })
    const requestId = `${session.conversationPrefix}${request.requestId}`
    return streamOut({ type: 'application/x-ndjson; charset=utf-8', run: (out) => { void answer({ ...request, requestId, person, out }) } })
  })

  const answer = async ({ out, ...request }: { out: Outflow; requestId: string } & TurnRequest): Promise<void> => {
    const say = (line: ChatLine): void => out.write(`${JSON.stringify(line)}\n`)
    try {
      say({ kind: 'status', text: 'reading …' })
      // The first chat opens the agent, which keeps the processor for seconds: the line above must be on its way by then.
      await turnOfTheLoop()
      const agent = await desk.agent()
      if (out.signal.aborted) return
      const turn = await agent.turn({ ...request, signal: out.signal, onEvent: say })
      counters.turn(turn.brain)
      const { view, proposals } = turnView({ turn, conversationId: request.conversationId, requestId: request.requestId, seal: desk.store.seal })
      // The turn is done: a card that cannot be drawn just now is drawn when the page asks for it.
      const drawn = await Promise.all(proposals.map((subject) => desk.cards.view(subject).then(({ cards }) => cards, () => [])))
      say({ kind: 'turn', view: { ...view, cards: [...view.cards, ...drawn.flat()] }, subjects: proposals, brain: turn.brain })
    } catch (error) {
      // Nobody reads it any more: giving up was what they wanted.
      if (out.signal.aborted) return
      counters.turn('failed')
      if (!(error instanceof DeskError)) onError(error)
      say({ kind: 'error', code: error instanceof DeskError ? error.code : 'internal', text: wordsFor(error) })
    } finally {
      out.end()
    }
  }
  return app
}

function isOwn(conversationId: string, prefix: string): boolean {
  return conversationId.startsWith(prefix) && /^[\w-]{1,64}$/.test(conversationId.slice(prefix.length))
}
