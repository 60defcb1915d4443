import { Hono } from 'hono'
import { DeskError } from '../../salon/errors.ts'
import type { Catalog, Location } from '../../salon/salon.ts'
import { type LocalDate, localDate } from '../../salon/time.ts'
import type { View } from '../cards/card.ts'
import { keptPictures } from './kept-pictures.ts'
import { BriefQuery, DayQuery, type Proposals, ViewQuery } from './page-api.ts'
import type { PageDesk } from './page-desk.ts'
import { readQuery } from './read-input.ts'
import { knownOnly, type PageEnv } from './visitor.ts'

/** Decided proposals that are still shown. */
const mostRecent = 15

/** Everything there is to see: the day, cards by subject, what waits. */
export function viewRoutes(desk: PageDesk): Hono<PageEnv> {
  const { cards, clock } = desk
  const app = new Hono<PageEnv>()
  const known = knownOnly(desk)
  const dayPicture = keptPictures(desk)

  const placeAndDay = ({ location, date, catalog }: { location: string; date?: LocalDate | undefined; catalog: Catalog }) => {
    const { id, zone } = findLocation(catalog, location)
    return { locationId: id, date: date ?? localDate(clock.now(), zone) }
  }

  app.get('/api/day', known, async (c) => c.json(await desk.dayBook(placeAndDay({ ...readQuery(c, DayQuery), catalog: c.get('catalog') }))))
  app.get('/api/day.png', known, async (c) => {
    // Names of clients: not for a cache, and so without an etag.
    return c.body(new Uint8Array(await dayPicture(placeAndDay({ ...readQuery(c, DayQuery), catalog: c.get('catalog') }))), 200, { 'content-type': 'image/png' })
  })

  app.get('/api/view', known, async (c) => c.json(await cards.view(readQuery(c, ViewQuery).subject, c.get('session').person)))
  app.get('/api/home', known, async (c) => c.json(await cards.home(c.get('session').person)))
  app.get('/api/brief', known, async (c) => {
    const { locationId, date } = placeAndDay({ ...readQuery(c, BriefQuery), catalog: c.get('catalog') })
    return c.json(await cards.view(`brief:${locationId}:${date}`))
  })

  app.get('/api/proposals', known, async (c) => {
    const open = await desk.approvals.list()
    const isOpen = new Set(open.map(({ id }) => id))
    const recent = (await desk.approvals.list({ recent: mostRecent + isOpen.size })).filter(({ id }) => !isOpen.has(id)).slice(0, mostRecent)
    const draw = (proposals: { id: string }[]): Promise<View[]> => Promise.all(proposals.map(({ id }) => cards.view(`proposal:${id}`)))
    return c.json({ open: await draw(open), recent: await draw(recent) } satisfies Proposals)
  })
  return app
}

function findLocation(catalog: Catalog, id: string): Location {
  const location = catalog.locations.find((candidate) => candidate.id === id)
  if (location === undefined) throw new DeskError('not_found', { message: 'no such location', userMessage: `There is no location "${id.slice(0, 40)}" here.` })
  return location
}
