import { createHmac, randomUUID } from 'node:crypto'
import { Hono } from 'hono'
import { fromLocal } from '../../../src/platforms/kit/local-times.ts'
import type { Delivery } from '../../../src/platforms/kit/webhook.ts'
import { addMinutes, dayRange, type Instant, localDate } from '../../../src/salon/time.ts'
import type { TestClock } from '../tiny-book.ts'
import { boulevardSchema } from './fake-boulevard-schema.ts'
import { type FakeBook, type FakeClient, type FakeVisit, openFakeBook } from './fake-book.ts'
import { GraphFault, runGraph } from './fake-graphql.ts'
import { fakeServer, type FakeServer } from './fake-server.ts'

type Cart = { id: string; locationId: string; owner?: string; items: { id: string; serviceId: string; staffId?: string }[]; waiting?: { lower: Instant; upper: Instant } }
type Booking = { id: string; clientId: string; bookingClientId: string; locationId: string; startTime: Instant; parts: { serviceId: string; staffId: string }[] }

const unix = (now: Instant) => Math.floor(Date.parse(now) / 1_000)

/**
 * Boulevard as its sheet says: two GraphQL endpoints; "Admin auth per request: payload blvd-admin-v1{businessId}{unixSeconds}", here
 * refused when it is more than a minute off; "Errors: HTTP 200 with errors[], and payload-level errors"; "locationId required on
 * appointments", a query "filterable only id, startAt, createdAt, cancelled, staffId"; "Reads UTC, booking writes NaiveDateTime local";
 * "bookingCreate, bookingAddService, bookingComplete": only the last makes an appointment, and a double booking is a warning, not a
 * refusal; "appointmentReschedule" takes a bookableTimeId that was handed out for that visit, and is good for ten minutes here; "no-show is a
 * cancellation reason", and what is cancelled takes no state any more; "cartAddToWaitlist: add only"; "Idempotency: none". Strict about every name (fake-graphql).
 */
