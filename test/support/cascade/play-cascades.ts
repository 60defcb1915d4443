import { type Random, seededRandom } from '../../../src/salon/seeded-random.ts'
import { type Cascade, type CascadeEvent, ended, type Step } from '../../../src/waitlist/cascade/cascade.ts'
import { nextLook, nextToAsk, step } from '../../../src/waitlist/cascade/step.ts'
import { type Book, judge, judgeEnd, judgeLook, newBook } from './cascade-rules.ts'
import { type Came, type Chair, fakeChairs } from './fake-chairs.ts'

const second = 1_000
const minute = 60 * second
/** How often the desk looks at what is due. */
const round = 15 * second
const start = Date.parse('2026-11-24T15:00:00.000Z')

type Opening = { id: string; kept: Cascade; dueAt: number; lookedAt: number; book: Book }
type Reply = { opening: Opening; offerId: string; kind: 'yes' | 'no'; at: number }
type Try = { opening: Opening; offerId: string; unsure: boolean; came?: Came }

/**
 * Plays one small world of chance around the pure cascade: a few openings that share clients, a platform, a text service,
 * a desk that looks when it is due, falls over and comes back. Throws the first rule that breaks; `trace` gets a line an event.
 */
export function playCascades(seed: number, trace?: string[]): { steps: number; ended: string[] } {
  const random = seededRandom(`cascade ${seed}`)
  const world = openWorld(random, trace)
  const events = random.whole(15, 60)
  for (let n = 0; n < events; n++) world.happen()
  return world.finish()
}

