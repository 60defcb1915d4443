import type { ScoreAppointments } from '../../src/calls/call-list.ts'
import { readBrief } from '../../src/calls/brief.ts'
import { openCards } from '../../src/channels/cards/open-cards.ts'
import type { Button, Card, Cards, Part, Press, PressAnswer, View } from '../../src/channels/cards/card.ts'
import type { Person } from '../../src/approvals/roles.ts'
import { readDayBook } from '../../src/insights/day-book.ts'
import type { Messages } from '../../src/messages/messages.ts'
import type { Outgoing } from '../../src/phone/outgoing/outgoing.ts'
import { openMessages } from '../../src/messages/open-messages.ts'
import { once } from '../../src/once.ts'
import { openPhone } from '../../src/phone/open-phone.ts'
import type { Phone } from '../../src/phone/phone.ts'
import type { PhoneRoom } from '../../src/phone/phone-room.ts'
import { testReader } from './test-reader.ts'
import { rememberPerson } from '../../src/store/people.ts'
import { type ApprovalsDesk, type Instance, maya, olga, openApprovalsDesk } from './approvals-desk.ts'

export const finn: Person = { id: 'test:finn', name: 'Finn', role: 'front_desk' }
export const mona: Person = { id: 'test:mona', name: 'Mona', role: 'manager' }

/** What hears of calls beside the cards; a test may set it at any time. */
type CallHooks = Pick<PhoneRoom, 'onWantsPerson' | 'cardIsUp'>

export type CardsInstance = Instance & { messages: Messages; cards: Cards; phone: () => Promise<Phone>; callHooks: CallHooks }

export type CardsDesk = CardsInstance & Pick<ApprovalsDesk, 'clock' | 'close'> & {
  /** Another copy of the desk on the same database. */
  another(): CardsInstance
}

/** Everybody is a medium risk but Elena, who is a high one. */
export const score: ScoreAppointments = async ({ appointments }) => new Map(appointments.map(({ id, clientId }) => [id, clientId === 'elena'
  ? { score: 0.42, band: 'high' as const, confidence: 'medium' as const, reasons: ['missed a visit on 31 October'] }
  : { score: 0.2, band: 'medium' as const, confidence: 'medium' as const, reasons: ['booked long ago'] }]))

/** The tiny salon with its cards, and Maya, Finn, Mona and Olga known by name. */
export async function openCardsDesk({ outgoing }: { outgoing?: (instance: Instance & Pick<ApprovalsDesk, 'clock'>) => Outgoing } = {}): Promise<CardsDesk> {
  const desk = await openApprovalsDesk()
  const { clock, store: { db } } = desk
  // Texts go nowhere here; what is stored of them is there for every copy.
  const messages = await openMessages({ store: desk.store, clock, platform: desk.platform, reader: testReader, questions: [] })
  const callHooks: CallHooks = {}
  const phone = once(() => openPhone({
    store: desk.store, clock, platform: desk.platform, messages, reader: testReader, policies: async () => ({ forClients: async () => undefined }), publicUrl: undefined, canRing: true, recording: false, after: () => () => {},
    onWantsPerson: async (trx, call) => callHooks.onWantsPerson?.(trx, call), cardIsUp: async (callId) => callHooks.cardIsUp?.(callId), onError: (error) => { throw error },
  }))
  for (const person of [maya, finn, mona, olga]) await rememberPerson(db, { person, now: clock.now() })
  const withCards = (instance: Instance): CardsInstance => {
    const { store, platform, approvals, actions } = instance
    return { ...instance, messages, phone, callHooks, cards: openCards({ store, clock, platform, approvals, messages, phone, actions, score, outgoing: outgoing?.({ ...instance, clock }), dayBook: (day) => readDayBook({ platform, score, clock, ...day }), brief: (day) => readBrief({ store, ...day }) }) }
  }
  return { ...withCards(desk), clock, another: () => withCards(desk.another()), close: () => desk.close() }
}

let presses = 0

/** Presses a button as a person does, each time a press of its own unless `requestId` is given. */
export function press(cards: Cards, { button, by = maya, values, requestId = `press-${++presses}` }: { button: Pick<Button, 'action' | 'token'>; by?: Person; values?: Record<string, string>; requestId?: string }): Promise<PressAnswer> {
  const { action, token } = button
  const pressed: Press = { action, token, person: by, requestId, ...(values === undefined ? {} : { values }) }
  return cards.press(pressed)
}

/** The one card of a subject. */
export async function cardOf(cards: Cards, subject: string): Promise<Card> {
  const view = await cards.view(subject)
  const card = view.cards.find((each) => each.subject === subject) ?? view.cards[0]
  if (card === undefined) throw new Error(`no card for ${subject}`)
  return card
}

export function buttonOf(card: Card, action: string): Button {
  const button = card.buttons.find((each) => each.action === action)
  if (button === undefined) throw new Error(`no button ${action} on "${card.title}", only ${actionsOf(card).join(', ')}`)
  return button
}

export function actionsOf({ buttons }: Card): string[] {
  return buttons.map(({ action }) => action)
}

/** The sentence that a press was answered with. */
export function sentence(answer: PressAnswer): string {
  if (answer.kind !== 'said') throw new Error(`answered with ${answer.kind}`)
  return answer.text
}

/** Every text that a card or a view shows. */
export function textsOf(shown: Card | View): string[] {
  return 'cards' in shown ? shown.cards.flatMap(textsOf) : [shown.title, ...shown.parts.flatMap(textsOfPart)]
}

export function textsOfPart(part: Part): string[] {
  return Object.values(part).flatMap((value: unknown) => (typeof value === 'string' ? [value] : Array.isArray(value) ? value.flatMap((one: unknown) => (typeof one === 'string' ? [one] : Object.values(one as object).filter((text) => typeof text === 'string'))) : []))
}