export function fakeBoulevard({ clock, businessId = 'b1f0-tiny', apiKey = 'api-key-of-the-tiny-salon', secret = Buffer.from('secret of the tiny salon').toString('base64') }: { clock: TestClock; businessId?: string; apiKey?: string; secret?: string }): {
  book: FakeBook; server: FakeServer; carts: Map<string, Cart>; bookings: Map<string, Booking>; revoke(): void; noClientApi(): void; webhook(visitId: string, options?: { event?: string; key?: string }): Delivery
} {
  const book = openFakeBook({ clock, idOf: (name) => `urn:blvd:Thing:${name}` })
  const carts = new Map<string, Cart>()
  const bookings = new Map<string, Booking>()
  const times = new Map<string, { visitId?: string; start: Instant; at: Instant }>()
  let revoked = false
  let clientApi = true
  let made = 0
  const fresh = (type: string) => `urn:blvd:${type}:${++made}`
  const mac = (payload: string) => createHmac('sha256', Buffer.from(secret, 'base64')).update(payload).digest('base64') + payload
  const isNow = (token: string, prefix: string, client = '') => Array.from({ length: 121 }, (_, n) => unix(clock.now()) - 60 + n).some((second) => token === mac(`${prefix}${businessId}${client}${second}`))
  const credentialsOf = (header = '') => {
    const [key = '', ...rest] = Buffer.from(header.replace(/^Basic /, ''), 'base64').toString('utf8').split(':')
    return { key, token: rest.join(':') }
  }

  const visitOf = (id: unknown): FakeVisit => {
    const visit = book.visits.get(String(id))
    if (visit === undefined) throw new GraphFault('NOT_FOUND', 'Appointment not found')
    return visit
  }
  const cartOf = (id: unknown): Cart => {
    const cart = carts.get(String(id))
    if (cart === undefined) throw new GraphFault('NOT_FOUND', 'Cart not found')
    return cart
  }
  const zoneOf = (locationId: string) => book.locations.find(({ id }) => id === locationId)?.zone ?? book.zone
  const connection = <T>(nodes: T[], { first = 50, after }: { first?: unknown; after?: unknown }) => {
    const from = after === undefined ? 0 : Number(after)
    const size = Math.min(Number(first), 100)
    return { edges: [...nodes.slice(from, from + size).map((node) => ({ node })), null], pageInfo: { endCursor: String(from + size), hasNextPage: from + size < nodes.length } }
  }
  const handOut = (start: Instant, visitId?: string) => {
    const id = `bookable-${++made}`
    times.set(id, { start, at: clock.now(), ...(visitId !== undefined && { visitId }) })
    return id
  }
  const variantsOf = (serviceId: string) => book.staff.filter(({ serviceIds }) => serviceIds.includes(serviceId)).map(({ id, name }) => {
    const service = book.service(serviceId)
    return { id: `variant:${serviceId}:${id}`, duration: service?.durationMin, price: service?.price.minor, staff: { id, name, displayName: name } }
  })
  const itemOf = (serviceId: string) => {
    const service = book.service(serviceId)
    return service === undefined ? null : { __typename: 'CartAvailableBookableItem', id: serviceId, name: service.name, disabled: false, listDurationRange: { min: service.durationMin, max: service.durationMin }, listPriceRange: { min: service.price.minor, max: service.price.minor }, staffVariants: variantsOf(serviceId) }
  }
  const cartView = (cart: Cart) => ({
    id: cart.id, selectedItems: cart.items.map((item) => ({ id: item.id, item: itemOf(item.serviceId) })),
    availableItem: ({ id }: Record<string, unknown>) => itemOf(String(id)),
    availableCategories: [{ id: 'cat', name: 'Hair', availableItems: book.services.map(({ id }) => itemOf(id)) }, { id: 'shelf', name: 'Gifts', availableItems: [{ __typename: 'CartAvailableGiftCardItem', id: 'gift', name: 'Gift card', disabled: false }] }],
  })
  const cartTimes = (cart: Cart, range: { from: Instant; to: Instant }) => {
    if (cart.items.length === 0) throw new GraphFault(undefined, 'Cart has no bookable items')
    const wants = cart.items.map(({ serviceId, staffId }) => ({ serviceId, staffIds: staffId === undefined ? undefined : [staffId] }))
    return book.slots({ locationId: cart.locationId, wants, ...range })
  }
  const datesIn = (locationId: string, slots: { start: Instant }[]) => [...new Set(slots.map(({ start }) => localDate(start, zoneOf(locationId))))].map((date) => ({ date }))
  const days = (locationId: string, lower: unknown, upper: unknown) => ({ from: dayRange(String(lower), zoneOf(locationId)).from, to: dayRange(String(upper), zoneOf(locationId)).to })
  const moves = (visit: FakeVisit, range: { from: Instant; to: Instant }) => book.slots({ locationId: visit.locationId, wants: visit.segments.map(({ serviceId, staffId, durationMin }) => ({ serviceId, staffIds: [staffId], durationMin })), except: visit.id, ...range })
  const input = (args: Record<string, unknown>) => args.input as Record<string, string>

  const schema = boulevardSchema({
    business: () => ({ id: `urn:blvd:Business:${businessId}`, name: 'Tiny Salon', tz: book.zone, locations: (args: Record<string, unknown>) => connection(book.locations.map((location) => ({ id: location.id, name: location.name, tz: location.zone, address: { line1: location.address, city: 'Los Angeles', country: 'US' } })), args) }),
    staff: (args) => connection(book.staff.map(({ id, name, locationIds }) => ({ id, name, displayName: name, locations: locationIds.map((location) => ({ id: location })) })), args),
    services: (args) => connection(book.services.map(({ id, name, category }) => ({ id, name, category: { name: category } })), args),
    clients: (args) => connection([...book.clients.values()].map(personOf), args),
    client: ({ id }) => {
      const client = book.clients.get(String(id))
      return client === undefined ? null : personOf(client)
    },
    appointments: ({ locationId, query, ...page }) => connection(book.list((visit) => visit.locationId === locationId).filter(filterOf(query)).map(appointmentOf), page),
    appointment: ({ id }) => {
      const visit = book.visits.get(String(id))
      return visit === undefined ? null : appointmentOf(visit)
    },
    createCart: (args) => {
      const cart: Cart = { id: fresh('Cart'), locationId: input(args).locationId ?? '', items: [], ...(owner !== undefined && { owner }) }
      carts.set(cart.id, cart)
      return { cart: cartView(cart) }
    },
    cart: ({ id }) => cartView(cartOf(id)),
    addCartSelectedBookableItem: (args) => {
      const { id, itemId = '', itemStaffVariantId } = input(args)
      const cart = cartOf(id)
      const variant = itemStaffVariantId === undefined ? undefined : variantsOf(itemId).find((one) => one.id === itemStaffVariantId)
      if (itemOf(itemId) === null || (itemStaffVariantId !== undefined && variant === undefined)) throw new GraphFault('BAD_USER_INPUT', 'itemId is invalid')
      cart.items.push({ id: fresh('CartItem'), serviceId: itemId, ...(variant !== undefined && { staffId: variant.staff.id }) })
      return { cart: cartView(cart) }
    },
    cartBookableDates: ({ id, searchRangeLower, searchRangeUpper }) => {
      const cart = cartOf(id)
      return datesIn(cart.locationId, cartTimes(cart, days(cart.locationId, searchRangeLower, searchRangeUpper)))
    },
    cartBookableTimes: ({ id, searchDate }) => {
      const cart = cartOf(id)
      return cartTimes(cart, dayRange(String(searchDate), zoneOf(cart.locationId))).map(({ start }) => ({ id: handOut(start), score: 1, startTime: start.replace('.000Z', 'Z') }))
    },
    cartBookableStaffVariants: ({ id, itemId, bookableTimeId }) => {
      const cart = cartOf(id)
      const time = times.get(String(bookableTimeId))
      const item = cart.items.find((one) => one.id === itemId)
      if (time === undefined || item === undefined) throw new GraphFault('NOT_FOUND', 'time not found')
      const ables = new Set(book.slots({ locationId: cart.locationId, wants: cart.items.map(({ serviceId }) => ({ serviceId })), from: time.start, to: addMinutes(time.start, 1), everyStaff: true }).flatMap(({ segments }) => segments[cart.items.indexOf(item)]?.staffId ?? []))
      return variantsOf(item.serviceId).filter(({ staff }) => ables.has(staff.id))
    },
    cartAddToWaitlist: (args) => {
      const { id, preferredTimeLower = '', preferredTimeUpper = '', tz } = input(args)
      const cart = cartOf(id)
      if (cart.owner === undefined) throw new GraphFault(undefined, 'client is required')
      cart.waiting = { lower: naive(preferredTimeLower, tz ?? zoneOf(cart.locationId)), upper: naive(preferredTimeUpper, tz ?? zoneOf(cart.locationId)) }
      return { cart: cartView(cart) }
    },
    appointmentRescheduleAvailableDates: (args) => {
      const { appointmentId, searchRangeLower, searchRangeUpper } = input(args)
      const visit = visitOf(appointmentId)
      return { availableDates: datesIn(visit.locationId, moves(visit, days(visit.locationId, searchRangeLower, searchRangeUpper))) }
    },
    appointmentRescheduleAvailableTimes: (args) => {
      const { appointmentId, date = '' } = input(args)
      const visit = visitOf(appointmentId)
      return { availableTimes: moves(visit, dayRange(date, zoneOf(visit.locationId))).map(({ start }) => ({ bookableTimeId: handOut(start, visit.id), startTime: start })) }
    },
    appointmentReschedule: (args) => {
      const { appointmentId, bookableTimeId = '' } = input(args)
      const visit = visitOf(appointmentId)
      const time = times.get(bookableTimeId)
      if (time === undefined || time.visitId !== visit.id || addMinutes(time.at, 10) < clock.now()) throw new GraphFault('BAD_USER_INPUT', 'bookableTimeId is invalid')
      if (!moves(visit, { from: time.start, to: addMinutes(time.start, 1) }).some(({ start }) => start === time.start)) throw new GraphFault(undefined, 'The selected time is no longer available')
      return { appointment: appointmentOf(book.change(visit.id, { segments: book.segmentsOf(visit.segments, time.start) })) }
    },
    bookingCreate: (args) => {
      const { locationId = '', clientId = '', startTime = '' } = input(args)
      if (!book.clients.has(clientId)) return { booking: { id: fresh('Booking'), bookingClients: [], errors: [{ code: 'CLIENT_NOT_FOUND', message: 'Client not found' }] }, bookingWarnings: [] }
      const booking: Booking = { id: fresh('Booking'), clientId, bookingClientId: fresh('BookingClient'), locationId, startTime: naive(startTime, zoneOf(locationId)), parts: [] }
      bookings.set(booking.id, booking)
      return { booking: { id: booking.id, bookingClients: [{ id: booking.bookingClientId, clientId }], errors: [] }, bookingWarnings: [] }
    },
    bookingAddService: (args) => {
      const { bookingId = '', bookingClientId, serviceId = '', staffId = '' } = input(args)
      const booking = bookings.get(bookingId)
      if (booking === undefined || booking.bookingClientId !== bookingClientId) throw new GraphFault('NOT_FOUND', 'Booking not found')
      booking.parts.push({ serviceId, staffId })
      const segment = book.segmentsOf(booking.parts, booking.startTime).at(-1)
      const warnings = segment === undefined || book.isFree({ staffId, start: segment.start, end: addMinutes(segment.start, segment.durationMin) }) ? [] : [{ code: 'STAFF_DOUBLE_BOOKED', message: 'Appointment is double booked', staffId: staffId.split(':').at(-1), serviceId }]
      return { bookingService: { id: fresh('BookingService'), serviceId, staffId }, bookingWarnings: warnings }
    },
    bookingComplete: (args) => {
      const { bookingId = '' } = input(args)
      const booking = bookings.get(bookingId)
      if (booking === undefined || booking.parts.length === 0) throw new GraphFault('NOT_FOUND', 'Booking not found')
      bookings.delete(bookingId)
      const visit = book.add({ id: fresh('Appointment'), clientId: booking.clientId, locationId: booking.locationId, segments: book.segmentsOf(booking.parts, booking.startTime), status: 'booked', note: '', fields: {} })
      return { bookingAppointments: [{ appointmentId: visit.id, clientId: visit.clientId }], bookingWarnings: [] }
    },
    updateAppointment: (args) => {
      const { id, notes, state } = input(args)
      const visit = visitOf(id)
      const status = state === undefined ? undefined : ({ BOOKED: 'booked', CONFIRMED: 'confirmed', ARRIVED: 'arrived', ACTIVE: 'in_service' } as const)[state]
      if (status !== undefined && (visit.status === 'cancelled' || visit.status === 'no_show')) throw new GraphFault('BAD_USER_INPUT', 'Appointment is cancelled')
      if (state !== undefined && status === undefined) throw new GraphFault('GRAPHQL_VALIDATION_FAILED', `state ${state} is not an AppointmentStateInput`)
      return { appointment: appointmentOf(book.change(visit.id, { ...(notes !== undefined && { note: notes }), ...(status !== undefined && { status }) })) }
    },
    cancelAppointment: (args) => {
      const { id, reason = '', notes } = input(args)
      const visit = visitOf(id)
      if (!['CLIENT_CANCEL', 'CLIENT_LATE_CANCEL', 'NO_SHOW', 'STAFF_CANCEL', 'MERGED', 'MISTAKE', 'VOIDED'].includes(reason)) throw new GraphFault('GRAPHQL_VALIDATION_FAILED', 'reason has an invalid value')
      return { appointment: appointmentOf(book.change(visit.id, { status: reason === 'NO_SHOW' ? 'no_show' : 'cancelled', cancelledBy: reason.startsWith('CLIENT') ? 'client' : 'salon', fields: { ...visit.fields, reason, cancelNotes: notes } })) }
    },
  })

  /** Whose token this request came with. */
  let owner: string | undefined
  const app = new Hono().basePath('/api/2020-01')
  app.post('/admin', async (c) => {
    const { key, token } = credentialsOf(c.req.header('authorization'))
    if (revoked || key !== apiKey || !isNow(token, 'blvd-admin-v1')) return c.json({ errors: [{ message: 'Unauthorized' }] }, 401)
    return c.json(runGraph(schema.admin, await c.req.json()))
  })
  app.post('/:business/client', async (c) => {
    const { key, token } = credentialsOf(c.req.header('authorization'))
    owner = token === '' ? undefined : [...book.clients.keys()].find((id) => isNow(token, 'blvd-client-v1', id.split(':').at(-1)))
    if (revoked || !clientApi || key !== apiKey || c.req.param('business') !== businessId || (token !== '' && owner === undefined)) return c.json({ errors: [{ message: 'Unauthorized' }] }, 401)
    return c.json(runGraph(schema.client, await c.req.json()))
  })

  return {
    book, server: fakeServer(app), carts, bookings,
    revoke: () => { revoked = true },
    noClientApi: () => { clientApi = false },
    webhook(visitId, { event = 'APPOINTMENT_UPDATED', key = secret } = {}) {
      const salt = `blvd-webhook-v1:${randomUUID()}:${unix(clock.now())}`
      const rawBody = JSON.stringify({ idempotencyKey: randomUUID(), businessId: `urn:blvd:Business:${businessId}`, apiApplicationId: 'urn:blvd:ApiApplication:1', event, eventType: event, resource: { id: visitId }, timestamp: clock.now(), webhookId: 'urn:blvd:Webhook:1', data: { node: { id: visitId } } })
      return { url: 'https://desk.example.com/webhooks/boulevard', rawBody, headers: { 'x-blvd-hmac-salt': salt, 'x-blvd-hmac-sha256': createHmac('sha256', Buffer.from(key, 'base64')).update(`${salt}:${rawBody}`).digest('base64') } }
    },
  }
}

