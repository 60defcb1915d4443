import { type Instant, minutesBetween } from '../../salon/time.ts'
import type { OffersArgs } from '../approving/offers-args.ts'
import { sayMinutes } from '../approving/offers-facts.ts'
import type { OfferRow } from '../cascade/keep-cascade.ts'
import { sayEnd, sayOffer } from './opening-words.ts'
import { type OpeningNow, sayMoment } from './read-openings.ts'

/** One thing that happened, in words: when, and what. */
export type Step = { at: Instant; words: string }

type AuditLine = { at: Instant; actor: string; action: string; detail: unknown }
type TextLine = { key: string; client_id: string; template: string | null; state: string; delivery: string | null; delivered_at: Instant | null; attempted_at: Instant | null; at: Instant }
type Given = {
  opening: OpeningNow
  waitUntil: Instant
  rows: AuditLine[]
  texts: TextLine[]
  offers: OfferRow[]
  plan: OffersArgs | undefined
  /** What clients wrote, by the id of the text. */
  words: ReadonlyMap<number, string>
  name: (clientId: string) => string
  person: (id: string) => string
}

/** What happened to a chair, oldest first: from the audit log, and from the texts that answered clients. Pure. */
export function storySteps(given: Given): Step[] {
  const kept = given.rows.filter((row, index) => !isPassing(row, given.rows.slice(index + 1)))
  const steps = [...kept.flatMap((row) => sayRow(row, given)), ...given.texts.flatMap((text) => sayAnswer(text, given)), ...notNeeded(given)]
  return steps.map((step, index) => ({ step, index })).toSorted((a, b) => (a.step.at < b.step.at ? -1 : a.step.at > b.step.at ? 1 : a.index - b.index)).map(({ step }) => step)
}

/** "On its way" and "being booked" are worth a line only where something took its time. */
function isPassing({ at, action, detail }: AuditLine, later: AuditLine[]): boolean {
  if (action !== 'offer.queued' && action !== 'offer.booking') return false
  const next = later.find((row) => offerOf(row.detail) === offerOf(detail))
  return next !== undefined && minutesBetween(at, next.at) <= 1
}

const offerOf = (detail: unknown): string => textOf(detail, 'offer')
const textOf = (detail: unknown, field: string): string => {
  const value = (detail as Record<string, unknown> | null)?.[field]
  return typeof value === 'string' ? value : ''
}

