import type { Catalog } from '../../salon/salon.ts'
import { isZone, type Zone } from '../../salon/time.ts'
import { failed, ok, type Outcome } from '../booking-platform.ts'
import type { MindbodyClient, MindbodyCredentials } from './client.ts'
import { all } from './pages.ts'
import { toCatalog } from './read.ts'
import { Locations, Pricings, SessionTypes, type Site, Sites, StaffMembers, StaffSessionTypes } from './schema.ts'

export async function readSite(client: MindbodyClient, { siteId }: Pick<MindbodyCredentials, 'siteId'>): Promise<Outcome<Site>> {
  const sites = await client({ path: '/site/sites', query: { 'request.siteIds': siteId }, schema: Sites })
  if (!sites.ok) return sites
  const site = sites.value.Sites.find(({ Id: id }) => id === siteId) ?? sites.value.Sites[0]
  return site === undefined ? failed('not_found', 'no such site') : ok(site, sites.observedAt)
}

/** The site's zone: as it was given to us, else as Mindbody says it. A short name ("EST") is no zone with a summer time and is not taken. */
export function zoneOf(site: Site, { timezone }: Pick<MindbodyCredentials, 'timezone'>): Zone | undefined {
  const zone = timezone ?? site.TimeZone ?? ''
  return zone.includes('/') && isZone(zone) ? zone : undefined
}

/** Everything there is to book. One request for each person, and one for each page of the rest: Mindbody bills them. */
export async function readCatalog({ client, credentials }: { client: MindbodyClient; credentials: MindbodyCredentials }): Promise<Outcome<Catalog>> {
  const site = await readSite(client, credentials)
  if (!site.ok) return site
  const zone = zoneOf(site.value, credentials)
  if (zone === undefined) return failed('invalid', 'Mindbody does not say the site\'s zone in a way that is understood: give the desk its name, like America/Los_Angeles')
  const places = await all(client, { path: '/site/locations', schema: Locations }, (page) => page.Locations)
  if (!places.ok) return places
  const sessions = await all(client, { path: '/site/sessiontypes', schema: SessionTypes }, (page) => page.SessionTypes)
  if (!sessions.ok) return sessions
  const pricings = await all(client, { path: '/sale/services', schema: Pricings }, (page) => page.Services)
  if (!pricings.ok) return pricings
  const members = await all(client, { path: '/staff/staff', schema: StaffMembers }, (page) => page.StaffMembers)
  if (!members.ok) return members
  const does = new Map<string, string[]>()
  for (const { Id: staffId, AppointmentInstructor: instructs } of members.value) {
    if (instructs === false) continue
    const types = await all(client, { path: '/staff/sessiontypes', query: { 'request.staffId': staffId }, schema: StaffSessionTypes }, (page) => page.StaffSessionTypes)
    if (!types.ok) return types
    does.set(staffId, types.value.map(({ Id: id }) => id))
  }
  return ok(toCatalog({ site: site.value, zone, places: places.value.filter(({ Id: id }) => Number(id) > 0), members: members.value, sessions: sessions.value, pricings: pricings.value, does }), site.observedAt)
}
