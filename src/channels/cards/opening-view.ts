import type { Waitlist } from '../../waitlist/open-waitlist.ts'
import type { OpeningNow, Preview, Story } from '../../waitlist/telling/open-telling.ts'
import { policyWords, sayMinutes } from '../../waitlist/approving/offers-facts.ts'
import { stateNames } from '../../waitlist/telling/opening-words.ts'
import { DeskError } from '../../salon/errors.ts'
import { type Instant, sayTime, type Zone } from '../../salon/time.ts'
import type { Button, Card, Part, View } from './card.ts'
import type { CardRoom } from './card-room.ts'
import { fitParts, fitTitle } from './fit-parts.ts'
import { sayMoment } from './say-moment.ts'

/** Lines of one list on a card: as many as Slack's blocks hold with room to spare. */
const most = { steps: 40, order: 15, notAsked: 15 } as const

/** The waitlist as the cards use it: what they tell, and what their buttons do. */
export type WaitlistOnCards = Pick<Waitlist, 'openings' | 'replay' | 'preview' | 'line' | 'lineUp' | 'close' | 'propose'>

/** Throws `DeskError('unsupported')` where there is none. */
export function waitlistOf({ waitlist }: Pick<CardRoom, 'waitlist'>): WaitlistOnCards {
  if (waitlist === undefined) throw new DeskError('unsupported', { message: 'no waitlist here', userMessage: 'There is no waitlist here.' })
  return waitlist
}

/** One free chair: why it is free, how it stands, what comes next, and what can be done about it. `place`: with the location's name. */
export function openingCard({ room, opening, place = false }: { room: Pick<CardRoom, 'tokens'>; opening: OpeningNow; place?: boolean }): Card {
  const { id, chair, cause, state, stands, next, location, byHand } = opening
  return {
    subject: `opening:${id}`, title: fitTitle(place ? `${chair}, ${location.name}` : chair).title,
    tone: state === 'filled' ? 'done' : ['lost', 'closed', 'too_late'].includes(state) ? 'stopped' : 'waiting',
    parts: fitParts([{ kind: 'facts', rows: [{ label: 'Came free', value: cause }] }, { kind: 'text', text: stands }, ...handParts(byHand), ...(next === undefined ? [] : [{ kind: 'small' as const, text: next }])]).parts,
    buttons: buttonsFor({ room, opening }),
  }
}

/** What a person does to book whoever said yes, in order. */
function handParts(byHand: OpeningNow['byHand']): Part[] {
  return byHand === undefined ? [] : [{ kind: 'list', label: 'Please do this in the booking system', ordered: true, items: byHand.steps.slice(0, most.order) }]
}

/** An opening as a card of its own. Throws `DeskError('not_found')`. */
export async function openingView({ room, id }: { room: CardRoom; id: string }): Promise<View> {
  const [opening] = await waitlistOf(room).openings({ ids: [id] })
  if (opening === undefined) throw new DeskError('not_found', { message: 'no such opening', userMessage: 'That free time is not known (any more).' })
  const card = openingCard({ room, opening })
  return { subject: card.subject, summary: `${opening.chair}. ${opening.stands}`, cards: [card] }
}

function buttonsFor({ room: { tokens }, opening: { id, state, proposalId, stands } }: { room: Pick<CardRoom, 'tokens'>; opening: OpeningNow }): Button[] {
  const press = (action: string, label: string, more: Partial<Button> = {}): Button => ({ action, token: tokens.make({ action, ref: [id] }), label, ...more })
  const show = (subject: string, label: string, more: Partial<Button> = {}): Button => ({ action: 'show', token: tokens.make({ action: 'show', ref: [subject] }), label, ...more })
  const story = show(`story:${id}`, 'Whole story')
  const waits = proposalId !== undefined && stands.startsWith('Its offers wait')
  if (state === 'offering') return [press('opening:close', 'Stop offering', { style: 'danger' }), story]
  if (state !== 'open') return [story]
  return [
    ...(waits ? [show(`proposal:${proposalId}`, 'Open its offers', { style: 'primary' })] : [press('opening:offer', 'Prepare offers now', { style: 'primary' }), show(`preview:${id}`, 'Who would be asked')]),
    press('opening:close', 'Leave it free'), story,
  ]
}

