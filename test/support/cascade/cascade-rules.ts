import { asked, type Cascade, type CascadeEvent, ended, graceMin, lateYesMin, type Offer, type Step, winning } from '../../../src/waitlist/cascade/cascade.ts'
import type { Chair } from './fake-chairs.ts'

/** A YES that waits for its outcome: when it was looked at, whether it was in time, and what was said to it so far. */
type OpenYes = { seen: number; inTime: boolean; at: number; partly: number; saidNo: boolean }

/** What is known of one opening from outside, to judge the machine by. */
export type Book = { chair: Chair; open: Map<string, OpenYes>; final: Set<string>; asked: Set<string>; lastAsked: number; triedAt: number; alerts: { at: number; offerId?: string; why: string }[] }

export const newBook = (chair: Chair): Book => ({ chair, open: new Map(), final: new Set(), asked: new Set(), lastAsked: -1, triedAt: 0, alerts: [] })

const minute = 60_000
const ms = (at: string | undefined): number => (at === undefined ? Number.NaN : Date.parse(at))
const live = (offer: Offer): boolean => asked.includes(offer.state)
const wins = (offer: Offer): boolean => winning.includes(offer.state)

/** Judges one step: throws what is wrong with it, in words. */
export function judge({ before, event, step: { cascade: after, effects, refused }, book, now }: { before: Cascade; event: CascadeEvent; step: Step; book: Book; now: number }): void {
  if (refused !== undefined && (effects.length > 0 || after !== before)) wrong('a refused event changed something')
  if (after.offers.filter(wins).length > 1) wrong('two winners')
  if (after.offers.filter(live).length > after.plan.width) wrong('more are asked than approved')
  if ((after.state === 'booking') !== after.offers.some(({ state }) => state === 'accepted' || state === 'booking')) wrong(`the opening is ${after.state} with another winner`)
  if ((after.state === 'filled') !== after.offers.some(({ state }) => state === 'booked')) wrong(`the opening is ${after.state} with somebody booked, or filled without`)
  if (ended.includes(after.state) && after.offers.some((offer) => live(offer) || offer.state === 'approved' || offer.state === 'late_yes')) wrong('an offer outlives its opening')
  if (ended.includes(before.state)) judgeEnded(before, after)
  if (event.kind === 'yes') openYes({ before, event, book, now })
  const open = event.kind === 'no' ? book.open.get(event.offerId) : undefined
  if (open !== undefined && refused === undefined) open.saidNo = true
  if (event.kind === 'try' && refused === undefined) book.triedAt = now
  for (const effect of effects) {
    if (effect.do === 'alert') book.alerts.push({ at: now, why: effect.why, ...(effect.offerId === undefined ? {} : { offerId: effect.offerId }) })
    if (effect.do === 'offer') judgeAsk({ before, offerId: effect.offerId, book, now })
    if (effect.do === 'tell') judgeTold({ after, offerId: effect.offerId, what: effect.what, book })
  }
  judgeTurns({ before, after, book, now })
  for (const [index, offer] of after.offers.entries()) {
    const was = before.offers[index]
    if (was?.state === 'approved' && offer.state !== 'approved' && offer.state !== 'queued' && offer.why === undefined) wrong(`${offer.id} was left out without a reason`)
    if (was?.state !== 'approved' && offer.state === 'approved') wrong(`${offer.id} is to be asked again`)
  }
  if (after.why === 'nobody_took_it' && before.why !== after.why && before.offers.some(({ state }) => state === 'approved')) wrong('given up while somebody was not asked yet')
}

/** What must hold whenever the desk has just looked at an opening. `since`: from when on it could have known. */
export function judgeLook({ cascade, book, now, since, platformSince }: { cascade: Cascade; book: Book; now: number; since: number; platformSince: number }): void {
  const { takenAt } = book.chair
  // Whoever is being booked learns it by the next try: a minute after one whose end was lost, one more where an old answer puts it off.
  const tried = cascade.state === 'booking' ? book.triedAt + minute : takenAt ?? 0
  if (takenAt !== undefined && cascade.offers.some(live) && now - Math.max(takenAt, since, platformSince, tried) > minute) wrong(`an offer is live ${Math.round((now - takenAt) / 1_000)} s after the chair was taken (${cascade.state})`)
  if (cascade.offers.some(live) && now > ms(cascade.bookBy) + 2 * minute && now - since > 2 * minute && cascade.state === 'offering') wrong('an offer is live after the last moment')
  for (const [offerId, yes] of book.open) {
    if (now - Math.max(yes.seen, since) > 16 * minute && !book.alerts.some(({ at }) => at >= yes.seen)) wrong(`${offerId} said YES ${Math.round((now - yes.seen) / minute)} minutes ago and nobody knows`)
  }
}

