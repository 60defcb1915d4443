import type { ClientText } from '../../approvals/action.ts'
import type { BookingPlatform } from '../../platforms/booking-platform.ts'
import { unwrap } from '../../platforms/unwrap.ts'
import { countSegments } from '../../salon/gsm-text.ts'
import { firstName, plainName, plainTitle } from '../../salon/plain-names.ts'
import { type Catalog, type Client, clientName } from '../../salon/salon.ts'
import { languageOf } from '../../salon/say-value.ts'
import type { Store } from '../../store/open-store.ts'
import type { Purpose } from '../../store/tables/texts.ts'
import type { Composed, WantedText } from '../messages.ts'
import { type Reach, reachAll, reachClient, sayBarred } from '../consent/reach-client.ts'
import { readOwnWording } from './own-wording.ts'
import type { OwnWording, Templates } from './templates.ts'
import { readTextSettings, type TextSettings } from '../sending/text-settings.ts'

/** `byEmail` makes an email of a text that has no number to go to; undefined where the client gets none. */
type Room = { store: Store; platform: BookingPlatform; templates: Templates; isConnected: boolean; byEmail?: ((text: ClientText) => Promise<ClientText | undefined>) | undefined }

const notConnected: Composed = { kind: 'none', why: 'Texts are not connected yet: please tell the client yourself.' }
const gone: Composed = { kind: 'none', why: 'This client is not in the booking system any more.' }

/** So many clients are asked of the platform at once. */
const clientsAtOnce = 1_000

/**
 * The words of one text, from its template in the client's language, the salon's own name and the client's first name. A
 * name that is not a plain name (a link, a sentence) is left out: clients choose their own.
 */
export async function composeText({ store, platform, templates, isConnected, byEmail, wanted }: Room & { wanted: WantedText }): Promise<Composed> {
  if (!isConnected) return notConnected
  const [reach, catalog, own, settings] = await Promise.all([
    reachClient({ store, platform, clientId: wanted.clientId, purpose: wanted.purpose ?? 'appointment' }),
    platform.catalog().then(unwrap), readOwnWording(store.db), readTextSettings(store.db, { locationId: wanted.locationId }),
  ])
  return compose({ wanted, reach, salon: nameOf(catalog, wanted.locationId), templates, own, settings, byEmail })
}

/** The same for many, in their order: catalog, clients, consent and wording are each read once for all of them. */
export async function composeAll({ store, platform, templates, isConnected, byEmail, wanted }: Room & { wanted: WantedText[] }): Promise<Composed[]> {
  if (!isConnected) return wanted.map(() => notConnected)
  const [catalog, own, clients, settings] = await Promise.all([
    platform.catalog().then(unwrap), readOwnWording(store.db), readClients(platform, [...new Set(wanted.map(({ clientId }) => clientId))]), settingsOf(store, wanted),
  ])
  const purposes = [...new Set(wanted.map(({ purpose }) => purpose ?? 'appointment'))]
  const reaches = new Map<Purpose, Map<string, Reach>>(await Promise.all(purposes.map(async (purpose) => [purpose, new Map((await reachAll({ store, clients, purpose })).map((reach) => [reach.client.id, reach]))] as const)))
  const salons = new Map(wanted.map(({ locationId }) => [locationId, nameOf(catalog, locationId)]))
  return Promise.all(wanted.map(async (one) => {
    const reach = reaches.get(one.purpose ?? 'appointment')?.get(one.clientId)
    return reach === undefined ? gone : compose({ wanted: one, reach, salon: salons.get(one.locationId) ?? '', templates, own, settings: settings.get(one.locationId), byEmail })
  }))
}

/** The salon as its clients know it; with the shop where there are several. */
export async function salonName({ platform, locationId }: { platform: BookingPlatform; locationId: string | null }): Promise<string> {
  return nameOf(unwrap(await platform.catalog()), locationId)
}

type Given = Pick<Room, 'templates' | 'byEmail'> & { wanted: WantedText; reach: Reach; salon: string; own: OwnWording; settings: TextSettings | undefined }

async function compose(given: Given): Promise<Composed> {
  const { reach: { client, barred }, byEmail } = given
  if (barred === undefined) return write(given)
  const email = barred === 'no_number' ? await byEmail?.(write(given)) : undefined
  return email ?? { kind: 'none', why: sayBarred(client, barred) }
}

function write({ wanted, reach: { client }, salon, templates, own, settings }: Given): ClientText {
  const { template, clientId, locationId, appointmentId, asks, onlyWhile, purpose } = wanted
  const name = firstName(plainName(client.firstName))
  const language = templates.languageFor(template, [languageOf(client.language), settings?.language])
  const body = templates.fill(template, { ...wanted.values, salon, client: name === '' ? '' : ` ${name}` }, language, own)
  return {
    kind: 'text', clientId, to: clientName(client), body, segments: countSegments(body).segments, template, locationId,
    ...(purpose === undefined || purpose === 'appointment' ? {} : { purpose }),
    ...(appointmentId === undefined ? {} : { appointmentId }),
    ...(asks === undefined ? {} : { asks }),
    ...(onlyWhile === undefined ? {} : { onlyWhile }),
  }
}

function nameOf({ business, locations }: Catalog, locationId: string | null): string {
  const shop = locations.length > 1 ? plainTitle(locations.find(({ id }) => id === locationId)?.name) : ''
  return [plainTitle(business.name) || 'the salon', shop].filter((part) => part !== '').join(', ')
}

async function readClients(platform: BookingPlatform, ids: string[]): Promise<Client[]> {
  const clients: Client[] = []
  for (let from = 0; from < ids.length; from += clientsAtOnce) clients.push(...unwrap(await platform.clients({ ids: ids.slice(from, from + clientsAtOnce) })))
  return clients
}

async function settingsOf({ db }: Store, wanted: WantedText[]): Promise<Map<string, TextSettings>> {
  return new Map(await Promise.all([...new Set(wanted.map(({ locationId }) => locationId))].map(async (locationId) => [locationId, await readTextSettings(db, { locationId })] as const)))
}
