import { sayServices } from '../../bookings/read-booking.ts'
import { dayRange, type Instant, localDate, type LocalDate, sayTime, sayWhen, toLocalDate, type Zone } from '../../salon/time.ts'
import type { OpeningState } from '../../salon/waitlist.ts'
import type { ProposalState } from '../../store/tables/approvals.ts'
import { sayChair } from '../approving/offers-facts.ts'
import { patienceEnds } from '../cascade/book-winner.ts'
import { asked, ended } from '../cascade/cascade.ts'
import type { OfferRow, OpeningRow } from '../cascade/keep-cascade.ts'
import type { WaitlistRoom } from '../waitlist-room.ts'
import { sayCause, sayEnd, sayObstacle } from './opening-words.ts'
import { type Names, readNames } from './read-names.ts'

/** One chair that came free, as it stands at this moment; every text is for people, none holds a number. */
export type OpeningNow = {
  id: string
  location: { id: string; name: string; zone: Zone }
  start: Instant
  end: Instant
  /** "Saturday 21 November at 1:00 pm with Ana Ortiz". */
  chair: string
  /** Why it came free: "Elena Ruiz cancelled (Women's cut)". */
  cause: string
  state: OpeningState
  /** How it stands: "Asked: Jo Danvers until 2:10 pm, 3 more in line." */
  stands: string
  /** What happens next, and when; absent when it is over. */
  next?: string
  /** What a person has to do in the booking system for whoever said yes, and until when. */
  byHand?: { steps: string[]; until: Instant }
  /** Who may answer now, and until when. */
  asked: { client: { id: string; name: string }; until?: Instant }[]
  /** How many of the approved order were not asked yet. */
  inLine: number
  openedAt: Instant
  endedAt?: Instant
  proposalId?: string
}

export type OpeningsQuery = { locationId?: string; date?: LocalDate; ended?: boolean; ids?: string[] }

/** Openings of one look: as many as anybody reads. */
const most = 100

/**
 * Chairs that are free or being offered, earliest first; with `ended` those that are over, the last first. `date` is the local
 * day of the chair. Reads only. Throws `DeskError`: the platform's refusal, `invalid_time` for the day, `not_found` for the location.
 */
export async function readOpenings(room: WaitlistRoom, { locationId, date, ended: over = false, ids }: OpeningsQuery = {}): Promise<OpeningNow[]> {
  const { db } = room.store
  if (ids?.length === 0) return []
  let query = db.selectFrom('waitlist_openings').selectAll()
  query = ids !== undefined ? query.where('id', 'in', ids) : query.where('state', over ? 'in' : 'not in', [...ended])
  if (locationId !== undefined) query = query.where('location_id', '=', locationId)
  const rows = await (over ? query.orderBy('ended_at', 'desc') : query.orderBy('starts_at')).orderBy('id').limit(most).execute()
  if (rows.length === 0) return []
  const [offers, proposals] = await Promise.all([
    db.selectFrom('waitlist_offers').selectAll().where('opening_id', 'in', rows.map(({ id }) => id)).orderBy('place').execute(),
    db.selectFrom('proposals').select(['id', 'state', 'expires_at']).where('id', 'in', ['', ...rows.flatMap(({ proposal_id: id }) => id ?? [])]).execute(),
  ])
  const names = await readNames(room, { clientIds: offers.map(({ client_id: id }) => id), appointmentIds: rows.map(({ appointment_id: id }) => id) })
  const now = room.clock.now()
  const told = rows.map((opening) => tellOpening({ opening, offers: offers.filter(({ opening_id: id }) => id === opening.id), proposal: proposals.find(({ id }) => id === opening.proposal_id), names, now }))
  if (date === undefined) return told
  const day = toLocalDate(date)
  return told.filter(({ start, location: { zone } }) => {
    const { from, to } = dayRange(day, zone)
    return start >= from && start < to
  })
}

type Telling = { opening: OpeningRow; offers: OfferRow[]; proposal: { id: string; state: ProposalState; expires_at: Instant } | undefined; names: Names; now: Instant }

/** The same of rows that were read already. Pure. */
function tellOpening(telling: Telling): OpeningNow {
  const { opening, offers, names, now } = telling
  const location = names.location(opening.location_id)
  const visit = names.visit(opening.appointment_id)
  const who = visit === undefined ? undefined : names.client(visit.clientId)
  const service = visit === undefined ? (opening.service_id === null ? undefined : names.service(opening.service_id)) : sayServices(names.catalog, visit.segments)
  const next = sayNext(telling)
  const byHand = byHandNow(telling)
  return {
    id: opening.id, location: { id: location.id, name: location.name, zone: location.zone }, start: opening.starts_at, end: opening.ends_at,
    chair: sayChair({ opening, catalog: names.catalog, location, now }),
    cause: `${sayCause({ cause: opening.cause, who })}${service === undefined ? '' : ` (${service})`}`,
    state: opening.state, stands: sayStands(telling), ...(next === undefined ? {} : { next }),
    ...(byHand === undefined ? {} : { byHand }),
    asked: Array.from(live(offers), ({ client_id: id, expires_at: until }) => ({ client: { id, name: names.client(id) }, ...(until === null ? {} : { until }) })),
    inLine: inLine(offers).length,
    openedAt: opening.opened_at, ...(opening.ended_at === null ? {} : { endedAt: opening.ended_at }), ...(opening.proposal_id === null ? {} : { proposalId: opening.proposal_id }),
  }
}

