import { Hono } from 'hono'
import { DeskError } from '../../salon/errors.ts'
import { LookedAfter, type PhoneAnswer, PhoneQuery, PhoneReply, type Phones, type Texts } from './page-api.ts'
import type { PageDesk } from './page-desk.ts'
import { readBody, readQuery } from './read-input.ts'
import { knownOnly, type PageEnv, personNow } from './visitor.ts'

/** Threads that the list shows, besides those that wait. */
const mostThreads = 60

/** Clients' texts. In the demo the page is also the client's phone; a real client's answer only ever comes from their own. */
export function phoneRoutes(desk: PageDesk): Hono<PageEnv> {
  const { messages } = desk
  const app = new Hono<PageEnv>()
  const known = knownOnly(desk)
  app.get('/api/texts', known, async (c) => {
    const [waiting, recent] = await Promise.all([messages.waiting(mostThreads), messages.recent(mostThreads)])
    const first = new Set(waiting.map(({ client }) => client.id))
    return c.json({ threads: [...waiting, ...recent.filter(({ client }) => !first.has(client.id))] } satisfies Texts)
  })
  app.get('/api/phones', known, async (c) => c.json({ phones: await messages.recent(), mayReply: c.get('catalog').business.demo } satisfies Phones))
  app.get('/api/phone', known, async (c) => c.json(await messages.thread(readQuery(c, PhoneQuery).client)))
  app.post('/api/phone', known, async (c) => {
    const { clientId, text, requestId } = await readBody(c, PhoneReply)
    if (!c.get('catalog').business.demo) throw new DeskError('not_allowed', { message: 'reply as client outside the demo', userMessage: 'Only in the demo can you answer as a client. Real clients answer from their own phone.' })
    const received = await messages.receive({ clientId, body: text, externalId: `${c.get('session').conversationPrefix}${requestId}` })
    return c.json({ received, thread: await messages.thread(clientId) } satisfies PhoneAnswer)
  })
  app.post('/api/phone/looked-after', known, async (c) => {
    const { clientId } = await readBody(c, LookedAfter)
    await messages.lookedAfter({ clientId, by: await personNow({ desk, session: c.get('session') }) })
    return c.json(await messages.thread(clientId))
  })
  return app
}
