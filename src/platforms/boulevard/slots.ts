import { money } from '../../salon/money.ts'
import type { Location, Segment } from '../../salon/salon.ts'
import { addMinutes, type Instant, localDate, minutesBetween, toInstant } from '../../salon/time.ts'
import { failed, ok, type Outcome, type SlotQuery } from '../booking-platform.ts'
import type { OfferedSlot, SeenVisit } from '../platform-adapter.ts'
import type { BoulevardClient } from './client.ts'
import * as queries from './queries.ts'
import { BookableDates, BookableStaff, BookableTimes, CartItem, CartWithItem, MadeCart, RescheduleDates, RescheduleTimes, type StaffVariant } from './schema.ts'

type Times = { id: string; start: Instant }[]

/** Days whose times are asked for in one request, and times whose staff are. */
const atOnce = { days: 7, times: 20 }

/** Boulevard's words for a slot may be long; a token of ours is at most this (the port). Moving asks for a fresh one anyway. */
const longestToken = 1_000

/** A service in a cart, by this person or (`any`, with what it usually takes) by whoever is free. */
type CartLine = { serviceId: string; itemId: string; named?: StaffVariant; any?: { duration: number; price: number } }

/** A cart that holds the wanted services, or no items where the wanted person is not offered for one of them; nothing is booked or held by it, and it runs out by itself. */
export async function fillCart({ call, locationId, wants }: { call: BoulevardClient['guest']; locationId: string; wants: SlotQuery['wants'] }): Promise<Outcome<{ cartId: string; items: CartLine[] | undefined }>> {
  const made = await call({ query: queries.createCart, variables: { input: { locationId } }, schema: MadeCart })
  if (!made.ok) return made
  const cartId = made.value.createCart.cart.id
  const items: CartLine[] = []
  for (const { serviceId, staffId } of wants) {
    const found = await call({ query: queries.cartItem, variables: { id: cartId, itemId: serviceId }, schema: CartItem })
    if (!found.ok) return found
    const item = found.value.cart.availableItem
    if (item === null || item.disabled === true) return failed('unsupported', 'Boulevard offers times only for services that can be booked online', { capability: 'availability' })
    const named = item.staffVariants?.find(({ staff }) => staff.id === staffId)
    if (staffId !== undefined && named === undefined) return ok({ cartId, items: undefined }, found.observedAt)
    const added = await call({ query: queries.addItem, variables: { input: { id: cartId, itemId: serviceId, ...(named !== undefined && { itemStaffVariantId: named.id }) } }, schema: CartWithItem })
    if (!added.ok) return added
    const known = new Set(items.map(({ itemId }) => itemId))
    const itemId = added.value.addCartSelectedBookableItem.cart.selectedItems.find((selected) => selected.item.id === serviceId && !known.has(selected.id))?.id ?? serviceId
    items.push({ serviceId, itemId, ...(named === undefined ? { any: { duration: item.listDurationRange?.min ?? 0, price: item.listPriceRange?.min ?? 0 } } : { named }) })
  }
  return ok({ cartId, items }, made.observedAt)
}

/** Free times by a cart of the Client API. Somebody who is not offered there for the service has none. */
export async function cartSlots({ call, location, query: { wants, from, to, limit = 50 } }: { call: BoulevardClient['guest']; location: Location; query: SlotQuery }): Promise<Outcome<OfferedSlot[]>> {
  const cart = await fillCart({ call, locationId: location.id, wants })
  if (!cart.ok) return cart
  const { cartId, items } = cart.value
  if (items === undefined) return ok([], cart.observedAt)
  const dates = await call({ query: queries.bookableDates, variables: { id: cartId, lower: localDate(from, location.zone), upper: localDate(addMinutes(to, -1), location.zone) }, schema: BookableDates })
  if (!dates.ok) return dates
  const times = await timesOf({ dates: dates.value.cartBookableDates.map(({ date }) => date), from, to, limit, asked: dates.observedAt, ask: async (days) => {
    const answer = await call({ query: queries.bookableTimes(days.length), variables: { id: cartId, ...named('d', days) }, schema: BookableTimes })
    return answer.ok ? ok(Object.values(answer.value).flat().map(({ id, startTime }) => ({ id, start: toInstant(startTime) })), answer.observedAt) : answer
  } })
  if (!times.ok) return times
  const who: StaffVariant[][][] = []
  for (const { itemId, any } of items) {
    const free = any === undefined ? ok<StaffVariant[][]>([], dates.observedAt) : await freeStaff({ call, cartId, itemId, times: times.value, asked: dates.observedAt })
    if (!free.ok) return free
    who.push(free.value)
  }
  const slots = times.value.flatMap(({ id, start }, n): OfferedSlot[] => {
    let at = start
    const segments = items.flatMap(({ serviceId, named: chosen, any }, m): Segment[] => {
      const variant = chosen ?? who[m]?.[n]?.[0]
      if (variant === undefined) return []
      const durationMin = variant.duration ?? any?.duration ?? 0
      const segment: Segment = { serviceId, staffId: variant.staff.id, staffPreference: chosen === undefined ? 'any' : 'requested', start: at, durationMin, price: money(variant.price ?? any?.price ?? 0, location.currency) }
      at = addMinutes(at, durationMin)
      return [segment]
    })
    // Somebody has to be named when booking.
    return segments.length < items.length ? [] : [{ locationId: location.id, start, end: at, segments, ...(id.length <= longestToken && { token: id }) }]
  })
  return ok(slots, dates.observedAt)
}