/** NaiveDateTime: a wall clock's time; one with a zone is refused. */
function naive(text: string, zone: string): Instant {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(text)) throw new GraphFault('BAD_USER_INPUT', `${text} is an invalid NaiveDateTime`)
  return fromLocal(text, zone)
}

/** "QueryString": comparisons joined by AND, of the few fields that can be filtered by. */
function filterOf(query: unknown): (visit: FakeVisit) => boolean {
  if (typeof query !== 'string') return () => true
  const tests = query.split(' AND ').map((part) => {
    const [, name = '', operator = '', value = ''] = /^(\w+) (>=|<=|<|>|=) '?([^']*)'?$/.exec(part.trim()) ?? []
    if (!['id', 'startAt', 'createdAt', 'cancelled', 'staffId'].includes(name)) throw new GraphFault('BAD_USER_INPUT', `query is invalid: ${part}`)
    return (visit: FakeVisit) => {
      const held = { id: visit.id, startAt: visit.start, createdAt: visit.createdAt, cancelled: String(['cancelled', 'no_show'].includes(visit.status)), staffId: visit.segments[0]?.staffId ?? '' }[name] ?? ''
      return operator === '>=' ? held >= value : operator === '<=' ? held <= value : operator === '<' ? held < value : operator === '>' ? held > value : held === value
    }
  })
  return (visit) => tests.every((test) => test(visit))
}

