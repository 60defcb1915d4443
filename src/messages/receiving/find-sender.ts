import type { BookingPlatform } from '../../platforms/booking-platform.ts'
import type { Client } from '../../salon/salon.ts'
import type { Store } from '../../store/open-store.ts'

/** Whose a text is. `others`: further clients with the same number; then nothing in it can be said to be this one's (F23). */
export type Sender = { clientId: string; phone: string | undefined; phoneHash: string | undefined; others: string[]; isStranger: boolean; language: string | undefined }

/** The thread of a number that is on nobody's record. */
function strangerId(phoneHash: string): string {
  return `number:${phoneHash.slice(0, 24)}`
}

export function isStranger(clientId: string): boolean {
  return clientId.startsWith('number:')
}

/**
 * Who has this number: the client we last texted on it before the others. While the booking system is away, whoever we
 * texted on it before (an opt-out must count at once, whatever else is down); failing that, nobody on record.
 */
export async function findSender({ store, platform, phone }: { store: Store; platform: BookingPlatform; phone: string }): Promise<Sender> {
  const phoneHash = store.seal.lookup(phone)
  const [found, texted] = await Promise.all([platform.findClients({ phone, limit: 20 }), textedOn(store, phoneHash)])
  const clients: Pick<Client, 'id' | 'language'>[] = found.ok ? found.value.filter(({ phones }) => phones.includes(phone)) : texted.map((id) => ({ id }))
  const ids = clients.map(({ id }) => id).toSorted((a, b) => place(texted, a) - place(texted, b))
  const [clientId = strangerId(phoneHash), ...others] = ids
  return { clientId, phone, phoneHash, others, isStranger: ids.length === 0, language: clients.find(({ id }) => id === clientId)?.language }
}

/** Who shares the number of a client that is known already. */
export async function senderOf({ store, platform, client }: { store: Store; platform: BookingPlatform; client: Client }): Promise<Sender> {
  const [phone] = client.phones
  if (phone === undefined) return { clientId: client.id, phone, phoneHash: undefined, others: [], isStranger: false, language: client.language }
  const found = await platform.findClients({ phone, limit: 20 })
  const others = found.ok ? found.value.filter(({ id, phones }) => id !== client.id && phones.includes(phone)).map(({ id }) => id) : []
  return { clientId: client.id, phone, phoneHash: store.seal.lookup(phone), others, isStranger: false, language: client.language }
}

/** The clients we texted on a number, the latest first. */
async function textedOn({ db }: Store, phoneHash: string): Promise<string[]> {
  const rows = await db.selectFrom('texts').select((eb) => ['client_id', eb.fn.max('id').as('last_id')]).where('phone_hash', '=', phoneHash).where('direction', '=', 'out').groupBy('client_id').orderBy('last_id', 'desc').execute()
  return rows.map(({ client_id: id }) => id).filter((id) => !isStranger(id))
}

function place(order: string[], id: string): number {
  const index = order.indexOf(id)
  return index === -1 ? order.length : index
}