const live = (offers: OfferRow[]): OfferRow[] => offers.filter(({ state }) => asked.includes(state))
const inLine = (offers: OfferRow[]): OfferRow[] => offers.filter(({ state }) => state === 'approved')

function sayStands({ opening, offers, proposal, names, now }: Telling): string {
  const { zone } = names.location(opening.location_id)
  const moment = (instant: Instant) => sayMoment(instant, { zone, now })
  const winner = offers.find(({ state }) => state === 'accepted' || state === 'booking' || state === 'booked')
  switch (opening.state) {
    case 'open':
      if (proposal?.state === 'pending' && proposal.expires_at > now) return 'Its offers wait for somebody to approve them.'
      if (proposal?.state === 'shadow') return 'Its offers were only recorded: the desk is in shadow mode for them.'
      return opening.wait_until > now ? `The desk has it to itself until ${moment(opening.wait_until)}.` : 'Nobody is asked about it yet.'
    case 'offering': {
      const asking = live(offers)
      const rest = inLine(offers).length
      const more = rest === 0 ? 'nobody else in line' : `${rest} more in line`
      if (asking.length === 0) return `Nobody is asked at this moment, ${more}.`
      return `Asked: ${asking.map(({ client_id: id, expires_at: until }) => `${names.client(id)}${until === null ? '' : ` until ${moment(until)}`}`).join(', ')}; ${more}.`
    }
    case 'booking':
      if (winner !== undefined && isByHand(winner)) return `${names.client(winner.client_id)} said yes${winner.answered_at === null ? '' : ` at ${moment(winner.answered_at)}`}: please book it by hand.`
      return winner === undefined ? 'It is being booked.' : `${names.client(winner.client_id)} said yes${winner.answered_at === null ? '' : ` at ${moment(winner.answered_at)}`} and is being booked.`
    case 'filled':
      return winner === undefined ? 'It is filled.' : `${names.client(winner.client_id)} has it${opening.ended_at === null ? '' : `, booked at ${moment(opening.ended_at)}`}.`
    case 'lost': case 'closed': case 'too_late': // below
  }
  return sayEnd(opening)
}

function sayNext({ opening, offers, proposal, names, now }: Telling): string | undefined {
  if (ended.includes(opening.state)) return undefined
  const { zone } = names.location(opening.location_id)
  const moment = (instant: Instant) => sayMoment(instant, { zone, now })
  const last = `Nobody can be booked after ${moment(opening.book_by)}.`
  const hand = byHandNow({ opening, offers })
  if (hand !== undefined) return `The client was told that it takes longer, and hears "you're booked" only when the booking system shows it. If it does not by ${moment(hand.until)}, they get an apology.`
  if (opening.state === 'booking') return 'It is tried until the booking system answers, for a quarter of an hour.'
  if (opening.state === 'open') {
    if (proposal?.state === 'pending' && proposal.expires_at > now) return `Approve ${proposal.id} until ${moment(proposal.expires_at)}. ${last}`
    const obstacle = sayObstacle(opening.why)
    if (obstacle !== undefined) return `Nothing is proposed: ${obstacle}.${opening.due_at === null || opening.due_at <= now ? '' : ` It is looked at again at ${moment(opening.due_at)}.`} ${last}`
    return opening.wait_until > now ? 'Then a card is prepared.' : `A card is prepared within a minute. ${last}`
  }
  const [first] = inLine(offers)
  if (first === undefined) return live(offers).length === 0 ? 'It is given up within a minute.' : 'If nobody says yes, it stays free.'
  const name = names.client(first.client_id)
  if (live(offers).length > 0) return `${name} is asked next. ${last}`
  return opening.due_at !== null && opening.due_at > now ? `${name} is asked at ${moment(opening.due_at)}. ${last}` : `${name} is asked within a minute. ${last}`
}

function isByHand({ state, why, hand_steps: steps }: OfferRow): boolean {
  return state === 'booking' && why === 'by_hand' && steps !== null
}

function byHandNow({ opening, offers }: Pick<Telling, 'opening' | 'offers'>): OpeningNow['byHand'] {
  const offer = offers.find(isByHand)
  if (offer?.hand_steps == null || offer.accepted_at === null) return undefined
  return { steps: offer.hand_steps, until: patienceEnds({ bookBy: opening.book_by }, { why: 'by_hand', acceptedAt: offer.accepted_at }) }
}

/** "2:10 pm" today, "Friday 27 November at 2:10 pm" on another day. */
export function sayMoment(instant: Instant, { zone, now }: { zone: Zone; now: Instant }): string {
  return localDate(instant, zone) === localDate(now, zone) ? sayTime(instant, zone) : sayWhen(instant, zone, now)
}
