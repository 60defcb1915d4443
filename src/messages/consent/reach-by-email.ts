import type { BookingPlatform } from '../../platforms/booking-platform.ts'
import { unwrap } from '../../platforms/unwrap.ts'
import type { Client } from '../../salon/salon.ts'
import type { Store } from '../../store/open-store.ts'
import { readConsents } from './consent.ts'
import { mailAddress } from '../email/email.ts'
import { isStranger } from '../receiving/find-sender.ts'
import { unsubscribed } from './unsubscribe.ts'

/** Why a client gets no email. `opted_out`: STOP on any of their numbers; who wants no texts is not sent the same words by another way. */
type MailBarred = 'no_address' | 'unsubscribed' | 'opted_out' | 'no_consent' | 'demo'

type MailReach = { client: Client; address: string; addressHash: string; barred?: undefined } | { barred: MailBarred }

/**
 * Reads afresh how a client can be written to by email: the address on their record, what they and it allow, and whether
 * the salon is a real one. Throws `DeskError` when the platform does not know them or does not answer.
 */
export async function reachByEmail({ store, platform, clientId }: { store: Store; platform: BookingPlatform; clientId: string }): Promise<MailReach> {
  if (isStranger(clientId)) return { barred: 'no_address' }
  const [client, { business }] = await Promise.all([platform.client({ id: clientId }).then(unwrap), platform.catalog().then(unwrap)])
  // The demo's people are made up; what stands at their addresses is not ours to write to.
  if (business.demo) return { barred: 'demo' }
  const address = mailAddress(client.email)
  if (address === undefined) return { barred: 'no_address' }
  const addressHash = store.seal.lookup(address)
  if (client.consent.email === 'out' || client.consent.sms === 'out') return { barred: 'no_consent' }
  if (await unsubscribed(store.db, addressHash)) return { barred: 'unsubscribed' }
  const said = await readConsents(store.db, { phoneHashes: client.phones.map((phone) => store.seal.lookup(phone)), purpose: 'appointment' })
  // What a stranger at the client's old number said is not the client's will.
  const saidStop = [...said.values()].some(({ state, source }) => state === 'out' && source !== 'wrong_person')
  return saidStop ? { barred: 'opted_out' } : { client, address, addressHash }
}
