import type { z } from 'zod'
import type { Catalog } from '../../salon/salon.ts'
import { failed, ok, type Outcome } from '../booking-platform.ts'
import type { ZenotiClient, ZenotiCredentials } from './client.ts'
import { type Centre, toCatalog, toLocation } from './read.ts'
import { Centers, Services, Therapists } from './schema.ts'

type Chosen = Pick<ZenotiCredentials, 'timezone' | 'currency' | 'centerId'>

/** Zenoti pages by number, at most 100 a page. */
const size = 100

/** The centres that this connection serves: the one that was named, or all that the key sees. */
export async function readCentres(client: ZenotiClient, chosen: Chosen): Promise<Outcome<(Centre & { name: string })[]>> {
  const found = await allCentres(client, chosen)
  return found.ok ? ok(found.value.map((one) => toLocation(one, chosen)).map(({ id, name, zone, currency }) => ({ id, name, zone, currency })), found.observedAt) : found
}

/** One request for the centres, two or more for each of them. */
export async function readCatalog(client: ZenotiClient, chosen: Chosen): Promise<Outcome<Catalog>> {
  const centres = await allCentres(client, chosen)
  if (!centres.ok) return centres
  const parts: Parameters<typeof toCatalog>[0] = []
  for (const centre of centres.value) {
    const path = `/centers/${encodeURIComponent(centre.id)}`
    const services = await pages((page) => client({ path: `${path}/services`, query: { page, size, expand: 'additional_info' }, schema: Services }), ({ services: given }) => given)
    if (!services.ok) return services
    const therapists = await client({ path: `${path}/therapists`, schema: Therapists })
    if (!therapists.ok) return therapists
    parts.push({ location: toLocation(centre, chosen), services: services.value, therapists: therapists.value.therapists })
  }
  return parts.length === 0 ? failed('not_found', 'the key sees no such center') : ok(toCatalog(parts), centres.observedAt)
}

async function allCentres(client: ZenotiClient, { centerId }: Chosen): Promise<Outcome<z.infer<typeof Centers>['centers']>> {
  const found = await pages((page) => client({ path: '/centers', query: { page, size }, schema: Centers }), ({ centers }) => centers)
  return found.ok ? ok(found.value.filter(({ id }) => centerId === undefined || id.toLowerCase() === centerId.toLowerCase()), found.observedAt) : found
}

async function pages<P extends { page_info?: { total?: number | undefined } | null | undefined }, T>(ask: (page: number) => Promise<Outcome<P>>, itemsOf: (page: P) => T[]): Promise<Outcome<T[]>> {
  const items: T[] = []
  for (let page = 1; ; page++) {
    const answer = await ask(page)
    if (!answer.ok) return answer
    const more = itemsOf(answer.value)
    items.push(...more)
    // A full page may be followed by another where the total is not told.
    if (more.length === 0 || items.length >= (answer.value.page_info?.total ?? (more.length < size ? items.length : Infinity))) return ok(items, answer.observedAt)
  }
}
