import type { Instant } from '../../salon/time.ts'
import { type Cascade, type CascadeEvent, ended } from '../cascade/cascade.ts'
import { nextLook, nextToAsk, step } from '../cascade/step.ts'

/** What one client does with one offer: the answer, and after how many minutes; nothing at all without. */
export type Answer = { says: 'yes' | 'no'; afterMin: number } | undefined

/** How an opening went. `order` counts whom it asked: the first so many. `second`: said YES and did not get it. */
export type Played = { filled: boolean; minutes?: number; asked: number; texts: number; yes: number; second: number; winner?: number }

type Opening = {
  /** When the offers may begin: the chair came free, and staff had it to themselves for a while. */
  from: Instant
  bookBy: Instant
  plan: { windowMin: number; width: number }
  /** In the order of asking. */
  answers: Answer[]
  /** The first minute from an instant (ms) on in which offers may be sent. */
  allowed: (ms: number) => number
}

type Coming = { at: number; place: number; says: 'yes' | 'no' }

/**
 * Plays one opening with the machine that runs real ones (`step`, `nextToAsk`, `nextLook`): only clients, clock, a text
 * service that delivers at once and a platform that always books are made up. Texts count all that clients are sent: the
 * offers and what is told them.
 */
export function playOpening({ from, bookBy, plan, answers, allowed }: Opening): Played {
  const offers = answers.map((_, place): Cascade['offers'][number] => ({ id: String(place), clientId: String(place), state: 'approved', attempts: 0, toldHolding: false }))
  let cascade: Cascade = { state: 'offering', bookBy, plan, offers }
  let now = Date.parse(from)
  let coming: Coming[] = []
  const played: Played = { filled: false, asked: 0, texts: 0, yes: 0, second: 0 }
  let [writtenAt, written] = [Number.NaN, '']
  const iso = (): Instant => {
    if (writtenAt !== now) [writtenAt, written] = [now, new Date(now).toISOString()]
    return written
  }
  const apply = (event: CascadeEvent): void => {
    const came = step(cascade, event)
    cascade = came.cascade
    played.texts += came.effects.filter(({ do: what }) => what !== 'alert').length
  }
  while (!ended.includes(cascade.state)) {
    apply({ kind: 'tick', now: iso() })
    book()
    const quietUntil = ask()
    if (ended.includes(cascade.state)) break
    const look = Math.max(now + 1_000, quietUntil ?? Date.parse(nextLook(cascade, iso()) ?? bookBy))
    const [answer] = coming
    if (answer === undefined || answer.at > look) {
      now = look
      continue
    }
    coming = coming.slice(1)
    now = Math.max(now, answer.at)
    hear(answer)
  }
  // Whoever says YES when it is over hears so.
  for (const answer of coming) {
    now = answer.at
    hear(answer)
  }
  played.second = played.yes - Number(played.filled)
  return played

  function hear({ place, says }: Coming): void {
    if (says === 'yes') played.yes++
    apply({ kind: says, offerId: String(place), at: iso(), now: iso() })
    book()
  }

  function book(): void {
    const winner = cascade.offers.find(({ state }) => state === 'accepted')
    if (winner === undefined) return
    apply({ kind: 'try', offerId: winner.id, now: iso() })
    apply({ kind: 'tried', offerId: winner.id, came: 'booked', appointmentId: 'visit', now: iso() })
    Object.assign(played, { filled: true, minutes: (now - Date.parse(from)) / 60_000, winner: Number(winner.id) })
  }

  /** Answers when to look again, where it is quiet now. */
  function ask(): number | undefined {
    const next = nextToAsk(cascade, iso())
    if (next.length === 0) return undefined
    const at = allowed(now)
    if (at > now) return Math.min(at, Date.parse(bookBy))
    for (const { id } of next) {
      apply({ kind: 'ask', offerId: id, now: iso() })
      apply({ kind: 'text', offerId: id, came: 'sent', at: iso(), now: iso() })
      played.asked++
      const answer = answers[Number(id)]
      if (answer !== undefined) coming.push({ at: now + answer.afterMin * 60_000, place: Number(id), says: answer.says })
    }
    coming.sort((a, b) => a.at - b.at)
    return undefined
  }
}
