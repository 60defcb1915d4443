import { createHash } from 'node:crypto'
import { Hono } from 'hono'
import type { Context } from 'hono'
import { contactId } from '../../../src/platforms/kit/contact-id.ts'
import type { Delivery } from '../../../src/platforms/kit/webhook.ts'
import { openingHours } from '../../../src/salon/opening-hours.ts'
import { addDays, addMinutes, type Instant, isoLocal, localDate, toInstant } from '../../../src/salon/time.ts'
import { type TestClock, tinyBook } from '../tiny-book.ts'
import { type FakeBook, type FakeVisit, openFakeBook } from './fake-book.ts'
import { fakeServer, type FakeServer } from './fake-server.ts'

type Contact = { fullName?: string; firstName?: string; lastName?: string; emailAddress?: string; phoneNumber?: string; locales?: string[] }
type UnitItem = { uuid?: string; unitId?: string }

/** Capabilities of the standard that this supplier has; a webhook one too. */
const known = ['octo/content', 'octo/pricing', 'octo/webhooks']

/**
 * The tiny salon's ids as OCTO would have them: a service is `product/option`, a booking a uuid, a client nobody's (known by
 * the contact's number), and all staff are the one team.
 */
function octoIds(name: string): string {
  const { catalog, clients } = tinyBook()
  if (catalog.services.some(({ id }) => id === name)) return `${name}/DEFAULT`
  if (catalog.staff.some(({ id }) => id === name)) return 'team'
  if (catalog.locations.some(({ id }) => id === name)) return name
  const client = clients.find(({ id }) => id === name)
  if (client !== undefined) return contactId({ phone: client.phones[0], email: client.email, booking: name })
  const hex = createHash('sha256').update(name).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-9${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/**
 * An OCTO supplier as the standard, its specifications and its own mock (octomock, run 2026-11-21) have it: `Authorization: Bearer`
 * and `Octo-Capabilities` are required, 401 UNAUTHORIZED without a key, 403 FORBIDDEN with one that is not (any more) good;
 * `POST /bookings` holds (ON_HOLD with utcExpiresAt), `confirm` wants the contact and the units, a uuid sent twice is 500
 * (a UNIQUE constraint), an unknown one 400 INVALID_BOOKING_UUID, too few or too many units and a cutoff that is past 400
 * UNPROCESSABLE_ENTITY, a departure that is not (any more) on sale 400 INVALID_AVAILABILITY_ID; a list without a filter is 400;
 * no pages; times are local with their offset. Each departure of each product has one seat.
 */
export function fakeOcto({ clock, endpoint = 'https://octo.example.com/octo', apiKey = 'octo-test-key-of-a-reseller', minUnits = 1 }: { clock: TestClock; endpoint?: string; apiKey?: string; minUnits?: number }): { book: FakeBook; server: FakeServer; revoke(): void; webhook(visitId: string, options?: { password?: string }): Delivery } {
  const book = openFakeBook({ clock, idOf: octoIds })
  const app = new Hono().basePath(new URL(endpoint).pathname)
  let revoked = false
  const refuse = (c: Context, error: string, status: 400 | 401 | 403 | 404 | 500 = 400) => c.json({ error, errorMessage: `the fake says ${error}` }, status)

  app.use('*', async (c, next) => {
    if (c.req.header('authorization') === undefined) return refuse(c, 'UNAUTHORIZED', 401)
    if (revoked || c.req.header('authorization') !== `Bearer ${apiKey}`) return refuse(c, 'FORBIDDEN', 403)
    const asked = c.req.header('octo-capabilities')
    if (asked === undefined) return refuse(c, 'BAD_REQUEST')
    for (const visit of book.list(({ status, fields }) => status === 'held' && String(fields['expires']) <= clock.now())) book.change(visit.id, { status: 'declined', fields: { ...visit.fields, expired: true } })
    await next()
    c.header('Octo-Capabilities', asked.split(/, */).filter((one) => known.includes(one)).join(', '))
    c.header('Content-Language', 'en')
    c.header('Available-Languages', 'en')
    return undefined
  })

  const unitOf = (serviceId: string) => ({
    id: 'adult', internalName: 'adult', reference: 'adult', type: 'ADULT', requiredContactFields: [], title: 'Adult', titlePlural: 'Adults', subtitle: null,
    restrictions: { minAge: 18, maxAge: 99, idRequired: false, minQuantity: null, maxQuantity: null, paxCount: 1, accompaniedBy: [] }, pricingFrom: [priceOf(serviceId)],
  })
  const priceOf = (serviceId: string) => {
    const { minor = 0, currency = 'USD' } = book.service(serviceId)?.price ?? {}
    return { original: minor, retail: minor, net: Math.round(minor * 0.8), currency, currencyPrecision: 2, includedTaxes: [] }
  }
  const optionOf = (serviceId: string) => ({
    id: 'DEFAULT', default: true, internalName: 'DEFAULT', reference: null, availabilityLocalStartTimes: ['09:00'], cancellationCutoff: '0 hours', cancellationCutoffAmount: 0, cancellationCutoffUnit: 'hour',
    requiredContactFields: [], restrictions: { minUnits, maxUnits: 2 }, units: [unitOf(serviceId)], durationMinutesFrom: book.service(serviceId)?.durationMin, durationMinutesTo: null,
  })
  const productOf = ({ id, name, durationMin }: FakeBook['services'][number]) => ({
    id: id.split('/')[0], internalName: name, title: name, reference: null, locale: 'en', timeZone: book.zone, allowFreesale: false, instantConfirmation: true, instantDelivery: true, availabilityRequired: true,
    availabilityType: 'START_TIME', deliveryFormats: ['QRCODE'], deliveryMethods: ['VOUCHER'], redemptionMethod: 'DIGITAL', options: [optionOf(id)], defaultCurrency: 'USD', availableCurrencies: ['USD'], pricingPer: 'UNIT',
    durationMinutesFrom: durationMin, durationMinutesTo: null,
  })
  const taken = (serviceId: string, start: Instant, except?: string) => book.list(({ id, status, segments }) => id !== except && ['booked', 'confirmed', 'held', 'requested'].includes(status) && segments[0]?.serviceId === serviceId && segments[0].start === start).length
  /** Every quarter of an hour in which the place is open and the time suffices. */
  const departures = (serviceId: string, date: string) => {
    const { durationMin = 0 } = book.service(serviceId) ?? {}
    return book.locations.flatMap((location) => openingHours({ location, date })).flatMap((open) => {
      const starts: Instant[] = []
      for (let start = open.start; addMinutes(start, durationMin) <= open.end; start = addMinutes(start, 15)) starts.push(start)
      return starts
    })
  }
  const availabilityOf = (serviceId: string, start: Instant, except?: string) => {
    const free = taken(serviceId, start, except) === 0 && start >= clock.now()
    const local = isoLocal(start, book.zone)
    return {
      id: local, localDateTimeStart: local, localDateTimeEnd: isoLocal(addMinutes(start, book.service(serviceId)?.durationMin ?? 0), book.zone), utcCutoffAt: seconds(start), allDay: false,
      available: free, status: start < clock.now() ? 'CLOSED' : free ? 'AVAILABLE' : 'SOLD_OUT', vacancies: free ? 1 : 0, capacity: 1, maxUnits: 1, openingHours: [],
    }
  }
  /** The departure's start when it is one and on sale. */
  const onSale = (serviceId: string, availabilityId: string | undefined, except?: string): Instant | undefined => {
    if (availabilityId === undefined || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/.test(availabilityId)) return undefined
    const start = toInstant(availabilityId)
    const offered = departures(serviceId, localDate(start, book.zone)).includes(start) && availabilityOf(serviceId, start, except)
    return offered && offered.available && offered.id === availabilityId ? start : undefined
  }

  app.get('/capabilities', (c) => c.json(known.map((id) => ({ id, revision: 1, required: false, dependencies: [], docs: 'https://docs.octo.travel' }))))
  app.get('/supplier', (c) => c.json({ id: 'main', name: 'Tiny Salon', endpoint, contact: { website: null, email: null, telephone: '+12135550100', address: '1 Main Street' } }))
  app.get('/products', (c) => c.json(book.services.map(productOf)))
  app.get('/products/:id', (c) => {
    const service = book.services.find(({ id }) => id === `${c.req.param('id')}/DEFAULT`)
    return service === undefined ? refuse(c, 'INVALID_PRODUCT_ID') : c.json(productOf(service))
  })
  app.post('/availability', async (c) => {
    const body: { productId?: string; optionId?: string; localDateStart?: string; localDateEnd?: string; availabilityIds?: string[] } = await c.req.json()
    const serviceId = `${body.productId}/${body.optionId}`
    if (!book.services.some(({ id }) => id.startsWith(`${body.productId}/`))) return refuse(c, 'INVALID_PRODUCT_ID')
    if (book.service(serviceId) === undefined) return refuse(c, 'INVALID_OPTION_ID')
    const { localDateStart: first, localDateEnd: last } = body
    if (first === undefined || last === undefined || last > addDays(first, 366)) return refuse(c, 'BAD_REQUEST')
    const found = []
    for (let date = first; date <= last; date = addDays(date, 1)) found.push(...departures(serviceId, date).map((start) => availabilityOf(serviceId, start)))
    return c.json(found)
  })

  const bookingOf = (visit: FakeVisit) => {
    const [segment] = visit.segments
    const serviceId = segment?.serviceId ?? ''
    const client = book.clients.get(visit.clientId)
    const given = visit.fields['contact'] as Contact | undefined
    const contact = given ?? (client === undefined || visit.status === 'held' ? {} : { fullName: `${client.firstName} ${client.lastName}`, firstName: client.firstName, lastName: client.lastName, phoneNumber: client.phone, ...(client.email !== '' && { emailAddress: client.email }) })
    const status = typeof visit.fields['oddStatus'] === 'string' ? visit.fields['oddStatus'] : visit.fields['expired'] === true ? 'EXPIRED' : { held: 'ON_HOLD', cancelled: 'CANCELLED', requested: 'PENDING', declined: 'REJECTED' }[visit.status as string] ?? 'CONFIRMED'
    const service = book.service(serviceId)
    return {
      id: visit.id, uuid: visit.id, testMode: false, resellerReference: visit.fields['reference'] ?? null, supplierReference: visit.id.slice(0, 6).toUpperCase(), status,
      utcCreatedAt: seconds(visit.createdAt), utcUpdatedAt: seconds(visit.updatedAt), utcExpiresAt: visit.status === 'held' ? seconds(String(visit.fields['expires'])) : null, utcRedeemedAt: null, utcConfirmedAt: status === 'CONFIRMED' ? seconds(visit.updatedAt) : null,
      productId: serviceId.split('/')[0], optionId: 'DEFAULT', ...(service !== undefined && { product: productOf(service), option: optionOf(serviceId) }), cancellable: isCancellable(visit),
      cancellation: visit.status === 'cancelled' ? { refund: 'FULL', reason: null, utcCancelledAt: seconds(visit.updatedAt) } : null,
      freesale: false, availabilityId: isoLocal(visit.start, book.zone), availability: availabilityOf(serviceId, visit.start), notes: visit.note === '' ? null : visit.note, deliveryMethods: ['VOUCHER'], voucher: null,
      contact: contactOf(contact), pricing: priceOf(serviceId),
      unitItems: [{ uuid: octoIds(`unit of ${visit.id}`), resellerReference: null, supplierReference: null, unitId: 'adult', unit: unitOf(serviceId), status, utcRedeemedAt: null, contact: contactOf({}), ticket: null, pricing: priceOf(serviceId) }],
    }
  }
  const isCancellable = (visit: FakeVisit) => visit.status !== 'cancelled' && visit.start > clock.now()
  /** The fewest units of the option, and at most two. */
  const unitsWrong = (units: UnitItem[] | undefined): string | undefined => units === undefined || units.length < minUnits || units.length > 2 ? 'UNPROCESSABLE_ENTITY' : units.some(({ unitId }) => unitId !== 'adult') ? 'INVALID_UNIT_ID' : undefined

  app.get('/bookings', (c) => {
    const { localDateStart: first, localDateEnd: last, localDate: day, resellerReference, supplierReference } = c.req.query()
    if (day === undefined && resellerReference === undefined && supplierReference === undefined && (first === undefined || last === undefined)) return refuse(c, 'BAD_REQUEST')
    const found = book.list((visit) => {
      const date = localDate(visit.start, book.zone)
      return resellerReference !== undefined ? visit.fields['reference'] === resellerReference : day !== undefined ? date === day : date >= (first ?? '') && date <= (last ?? '')
    })
    return c.json(found.map(bookingOf))
  })
  app.get('/bookings/:uuid', (c) => {
    const visit = book.visits.get(c.req.param('uuid'))
    return visit === undefined ? refuse(c, 'INVALID_BOOKING_UUID') : c.json(bookingOf(visit))
  })
  app.post('/bookings', async (c) => {
    const body: { uuid?: string; productId?: string; optionId?: string; availabilityId?: string; expirationMinutes?: number; unitItems?: UnitItem[]; notes?: string } = await c.req.json()
    const serviceId = `${body.productId}/${body.optionId}`
    if (body.uuid === undefined || !/^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/.test(body.uuid)) return refuse(c, 'INVALID_BOOKING_UUID')
    if (book.visits.has(body.uuid)) return refuse(c, 'INTERNAL_SERVER_ERROR', 500)
    if (book.service(serviceId) === undefined) return refuse(c, 'INVALID_OPTION_ID')
    const start = onSale(serviceId, body.availabilityId)
    if (start === undefined) return refuse(c, 'INVALID_AVAILABILITY_ID')
    const wrong = unitsWrong(body.unitItems)
    if (wrong !== undefined) return refuse(c, wrong)
    return c.json(bookingOf(book.add({ id: body.uuid, clientId: '', locationId: 'main', status: 'held', note: body.notes ?? '', segments: book.segmentsOf([{ serviceId, staffId: 'team' }], start), fields: { expires: addMinutes(clock.now(), body.expirationMinutes ?? 30) } })))
  })
  app.post('/bookings/:uuid/confirm', async (c) => {
    const visit = book.visits.get(c.req.param('uuid'))
    const body: { contact?: Contact; resellerReference?: string; unitItems?: UnitItem[] } = await c.req.json()
    if (visit === undefined) return refuse(c, 'INVALID_BOOKING_UUID')
    if (visit.status === 'booked') return c.json(bookingOf(visit))
    if (visit.status !== 'held') return refuse(c, 'UNPROCESSABLE_ENTITY')
    if (body.contact === undefined) return refuse(c, 'BAD_REQUEST')
    const wrong = unitsWrong(body.unitItems)
    if (wrong !== undefined) return refuse(c, wrong)
    const clientId = contactId({ phone: body.contact.phoneNumber, email: body.contact.emailAddress, booking: visit.id })
    return c.json(bookingOf(book.change(visit.id, { status: 'booked', clientId, fields: { contact: body.contact, reference: body.resellerReference } })))
  })
  app.patch('/bookings/:uuid', async (c) => {
    const visit = book.visits.get(c.req.param('uuid'))
    const body: { productId?: string; optionId?: string; availabilityId?: string; notes?: string | null } = await c.req.json()
    if (visit === undefined) return refuse(c, 'INVALID_BOOKING_UUID')
    if (!isCancellable(visit)) return refuse(c, 'UNPROCESSABLE_ENTITY')
    const serviceId = body.productId === undefined ? visit.segments[0]?.serviceId ?? '' : `${body.productId}/${body.optionId}`
    const start = body.availabilityId === undefined ? visit.start : onSale(serviceId, body.availabilityId, visit.id)
    if (start === undefined) return refuse(c, 'INVALID_AVAILABILITY_ID')
    return c.json(bookingOf(book.change(visit.id, { segments: book.segmentsOf([{ serviceId, staffId: 'team' }], start), ...(body.notes !== undefined && { note: body.notes ?? '' }) })))
  })
  app.post('/bookings/:uuid/cancel', (c) => {
    const visit = book.visits.get(c.req.param('uuid'))
    if (visit === undefined) return refuse(c, 'INVALID_BOOKING_UUID')
    if (!isCancellable(visit)) return refuse(c, 'UNPROCESSABLE_ENTITY')
    return c.json(bookingOf(book.change(visit.id, { status: 'cancelled' })))
  })

  return {
    book, server: fakeServer(app),
    revoke: () => { revoked = true },
    webhook(visitId, { password = 'octo-webhook-password' } = {}) {
      const visit = book.visits.get(visitId)
      const url = 'https://desk.example.com/webhooks/octo'
      const rawBody = JSON.stringify({ webhook: { id: 'octohook_123', event: 'booking_update', url }, booking: visit === undefined ? { uuid: visitId } : bookingOf(visit) })
      return { url, rawBody, headers: { authorization: `Basic ${Buffer.from(`desk:${password}`).toString('base64')}`, 'content-type': 'application/json' } }
    },
  }
}

function contactOf(contact: Contact) {
  return { fullName: null, firstName: null, lastName: null, emailAddress: null, phoneNumber: null, locales: [], postalCode: null, country: null, notes: null, ...contact }
}

/** OCTO writes instants without fractions. */
function seconds(instant: Instant): string {
  return instant.replace(/\.\d+Z$/, 'Z')
}
