import { buildCallList } from '../../calls/build-call-list.ts'
import type { LocationCallList } from '../../calls/call-list.ts'
import type { DayBook } from '../../insights/day-book.ts'
import { sayDayBook, sayGaps } from '../../insights/say-day-book.ts'
import { DeskError } from '../../salon/errors.ts'
import { sayFreshness } from '../../salon/freshness.ts'
import type { CallState } from '../../phone/outgoing/outgoing.ts'
import { sayMoney } from '../../salon/money.ts'
import { type LocalDate, localDate, sayDate, toLocalDate } from '../../salon/time.ts'
import { namesOf } from '../../store/people.ts'
import { callCard, type Since } from './call-card.ts'
import type { Card, Part, View } from './card.ts'
import { type CardRoom, locationOf } from './card-room.ts'
import { fitParts } from './fit-parts.ts'
import type { Telling } from './proposal-card.ts'

/** Calls that the morning's message shows; the rest are behind one button. */
const mostOnTop = 5

export type Day = { locationId: string; date: LocalDate }

/** `brief:LOCATION:DATE` as location and day. Throws `DeskError('not_found')`. */
export function dayOf(subject: string): Day {
  const [, locationId = '', date = ''] = /^[a-z]+:(.+):(\d{4}-\d{2}-\d{2})$/.exec(subject) ?? []
  if (locationId === '') throw new DeskError('not_found', { message: 'not the subject of a day', userMessage: 'There is no such list.' })
  return { locationId, date: toLocalDate(date) }
}

/** The morning's brief: the day at a glance with its picture, the most valuable calls, and a way to the others. */
export async function briefView({ room, day }: { room: CardRoom; day: Day }): Promise<View> {
  const open = await openBrief({ room, day })
  const { list, book, age } = open
  const top = list.items.slice(0, mostOnTop)
  const rest = list.items.length - top.length
  const subject = `brief:${day.locationId}:${day.date}`
  const header = headerCard({ room, list, book, age, canCall: open.canCall })
  return {
    subject,
    summary: `${header.title}. ${sayGlance({ list, book })}`,
    cards: [
      header,
      ...top.map((item) => drawCall({ room, open, item })),
      ...(rest === 0 ? [] : [{
        subject: `calls:${day.locationId}:${day.date}`,
        title: `${rest} more ${rest === 1 ? 'call' : 'calls'}`,
        tone: 'plain' as const,
        parts: [],
        buttons: [{ action: 'show', token: room.tokens.make({ action: 'show', ref: [`calls:${day.locationId}:${day.date}`] }), label: `Show the other ${rest}` }],
      }]),
    ],
  }
}

/** The calls below the top ones; `call:APPOINTMENT` cards as in the brief. */
export async function restOfCalls({ room, day }: { room: CardRoom; day: Day }): Promise<View> {
  const open = await openBrief({ room, day })
  const rest = open.list.items.slice(mostOnTop)
  const { location } = open.list
  return {
    subject: `calls:${day.locationId}:${day.date}`,
    summary: rest.length === 0 ? `No more calls for ${location.name} on ${sayDate(day.date)}.` : `${location.name}: the other ${rest.length} calls for ${sayDate(day.date)}.`,
    cards: rest.map((item) => drawCall({ room, open, item })),
  }
}

/** The list of a day: as it was posted, or, where none was, as it would be now. Throws `DeskError`. */
export async function listOf({ room, day }: { room: CardRoom; day: Day }): Promise<LocationCallList> {
  const kept = await room.brief(day)
  if (kept !== undefined) return kept
  await locationOf(room, day.locationId)
  const { platform, score, store, clock } = room
  const { locations: [list] } = await buildCallList({ platform, score, store, clock, ...day })
  if (list === undefined) throw new DeskError('not_found', { message: 'no list for this day', userMessage: 'There is no such list.' })
  return list
}

/** The book of the day; undefined while the booking system is away, when the list itself is still worth showing. */
export async function bookOf({ room, day }: { room: CardRoom; day: Day }): Promise<DayBook | undefined> {
  return room.dayBook(day).catch((error: unknown) => {
    if (error instanceof DeskError) return undefined
    throw error
  })
}

/** `age`: how old the book is, in words, when it is not live. `calls`: how the desk's own calls stand, by visit. */
type OpenBrief = { list: LocationCallList; book: DayBook | undefined; age: string | undefined; calls: Map<string, CallState>; canCall: boolean; telling: Telling }

