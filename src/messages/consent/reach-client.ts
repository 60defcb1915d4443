import type { BookingPlatform } from '../../platforms/booking-platform.ts'
import { unwrap } from '../../platforms/unwrap.ts'
import { type Client, clientName } from '../../salon/salon.ts'
import { DeskError } from '../../salon/errors.ts'
import type { Store } from '../../store/open-store.ts'
import type { Purpose } from '../../store/tables/texts.ts'
import { type Consent, readConsents } from './consent.ts'
import { isStranger } from '../receiving/find-sender.ts'

/** `not_asked`: an offer or advertising, to somebody who never asked for it. `wrong_person`: the number may be somebody else's. */
export type Barred = 'no_number' | 'opted_out' | 'no_consent' | 'wrong_person' | 'not_asked'

/** How a client can be texted now; `phone` is E.164, `phoneHash` what the desk's own tables know it by. */
export type Reach = { client: Client; phone: string | undefined; phoneHash: string | undefined; barred: Barred | undefined }

/**
 * Reads the client and what they allow for texts of `purpose`, afresh: the number first in their record, what that number
 * has said, and the consent on their record. Throws `DeskError` when the platform does not know them or does not answer.
 */
export async function reachClient({ store, platform, clientId, purpose = 'appointment' }: { store: Store; platform: BookingPlatform; clientId: string; purpose?: Purpose }): Promise<Reach> {
  const client = isStranger(clientId) ? await readStranger(store, clientId) : unwrap(await platform.client({ id: clientId }))
  const [reach] = await reachAll({ store, clients: [client], purpose })
  return reach as Reach
}

/** The same for clients that were read already; their consent is read in one query. */
export async function reachAll({ store, clients, purpose }: { store: Pick<Store, 'db' | 'seal'>; clients: Client[]; purpose: Purpose }): Promise<Reach[]> {
  const hashes = new Map(clients.flatMap(({ phones: [phone] }) => (phone === undefined ? [] : [[phone, store.seal.lookup(phone)] as const])))
  const consents = await readConsents(store.db, { phoneHashes: [...hashes.values()], purpose })
  return clients.map((client) => {
    const [phone] = client.phones
    const phoneHash = phone === undefined ? undefined : hashes.get(phone)
    const barred = phoneHash === undefined ? 'no_number' : barredBy({ consent: consents.get(phoneHash), record: client.consent.sms, purpose })
    return { client, phone, phoneHash, barred }
  })
}

/** What the number said goes before what the record says; offers and advertising need a yes from one of them (LAW-4, LAW-5). */
export function barredBy({ consent, record, purpose }: { consent: Consent | undefined; record: Client['consent']['sms'] | undefined; purpose: Purpose }): Barred | undefined {
  if (consent?.state === 'out') return consent.source === 'wrong_person' ? 'wrong_person' : 'opted_out'
  if (record === 'out') return 'no_consent'
  const needsYes = purpose === 'waitlist' || purpose === 'marketing'
  return needsYes && consent?.state !== 'in' && record !== 'in' ? 'not_asked' : undefined
}

/** A number that is on nobody's record, as somebody without a name. Throws `DeskError('not_found')`. */
async function readStranger({ db, seal }: Store, id: string): Promise<Client> {
  const row = await db.selectFrom('threads').select('phone').where('client_id', '=', id).executeTakeFirst()
  if (row?.phone == null) throw new DeskError('not_found', { message: 'no such number', userMessage: 'There are no texts with that number (any more).' })
  return { id, firstName: 'Unknown', lastName: 'number', phones: [seal.open(row.phone)], consent: { sms: 'unknown', email: 'unknown' }, tags: [], notes: [], holdings: [] }
}

/** Why a client gets no text, for the card. */
export function sayBarred(client: Client, barred: Barred): string {
  const name = clientName(client)
  switch (barred) {
    case 'no_number':
      return `${name} has no phone number on file.`
    case 'opted_out':
      return `${name}'s number asked for no more texts (STOP).`
    case 'no_consent':
      return `${name}'s record says no texts.`
    case 'wrong_person':
      return `Whoever has ${name}'s number says they are somebody else. Please check the number first.`
    case 'not_asked': // below, so that every path returns
  }
  return `${name} has not asked for texts of this kind.`
}