function openWorld(random: Random, trace: string[] | undefined) {
  let now = start
  let [since, platformSince] = [start, start]
  let steps = 0
  const openings = makeOpenings(random)
  const platform = fakeChairs(random, new Map(openings.map(({ book: { chair } }) => [chair.id, chair])))
  const stopped = new Set<string>()
  const texts: { opening: Opening; offerId: string }[] = []
  const arrived: { opening: Opening; offerId: string }[] = []
  let inbox: Reply[] = []
  let tries: Try[] = []
  const iso = (at: number): string => new Date(at).toISOString()
  const note = (words: () => string): void => { trace?.push(`${iso(now).slice(11, 23)}  ${words()}`) }
  const clientOf = ({ kept }: Opening, offerId: string): string => kept.offers.find(({ id }) => id === offerId)?.clientId ?? ''

  function apply(opening: Opening, event: CascadeEvent): Step {
    steps++
    const before = opening.kept
    const came = step(before, event)
    note(() => `${opening.id} ${JSON.stringify({ ...event, now: undefined })} -> ${came.refused ?? came.cascade.state} ${came.cascade.offers.flatMap((offer, n) => (offer.state === before.offers[n]?.state ? [] : [`${offer.id}=${offer.state}`])).join(' ')} ${JSON.stringify(came.effects)}`)
    judge({ before, event, step: came, book: opening.book, now })
    opening.kept = came.cascade
    if (came.refused === undefined) opening.dueAt = ms(nextLook(came.cascade, iso(now)))
    for (const effect of came.effects) {
      if (effect.do !== 'offer') continue
      if (stopped.has(clientOf(opening, effect.offerId))) throw new Error(`${effect.offerId} is offered to somebody who said STOP`)
      texts.push({ opening, offerId: effect.offerId })
    }
    return came
  }

  /** What the desk does when an opening is due: the chair, the time, the next in line, the booking. */
  function look(opening: Opening): void {
    if (platform.mode !== 'down' && opening.book.chair.takenBy !== undefined && !ended.includes(opening.kept.state)) apply(opening, { kind: 'gone', now: iso(now) })
    apply(opening, { kind: 'tick', now: iso(now) })
    if (tryNext(opening)) apply(opening, { kind: 'tick', now: iso(now) })
    askNext(opening)
    // What is due at once is looked at again in the desk's next round.
    opening.dueAt = Math.max(now + round, ms(nextLook(opening.kept, iso(now))))
    opening.lookedAt = now
    judgeLook({ cascade: opening.kept, book: opening.book, now, since, platformSince: platform.mode === 'down' ? now : platformSince })
  }

  function askNext(opening: Opening): void {
    for (let next = nextToAsk(opening.kept, iso(now))[0]; next !== undefined; next = nextToAsk(opening.kept, iso(now))[0]) {
      const why = stopped.has(next.clientId) ? 'opted_out' : platform.isBusy(next.clientId, opening.book.chair.id) ? 'booked_then' : undefined
      apply(opening, why === undefined ? { kind: 'ask', offerId: next.id, now: iso(now) } : { kind: 'skip', offerId: next.id, why, now: iso(now) })
    }
  }

  function tryNext(opening: Opening): boolean {
    const winner = opening.kept.offers.find(({ state }) => state === 'accepted' || state === 'booking')
    if (winner === undefined || apply(opening, { kind: 'try', offerId: winner.id, now: iso(now) }).refused !== undefined) return false
    const mine: Try = { opening, offerId: winner.id, unsure: winner.state === 'booking' }
    tries.push(mine)
    if (random.chance(0.75)) endTry(mine)
    return true
  }

  function endTry(mine: Try): void {
    mine.came ??= platform.tryToBook({ key: mine.offerId, chairId: mine.opening.book.chair.id, clientId: clientOf(mine.opening, mine.offerId), unsure: mine.unsure, now })
    note(() => `platform: ${JSON.stringify(mine.came)} for ${mine.offerId}`)
    if (random.chance(0.15)) return // The answer is on its way.
    tries = tries.filter((other) => other !== mine)
    apply(mine.opening, { kind: 'tried', offerId: mine.offerId, ...mine.came, now: iso(now) })
  }

  /** A chair that somebody has taken is heard of within a round. */
  function dueOf({ dueAt, lookedAt, book: { chair } }: Opening): number {
    return chair.takenBy === undefined || platform.mode === 'down' ? dueAt : Math.min(dueAt, lookedAt + round)
  }

  function pass(target: number): void {
    for (;;) {
      const [due] = openings.filter(({ kept }) => !ended.includes(kept.state)).toSorted((a, b) => dueOf(a) - dueOf(b))
      if (due === undefined || dueOf(due) > target) break
      now = Math.max(now, dueOf(due))
      look(due)
    }
    now = Math.max(now, target)
  }

  /** The desk was away, or the clock was set: nothing was looked at meanwhile. */
  function leap(by: number): void {
    now += by
    since = now
    note(() => `the clock is ${by / minute} minutes on`)
    for (const opening of openings) if (!ended.includes(opening.kept.state)) look(opening)
  }

  function readReply(): void {
    const index = random.chance(0.7) ? 0 : random.whole(0, inbox.length - 1)
    const reply = inbox[index]
    if (reply === undefined) return
    inbox = inbox.toSpliced(index, 1)
    apply(reply.opening, { kind: reply.kind, offerId: reply.offerId, at: iso(reply.at), now: iso(now) })
    if (random.chance(0.8)) tryNext(reply.opening)
  }

  function reply(): void {
    const one = pickOf(arrived)
    if (one === undefined) return
    const words = random.pick(['yes', 'yes', 'yes', 'no', 'no', 'yes yes', 'yes no', 'no yes', 'yes no yes'])
    for (const kind of words.split(' ') as ('yes' | 'no')[]) inbox.push({ ...one, kind, at: now })
    note(() => `${one.offerId} writes ${words}`)
    if (random.chance(0.7)) for (let n = inbox.length; n > 0; n--) readReply()
  }

  function sendText(): void {
    const text = pickOf(texts)
    if (text === undefined) return
    texts.splice(texts.indexOf(text), 1)
    // What was taken back does not go out.
    if (text.opening.kept.offers.find(({ id }) => id === text.offerId)?.state !== 'queued') return
    const came = stopped.has(clientOf(text.opening, text.offerId)) ? 'suppressed' : random.pick(['sent', 'sent', 'sent', 'sent', 'unknown', 'undeliverable', 'suppressed'] as const)
    if (came === 'sent' || (came === 'unknown' && random.chance(0.5))) arrived.push(text)
    // An answer may be faster than the report.
    if (random.chance(0.1)) reply()
    report({ ...text, came })
    if (random.chance(0.1)) report({ ...text, came: random.pick(['sent', 'undeliverable', 'unknown'] as const) })
  }

  function report({ opening, offerId, came }: { opening: Opening; offerId: string; came: 'sent' | 'unknown' | 'undeliverable' | 'suppressed' }): void {
    apply(opening, { kind: 'text', offerId, came, ...(came === 'undeliverable' || came === 'suppressed' ? { why: came } : {}), at: iso(now), now: iso(now) })
  }

  function restart(): void {
    note(() => 'the desk falls over')
    tries = tries.filter(() => false)
    for (const opening of openings) opening.kept = JSON.parse(JSON.stringify(opening.kept)) as Cascade
    if (random.chance(0.5)) leap(random.whole(0, 30) * minute)
  }

  function pickOf<T>(items: T[]): T | undefined {
    return items.length === 0 ? undefined : random.pick(items)
  }

  const happenings: [number, () => void][] = [
    [18, () => pass(now + random.whole(1, 90) * second)],
    [10, () => pass(now + random.whole(1, 12) * minute)],
    [22, sendText],
    [18, reply],
    [8, readReply],
    [8, () => { const mine = pickOf(tries); if (mine !== undefined) endTry(mine) }],
    [5, () => { platform.mode = random.pick(['up', 'up', 'down', 'lossy'] as const); platformSince = now; note(() => `the platform is ${platform.mode}`) }],
    [2, () => { const opening = random.pick(openings); note(() => `${opening.id} is booked online`); platform.bookOnline(opening.book.chair.id, now) }],
    [2, () => { const opening = random.pick(openings); apply(opening, { kind: 'close', why: 'by_staff', now: iso(now) }) }],
    [2, () => { const client = random.pick(random.pick(openings).kept.offers).clientId; stopped.add(client); note(() => `${client} writes STOP`) }],
    [2, () => { const client = random.pick(random.pick(openings).kept.offers).clientId; platform.refuses.add(client) }],
    [2, restart],
    [1, () => leap(random.whole(1, 180) * minute)],
    [1, () => { now -= random.whole(1, 60) * second; note(() => 'the clock goes back') }],
    [2, () => askNext(random.pick(openings))],
  ]
  const total = happenings.reduce((sum, [weight]) => sum + weight, 0)

  return {
    happen(): void {
      let left = random.next() * total
      for (const [weight, event] of happenings) if ((left -= weight) < 0) return event()
    },
    /** Lets the rest happen until everything must be over. */
    finish(): { steps: number; ended: string[] } {
      note(() => 'the rest')
      while (inbox.length > 0) readReply()
      for (const opening of openings) if (!ended.includes(opening.kept.state)) look(opening)
      pass(now + 3 * minute)
      if (random.chance(0.5)) platform.mode = 'up'
      platformSince = now
      const last = Math.max(...openings.map(({ kept }) => ms(kept.bookBy)))
      pass(now + 17 * minute)
      while (tries[0] !== undefined) endTry(tries[0])
      if (now < last) leap(last - now)
      pass(now + 20 * minute)
      for (const { opening, offerId } of arrived) if (random.chance(0.2)) apply(opening, { kind: random.pick(['yes', 'no'] as const), offerId, at: iso(now), now: iso(now) })
      for (const { kept, book } of openings) judgeEnd({ cascade: kept, book })
      return { steps, ended: openings.map(({ kept }) => `${kept.state}${kept.why === undefined ? '' : ` ${kept.why}`}`) }
    },
  }
}

function makeOpenings(random: Random): Opening[] {
  const clients = Array.from({ length: random.whole(3, 8) }, (_, n) => `client-${n + 1}`)
  return Array.from({ length: random.pick([1, 1, 2, 3]) }, (_, n) => {
    const from = start + random.pick([45, 90, 150, 240]) * minute
    const chair: Chair = { id: `chair-${n + 1}`, start: from, end: from + 60 * minute }
    const order = clients.map((client) => [random.next(), client] as const).toSorted(([a], [b]) => a - b).slice(0, random.whole(1, clients.length)).map(([, client]) => client)
    const kept: Cascade = {
      state: 'offering', bookBy: new Date(from - random.pick([15, 30]) * minute).toISOString(), plan: { windowMin: random.pick([10, 15, 30, 60]), width: random.whole(1, 4) },
      offers: order.map((clientId, place) => ({ id: `${n + 1}.${place + 1}`, clientId, state: 'approved', attempts: 0, toldHolding: false })),
    }
    return { id: `opening-${n + 1}`, kept, dueAt: start, lookedAt: start, book: newBook(chair) }
  })
}

function ms(at: string | undefined): number {
  return at === undefined ? Infinity : Date.parse(at)
}
