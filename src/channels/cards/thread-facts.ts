import { isStranger } from '../../messages/receiving/find-sender.ts'
import type { Text } from '../../messages/messages.ts'
import { type Pending, questionsFor } from '../../messages/receiving/questions.ts'
import { threadOf } from '../../messages/sending/queue-text.ts'
import { unwrap } from '../../platforms/unwrap.ts'
import { sayList } from '../../salon/plain-names.ts'
import { type Appointment, type Catalog, type Client, clientName, liveStatuses } from '../../salon/salon.ts'
import { addMinutes, type Instant, sayWhen, type Zone } from '../../salon/time.ts'
import type { Tables } from '../../store/tables.ts'
import type { CardRoom } from './card-room.ts'

/** How far ahead visits are looked for. */
const aheadMin = 365 * 24 * 60

/** How a number came to get no texts; `words` are the client's or a person's, `isKeyword` what the phone company blocks, too. */
type OptOut = { at: Instant; words: string; isKeyword: boolean; isByStaff: boolean; by: string }

/** What a thread's card needs besides the texts. */
export type ThreadFacts = {
  zone: Zone
  /** Visits ahead, the next one first. */
  ahead: Appointment[]
  catalog: Catalog
  /** Absent for a number that is on nobody's record. */
  client: Client | undefined
  /** Other clients with the same number, by name. */
  others: string[]
  optOut: OptOut | undefined
  /** Why each of the texts came to a person, by the text's id. */
  whys: ReadonlyMap<number, string>
  /** What was open for the number when `reply` came. */
  questions: Pending[]
}

/** Reads it afresh. Throws `DeskError` while the booking system does not answer. */
export async function threadFacts({ room, clientId, reply }: { room: CardRoom; clientId: string; reply?: Pick<Text, 'id' | 'at'> | undefined }): Promise<ThreadFacts> {
  const { platform, store, clock } = room
  const now = clock.now()
  const known = !isStranger(clientId)
  const [catalog, client, ahead, whys] = await Promise.all([
    platform.catalog().then(unwrap),
    known ? platform.client({ id: clientId }).then(unwrap) : undefined,
    known ? platform.appointments({ clientId, from: now, to: addMinutes(now, aheadMin), limit: 20 }).then(unwrap) : { items: [] },
    readWhys({ room, clientId }),
  ])
  const live = ahead.items.filter(({ status }) => liveStatuses.includes(status)).toSorted((a, b) => (a.start < b.start ? -1 : 1))
  const [phone] = client?.phones ?? []
  const phoneHash = phone === undefined ? await strangersHash(room, clientId) : store.seal.lookup(phone)
  const [others, optOut, questions] = await Promise.all([
    phone === undefined ? [] : platform.findClients({ phone, limit: 20 }).then(unwrap),
    phoneHash === undefined ? undefined : readOptOut({ room, phoneHash }),
    phoneHash === undefined || reply === undefined ? [] : questionsFor(store.db, { phoneHash, reply }),
  ])
  const location = catalog.locations.find(({ id }) => id === live[0]?.locationId) ?? catalog.locations[0]
  return {
    zone: location?.zone ?? 'UTC', ahead: live, catalog, client, whys, optOut, questions,
    others: others.filter(({ id, phones }) => id !== clientId && phones.includes(phone ?? '')).map(clientName),
  }
}

/** "Friday 27 November at 3:00 pm: Women's cut with Maya, confirmed". */
export function sayVisit(visit: Appointment, { catalog, now }: { catalog: Catalog; now: Instant }): string {
  const location = catalog.locations.find(({ id }) => id === visit.locationId) ?? catalog.locations[0]
  const services = visit.segments.flatMap(({ serviceId }) => catalog.services.find(({ id }) => id === serviceId)?.name ?? [])
  const staff = [...new Set(visit.segments.flatMap(({ staffId }) => catalog.staff.find(({ id }) => id === staffId)?.name ?? []))]
  return `${sayWhen(visit.start, location?.zone ?? 'UTC', now)}: ${sayList(services)}${staff.length === 0 ? '' : ` with ${sayList(staff)}`}${visit.status === 'confirmed' ? ', confirmed' : ''}`
}

async function readWhys({ room: { store }, clientId }: { room: CardRoom; clientId: string }): Promise<Map<number, string>> {
  const rows = await store.db.selectFrom('audit').select('detail').where('subject', '=', threadOf(clientId)).where('action', 'in', ['text.needs_person', 'text.answered', 'client.opted_out']).orderBy('seq', 'desc').limit(50).execute()
  const whys = rows.toReversed().flatMap(({ detail }): [number, string][] => {
    const { textId, why } = detail
    return typeof textId === 'number' && typeof why === 'string' ? [[textId, why]] : []
  })
  return new Map(whys)
}

async function strangersHash({ store: { db } }: CardRoom, clientId: string): Promise<string | undefined> {
  return (await db.selectFrom('threads').select('phone_hash').where('client_id', '=', clientId).executeTakeFirst())?.phone_hash ?? undefined
}

/** The latest refusal of all texts; undefined once it was taken back. */
async function readOptOut({ room: { store: { db, seal } }, phoneHash }: { room: CardRoom; phoneHash: string }): Promise<OptOut | undefined> {
  const row = await db.selectFrom('consents').selectAll().where('phone_hash', '=', phoneHash).where('purpose', '=', 'all').orderBy('id', 'desc').executeTakeFirst()
  if (row === undefined || row.state === 'in') return undefined
  return { at: row.at, words: seal.open(row.words), isKeyword: keywordSources.has(row.source), isByStaff: row.source === 'staff', by: row.by }
}

/** What came from the phone company, or is a word that it blocks on, too. */
const keywordSources = new Set<Tables['consents']['source']>(['keyword', 'service'])
