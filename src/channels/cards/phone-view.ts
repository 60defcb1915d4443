import type { CallLine, Phone } from '../../phone/phone.ts'
import { unwrap } from '../../platforms/unwrap.ts'
import { DeskError } from '../../salon/errors.ts'
import { type Instant, localDate, type Zone } from '../../salon/time.ts'
import type { Button, Card, View } from './card.ts'
import type { CardRoom } from './card-room.ts'
import { fitParts } from './fit-parts.ts'
import { sayCaller, sayCameTo, sayMs, sayQuality, sayWhyCalled } from './say-phone.ts'
import { sayMoment } from './say-moment.ts'

/** The part of the phone that is seen and pressed. */
export type PhoneOnCards = Pick<Phone, 'recent' | 'waiting' | 'story' | 'seenTo'>

/** `read`: far more than a salon is called on a day; the total of a longer day says that it is of these. */
const most = { home: 5, waiting: 20, lately: 15, read: 300 } as const

type When = { zone: Zone; now: Instant }

/** Throws `DeskError('not_found')` where there is no telephone. */
export function phoneOf({ phone }: Pick<CardRoom, 'phone'>): Promise<PhoneOnCards> {
  if (phone === undefined) throw new DeskError('not_found', { message: 'no phone here', userMessage: 'There is no telephone at this desk.' })
  return phone()
}

/** Calls of clients: how the day goes in figures, who waits, and the latest with the figures of each. */
export async function phoneView(room: CardRoom): Promise<View> {
  const phone = await phoneOf(room)
  const [waiting, recent, when] = await Promise.all([phone.waiting(most.waiting + 1), phone.recent(most.read), whenOf(room)])
  const calls = recent.filter(({ direction }) => direction === 'in')
  const today = calls.filter(({ startedAt }) => localDate(startedAt, when.zone) === localDate(when.now, when.zone))
  const total = sayTotal(today, recent.length === most.read)
  const lately = calls.slice(0, most.lately)
  return {
    subject: 'phone', summary: total,
    cards: [
      { subject: 'phone_today', title: 'The phone today', tone: 'plain', parts: fitParts([{ kind: 'text', text: total }, { kind: 'small', text: 'Measured on our side: from what the caller said being known to our first word being sent. The telephone network and its voice come on top.' }]).parts, buttons: [] },
      ...(waiting.length === 0 ? [] : [waitingCard({ room, waiting, limit: most.waiting, when })]),
      {
        subject: 'phone_lately', title: 'Latest calls', tone: 'plain',
        parts: fitParts(lately.length === 0 ? [{ kind: 'text', text: 'Nobody has called yet.' }] : [{ kind: 'list', items: lately.map((call) => `${sayLine(call, when)} ${capital(sayQuality(call.quality))}.`) }]).parts,
        buttons: lately.map((call) => openButton(room, call, when)),
      },
    ],
  }
}

/** A card with the calls that wait for a person; nothing when there are none. */
export async function waitingCalls(room: CardRoom): Promise<Card[]> {
  if (room.phone === undefined) return []
  const waiting = await (await room.phone()).waiting(most.waiting + 1)
  if (waiting.length === 0) return []
  const card = waitingCard({ room, waiting, limit: most.home, when: await whenOf(room) })
  return [{ ...card, buttons: [...card.buttons, { action: 'show', token: room.tokens.make({ action: 'show', ref: ['phone'] }), label: 'All calls' }] }]
}

function waitingCard({ room, waiting, limit, when }: { room: CardRoom; waiting: CallLine[]; limit: number; when: When }): Card {
  const shown = waiting.slice(0, limit)
  const left = waiting.length - shown.length
  return {
    subject: 'phone_waiting', tone: 'waiting',
    title: waiting.length === 1 ? '1 call waits for you' : `${waiting.length > most.waiting ? `More than ${most.waiting}` : waiting.length} calls wait for you`,
    parts: fitParts([
      { kind: 'list', items: shown.map((call) => sayLine(call, when)) },
      ...(left > 0 ? [{ kind: 'small' as const, text: waiting.length > most.waiting ? 'And more.' : `${left} more.` }] : []),
    ]).parts,
    buttons: shown.map((call) => openButton(room, call, when)),
  }
}

/** "9:41 am, Hana Suzuki: Moved to Friday. Waits: they asked for a person." */
function sayLine(call: CallLine, when: When): string {
  const waits = call.needsPerson ? ` Waits for a person${call.why === undefined ? '' : `: ${sayWhyCalled(call.why)}`}.` : ''
  return `${capital(sayMoment(call.startedAt, when))}, ${sayCaller(call)}: ${sayCameTo(call).replace(/\.$/, '')}.${waits}`
}

function openButton({ tokens }: CardRoom, call: CallLine, when: When): Button {
  const who = call.client?.name ?? call.likely?.name.concat('?') ?? 'unknown'
  return { action: 'show', token: tokens.make({ action: 'show', ref: [`phone:${call.callId}`] }), label: `${capital(sayMoment(call.startedAt, when))}, ${who}`.slice(0, 74) }
}

/** "12 calls: 9 handled without a person, 3 handed to one. In the median call our first word came after 240 ms." */
function sayTotal(today: CallLine[], isCut: boolean): string {
  if (today.length === 0) return 'No calls today.'
  const handed = today.filter(({ why, needsPerson, quality }) => why !== undefined || needsPerson || quality.handOvers > 0).length
  const on = today.filter(({ endedAt }) => endedAt === undefined).length
  const alone = today.filter(({ why, needsPerson, quality, endedAt }) => endedAt !== undefined && why === undefined && !needsPerson && quality.handOvers === 0).length
  const waits = today.filter(({ needsPerson }) => needsPerson).length
  const timed = today.flatMap(({ quality: { firstWordMs } }) => (firstWordMs === undefined ? [] : [firstWordMs.p50])).toSorted((a, b) => a - b)
  const median = timed[Math.floor((timed.length - 1) / 2)]
  return [
    `${isCut ? 'Of the latest calls: ' : ''}${today.length === 1 ? '1 call' : `${today.length} calls`} today: ${alone} handled without a person, ${handed} handed to one${waits === 0 ? '' : ` (${waits} still ${waits === 1 ? 'waits' : 'wait'})`}${on === 0 ? '' : `, ${on} still on the line`}.`,
    ...(median === undefined ? [] : [`In the median call our first word came after ${sayMs(median)}.`]),
  ].join(' ')
}

/** The clock of the wall at the salon; a card must be readable while the booking system is away. */
export async function whenOf({ platform, clock }: Pick<CardRoom, 'platform' | 'clock'>): Promise<When> {
  const catalog = await platform.catalog()
  return { zone: (catalog.ok ? unwrap(catalog).locations[0]?.zone : undefined) ?? 'UTC', now: clock.now() }
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}
