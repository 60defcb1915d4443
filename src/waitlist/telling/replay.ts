import { sql } from 'kysely'
import { DeskError } from '../../salon/errors.ts'
import { type Instant, minutesBetween } from '../../salon/time.ts'
import type { OpeningState } from '../../salon/waitlist.ts'
import { namesOf } from '../../store/people.ts'
import { OffersArgs } from '../approving/offers-args.ts'
import { sayMinutes } from '../approving/offers-facts.ts'
import { asked, ended } from '../cascade/cascade.ts'
import { type OfferRow, readCascade } from '../cascade/keep-cascade.ts'
import { offerTextKey, type WaitlistRoom } from '../waitlist-room.ts'
import { sayEnd, sayOffer } from './opening-words.ts'
import { readNames } from './read-names.ts'
import { type OpeningNow, readOpenings } from './read-openings.ts'
import { type Step, storySteps } from './story-steps.ts'

/** The whole story of one free chair, for people. Minutes are counted from when it came free. */
export type Story = {
  opening: OpeningNow
  /** How it ended and why, or how it stands. */
  outcome: string
  /** What was planned: policy, window, width, and the chance that was expected; absent when nothing was ever proposed. */
  plan?: { policy: OffersArgs['policy']; windowMin: number; width: number; chance: number; rate: number; until: Instant }
  /** The order that was proposed or approved, with the reasons of that moment, and what became of each. */
  order: { place: number; client: { id: string; name: string }; why: string[]; score: number; became: string; sentAt?: Instant; answeredAt?: Instant }[]
  /** Who waits and was not in the order, with why not. */
  notAsked: { client: { id: string; name: string }; why: string }[]
  steps: Step[]
  took: { firstAskedMin?: number; endedMin?: number }
  /** The chain it belongs to, the first chair first; a chair alone is a chain of one. */
  chain: { id: string; chair: string; state: OpeningState; depth: number }[]
}

/**
 * Tells the story of an opening from what was kept: its row and offers, the audit log, its cards and texts. Reads only.
 * Throws `DeskError('not_found')`, or the platform's refusal.
 */
export async function replay(room: WaitlistRoom, { openingId }: { openingId: string }): Promise<Story> {
  const { db } = room.store
  const kept = await readCascade(db, openingId)
  if (kept === undefined) throw new DeskError('not_found', { message: 'no such opening', userMessage: `There is no opening "${openingId.slice(0, 40)}". "desk waitlist" lists those there are.` })
  const { opening, offers } = kept
  const proposals = await db.selectFrom('proposals').selectAll().where('target', '=', `opening:${openingId}`).orderBy('created_at').orderBy('id').execute()
  const last = proposals.find(({ id }) => id === opening.proposal_id) ?? proposals.at(-1)
  const args = last === undefined ? undefined : OffersArgs.safeParse(last.args).data
  const subjects = [`opening:${openingId}`, ...proposals.map(({ id }) => `proposal:${id}`)]
  const [rows, texts, answers, links] = await Promise.all([
    db.selectFrom('audit').select(['seq', 'at', 'actor', 'action', 'subject', 'detail']).where('subject', 'in', subjects).orderBy('seq').execute(),
    offers.length === 0 ? [] : db.selectFrom('texts').select(['id', 'key', 'client_id', 'template', 'state', 'delivery', 'delivered_at', 'attempted_at', 'at']).where('client_id', 'in', offers.map(({ client_id: id }) => id)).where('key', 'like', sql<string>`any(${offers.map(({ id }) => `${offerTextKey(id)}%`)})`).orderBy('id').execute(),
    db.selectFrom('texts').select(['id', 'body']).where('id', 'in', [-1, ...offers.flatMap(({ answer_id: id }) => id ?? [])]).execute(),
    db.selectFrom('waitlist_openings').select('id').where('root_id', '=', opening.root_id).orderBy('depth').orderBy('opened_at').execute(),
  ])
  const clientIds = [...offers.map(({ client_id: id }) => id), ...(args?.candidates.map(({ clientId }) => clientId) ?? []), ...(args?.notAsked.map(({ clientId }) => clientId) ?? [])]
  const [names, people, openings] = await Promise.all([readNames(room, { clientIds }), namesOf(db, rows.map(({ actor }) => actor)), readOpenings(room, { ids: links.map(({ id }) => id) })])
  const chain = links.flatMap(({ id }) => openings.filter((one) => one.id === id))
  const told = chain.find(({ id }) => id === openingId) as OpeningNow
  const client = (id: string) => ({ id, name: names.client(id) })
  const order = Array.from(orderOf({ args, offers }), ({ clientId, became, ...one }) => ({ ...one, client: client(clientId), became: became ?? (ended.includes(opening.state) ? 'was not asked' : 'would be asked') }))
  const firstSent = offers.flatMap(({ sent_at: at }) => at ?? []).toSorted()[0]
  const took = { ...(firstSent === undefined ? {} : { firstAskedMin: minutes(opening.opened_at, firstSent) }), ...(opening.ended_at === null ? {} : { endedMin: minutes(opening.opened_at, opening.ended_at) }) }
  return {
    opening: told,
    outcome: sayOutcome({ opening: told, why: opening.why, offers, took, name: names.client }),
    ...(args === undefined ? {} : { plan: { policy: args.policy, windowMin: args.windowMin, width: args.width, chance: args.chance, rate: args.rate, until: args.until } }),
    order,
    notAsked: [
      ...(args?.candidates.filter(({ leftOut }) => leftOut === true).map(({ clientId }) => ({ client: client(clientId), why: 'was left out on the card' })) ?? []),
      ...(args?.notAsked.map(({ clientId, words }) => ({ client: client(clientId), why: words })) ?? []),
    ],
    steps: storySteps({
      opening: told, waitUntil: opening.wait_until, rows, texts, offers, plan: args,
      words: new Map(answers.map(({ id, body }) => [id, room.store.seal.open(body)])), name: names.client, person: (id) => people.get(id) ?? 'somebody',
    }),
    took,
    chain: chain.map(({ id, chair, state }, index) => ({ id, chair, state, depth: index })),
  }
}

