import type { CallItem } from '../../calls/call-list.ts'
import type { CallState } from '../../phone/outgoing/outgoing.ts'
import { sayMoney } from '../../salon/money.ts'
import type { LocalDate } from '../../salon/time.ts'
import type { CallOutcome } from '../../store/tables/calls.ts'
import type { Button, Card, Part } from './card.ts'
import { fitParts, fitTitle } from './fit-parts.ts'
import type { Telling } from './proposal-card.ts'
import { sayCall } from './say-call.ts'
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

/** One call to make: when, who, why, what to know and say, how `call` stands, and what came of it. `canCall`: the desk can ring. */
export function callCard({ item, date, since, call, canCall, telling, tokens }: { item: CallItem; date: LocalDate; since: Since; call: CallState | undefined; canCall: boolean; telling: Telling; tokens: Tokens }): Card {
  const { rank, client, timeText, outcome } = item
  const { parts } = fitParts(partsOf({ item, since, call, telling }))
  const ref = packCall({ locationId: item.location.id, date, appointmentId: item.appointment, clientId: client.id })
  const button = (action: string, label: string, { ref: about = ref, ...more }: Omit<Button, 'action' | 'token' | 'label'> & { ref?: string[] } = {}): Button => ({ action, token: tokens.make({ action, ref: about }), label, ...more })
  return {
    subject: `call:${item.appointment}`,
    title: fitTitle(`${rank}. ${client.name}, ${timeText}`).title,
    tone: outcome !== undefined ? 'done' : since === undefined ? 'plain' : 'stopped',
    parts,
    buttons: outcome !== undefined
      ? [button('outcome:change', 'Change outcome…', { opensForm: true })]
      : [
        ...(since === undefined && canCall ? ringButtons({ call, ref, button }) : []),
        ...(since === undefined || isLive(call) ? quickButtons({ call, button }) : []),
        button('outcome:other', 'More…', { opensForm: true }),
      ],
  }
}

type MakeButton = (action: string, label: string, more?: Omit<Button, 'action' | 'token' | 'label'> & { ref?: string[] }) => Button

export function isLive(call: CallState | undefined): call is CallState {
  return call?.over === false
}

/** "Call" before a call and after one, and in the demo what happens during it. */
function ringButtons({ call, ref, button }: { call: CallState | undefined; ref: string[]; button: MakeButton }): Button[] {
  if (!isLive(call)) return likelyOutcome(call) === undefined ? [button('call:ring', call === undefined ? 'Call' : 'Call again', { style: 'primary' })] : []
  return call.isPretend ? (played[call.state] ?? []).map(([what, label], at) => button(`call:play:${what}`, label, { ref: [...ref, call.callId], ...(at === 0 ? { style: 'primary' as const } : {}) })) : []
}

/** What can happen next in a call of the demo. */
const played: Partial<Record<CallState['state'], [string, string][]>> = {
  ringing_you: [['take', 'Take the phone'], ['hang_up', 'Let it ring']],
  waiting_for_key: [['key', 'Press a key'], ['hang_up', 'Press nothing']],
  ringing_client: [['answers', 'Client answers'], ['machine', 'Voicemail answers'], ['no_answer', 'Nobody answers']],
  talking: [['hang_up', 'Hang up']],
}

/** The usual outcomes; what the call itself came to is first and stands out, and another call is still to be had. */
function quickButtons({ call, button }: { call: CallState | undefined; button: MakeButton }): Button[] {
  const likely = likelyOutcome(call)
  const names = quickOutcomes.toSorted(([a], [b]) => Number(b === likely) - Number(a === likely))
  return [
    ...names.map(([name, label]) => (name === likely ? button(`outcome:${name}`, outcomeNames[name], { style: 'primary' }) : button(`outcome:${name}`, label))),
    ...(likely !== undefined && call?.over === true ? [button('call:ring', 'Call again')] : []),
  ]
}

/** What came of a call, where the call itself tells. */
function likelyOutcome(call: CallState | undefined): CallOutcome | undefined {
  if (call?.state === 'machine') return call.isFax ? undefined : call.message === 'not_left' ? 'no-answer' : 'voicemail'
  return call?.state === 'no_answer' || call?.state === 'busy' ? 'no-answer' : undefined
}

function partsOf({ item, since, call, telling }: { item: CallItem; since: Since; call: CallState | undefined; telling: Telling }): Part[] {
  const { client, services, staff, price, band, risk, reasons, talkingPoints, outcome, status } = item
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
    ...(call === undefined ? [] : [{ kind: isLive(call) ? 'notice' as const : 'text' as const, text: sayCall({ call, client: client.name, telling }) }]),
    ...(isLive(call) && call.isPretend ? [{ kind: 'words' as const, label: 'What your phone would say', text: call.whisper }] : []),
    ...(isLive(call) ? [scriptPart({ item, open: true })] : []),
    ...(reasons.length === 0 ? [] : [{ kind: 'list' as const, label: 'Why', items: reasons }]),
    ...(talkingPoints.length === 0 ? [] : [{ kind: 'list' as const, label: 'Good to know', items: talkingPoints.map(({ text, source }) => `${text} (${source})`) }]),
    ...(isLive(call) ? [] : [scriptPart({ item })]),
  ]
}

/** While they talk it is open, and near the top. */
function scriptPart({ item: { script }, open = false }: { item: CallItem; open?: boolean }): Part {
  return { kind: 'fold', label: 'What to say', text: script.spoken, ...(open ? { open } : {}) }
}

const sinceWords: Record<NonNullable<Since>, string> = {
  gone: 'No longer on the book of this day: cancelled or moved since the list was made. No call is needed.',
  over: 'No longer ahead: this visit has begun, is over, or was missed.',
}
