import { readRollout } from '../../approvals/rollout.ts'
import { sayVisit } from '../../bookings/tell-client.ts'
import { readConsent, writeConsent } from '../../messages/consent/consent.ts'
import type { Answered, Question, Reply, Say, TalkHandler } from '../../messages/messages.ts'
import { threadOf } from '../../messages/sending/queue-text.ts'
import type { BookingPlatform } from '../../platforms/booking-platform.ts'
import { unwrap } from '../../platforms/unwrap.ts'
import { withWords } from '../../rescheduling/with-words.ts'
import { inSentence, plainTitle } from '../../salon/plain-names.ts'
import type { Catalog, Location, WaitlistEntry } from '../../salon/salon.ts'
import type { Clock, Instant } from '../../salon/time.ts'
import { appendAudit } from '../../store/audit.ts'
import type { Store } from '../../store/open-store.ts'
import { findWantedService, firstOf, namedStaff } from './find-wanted-service.ts'
import { findEntry, putOnList } from './put-on-list.ts'
import { readWaitlistWish, saysMore } from './read-waitlist-wish.ts'
import { sayWanted } from './say-wanted.ts'
import { wantedRanges } from './wanted-ranges.ts'

type Room = { store: Store; clock: Clock; platform: BookingPlatform }
type Asking = { reply: Reply; question: Question | undefined; rest: string; key: string }

/** Answers that go with a request, and that somebody must hear. */
const answers: ReadonlySet<string> = new Set(['yes', 'no', 'choice'])

/**
 * Clients who write that they want on the waitlist, want other times, or want off it: only ever the writer's own entry, and
 * only where the words say just that. Whoever joins so has also asked for texts from the waitlist (LAW-4): their words go
 * into the ledger. Everything else about the waitlist is a person's.
 */
export function waitlistTalk(room: Room): TalkHandler {
  return {
    name: 'waitlist',
    // Beside a YES it comes as a question; all else comes by its claim.
    takes: ['question'],
    claims: (reply) => readWaitlistWish(reply) !== undefined,
    take: ({ reply, question, key }) => withWords(async () => {
      const wish = readWaitlistWish(reply)
      if (wish === undefined) return undefined
      if (wish.kind === 'others') return handedOver('more_than_an_answer')
      // "Yes, and put me on the waitlist": a machine that takes the second half must not lose the first.
      if (question !== undefined && reply.reading.parts.some(({ intent }) => answers.has(intent))) return handedOver('more_than_an_answer')
      const asking: Asking = { reply, question, rest: wish.rest, key }
      return wish.kind === 'leave' ? leave(room, asking) : join(room, asking, wish.kind)
    }),
  }
}

async function join(room: Room, { reply, question, rest, key }: Asking, kind: 'join' | 'change'): Promise<Answered> {
  const { store, clock, platform } = room
  const now = clock.now()
  const found = await findWantedService({ platform, clientId: reply.clientId, question, now })
  if (found.why !== undefined) return handedOver(found.why)
  const { visit, ahead, service, location, catalog } = found
  const staff = namedStaff({ words: rest, service, location, catalog })
  const known = new Set([...service.name.split(/[^\p{L}]+/u).map(firstOf), ...(staff === undefined ? [] : [firstOf(staff.name)])])
  if (saysMore(rest, known)) return handedOver('more_than_an_answer')
  if (await isShadow(room, location.id)) return handedOver('shadow')
  const times = wantedRanges({ wish: reply.reading.when, words: reply.words, visit, ahead, location, now })
  if (times.kind === 'unclear') return handedOver(times.why)
  const staffId = staff?.id ?? found.staffId
  const about = { locationId: location.id, clientId: reply.clientId, serviceId: service.id }
  if (kind === 'change' && (reply.reading.when === undefined || unwrap(await findEntry({ platform, wish: about })) === undefined)) return handedOver('not_waiting')
  const phoneHash = await numberOf(room, reply)
  if (phoneHash === undefined) return handedOver('no_number')
  // A STOP to everything stands until they take it back themselves.
  if ((await readConsent(store.db, { phoneHash, purpose: 'appointment' })) === 'out') return handedOver('opted_out')

  const wish = { ...about, wanted: times.wanted, ...(staffId === undefined ? {} : { staffId }), ...(ahead ? { insteadOf: visit.id } : {}) }
  const { entry, before } = unwrap(await putOnList({ platform, wish, key, by: `client:${reply.clientId}` }))
  const isNew = before === undefined || (await hasJoinedBy(store, { entry, reply }))
  await store.transaction(async (trx) => {
    const by = `client:${reply.clientId}`
    await writeConsent(trx, { seal: store.seal, phoneHash, purpose: 'waitlist', state: 'in', source: 'words', words: reply.words, by, at: clock.now(), subject: threadOf(reply.clientId) })
    await appendAudit(trx, { at: clock.now(), actor: by, action: isNew ? 'waitlist.joined' : 'waitlist.changed', subject: `waitlist:${entry.id}`, detail: { textId: reply.id, clientId: reply.clientId, serviceId: service.id, ranges: entry.wanted.length, ...(entry.insteadOf === undefined ? {} : { insteadOf: entry.insteadOf }) } })
  })
  return { did: 'joined', say: sayOnList({ entry, isNew, catalog, location, at: visit.start, now }) }
}