type InOrder = { place: number; clientId: string; why: string[]; score: number; became?: string; sentAt?: Instant; answeredAt?: Instant }

/** What was approved where something was; else what would have been. */
function orderOf({ args, offers }: { args: OffersArgs | undefined; offers: OfferRow[] }): InOrder[] {
  const reasons = (clientId: string) => args?.candidates.find((one) => one.clientId === clientId)
  if (offers.length === 0) return args?.candidates.filter(({ leftOut }) => leftOut !== true).map(({ clientId, why, score }, index) => ({ place: index + 1, clientId, why, score })) ?? []
  return offers.map((offer) => ({
    place: offer.place, clientId: offer.client_id, why: reasons(offer.client_id)?.why ?? [], score: reasons(offer.client_id)?.score ?? 0, became: sayOffer(offer),
    ...(offer.sent_at === null ? {} : { sentAt: offer.sent_at }), ...(offer.answered_at === null ? {} : { answeredAt: offer.answered_at }),
  }))
}

/** Why it filled, or did not: who took it, how fast, and what the others said. */
function sayOutcome({ opening, why, offers, took, name }: { opening: OpeningNow; why: string | null; offers: OfferRow[]; took: Story['took']; name: (id: string) => string }): string {
  if (!ended.includes(opening.state)) return opening.stands
  const after = took.endedMin === undefined ? '' : ` after ${sayMinutes(took.endedMin)}`
  const others = sayOthers(offers.filter(({ state }) => state !== 'booked'))
  const winner = offers.find(({ state }) => state === 'booked')
  if (opening.state !== 'filled' || winner === undefined) return [sayEnd({ state: opening.state, why }), took.endedMin === undefined ? '' : `It was over${after}.`, others].filter((part) => part !== '').join(' ')
  const thinking = winner.sent_at === null || winner.answered_at === null ? '' : `, ${sayMinutes(minutes(winner.sent_at, winner.answered_at))} after being asked`
  return [`Filled${after}: ${name(winner.client_id)}, number ${winner.place} of ${offers.length} in line, said yes${thinking}.`, others].filter((part) => part !== '').join(' ')
}

/** "Of the others, 2 said no, 1 did not answer in time." */
function sayOthers(offers: OfferRow[]): string {
  const counts = Map.groupBy(offers.filter(({ state }) => state !== 'approved' && !asked.includes(state)), sayOffer)
  return counts.size === 0 ? '' : `Of the others: ${Array.from(counts, ([what, those]) => `${those.length} ${plural(what, those.length)}`).join(', ')}.`
}

function plural(clause: string, count: number): string {
  return count === 1 ? clause : clause.replace(/^was /, 'were ').replace(/^is /, 'are ').replace(/^wants /, 'want ')
}

function minutes(from: Instant, to: Instant): number {
  return Math.max(0, Math.round(minutesBetween(from, to)))
}
