import type { Proposal } from '../../approvals/proposal.ts'
import type { Instant, Zone } from '../../salon/time.ts'
import { bareName } from '../../store/people.ts'
import type { Card, Part, View } from './card.ts'
import { proposalCard, stateNow } from './proposal-card.ts'
import { saySegments } from './say-segments.ts'

/** A view as plain lines: for the terminal, and as what a medium shows when it cannot draw. */
export function sayView({ summary, cards }: View): string {
  return cards.length === 0 ? clean(summary) : cards.map(sayCard).join('\n\n')
}

/** A card as plain lines: its title, its parts indented below. No buttons: each medium says how to press. */
export function sayCard({ title, parts }: Card): string {
  return [clean(title), ...parts.flatMap(linesOf)].join('\n')
}

/** One proposal as plain lines, with how to decide on it from the terminal. `nameOf`: a person's name by id. */
export function sayProposal({ proposal, zone, now, nameOf = bareName }: { proposal: Proposal; zone: Zone; now: Instant; nameOf?: (id: string) => string }): string {
  const { id, undoneBy, undoOf } = proposal
  const state = stateNow(proposal, now)
  // Whoever decides in the terminal has nothing else to open, so every text is there (APR-8).
  const card = proposalCard({ proposal, telling: { zone, now, nameOf }, mostTexts: Infinity })
  return [
    sayCard({ ...card, title: `${id}  ${card.title}` }),
    ...(state === 'pending' ? [`  Nothing is changed yet. To approve: the card's button, or "desk approve ${id}".`] : []),
    ...(state === 'by_hand' ? sayByHand(proposal).map(({ to, type }) => `  ${to}: "${type}".`) : []),
    ...(state === 'done' && undoneBy === null && undoOf === null ? sayWayBack(proposal).map(({ to, type }) => `  To ${to}: "${type}".`) : []),
  ].join('\n')
}

/** What to type to put it back; a stack of texts cannot be, and offers of a chair are stopped. */
export function sayWayBack({ id, facts: { texts, target } }: Proposal): { to: string; type: string }[] {
  if (target.startsWith('opening:')) return [{ to: 'stop it', type: `desk waitlist close ${target.slice('opening:'.length)}` }]
  return texts === undefined ? [{ to: 'put it back', type: `desk undo ${id}` }] : []
}

/** What to type when somebody has done it in the booking system, or could not. */
function sayByHand({ id, byHand }: Proposal): { to: string; type: string }[] {
  return [...(byHand?.doneBy === null ? [{ to: 'When it is done there', type: `desk done ${id}` }] : []), { to: byHand?.doneBy === null ? 'If it cannot be done' : 'If it was not done after all', type: `desk not-done ${id}` }]
}

function linesOf(part: Part): string[] {
  switch (part.kind) {
    case 'changes':
      return part.rows.map(({ label, before, after }) => line(`${label}: ${sayChange(before, after)}`))
    case 'facts':
      return [line(part.rows.map(({ label, value }) => `${label}: ${value}`).join(' | '))]
    case 'notice':
      return [line(`! ${part.text}`)]
    case 'policy':
      return [line(`Policy "${part.title}" (${part.file}): "${part.quote}"`)]
    case 'client_text':
      return [line(part.segments === 0 ? `No text: ${part.text}` : `Text to ${part.to}: "${part.text}" (${saySegments(part.segments)})`)]
    case 'words':
      return [line(`${part.label}: "${part.text}"`)]
    case 'texts':
      return part.items.map(({ label, text }) => line(`${label}: "${text}"`))
    case 'list':
      return [...(part.label === undefined ? [] : [line(`${part.label}:`)]), ...part.items.map((item, at) => line(part.ordered === true ? `${at + 1}. ${item}` : `- ${item}`))]
    case 'fold':
      return [line(`${part.label}: ${part.text}`)]
    case 'day_picture':
      return [line(part.alt)]
    case 'text':
    case 'small': // below, so that every path returns
  }
  return [line(part.text)]
}

export function sayChange(before: string | null, after: string | null): string {
  if (before === null) return after ?? ''
  return after === null ? `${before} → taken out` : `${before} → ${after}`
}

function line(text: string): string {
  return `  ${clean(text)}`
}

/** Values come from outside: none may steer a terminal, turn the reading direction, or begin a line that looks like ours. */
function clean(text: string): string {
  return text.replaceAll(/\r\n?|\u2028|\u2029/g, '\n').replaceAll(/[\p{Cc}\u202A-\u202E\u2066-\u2069\u200E\u200F]/gu, (character) => (character === '\n' ? '\n      ' : ''))
}