async function freeStaff({ call, cartId, itemId, times, asked }: { call: BoulevardClient['guest']; cartId: string; itemId: string; times: Times; asked: Instant }): Promise<Outcome<StaffVariant[][]>> {
  const all: StaffVariant[][] = []
  for (const some of chunks(times, atOnce.times)) {
    const answer = await call({ query: queries.bookableStaff(some.length), variables: { id: cartId, itemId, ...named('t', some.map(({ id }) => id)) }, schema: BookableStaff })
    if (!answer.ok) return answer
    all.push(...some.map((_, n) => answer.value[`t${n}`] ?? []))
  }
  return ok(all, asked)
}

/** Times to which a visit could move; Boulevard keeps its services and people. */
export async function movingSlots({ call, location, moving, query: { from, to, limit = 50 } }: { call: BoulevardClient['admin']; location: Location; moving: SeenVisit['visit']; query: Pick<SlotQuery, 'from' | 'to' | 'limit'> }): Promise<Outcome<OfferedSlot[]>> {
  const appointmentId = moving.id
  const dates = await call({ query: queries.rescheduleDates, variables: { input: { appointmentId, searchRangeLower: localDate(from, location.zone), searchRangeUpper: localDate(addMinutes(to, -1), location.zone) } }, schema: RescheduleDates })
  if (!dates.ok) return dates
  const days = dates.value.appointmentRescheduleAvailableDates.flatMap(({ availableDates }) => availableDates.map(({ date }) => date))
  const times = await timesOf({ dates: days, from, to, limit, asked: dates.observedAt, ask: (some) => rescheduleTimes({ call, appointmentId, days: some }) })
  if (!times.ok) return times
  return ok(times.value.map(({ id, start }): OfferedSlot => {
    const later = minutesBetween(moving.start, start)
    return { locationId: location.id, start, end: addMinutes(moving.end, later), segments: moving.segments.map((segment) => ({ ...segment, start: addMinutes(segment.start, later) })), ...(id.length <= longestToken && { token: id }) }
  }), times.observedAt)
}

/** `bookableTimeId`s for a visit on these local days. */
export async function rescheduleTimes({ call, appointmentId, days }: { call: BoulevardClient['admin']; appointmentId: string; days: string[] }): Promise<Outcome<Times>> {
  const answer = await call({ query: queries.rescheduleTimes(days.length), variables: named('d', days.map((date) => ({ appointmentId, date }))), schema: RescheduleTimes })
  return answer.ok ? ok(Object.values(answer.value).flat().flatMap(({ availableTimes }) => availableTimes.map(({ bookableTimeId, startTime }) => ({ id: bookableTimeId, start: toInstant(startTime) }))), answer.observedAt) : answer
}

async function timesOf({ dates, from, to, limit, asked, ask }: { dates: string[]; from: Instant; to: Instant; limit: number; asked: Instant; ask: (days: string[]) => Promise<Outcome<Times>> }): Promise<Outcome<Times>> {
  const all: Times = []
  for (const days of chunks([...new Set(dates)].toSorted(), atOnce.days)) {
    const answer = await ask(days)
    if (!answer.ok) return answer
    all.push(...answer.value.filter(({ start }) => start >= from && start < to))
    if (all.length >= limit) break
  }
  return ok(all.toSorted((a, b) => (a.start < b.start ? -1 : 1)).slice(0, limit), asked)
}

function chunks<T>(items: T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size))
}

function named<T>(prefix: string, values: T[]): Record<string, T> {
  return Object.fromEntries(values.map((value, n) => [`${prefix}${n}`, value]))
}