/** What must hold when everything is over. */
export function judgeEnd({ cascade, book }: { cascade: Cascade; book: Book }): void {
  if (!ended.includes(cascade.state)) wrong(`still ${cascade.state} long after the last moment`)
  for (const offerId of book.open.keys()) wrong(`${offerId} said YES and never heard what came of it`)
  const { takenBy, appointmentId } = book.chair
  const owner = cascade.offers.find(({ clientId }) => clientId === takenBy)
  if (owner !== undefined && owner.state !== 'booked' && !book.alerts.some(({ offerId }) => offerId === owner.id)) wrong(`${owner.id} has ${appointmentId} on the platform, is ${owner.state}, and nobody knows`)
}

function judgeEnded(before: Cascade, after: Cascade): void {
  if (before.state !== after.state || before.why !== after.why) wrong(`an ended opening changed from ${before.state} to ${after.state}`)
  const rose = after.offers.find((offer, index) => offer.state !== before.offers[index]?.state && (live(offer) || wins(offer) || offer.state === 'late_yes'))
  if (rose !== undefined) wrong(`${rose.id} became ${rose.state} after the end`)
}

function openYes({ before, event: { offerId, at }, book, now }: { before: Cascade; event: Extract<CascadeEvent, { kind: 'yes' }>; book: Book; now: number }): void {
  const offer = before.offers.find(({ id }) => id === offerId)
  if (offer === undefined || book.final.has(offerId) || book.open.has(offerId)) return
  const inTime = (offer.state === 'queued' || ms(at) <= ms(offer.expiresAt) + graceMin * minute) && ms(at) <= ms(before.bookBy) + graceMin * minute
  book.open.set(offerId, { seen: now, inTime, at: ms(at), partly: 0, saidNo: false })
}

/** Whoever gets the chair said YES, in time for it, and nobody said so in time before. */
function judgeTurns({ before, after, book, now }: { before: Cascade; after: Cascade; book: Book; now: number }): void {
  const index = after.offers.findIndex((offer, place) => offer.state === 'accepted' && before.offers[place]?.state !== 'accepted' && before.offers[place]?.state !== 'booking')
  const got = after.offers[index]
  if (got !== undefined) {
    const yes = book.open.get(got.id)
    if (yes === undefined) return wrong(`${got.id} got the chair without a YES`)
    if (yes.at > ms(after.bookBy) + graceMin * minute) wrong(`${got.id} said YES after the last moment and got the chair`)
    const [earlier] = [...book.open].find(([id, other]) => id !== got.id && other.inTime && other.seen <= now && other.at < yes.at && other.seen < now && !other.saidNo) ?? []
    if (earlier !== undefined) wrong(`${got.id} got the chair although ${earlier} said YES first`)
  }
  if (after.state !== 'offering') return
  const waits = after.offers.find(({ id, state }) => state === 'late_yes' && book.open.get(id)?.inTime === true)
  if (waits !== undefined) wrong(`${waits.id} said YES in time, the chair is free, and others are asked (${now})`)
}

function judgeAsk({ before, offerId, book, now }: { before: Cascade; offerId: string; book: Book; now: number }): void {
  const place = before.offers.findIndex(({ id }) => id === offerId)
  if (book.asked.has(offerId)) wrong(`${offerId} is asked twice`)
  if (place <= book.lastAsked || before.offers.slice(0, place).some(({ state }) => state === 'approved')) wrong(`${offerId} is asked out of turn`)
  const next = before.offers.find(({ state, answeredAt }) => state === 'late_yes' && ms(answeredAt) + lateYesMin * minute > now)
  if (next !== undefined) wrong(`${offerId} is asked although ${next.id} heard that they are next`)
  if (now + 9 * minute > ms(before.bookBy)) wrong(`${offerId} is asked too late to answer`)
  book.asked.add(offerId)
  book.lastAsked = place
}

function judgeTold({ after, offerId, what, book }: { after: Cascade; offerId: string; what: string; book: Book }): void {
  const yes = book.open.get(offerId)
  if (what === 'declined' && yes === undefined) return
  if (yes === undefined) return wrong(`${offerId} is told ${what} without a YES that waits for it`)
  if (what === 'late' || what === 'holding') {
    if (++yes.partly > 1) wrong(`${offerId} is put off twice`)
    return
  }
  if ((what === 'declined' || what === 'not_booked') && !yes.saidNo) wrong(`${offerId} is told ${what} without a NO`)
  if (what === 'booked') {
    const offer = after.offers.find(({ id }) => id === offerId)
    const { takenBy, appointmentId } = book.chair
    if (offer?.appointmentId === undefined || offer.appointmentId !== appointmentId || offer.clientId !== takenBy) wrong(`${offerId} is told booked without a booking on the platform`)
  }
  book.open.delete(offerId)
  if (what === 'booked' || what === 'taken' || what === 'apology') book.final.add(offerId)
}

function wrong(words: string): void {
  throw new Error(words)
}