function personOf(client: FakeClient) {
  return { id: client.id, firstName: client.firstName, lastName: client.lastName, name: `${client.firstName} ${client.lastName}`, email: client.email === '' ? null : client.email, mobilePhone: client.phone, createdAt: client.createdAt, active: true }
}

const states: Partial<Record<FakeVisit['status'], string>> = { booked: 'BOOKED', confirmed: 'CONFIRMED', arrived: 'ARRIVED', in_service: 'ACTIVE', completed: 'FINAL', cancelled: 'CANCELLED', no_show: 'CANCELLED' }

function appointmentOf(visit: FakeVisit) {
  const gone = visit.status === 'cancelled' || visit.status === 'no_show'
  return {
    id: visit.id, startAt: visit.start, endAt: visit.end, state: visit.fields.oddStatus ?? states[visit.status] ?? 'BOOKED', cancelled: gone, createdAt: visit.createdAt, notes: visit.note === '' ? null : visit.note, clientId: visit.clientId, locationId: visit.locationId,
    cancellation: gone ? { reason: visit.fields.reason ?? (visit.status === 'no_show' ? 'NO_SHOW' : visit.cancelledBy === 'client' ? 'CLIENT_CANCEL' : 'STAFF_CANCEL'), cancelledAt: visit.updatedAt, notes: visit.fields.cancelNotes ?? null } : null,
    appointmentServices: visit.segments.map(({ serviceId, staffId, start, durationMin, price }) => ({ serviceId, staffId, staffRequested: true, startAt: start, duration: durationMin, totalDuration: durationMin, price: price.minor })),
  }
}