/** All the client waits for: who leaves, leaves the list. */
async function leave(room: Room, { reply, rest, key }: Asking): Promise<Answered> {
  const { store, clock, platform } = room
  const mine = unwrap(await platform.waitlist({})).filter((entry) => entry.clientId === reply.clientId && entry.status === 'waiting')
  const [first] = mine
  if (first === undefined) return handedOver('not_waiting')
  if (saysMore(rest)) return handedOver('more_than_an_answer')
  for (const { locationId } of mine) if (await isShadow(room, locationId)) return handedOver('shadow')
  const by = `client:${reply.clientId}`
  for (const { id } of mine) unwrap(await platform.waitlistSet({ key: `${key}:leave:${id}`, by, id, to: 'left' }))
  await store.transaction(async (trx) => {
    for (const { id, serviceId } of mine) await appendAudit(trx, { at: clock.now(), actor: by, action: 'waitlist.left', subject: `waitlist:${id}`, detail: { textId: reply.id, clientId: reply.clientId, serviceId } })
  })
  const { services } = unwrap(await platform.catalog())
  const names = mine.map(({ serviceId }) => plainTitle(services.find(({ id }) => id === serviceId)?.name)).filter((name) => name !== '')
  return { did: 'left', say: { template: 'waitlist-left', values: { services: { services: [...new Set(names)].map(inSentence) } }, locationId: first.locationId } }
}

function sayOnList({ entry, isNew, catalog, location, at, now }: { entry: WaitlistEntry; isNew: boolean; catalog: Catalog; location: Location; at: Instant; now: Instant }): Say {
  const { services, staff } = sayVisit({ catalog, location, segments: [{ serviceId: entry.serviceId, staffId: entry.staffId ?? '', staffPreference: 'any', start: at, durationMin: 0, price: { minor: 0, currency: location.currency } }], start: at, timeKnown: true, now })
  const values = { services, staff, wanted: sayWanted({ wanted: entry.wanted, zone: location.zone, now }) }
  if (!isNew) return { template: 'waitlist-changed', values, locationId: location.id }
  const stays = entry.insteadOf === undefined ? '' : { words: { en: ' Your visit stays until then.', es: ' Su cita sigue en pie mientras tanto.', fr: ' Votre rendez-vous tient en attendant.' } }
  return { template: 'waitlist-joined', values: { ...values, stays }, locationId: location.id }
}

async function isShadow({ store }: Room, locationId: string): Promise<boolean> {
  return (await readRollout(store.db, { kind: 'waitlist_join', locationId })).mode === 'shadow'
}

/** The number that the text came from, as our tables know it; for one taken by hand the client's own. */
async function numberOf({ store, platform }: Room, { id, clientId }: Reply): Promise<string | undefined> {
  const row = await store.db.selectFrom('texts').select('phone_hash').where('id', '=', id).executeTakeFirst()
  if (row?.phone_hash != null) return row.phone_hash
  const [phone] = unwrap(await platform.client({ id: clientId })).phones
  return phone === undefined ? undefined : store.seal.lookup(phone)
}

/** Whether this very text put them there: a crash came between that and its answer. */
async function hasJoinedBy({ db }: Store, { entry, reply }: { entry: WaitlistEntry; reply: Reply }): Promise<boolean> {
  const rows = await db.selectFrom('audit').select('detail').where('subject', '=', `waitlist:${entry.id}`).where('action', '=', 'waitlist.joined').execute()
  return rows.some(({ detail }) => detail['textId'] === reply.id)
}

function handedOver(why: string): Answered {
  return { did: 'handed_over', why }
}