/** What happened to a chair, step by step. `whole`: every line of it (the terminal, a dialog of the page). */
export async function storyView({ room, id }: { room: CardRoom; id: string }): Promise<View> {
  const story = await waitlistOf(room).replay({ openingId: id })
  const { opening, outcome, plan, order, notAsked, steps, chain } = story
  const when = { zone: opening.location.zone, now: room.clock.now() }
  const card: Card = {
    ...openingCard({ room, opening }), subject: `story:${id}`,
    parts: fitParts([
      { kind: 'facts', rows: [{ label: 'Came free', value: opening.cause }, ...(plan === undefined ? [] : [{ label: 'Plan', value: sayPlan(plan, when) }])] },
      { kind: 'text', text: outcome },
      ...(opening.next === undefined ? [] : [{ kind: 'small' as const, text: opening.next }]),
      ...listOf('What happened', steps.map(({ at, words }) => `${sayMoment(at, when)}: ${words}`), most.steps, 'last'),
      ...listOf('In line, in this order', order.map((one) => `${one.client.name} ${one.became}${one.why.length === 0 ? '' : ` (${one.why.join('; ')})`}`), most.order),
      ...listOf('Not in line', notAsked.map(({ client, why }) => `${client.name}: ${why}`), most.notAsked),
      ...(chain.length < 2 ? [] : listOf('The chain it belongs to', chain.map((link) => `${'→ '.repeat(link.depth)}${link.chair}: ${stateNames[link.state].toLowerCase()}${link.id === id ? ' (this one)' : ''}`), most.order)),
    ]).parts,
    buttons: openingCard({ room, opening }).buttons.filter(({ label }) => label !== 'Whole story'),
  }
  return { subject: card.subject, summary: `The story of ${opening.chair}. ${outcome}`, cards: [card, ...chain.filter((link) => link.id !== id).slice(0, 3).map((link) => linkCard(room, link))] }
}

function linkCard({ tokens }: Pick<CardRoom, 'tokens'>, { id, chair, state }: Story['chain'][number]): Card {
  return { subject: `link:${id}`, title: fitTitle(chair).title, tone: 'plain', parts: [{ kind: 'small', text: `Of the same chain: ${stateNames[state].toLowerCase()}.` }], buttons: [{ action: 'show', token: tokens.make({ action: 'show', ref: [`story:${id}`] }), label: 'Its story' }] }
}

/** Who would be asked about a free chair, or about one that a visit would leave; nobody is. */
export async function previewView({ room, id }: { room: CardRoom; id: string }): Promise<View> {
  const previews = await waitlistOf(room).preview({ id })
  const now = room.clock.now()
  const cards = previews.map((preview, index): Card => ({
    subject: index === 0 ? `preview:${id}` : `preview:${id}:${index}`, title: fitTitle(`If ${preview.chair} were offered now`).title, tone: 'plain',
    parts: fitParts(previewParts(preview, { zone: preview.zone, now })).parts, buttons: [],
  }))
  return { subject: `preview:${id}`, summary: cards.map(({ title }) => title).join('. '), cards }
}

function previewParts({ start, plan, why, otherWindows, order, notAsked }: Preview, when: { zone: Zone; now: Instant }): Part[] {
  return [
    ...(why === undefined ? [] : [{ kind: 'notice' as const, text: `Nothing would be offered: ${why.words}.` }]),
    ...(plan === undefined ? [] : [{ kind: 'facts' as const, rows: [{ label: 'Plan', value: sayPlan(plan, when) }, ...(otherWindows.length === 0 ? [] : [{ label: 'With other windows', value: sayWindows(otherWindows) }])] }]),
    ...listOf('In line, in this order', order.map(({ client, why: reasons, at }) => `${client.name}${at === undefined || at === start ? '' : `, at ${sayTime(at, when.zone)}`}: ${reasons.join('; ')}`), most.order),
    ...listOf('Not in line', notAsked.map(({ client, why: reason }) => `${client.name}: ${reason}`), most.notAsked),
    { kind: 'small', text: 'Nobody is asked by looking at this.' },
  ]
}

/** "first in line, one at a time, 2 h each; 76 % that it is filled until 8:03 pm". */
function sayPlan({ policy, width, windowMin, chance, until }: NonNullable<Preview['plan']> | NonNullable<Story['plan']>, when: { zone: Zone; now: Instant }): string {
  return `${policyWords[policy]}; ${width === 1 ? 'one' : width} at a time, ${sayMinutes(windowMin)} each; a chance of ${Math.round(chance * 100)} % that it is filled until ${sayMoment(until, when)}`
}

function sayWindows(windows: Preview['otherWindows']): string {
  return windows.map(({ windowMin, width, chance }) => `${sayMinutes(windowMin)}${width > 1 ? `, ${width} at a time` : ''}: ${Math.round(chance * 100)} %`).join('; ')
}

/** A list with as many lines as a card holds; which of them, and that there are more, is said. Without a name where `label` is ''. */
export function listOf(label: string, items: string[], limit: number, keep: 'first' | 'last' = 'first'): Part[] {
  if (items.length === 0) return []
  const shown = keep === 'first' ? items.slice(0, limit) : items.slice(-limit)
  const name = keep === 'last' && shown.length < items.length ? `${label} (the last ${shown.length} of ${items.length})` : label
  return [{ kind: 'list', ...(name === '' ? {} : { label: name }), items: shown }, ...(keep === 'first' && items.length > limit ? [{ kind: 'small' as const, text: `… and ${items.length - limit} more.` }] : [])]
}
