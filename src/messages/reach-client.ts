import type { BookingPlatform } from '../platforms/booking-platform.ts'
import { unwrap } from '../platforms/unwrap.ts'
import { type Client, clientName } from '../salon/salon.ts'
import type { Store } from '../store/open-store.ts'
import { DeskError } from '../salon/errors.ts'
import { readConsent } from './consent.ts'
import { isStranger } from './find-sender.ts'

export type Barred = 'no_number' | 'opted_out' | 'no_consent'

/** How a client can be texted now; `phone` is E.164, `phoneHash` what the desk's own tables know it by. */
export type Reach = { client: Client; phone: string | undefined; phoneHash: string | undefined; barred: Barred | undefined }

/**
 * Reads the client and what they allow, afresh: the number first in their record, whether that number said STOP, and the
 * consent on their record. Throws `DeskError` when the platform does not know them or does not answer.
 */
export async function reachClient({ store, platform, clientId }: { store: Store; platform: BookingPlatform; clientId: string }): Promise<Reach> {
  const client = isStranger(clientId) ? await readStranger(store, clientId) : unwrap(await platform.client({ id: clientId }))
  const [phone] = client.phones
  if (phone === undefined) return { client, phone, phoneHash: undefined, barred: 'no_number' }
  const phoneHash = store.seal.lookup(phone)
  return { client, phone, phoneHash, barred: (await saidStop(store, phoneHash)) ? 'opted_out' : client.consent.sms === 'out' ? 'no_consent' : undefined }
}

/** A number that is on nobody's record, as somebody without a name. Throws `DeskError('not_found')`. */
async function readStranger({ db, seal }: Store, id: string): Promise<Client> {
  const row = await db.selectFrom('threads').select('phone').where('client_id', '=', id).executeTakeFirst()
  if (row?.phone == null) throw new DeskError('not_found', { message: 'no such number', userMessage: 'There are no texts with that number (any more).' })
  return { id, firstName: 'Unknown', lastName: 'number', phones: [seal.open(row.phone)], consent: { sms: 'unknown', email: 'unknown' }, tags: [], notes: [], holdings: [] }
}

export async function saidStop({ db }: Store, phoneHash: string): Promise<boolean> {
  return (await readConsent(db, { phoneHash, purpose: 'appointment' })) === 'out'
}

/** Why a client gets no text, for the card. */
export function sayBarred(client: Client, barred: Barred): string {
  const name = clientName(client)
  if (barred === 'no_number') return `${name} has no phone number on file.`
  return barred === 'opted_out' ? `${name}'s number asked for no more texts (STOP).` : `${name}'s record says no texts.`
}
