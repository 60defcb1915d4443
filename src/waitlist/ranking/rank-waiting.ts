import { type Client, clientName, type WaitlistEntry } from '../../salon/salon.ts'
import { daysBetween, localDate, sayWhen } from '../../salon/time.ts'
import type { WaitlistSettings } from '../waitlist-settings.ts'
import { said } from './fairness.ts'
import { movingVisit } from './find-slots.ts'
import type { FreeChair, Ranked } from './ranked.ts'
import { sayDays, scoreOf, scoreParts } from './score.ts'
import { suits } from './suits.ts'
import type { SlotsOf, Waiting } from './waiting.ts'

type Order = {
  waiting: Waiting
  settings: Pick<WaitlistSettings, 'policy' | 'noticeMin' | 'perClientPerWeek'>
  chair: FreeChair
  slotsOf: SlotsOf
  /** Chance of not coming, 0 to 1, by entry id; `unavailable` when the model was asked and could not say. */
  risks?: ReadonlyMap<string, number> | 'unavailable'
}

/**
 * Everybody who waits, in the order in which they would be asked for a chair, each with the reasons; after them those who are
 * not asked, in the order they came, each with why not. Nobody is left out (F51). Of a client with several entries, and of a
 * household (a number in common), only the first is asked. Where the order needs something that could not be read, whoever
 * came first is first, and `why` says so (W6). Pure; ties go to whoever came first, then by name, then by id.
 */
export function rankWaiting({ waiting, settings, chair, slotsOf, risks }: Order): Ranked[] {
  const lacking = settings.policy === 'highest_value' || settings.policy === 'best_match' ? whatIsLacking({ waiting, risks }) : undefined
  const policy = lacking === undefined ? settings.policy : 'first_in_line'
  const highest = Math.max(0, ...waiting.entries.map(({ serviceId }) => waiting.catalog.services.find(({ id }) => id === serviceId)?.price.minor ?? 0))
  const today = localDate(waiting.now, waiting.zone)
  const ranked = waiting.entries.map((entry): Ranked => {
    const client = waiting.clients.get(entry.clientId)
    const moving = movingVisit({ waiting, entry })
    const { slot, excluded } = suits({ waiting, settings, chair, entry, client, moving, slots: slotsOf(entry) })
    const days = daysBetween(localDate(entry.createdAt, waiting.zone), today)
    const parts = scoreParts({ waiting, chair, entry, slot, highest, days, risk: risks === undefined || risks === 'unavailable' ? undefined : risks.get(entry.id), policy })
    const why = [
      `waits for ${waiting.catalog.services.find(({ id }) => id === entry.serviceId)?.name ?? 'a service'} since ${sayDays(days)}`,
      ...(entry.staffId !== undefined && entry.staffId === chair.staffId ? ['asked for this person'] : []),
      ...(moving === undefined ? [] : [`would give up ${sayWhen(moving.start, waiting.zone, waiting.now)} for it`]),
      ...parts.filter(({ name }) => name !== 'waited').map(({ words }) => words),
      ...(lacking === undefined ? [] : [`in the order they came, because ${lacking}`]),
    ]
    return { entry, client: client ?? unknownClient(entry), ...(slot === undefined ? {} : { slot }), score: scoreOf(parts), parts, why, answers: said(waiting.memory?.get(entry.clientId) ?? []), ...(excluded === undefined ? {} : { excluded }) }
  })
  const byArrival = ranked.toSorted(comesFirst)
  const isArrival = policy === 'first_in_line' || policy === 'offer_to_all'
  const inOrder = byArrival.filter(({ excluded }) => excluded === undefined).sort((a, b) => (isArrival ? 0 : b.score - a.score))
  const once = oncePerHousehold(inOrder)
  const asked = once.filter(({ excluded }) => excluded === undefined)
  return [...asked, ...[...once.filter(({ excluded }) => excluded !== undefined), ...byArrival.filter(({ excluded }) => excluded !== undefined)].sort(comesFirst)]
}

function whatIsLacking({ waiting, risks }: Pick<Order, 'waiting' | 'risks'>): string | undefined {
  if (risks === 'unavailable') return 'the risk of not coming cannot be told right now'
  return waiting.memory === undefined ? 'earlier offers cannot be read right now' : undefined
}

/** The first of those who have a number in common; the others, and a client's further entries, say whom they come after. */
function oncePerHousehold(inOrder: Ranked[]): Ranked[] {
  const first = new Map<string, Ranked>()
  return inOrder.map((one) => {
    const keys = [`client ${one.client.id}`, ...one.client.phones]
    const before = keys.flatMap((key) => first.get(key) ?? [])[0]
    if (before !== undefined) return { ...one, excluded: { because: 'household_asked', words: before.client.id === one.client.id ? 'is asked for something else they wait for' : `has a number in common with ${clientName(before.client)}, who comes first` } }
    for (const key of keys) first.set(key, one)
    return one
  })
}

function comesFirst(a: Ranked, b: Ranked): number {
  return compare(a.entry.createdAt, b.entry.createdAt) || compare(clientName(a.client), clientName(b.client)) || compare(a.entry.id, b.entry.id)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function unknownClient({ clientId }: WaitlistEntry): Client {
  return { id: clientId, firstName: 'Unknown', lastName: 'client', phones: [], consent: { sms: 'unknown', email: 'unknown' }, tags: [], notes: [], holdings: [] }
}
