import { Hono } from 'hono'
import { type Person, roles } from '../../approvals/roles.ts'
import { DeskError } from '../../salon/errors.ts'
import type { Catalog } from '../../salon/salon.ts'
import { localDate } from '../../salon/time.ts'
import { type Me, SwitchPerson } from './page-api.ts'
import type { PageDesk } from './page-desk.ts'
import { readBody } from './read-input.ts'
import { becomePerson, madeUpPerson, type Session } from './session.ts'
import { knownOnly, type PageEnv, personNow } from './visitor.ts'

/** Who looks at the page, and (in the demo) being somebody else. */
export function meRoutes(desk: PageDesk): Hono<PageEnv> {
  const app = new Hono<PageEnv>()

  const sayMe = async ({ session, person, catalog }: { session: Session; person: Person; catalog: Catalog }): Promise<Me> => {
    const { business, locations } = catalog
    const now = desk.clock.now()
    return {
      person,
      mayBecome: business.demo ? [...roles] : [],
      demo: business.demo,
      salon: business.name,
      now,
      locations: locations.map(({ id, name, zone }) => ({ id, name, zone, today: localDate(now, zone) })),
      prompts: desk.cards.prompts(person.role),
      texting: business.demo ? 'demo' : 'off',
      paused: await desk.isPaused(),
      conversationPrefix: session.conversationPrefix,
    }
  }

  app.get('/api/me', knownOnly(desk, { begins: true }), async (c) => {
    const session = c.get('session')
    // Somebody is here: their first question should not wait for the models. What fails now fails again, in words, when they ask.
    desk.agent().catch(() => {})
    return c.json(await sayMe({ session, person: await personNow({ desk, session }), catalog: c.get('catalog') }))
  })

  app.post('/api/me', knownOnly(desk), async (c) => {
    const { role, name } = await readBody(c, SwitchPerson)
    if (!c.get('catalog').business.demo) throw new DeskError('not_allowed', { message: 'role switch outside the demo', userMessage: 'Roles can be tried in the demo only. Yours comes from how you signed in.' })
    const person: Person = { id: `${madeUpPerson}${name}`, name, role }
    const session = await becomePerson({ store: desk.store, clock: desk.clock, token: c.get('token'), person })
    return c.json(await sayMe({ session, person, catalog: c.get('catalog') }))
  })
  return app
}
