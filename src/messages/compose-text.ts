import type { BookingPlatform } from '../platforms/booking-platform.ts'
import { unwrap } from '../platforms/unwrap.ts'
import { countSegments } from '../salon/gsm-text.ts'
import { firstName, plainName, plainTitle } from '../salon/plain-names.ts'
import { clientName } from '../salon/salon.ts'
import type { Store } from '../store/open-store.ts'
import type { Composed, WantedText } from './messages.ts'
import { reachClient, sayBarred } from './reach-client.ts'
import type { Templates } from './templates.ts'

/**
 * The words of one text, from its template, the salon's own name and the client's first name. A name that is not a plain
 * name (a link, a sentence) is left out: clients choose their own.
 */
export async function composeText({ store, platform, templates, isConnected, wanted }: { store: Store; platform: BookingPlatform; templates: Templates; isConnected: boolean; wanted: WantedText }): Promise<Composed> {
  if (!isConnected) return { kind: 'none', why: 'Texts are not connected yet: please tell the client yourself.' }
  const [{ client, barred }, salon] = await Promise.all([reachClient({ store, platform, clientId: wanted.clientId }), salonName({ platform, locationId: wanted.locationId })])
  if (barred !== undefined) return { kind: 'none', why: sayBarred(client, barred) }
  const { template, clientId, locationId, appointmentId, asks, onlyWhile } = wanted
  const name = firstName(plainName(client.firstName))
  const body = templates.fill(template, { ...wanted.values, salon, client: name === '' ? '' : ` ${name}` })
  return {
    kind: 'text', clientId, to: clientName(client), body, segments: countSegments(body).segments, template, locationId,
    ...(appointmentId === undefined ? {} : { appointmentId }),
    ...(asks === undefined ? {} : { asks }),
    ...(onlyWhile === undefined ? {} : { onlyWhile }),
  }
}

/** The salon as its clients know it; with the shop where there are several. */
export async function salonName({ platform, locationId }: { platform: BookingPlatform; locationId: string | null }): Promise<string> {
  const { business, locations } = unwrap(await platform.catalog())
  const shop = locations.length > 1 ? plainTitle(locations.find(({ id }) => id === locationId)?.name) : ''
  return [plainTitle(business.name) || 'the salon', shop].filter((part) => part !== '').join(', ')
}