async function openBrief({ room, day }: { room: CardRoom; day: Day }): Promise<OpenBrief> {
  const [list, book, freshness] = await Promise.all([listOf({ room, day }), bookOf({ room, day }), room.platform.freshness()])
  const now = room.clock.now()
  const [canCall = false, calls = new Map<string, CallState>()] = await Promise.all([room.outgoing?.isConnected(), room.outgoing?.stateOf(list.items.map(({ appointment }) => appointment))])
  const names = await namesOf(room.store.db, [...list.items.flatMap(({ outcome }) => (outcome === undefined ? [] : [outcome.by])), ...Array.from(calls.values(), ({ by }) => by)])
  return { list, book, calls, canCall, age: sayFreshness({ freshness, name: room.platform.name, zone: list.location.zone, now }), telling: { zone: list.location.zone, now, nameOf: (id) => names.get(id) ?? id } }
}

function drawCall({ room, open: { list, book, calls, canCall, telling }, item }: { room: CardRoom; open: OpenBrief; item: LocationCallList['items'][number] }): Card {
  return callCard({ item, date: list.date, since: sinceOf({ appointmentId: item.appointment, book }), call: calls.get(item.appointment), canCall, telling, tokens: room.tokens })
}

function sinceOf({ appointmentId, book }: { appointmentId: string; book: DayBook | undefined }): Since {
  if (book === undefined) return undefined
  const visit = [...book.rows.flatMap(({ visits }) => visits), ...book.untimed].find((one) => one.appointmentId === appointmentId)
  if (visit === undefined) return 'gone'
  return ['arrived', 'in_service', 'completed', 'no_show'].includes(visit.status) ? 'over' : undefined
}

function headerCard({ room, list, book, age, canCall }: { room: CardRoom } & Pick<OpenBrief, 'list' | 'book' | 'age' | 'canCall'>): Card {
  const { location, date, items, notes } = list
  const left = items.filter(({ outcome }) => outcome === undefined).length
  const parts: Part[] = [
    ...(age === undefined ? [] : [{ kind: 'notice' as const, text: age }]),
    { kind: 'text', text: sayGlance({ list, book }) },
    ...(book === undefined ? [{ kind: 'notice' as const, text: 'The booking system does not answer right now: this is the list as it was made.' }] : [{ kind: 'day_picture' as const, locationId: location.id, date, alt: sayDayBook({ dayBook: book, now: room.clock.now() }) }]),
    { kind: 'text', text: items.length === 0 ? 'Nobody to call.' : left === 0 ? `All ${items.length} calls are done.` : left === items.length ? `${left} to call, the most valuable first.` : `${left} of ${items.length} left to call.` },
    ...notes.map((text) => ({ kind: 'small' as const, text })),
  ]
  const today = localDate(room.clock.now(), location.zone)
  return {
    subject: `day:${location.id}:${date}`,
    title: `${location.name}: ${date === today ? 'today, ' : ''}${sayDate(date, today)}`,
    tone: 'plain',
    parts: fitParts(parts).parts,
    buttons: [
      { action: 'refresh', token: room.tokens.make({ action: 'refresh', ref: [`brief:${location.id}:${date}`] }), label: 'Refresh', whereStill: true },
      ...(canCall && room.outgoing?.isPretend === false ? [{ action: 'call:phone', token: room.tokens.make({ action: 'call:phone', ref: [`brief:${location.id}:${date}`] }), label: 'My phone…', opensForm: true }] : []),
    ],
  }
}

/** "17 appointments · 4 at risk · about 1.7 chairs lost if nobody calls · 3 gaps open (2 h 30 min) · $105 at stake · 9 confirmed". */
export function sayGlance({ list: { summary }, book }: { list: LocationCallList; book: DayBook | undefined }): string {
  const { appointments, atRisk, expectedFailures } = book?.glance ?? summary
  const { moneyAtRisk, confirmed } = summary
  return [
    `${appointments} ${appointments === 1 ? 'appointment' : 'appointments'}`,
    `${atRisk} at risk`,
    `about ${expectedFailures.toFixed(1)} chairs lost if nobody calls`,
    ...(book === undefined ? [] : [sayGaps(book.glance)]),
    `${sayMoney({ ...moneyAtRisk, minor: Math.round(moneyAtRisk.minor / 100) * 100 })} at stake`,
    ...(confirmed > 0 ? [`${confirmed} confirmed`] : []),
  ].join(' · ')
}