function sayRow(row: AuditLine, { opening, waitUntil, offers, plan, words, name, person }: Given): Step[] {
  const { at, action, actor, detail } = row
  const step = (text: string): Step[] => [{ at, words: text }]
  const moment = (instant: Instant) => sayMoment(instant, { zone: opening.location.zone, now: at })
  const why = textOf(detail, 'why')
  if (action.startsWith('offer.')) {
    const offer = offers.find(({ id }) => id === offerOf(detail))
    if (offer === undefined || (action === 'offer.withdrawn' && why === 'not_needed')) return []
    const who = name(offer.client_id)
    const state = action.slice('offer.'.length) as OfferRow['state']
    const said = offer.answer_id === null ? undefined : words.get(offer.answer_id)
    const quoted = said === undefined ? '' : `: “${said.slice(0, 160)}”`
    switch (state) {
      case 'queued': return step(`It is the turn of ${who}: the text waits to be sent.`)
      case 'sent': case 'send_unknown': return step(`${who}, number ${offer.place} of ${offers.length}, was asked${offer.expires_at === null ? '' : ` and may answer until ${moment(offer.expires_at)}`}${state === 'sent' ? '' : '; the text may not have arrived'}.`)
      case 'accepted': return step(`${who} said yes${quoted}.`)
      case 'booking': return step(`${who} is being booked.`)
      case 'booked': return step(`${who} is booked, as read back from the booking system.`)
      case 'declined': return step(`${who} ${sayOffer({ state, why: why === '' ? null : why })}${quoted}.`)
      case 'expired': return step(why === '' ? `The time of ${who} was over without an answer.` : `${who} said yes after it was over${quoted}.`)
      case 'late_yes': return step(`${who} said yes too late${quoted}, and has it if nobody else takes it.`)
      case 'withdrawn': return step(`${who} had not answered, and is no longer asked.`)
      case 'skipped': case 'suppressed': case 'undeliverable': case 'book_failed': case 'apologised': case 'approved': // below
    }
    return step(`${who} ${sayOffer({ state, why: why === '' ? null : why })}.`)
  }
  const by = actor === 'desk' || actor === 'executor' ? 'The desk' : person(actor)
  switch (action) {
    case 'waitlist.open': return step(`The chair came free: ${opening.cause}.${waitUntil > at ? ` The desk had it to itself until ${moment(waitUntil)}.` : ''}`)
    case 'proposal.created': return step(plan === undefined ? 'A card with offers was prepared.' : `A card was prepared: ${plan.candidates.length} to ask, ${plan.width === 1 ? 'one' : plan.width} at a time, ${sayMinutes(plan.windowMin)} each; a chance of ${Math.round(plan.chance * 100)} % until ${moment(plan.until)}.`)
    case 'proposal.recorded': return step('The offers were only recorded (shadow mode).')
    case 'proposal.superseded': return step('The card was replaced by another one.')
    case 'proposal.expired': return step('The card ran out before anybody decided.')
    case 'decision.approved': return step(`${by} approved the offers.`)
    case 'decision.rejected': return step(`${by} turned the offers down.`)
    case 'waitlist.needs_person': return step(`A person was asked to look at it${textOf(detail, 'clientId') === '' ? '' : `, because of ${name(textOf(detail, 'clientId'))}`}: ${alerts[why] ?? why.replaceAll('_', ' ')}.`)
    case 'waitlist.filled': return step('The chair is filled.')
    case 'waitlist.lost': case 'waitlist.too_late': return step(sayEnd({ state: action.slice('waitlist.'.length) as 'lost' | 'too_late', why }))
    case 'waitlist.closed': return step(why === 'staff' ? `${by} stopped offering it.` : sayEnd({ state: 'closed', why }))
    default: return []
  }
}

const alerts: Record<string, string> = {
  by_hand: 'the booking has to be made by hand', not_by_hand: 'the booking was not made by hand in time', late_yes: 'a yes that came too late', maybe_booked: 'it may be booked, and nobody knows', platform_away: 'the booking system did not answer', taken_elsewhere: 'the chair was taken before the booking', refused: 'the booking system refused it', booked_after_no: 'it was booked although they said no', booked_after_apology: 'it was booked after they were told otherwise',
}

/** What somebody who answered was told, once it left. */
const told: Record<string, string> = {
  'waitlist-filled': 'was told that it is booked', 'waitlist-taken': 'was told that somebody was faster, and keeps the place', 'waitlist-apology': 'got an apology, and keeps the place', 'waitlist-kept': 'was told that the place is kept',
  'waitlist-not-booked': 'was told that nothing was booked', 'waitlist-holding': 'was told that it takes a moment', 'waitlist-late': 'was told that somebody else is asked, and is next',
}

function sayAnswer({ client_id: clientId, template, state, delivery, delivered_at: deliveredAt, attempted_at: attemptedAt, at }: TextLine, { name }: Given): Step[] {
  const words = told[template ?? '']
  if (words === undefined || state !== 'sent') return []
  return [{ at: attemptedAt ?? at, words: `${name(clientId)} ${words}${delivery === 'undelivered' || delivery === 'failed' ? ' (the text did not arrive)' : deliveredAt === null ? '' : ' (the text arrived)'}.` }]
}

/** Those whose turn never came, in one line. */
function notNeeded({ rows, offers, name }: Given): Step[] {
  const spared = rows.filter(({ action, detail }) => action === 'offer.withdrawn' && textOf(detail, 'why') === 'not_needed')
  const last = spared.at(-1)
  if (last === undefined) return []
  const who = spared.flatMap(({ detail }) => offers.find(({ id }) => id === offerOf(detail)) ?? []).map(({ client_id: id }) => name(id))
  return [{ at: last.at, words: `Not asked any more: ${who.join(', ')}.` }]
}
