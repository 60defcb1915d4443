import { createHash, createHmac } from 'node:crypto'
import { Hono } from 'hono'
import type { Context } from 'hono'
import type { Delivery } from '../../../src/platforms/kit/webhook.ts'
import { addMinutes, type Instant, localDate } from '../../../src/salon/time.ts'
import { type TestClock, tinyBook } from '../tiny-book.ts'
import { type FakeBook, type FakeVisit, numbered, openFakeBook } from './fake-book.ts'
import { fakeServer, type FakeServer } from './fake-server.ts'

export const calcomKey = 'cal_live_of_the_tiny_salon'
const teamId = 7

/**
 * Cal.com's API v2 as its sheet and its specification say:
 * - "Authorization: Bearer cal_…"; "cal-api-version header per family: bookings 2024-08-13, slots 2024-09-04, event types 2024-06-14"
 *   (schedules 2024-06-11); one that is missing or old is refused here, where the real server would answer in an older shape.
 * - "POST /bookings/{uid}/reschedule: new uid, rescheduledFromUid/ToUid"; the old booking is cancelled.
 * - "Status accepted, pending, cancelled, rejected. Clients: attendees only. /mark-absent {host, attendees[]}".
 * - "Envelope {status:'success',data} / {status:'error',error{code,message}}"; "take & skip"; `start` in UTC.
 * - "Webhooks: {triggerEvent, createdAt, payload}; X-Cal-Signature-256 = hex HMAC-SHA256(raw body)".
 * - A time that is taken is a 400 with "User either already has booking at this time or is not available" (public integrations).
 * - A booking that was never changed has no time of change, so `afterUpdatedAt` does not find it (an issue of Cal.com's).
 * With `team` the salon is a round-robin team, whose calls and `rrHostSubsetIds` come from the online reference and published source.
 */
