import type { CallItem } from '../../calls/call-list.ts'
import { sayMoney } from '../../salon/money.ts'
import type { LocalDate } from '../../salon/time.ts'
import type { CallOutcome } from '../../store/tables/calls.ts'
import type { Button, Card, Part } from './card.ts'
import { fitParts, fitTitle } from './fit-parts.ts'
import type { Telling } from './proposal-card.ts'
import { sayMoment } from './say-moment.ts'
import type { Tokens } from './token.ts'

/** What a button of a call is about. */
export type CallRef = { locationId: string; date: LocalDate; appointmentId: string; clientId: string }

const packCall = ({ locationId, date, appointmentId, clientId }: CallRef): string[] => [locationId, date, appointmentId, clientId]

export function unpackCall([locationId, date, appointmentId, clientId]: string[]): CallRef | undefined {
  return locationId === undefined || date === undefined || appointmentId === undefined || clientId === undefined ? undefined : { locationId, date, appointmentId, clientId }
}

export const outcomeNames: Record<CallOutcome, string> = {
  'reached-confirmed': 'Confirmed', 'reached-moved': 'Wants another time', 'reached-cancelled': 'Cancels', voicemail: 'Left a voicemail', 'no-answer': 'No answer', 'wrong-number': 'Wrong number', skipped: 'Skipped',
}

/** Outcomes with a button of their own; the rest are in a form. */
export const quickOutcomes: [CallOutcome, string][] = [['reached-confirmed', 'Confirmed'], ['reached-moved', 'Moved'], ['reached-cancelled', 'Cancelled'], ['voicemail', 'Voicemail'], ['no-answer', 'No answer']]

/** Why nobody needs to call any more, when that is so: `gone` is cancelled or on another day now, `over` has come or begun. */
export type Since = 'gone' | 'over' | undefined

/** One call to make: when, who, why, what to know and say, and what came of it. */
export function callCard({ item, date, since, telling, tokens }: { item: CallItem; date: LocalDate; since: Since; telling: Telling; tokens: Tokens }): Card {
  const { rank, client, timeText, outcome } = item
  const { parts } = fitParts(partsOf({ item, since, telling }))
  const ref = packCall({ locationId: item.location.id, date, appointmentId: item.appointment, clientId: client.id })
  const button = (action: string, label: string, more: Omit<Button, 'action' | 'token' | 'label'> = {}): Button => ({ action, token: tokens.make({ action, ref }), label, ...more })
  return {
    subject: `call:${item.appointment}`,
    title: fitTitle(`${rank}. ${client.name}, ${timeText}`).title,
    tone: outcome !== undefined ? 'done' : since === undefined ? 'plain' : 'stopped',
    parts,
    buttons: outcome !== undefined
      ? [button('outcome:change', 'Change outcome…', { opensForm: true })]
      : [...(since === undefined ? quickOutcomes.map(([name, label]) => button(`outcome:${name}`, label)) : []), button('outcome:other', 'More…', { opensForm: true })],
  }
}

function partsOf({ item, since, telling }: { item: CallItem; since: Since; telling: Telling }): Part[] {
  const { services, staff, price, band, risk, reasons, talkingPoints, script, outcome, status } = item
  const facts = [
    `${services.join(' + ')} with ${staff.join(' + ')}`,
    sayMoney(price),
    `${band} risk, ${Math.round(risk * 100)} %`,
    ...(status === 'confirmed' ? ['already confirmed'] : []),
  ]
  if (outcome !== undefined) return [{ kind: 'text', text: facts.join(' · ') }, { kind: 'text', text: `${outcomeNames[outcome.outcome]}: ${telling.nameOf(outcome.by)}, ${sayMoment(outcome.at, telling)}.` }]
  return [
    { kind: 'text', text: facts.join(' · ') },
    ...(since === undefined ? [] : [{ kind: 'notice' as const, text: sinceWords[since] }]),
    ...(reasons.length === 0 ? [] : [{ kind: 'list' as const, label: 'Why', items: reasons }]),
    ...(talkingPoints.length === 0 ? [] : [{ kind: 'list' as const, label: 'Good to know', items: talkingPoints.map(({ text, source }) => `${text} (${source})`) }]),
    { kind: 'fold', label: 'What to say', text: script.spoken },
  ]
}

const sinceWords: Record<NonNullable<Since>, string> = {
  gone: 'No longer on the book of this day: cancelled or moved since the list was made. No call is needed.',
  over: 'No longer ahead: this visit has begun, is over, or was missed.',
}
