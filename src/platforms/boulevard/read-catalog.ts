import type { z } from 'zod'
import type { Catalog } from '../../salon/salon.ts'
import { ok, type Outcome } from '../booking-platform.ts'
import type { BoulevardClient } from './client.ts'
import * as queries from './queries.ts'
import { nodesOf, toCatalog } from './read.ts'
import { Business, CartCategories, type Item, type Location, MadeCart, type Service, Services, type Staff, StaffList } from './schema.ts'

/** Everything there is to book: places, people, services, and (by a cart at each place) who does what for how long and how much. */
export async function readCatalog({ admin, guest }: BoulevardClient): Promise<Outcome<Catalog>> {
  const business = await guest({ query: queries.business, schema: Business })
  if (!business.ok) return business
  const locations = await all<Location, z.infer<typeof Business>>((after) => guest({ query: queries.locations, variables: { after }, schema: Business, cost: 4 }), ({ business: { locations: page } }) => page ?? empty)
  if (!locations.ok) return locations
  const services = await all<Service, z.infer<typeof Services>>((after) => admin({ query: queries.services, variables: { first: 100, after }, schema: Services, cost: 4 }), (page) => page.services)
  if (!services.ok) return services
  const staff = await all<Staff, z.infer<typeof StaffList>>((after) => admin({ query: queries.staff, variables: { first: 100, after }, schema: StaffList, cost: 4 }), (page) => page.staff)
  if (!staff.ok) return staff
  const offered: (Item & { category: string | undefined })[] = []
  for (const { id: locationId } of locations.value) {
    const cart = await guest({ query: queries.createCart, variables: { input: { locationId } }, schema: MadeCart })
    if (!cart.ok) return cart
    const found = await guest({ query: queries.cartCategories, variables: { id: cart.value.createCart.cart.id }, schema: CartCategories, cost: 4 })
    if (!found.ok) return found
    offered.push(...found.value.cart.availableCategories.flatMap(({ name, availableItems }) => availableItems.map((item) => ({ ...item, category: name }))))
  }
  return ok(toCatalog({ business: business.value.business, locations: locations.value, services: services.value, staff: staff.value, offered }), business.observedAt)
}

const empty = { edges: [], pageInfo: { endCursor: undefined, hasNextPage: false } }

/** All pages of a list. */
async function all<Node, Page>(ask: (after: string | undefined) => Promise<Outcome<Page>>, list: (page: Page) => Parameters<typeof nodesOf<Node>>[0]): Promise<Outcome<Node[]>> {
  const found: Node[] = []
  for (let after: string | undefined; ;) {
    const page = await ask(after)
    if (!page.ok) return page
    const { nodes, after: next } = nodesOf<Node>(list(page.value))
    found.push(...nodes)
    if (next === undefined) return ok(found, page.observedAt)
    after = next
  }
}