export function fakeCalcom({ clock, team = true, needsConfirmation = false }: { clock: TestClock; team?: boolean; needsConfirmation?: boolean }): {
  book: FakeBook; server: FakeServer; revoke(): void; emailOf(name: string): string
  webhook(uid: string, options?: { triggerEvent?: string; payload?: Record<string, unknown>; secret?: string }): Delivery
} {
  const numbers = numbered()
  const { catalog, clients } = tinyBook()
  const countable = new Set([...catalog.staff, ...catalog.services].map(({ id }) => id))
  const emailOf = (name: string) => clients.find(({ id }) => id === name)?.email ?? `${name}@example.com`
  const names = new Set(clients.map(({ id }) => id))
  const hashOf = (email: string) => `c-${createHash('sha256').update(`email ${email.toLowerCase()}`).digest('hex').slice(0, 20)}`
  const book = openFakeBook({ clock, idOf: (name) => (names.has(name) ? hashOf(emailOf(name)) : countable.has(name) ? numbers(name) : name) })
  for (const name of names) book.changeClient(book.idOf(name), { email: emailOf(name) })
  const ownerId = book.idOf('ana')
  const owner = { id: Number(ownerId), username: 'ana', email: 'ana@salon.example', name: 'Ana Ortiz' }
  let revoked = false
  let made = 0

  const app = new Hono().basePath('/v2')
  const refuse = (c: Context, status: 400 | 401 | 404, code: string, message: string) => c.json({ status: 'error', timestamp: clock.now(), path: c.req.path, error: { code, message } }, status)
  const wanted: [RegExp, string][] = [[/\/bookings/, '2024-08-13'], [/\/slots/, '2024-09-04'], [/\/event-types/, '2024-06-14'], [/\/schedules/, '2024-06-11']]
  app.use('*', async (c, next) => {
    if (revoked || c.req.header('authorization') !== `Bearer ${calcomKey}`) return refuse(c, 401, 'UnauthorizedException', 'Invalid Access Token.')
    const version = wanted.find(([path]) => path.test(c.req.path))?.[1]
    if (version !== undefined && c.req.header('cal-api-version') !== version) return refuse(c, 400, 'BadRequestException', `cal-api-version must be ${version}`)
    await next()
    return undefined
  })
  const good = (c: Context, data: unknown, status: 200 | 201 = 200) => c.json({ status: 'success', data }, status)

  app.get('/me', (c) => good(c, { ...owner, avatarUrl: null, bio: null, timeFormat: 12, defaultScheduleId: 1, weekStart: 'Sunday', timeZone: book.zone, organizationId: null }))
  app.get('/schedules/default', (c) => good(c, { id: 1, ownerId: owner.id, name: 'Working hours', timeZone: book.zone, isDefault: true, overrides: [], availability: [{ days: ['Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'], startTime: '09:00', endTime: '18:00' }, { days: ['Sunday'], startTime: '10:00', endTime: '16:00' }] }))
  const hostsOf = (serviceId: string) => book.staff.filter((member) => member.serviceIds.includes(serviceId))
  const eventTypes = () => book.services.map((service) => ({
    id: Number(service.id), title: service.name, slug: slugOf(service.name), lengthInMinutes: service.durationMin, description: '', locations: [], bookingFields: [], disableGuests: false, recurrence: null, metadata: {},
    price: service.price.minor, currency: service.price.currency.toLowerCase(), lockTimeZoneToggleOnBookingPage: false, forwardParamsSuccessRedirect: null, successRedirectUrl: null, isInstantEvent: false, scheduleId: null, hidden: false,
    bookingRequiresAuthentication: false, bookingUrl: `https://cal.com/tiny/${slugOf(service.name)}`,
    ...(team
      ? { teamId, schedulingType: 'roundRobin', team: { id: teamId, slug: 'tiny', name: 'Tiny Salon' }, hosts: hostsOf(service.id).map(({ id, name }) => ({ userId: Number(id), name, username: slugOf(name) })) }
      : { ownerId: owner.id, users: ['ana'] }),
  }))
  app.get('/event-types', (c) => good(c, team ? [] : eventTypes()))
  if (team) app.get(`/teams/${teamId}/event-types`, (c) => good(c, eventTypes()))

  const bookingOf = (visit: FakeVisit) => {
    const client = book.clients.get(visit.clientId)
    const { oddStatus, rescheduledFromUid, rescheduledToUid, cancelledByEmail, attendee, metadata, absent } = visit.fields
    const status = typeof oddStatus === 'string' ? oddStatus : visit.status === 'cancelled' ? 'cancelled' : visit.status === 'declined' ? 'rejected' : visit.status === 'requested' ? 'pending' : 'accepted'
    const known = { name: `${client?.firstName} ${client?.lastName}`, email: client?.email ?? '', displayEmail: client?.email ?? '', timeZone: book.zone, phoneNumber: client?.phone, absent: visit.status === 'no_show' || absent === true }
    return {
      id: numberOf(visit.id), uid: visit.id, title: 'A visit', description: '', status, start: visit.start, end: visit.end, duration: (Date.parse(visit.end) - Date.parse(visit.start)) / 60_000, location: '', absentHost: false,
      hosts: visit.segments.slice(0, 1).map(({ staffId }) => {
        const name = book.staff.find(({ id }) => id === staffId)?.name ?? ''
        return { id: Number(staffId), name, email: `${slugOf(name)}@salon.example`, displayEmail: `${slugOf(name)}@salon.example`, username: slugOf(name), timeZone: book.zone }
      }),
      eventTypeId: Number(visit.segments[0]?.serviceId), eventType: { id: Number(visit.segments[0]?.serviceId), slug: 'a-service' },
      createdAt: visit.createdAt, updatedAt: visit.updatedAt, metadata: metadata ?? {}, bookingFieldsResponses: {},
      attendees: [{ ...known, ...(typeof attendee === 'object' && attendee) }],
      ...(typeof rescheduledFromUid === 'string' && { rescheduledFromUid }), ...(typeof rescheduledToUid === 'string' && { rescheduledToUid }),
      ...(visit.status === 'cancelled' && { cancelledByEmail: typeof cancelledByEmail === 'string' ? cancelledByEmail : visit.cancelledBy === 'client' ? known.email : owner.email }),
    }
  }

  const list = (c: Context) => {
    const { afterStart, beforeEnd, afterCreatedAt, afterUpdatedAt, take = '100', skip = '0' } = c.req.query()
    const found = book.list((visit) => (afterStart === undefined || visit.start >= afterStart) && (beforeEnd === undefined || visit.end <= beforeEnd)
      && (afterCreatedAt === undefined || visit.createdAt >= afterCreatedAt) && (afterUpdatedAt === undefined || (visit.version > 1 && visit.updatedAt >= afterUpdatedAt)))
    const [n, from] = [Math.min(Number(take), 100), Number(skip)]
    const page = found.slice(from, from + n)
    const rest = Math.max(0, found.length - from - page.length)
    return c.json({ status: 'success', data: page.map(bookingOf), pagination: { totalItems: found.length, remainingItems: rest, returnedItems: page.length, itemsPerPage: n, currentPage: Math.floor(from / n) + 1, totalPages: Math.ceil(found.length / n), hasNextPage: rest > 0, hasPreviousPage: from > 0 } })
  }
  app.get(team ? `/teams/${teamId}/bookings` : '/bookings', list)
  app.get('/bookings/:uid', (c) => {
    const visit = book.visits.get(c.req.param('uid'))
    return visit === undefined ? missing(c) : good(c, bookingOf(visit))
  })
  const missing = (c: Context) => refuse(c, 404, 'NotFoundException', 'Booking was not found in the database')

  app.get('/slots', (c) => {
    const { eventTypeId = '', start = '', end = '', bookingUidToReschedule, rrHostSubsetIds } = c.req.query()
    if (book.service(eventTypeId) === undefined) return refuse(c, 404, 'NotFoundException', 'Event Type not found')
    const staffIds = team ? hostsOf(eventTypeId).map(({ id }) => id).filter((id) => rrHostSubsetIds === undefined || rrHostSubsetIds.split(',').includes(id)) : [ownerId]
    const data: Record<string, { start: string; end: string }[]> = {}
    for (const slot of book.slots({ locationId: 'main', wants: [{ serviceId: eventTypeId, staffIds }], from: start, to: end, except: bookingUidToReschedule })) (data[localDate(slot.start, 'UTC')] ??= []).push({ start: slot.start, end: slot.end })
    return good(c, data)
  })

  type Body = { start?: string; eventTypeId?: number; attendee?: { name?: string; timeZone?: string; email?: string; phoneNumber?: string }; metadata?: Record<string, string>; rrHostSubsetIds?: number[]; rescheduledBy?: string }
  /** The first of the wanted hosts who is free and works then: round robin chooses itself, within what was asked for. */
  const hostFor = ({ serviceId, start, subset, except }: { serviceId: string; start: Instant; subset?: number[] | undefined; except?: string }): string | undefined => {
    const end = addMinutes(start, book.service(serviceId)?.durationMin ?? 0)
    const able = team ? hostsOf(serviceId).map(({ id }) => id).filter((id) => subset === undefined || subset.includes(Number(id))) : [ownerId]
    return able.find((staffId) => start >= clock.now() && book.works({ staffId, locationId: 'main', start, end }) && book.isFree({ staffId, start, end, except }))
  }
  const taken = (c: Context) => refuse(c, 400, 'BadRequestException', 'User either already has booking at this time or is not available')
  const isUtc = (start: string | undefined): start is string => start !== undefined && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(start)

  app.post('/bookings', async (c) => {
    const { start, eventTypeId, attendee, metadata = {}, rrHostSubsetIds: subset }: Body = await c.req.json()
    const serviceId = String(eventTypeId)
    if (!isUtc(start) || !attendee?.name || !attendee.timeZone || (attendee.email === undefined && attendee.phoneNumber === undefined)) return refuse(c, 400, 'BadRequestException', 'start, attendee.name, attendee.timeZone and an email or phoneNumber are required')
    if (Object.keys(metadata).length > 50 || Object.values(metadata).some((text) => text.length > 500)) return refuse(c, 400, 'BadRequestException', 'metadata is too large')
    if (book.service(serviceId) === undefined) return refuse(c, 404, 'NotFoundException', `Event type with id ${serviceId} not found`)
    const host = hostFor({ serviceId, start, subset })
    if (host === undefined) return taken(c)
    const email = attendee.email ?? `${attendee.phoneNumber?.replace(/\D/g, '')}@sms.cal.com`
    const visit = book.add({ id: `uid${++made}abcdefghijklmnopqrst`, clientId: hashOf(email), locationId: 'main', status: needsConfirmation ? 'requested' : 'booked', note: '', segments: book.segmentsOf([{ serviceId, staffId: host }], start), fields: { attendee: { ...attendee, email }, metadata } })
    return good(c, bookingOf(visit), 201)
  })
  app.post('/bookings/:uid/reschedule', async (c) => {
    const visit = book.visits.get(c.req.param('uid'))
    const { start, rescheduledBy, rrHostSubsetIds: subset }: Body = await c.req.json()
    if (visit === undefined) return missing(c)
    if (visit.status === 'cancelled') return refuse(c, 400, 'BadRequestException', 'Can\'t reschedule cancelled booking')
    if (!isUtc(start)) return refuse(c, 400, 'BadRequestException', 'start is required')
    const serviceId = visit.segments[0]?.serviceId ?? ''
    const host = hostFor({ serviceId, start, subset, except: visit.id })
    if (host === undefined) return taken(c)
    const uid = `uid${++made}abcdefghijklmnopqrst`
    book.change(visit.id, { status: 'cancelled', fields: { ...visit.fields, rescheduledToUid: uid, cancelledByEmail: rescheduledBy } })
    const status = needsConfirmation && rescheduledBy !== owner.email ? 'requested' : 'booked'
    return good(c, bookingOf(book.add({ id: uid, clientId: visit.clientId, locationId: 'main', status, note: '', segments: book.segmentsOf([{ serviceId, staffId: host }], start), fields: { ...visit.fields, rescheduledFromUid: visit.id } })), 201)
  })
  app.post('/bookings/:uid/cancel', async (c) => {
    const visit = book.visits.get(c.req.param('uid'))
    if (visit === undefined) return missing(c)
    if (visit.status === 'cancelled') return refuse(c, 400, 'BadRequestException', 'Can\'t cancel booking: it has been cancelled already')
    return good(c, bookingOf(book.change(visit.id, { status: 'cancelled', cancelledBy: 'salon' })))
  })
  app.post('/bookings/:uid/confirm', (c) => {
    const visit = book.visits.get(c.req.param('uid'))
    if (visit === undefined) return missing(c)
    return visit.status === 'requested' ? good(c, bookingOf(book.change(visit.id, { status: 'booked' }))) : refuse(c, 400, 'BadRequestException', 'Booking already confirmed')
  })
  app.post('/bookings/:uid/mark-absent', async (c) => {
    const visit = book.visits.get(c.req.param('uid'))
    const { attendees = [] }: { attendees?: { email: string; absent: boolean }[] } = await c.req.json()
    if (visit === undefined) return missing(c)
    const [email] = bookingOf(visit).attendees.map((attendee) => attendee.email)
    const marked = attendees.find((attendee) => attendee.email === email)
    if (marked === undefined) return refuse(c, 400, 'BadRequestException', 'No such attendee')
    return good(c, bookingOf(book.change(visit.id, { status: marked.absent ? 'no_show' : 'booked' })))
  })

  return {
    book, server: fakeServer(app), emailOf,
    revoke: () => { revoked = true },
    webhook(uid, { triggerEvent = 'BOOKING_CREATED', payload = {}, secret = 'calcom-webhook-secret' } = {}) {
      const visit = book.visits.get(uid)
      const rawBody = JSON.stringify({ triggerEvent, createdAt: clock.now(), payload: { uid, bookingId: numberOf(uid), startTime: visit?.start, endTime: visit?.end, status: 'ACCEPTED', ...payload } })
      return { url: 'https://desk.example.com/webhooks/calcom', rawBody, headers: { 'x-cal-signature-256': createHmac('sha256', secret).update(rawBody).digest('hex'), 'x-cal-webhook-version': '2021-10-20' } }
    },
  }
}

const slugOf = (name: string) => name.toLowerCase().replace(/[^a-z]+/g, '-')
const numberOf = (uid: string) => Number.parseInt(createHash('sha256').update(uid).digest('hex').slice(0, 7), 16)
