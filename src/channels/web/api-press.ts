import { Hono } from 'hono'
import { type Counters, pressResult } from './counters.ts'
import { PressRequest } from './page-api.ts'
import type { PageDesk } from './page-desk.ts'
import { readBody } from './read-input.ts'
import { knownOnly, type PageEnv, personNow } from './visitor.ts'

/** A button's press or a filled-in form, handed to the one place where buttons do something. */
export function pressRoutes({ desk, counters }: { desk: PageDesk; counters: Counters }): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.post('/api/press', knownOnly(desk), async (c) => {
    const { requestId, values, ...press } = await readBody(c, PressRequest)
    const session = c.get('session')
    const person = await personNow({ desk, session })
    try {
      const answer = await desk.cards.press({ ...press, person, requestId: `${session.conversationPrefix}${requestId}`, ...(values === undefined ? {} : { values }) })
      counters.press(pressResult(answer))
      return c.json(answer)
    } catch (error) {
      counters.press('failed')
      throw error
    }
  })
  return app
}
