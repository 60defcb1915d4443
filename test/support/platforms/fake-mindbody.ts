import { createHmac, randomUUID } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { fromLocal, toLocal } from '../../../src/platforms/kit/local-times.ts'
import type { Delivery } from '../../../src/platforms/kit/webhook.ts'
import { openingHours, workingHours } from '../../../src/salon/opening-hours.ts'
import { addDays, addMinutes, type Instant, localDate, minutesBetween } from '../../../src/salon/time.ts'
import type { TestClock } from '../tiny-book.ts'
import { type FakeBook, type FakeClient, type FakeVisit, numbered, openFakeBook } from './fake-book.ts'
import { fakeServer, type FakeServer } from './fake-server.ts'

type Waiting = { entryId: number; clientId: string; staffId: string; serviceId: string; start: Instant; key: string }

/**
 * Mindbody as its sheet and its specification say: "Headers Api-Key, SiteId, Authorization: <staff token> from POST /usertoken/issue";
 * "Dates are site-local without offset" (others are refused here); "limit (<=200)/offset, PaginationResponse"; errors "{Error:{Message,Code}}";
 * "bookableitems (shifts, slice yourself)", which here still hold what is booked; one service for each appointment; "Execute: confirm, unconfirm,
 * arrive, unarrive, cancel, latecancel, complete; no Execute for no-show"; "IsWaitlist:true; entry id in WaitlistEntryId; DELETE
 * appointmentfromwaitlist"; "PartnerExternalId, no idempotency header, no version". Nothing says that a taken time is refused, so it is not
 * (`refusesOverlaps` for the other case).
 */
export function fakeMindbody({ clock, siteZone = 'America/Los_Angeles', refusesOverlaps = false, riskFieldName = 'Desk risk' }: { clock: TestClock; siteZone?: string; refusesOverlaps?: boolean; riskFieldName?: string }): {
  book: FakeBook; server: FakeServer; waiting: Map<number, Waiting>; revoke(): void; expireTokens(): void; webhook(visitId: string, options?: { eventId?: string; siteId?: number; key?: string }): Delivery
} {
  const book = openFakeBook({ clock, idOf: numbered() })
  const zone = book.zone
  const waiting = new Map<number, Waiting>()
  const tokens = new Set<string>()
  let revoked = false
  let made = 0
  const app = new Hono().basePath('/public/v6')
  const refuse = (c: Context, status: 400 | 401 | 403 | 404, code: string, message = code) => c.json({ Error: { Message: message, Code: code } }, status)
  const local = (text: unknown): Instant | undefined => (typeof text === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(text) ? fromLocal(text, zone) : undefined)
  const ask = (c: Context, name: string) => c.req.query(`request.${name}`)

  app.post('/usertoken/issue', async (c) => {
    const { Username: user, Password: password }: { Username?: string; Password?: string } = await c.req.json()
    if (revoked || c.req.header('api-key') !== 'mindbody-test-api-key' || c.req.header('siteid') !== '-99') return refuse(c, 401, 'DeniedAccess')
    if (user !== 'desk' || password !== 'desk-password') return refuse(c, 400, 'InvalidCredentials')
    const token = randomUUID().replaceAll('-', '')
    tokens.add(token)
    return c.json({ TokenType: 'Bearer', AccessToken: token, Expires: addMinutes(clock.now(), 7 * 1_440), User: { Id: 7, FirstName: 'Desk', LastName: 'Copilot', Type: 'Staff' } })
  })
  app.use('*', async (c, next) => {
    if (revoked || c.req.header('api-key') !== 'mindbody-test-api-key') return refuse(c, 401, 'DeniedAccess')
    if (c.req.header('siteid') !== '-99') return refuse(c, 400, 'InvalidSiteId')
    if (!tokens.has(c.req.header('authorization') ?? '')) return refuse(c, 401, 'InvalidToken', 'Token expired or invalid')
    const limit = Number(ask(c, 'limit') ?? 100)
    if (!(limit >= 1 && limit <= 200)) return refuse(c, 400, 'InvalidParameter', 'Limit must be between 1 and 200')
    await next()
    return undefined
  })
  const paged = <T>(c: Context, all: T[], name: string) => {
    const [limit, offset] = [Number(ask(c, 'limit') ?? 100), Number(ask(c, 'offset') ?? 0)]
    const items = all.slice(offset, offset + limit)
    return c.json({ PaginationResponse: { RequestedLimit: limit, RequestedOffset: offset, PageSize: items.length, TotalResults: all.length }, [name]: items })
  }

  app.get('/site/sites', (c) => c.json({ PaginationResponse: { RequestedLimit: 100, RequestedOffset: 0, PageSize: 1, TotalResults: 1 }, Sites: [{ Id: -99, Name: 'Tiny Salon', TimeZone: siteZone, CurrencyIsoCode: 'USD', CountryCode: 'US' }] }))
  app.get('/site/locations', (c) => paged(c, [...book.locations.map((location) => ({ Id: Number(location.id), Name: location.name, Address: location.address, City: 'Los Angeles', Phone: location.phone, SiteID: -99 })), { Id: 0, Name: 'Online Store', SiteID: -99 }], 'Locations'))
  app.get('/site/sessiontypes', (c) => paged(c, [...book.services.map((service) => ({ Id: Number(service.id), Name: service.name, Type: 'Appointment', DefaultTimeLength: service.durationMin, ProgramId: 26, Category: service.category })), { Id: 9_001, Name: 'Yoga', Type: 'Class', ProgramId: 27 }], 'SessionTypes'))
  app.get('/sale/services', (c) => paged(c, [
    ...book.services.map((service) => ({ Id: `p${service.id}`, Name: service.name, Price: service.price.minor / 100, ProgramId: 26, Count: 1, IsIntroOffer: false, Discontinued: false })),
    ...book.services.map((service) => ({ Id: `q${service.id}`, Name: `${service.name}, 5 visits`, Price: service.price.minor / 25, ProgramId: 26, Count: 5, IsIntroOffer: false, Discontinued: false })),
    { Id: 'intro', Name: "Women's cut", Price: 10, ProgramId: 26, Count: 1, IsIntroOffer: true, Discontinued: false },
  ], 'Services'))
  app.get('/staff/staff', (c) => paged(c, [...book.staff.map(({ id, name }) => ({ Id: Number(id), FirstName: name.split(' ')[0], LastName: name.split(' ')[1], DisplayName: name.split(' ')[0], AppointmentInstructor: true })), { Id: 9_002, FirstName: 'Yoga', LastName: 'Teacher', AppointmentInstructor: false }], 'StaffMembers'))
  app.get('/staff/sessiontypes', (c) => {
    const member = book.staff.find(({ id }) => id === ask(c, 'staffId'))
    return member === undefined ? refuse(c, 400, 'InvalidParameter', 'StaffId is required') : paged(c, member.serviceIds.map((id) => ({ StaffId: Number(member.id), Type: 'Appointment', Id: Number(id), Name: book.service(id)?.name, ProgramId: 26, TimeLength: book.service(id)?.durationMin })), 'StaffSessionTypes')
  })
  app.get('/appointment/bookableitems', (c) => {
    const service = book.service(ask(c, 'sessionTypeIds') ?? '')
    if (service === undefined) return refuse(c, 400, 'InvalidParameter', 'SessionTypeIds is required')
    const first = (ask(c, 'startDate') ?? localDate(clock.now(), zone)).slice(0, 10)
    const last = (ask(c, 'endDate') ?? first).slice(0, 10)
    const found: unknown[] = []
    for (let date = first; date <= last; date = addDays(date, 1)) {
      for (const location of book.locations.filter(({ id }) => id === (ask(c, 'locationIds') ?? id))) {
        for (const member of book.staff.filter(({ id, serviceIds }) => id === (ask(c, 'staffIds') ?? id) && serviceIds.includes(service.id))) {
          for (const { start, end } of workingHours({ shifts: book.shifts, location, staffId: member.id, date, open: openingHours({ location, date }) })) {
            found.push({ Id: ++made, Staff: { Id: Number(member.id), FirstName: member.name }, SessionType: { Type: 'Appointment', DefaultTimeLength: service.durationMin, Id: Number(service.id), Name: service.name, ProgramId: 26 }, StartDateTime: toLocal(start, zone), EndDateTime: toLocal(end, zone), BookableEndDateTime: toLocal(addMinutes(end, -service.durationMin), zone), Location: { Id: Number(location.id), Name: location.name }, PrepTime: 0, FinishTime: 0 })
          }
        }
      }
    }
    return paged(c, found, 'Availabilities')
  })
  app.get('/appointment/staffappointments', (c) => {
    const first = (ask(c, 'startDate') ?? localDate(clock.now(), zone)).slice(0, 10)
    const last = (ask(c, 'endDate') ?? first).slice(0, 10)
    const wanted = { id: ask(c, 'appointmentIds'), client: ask(c, 'clientId'), staff: ask(c, 'staffIds'), location: ask(c, 'locationIds') }
    const on = (start: Instant) => localDate(start, zone) >= first && localDate(start, zone) <= last
    const visits = book.list((visit) => on(visit.start) && [[wanted.id, visit.id], [wanted.client, visit.clientId], [wanted.staff, visit.segments[0]?.staffId], [wanted.location, visit.locationId]].every(([want, have]) => want === undefined || want === have))
    const waits = wanted.id !== undefined ? [] : [...waiting.values()].filter(({ start, clientId, staffId }) => on(start) && (wanted.client ?? clientId) === clientId && (wanted.staff ?? staffId) === staffId)
    return paged(c, [...visits.map((visit) => appointmentOf(visit, zone)), ...waits.map((entry) => waitOf(entry, zone))], 'Appointments')
  })

  type Body = { AppointmentId?: number; ClientId?: string; LocationId?: number; SessionTypeId?: number; StaffId?: number; StartDateTime?: string; EndDateTime?: string; Notes?: string; PartnerExternalId?: string; IsWaitlist?: boolean; Execute?: string }
  const isTaken = (staffId: string, start: Instant, end: Instant, except?: string) => refusesOverlaps && !book.isFree({ staffId, start, end, except })
  app.post('/appointment/addappointment', async (c) => {
    const body: Body = await c.req.json()
    const start = local(body.StartDateTime)
    const [staffId, serviceId, locationId] = [String(body.StaffId), String(body.SessionTypeId), String(body.LocationId)]
    const service = book.service(serviceId)
    if (start === undefined || (body.EndDateTime !== undefined && local(body.EndDateTime) === undefined)) return refuse(c, 400, 'InvalidParameter', 'StartDateTime is not a site-local time')
    if (body.ClientId === undefined || !book.clients.has(body.ClientId)) return refuse(c, 404, 'ClientNotFound')
    if (service === undefined || !book.staff.some(({ id }) => id === staffId) || !book.locations.some(({ id }) => id === locationId)) return refuse(c, 400, 'MissingRequiredFields')
    if (body.IsWaitlist === true) {
      const entry: Waiting = { entryId: ++made, clientId: body.ClientId, staffId, serviceId, start, key: body.PartnerExternalId ?? '' }
      waiting.set(entry.entryId, entry)
      return c.json({ Appointment: waitOf(entry, zone) })
    }
    const durationMin = body.EndDateTime === undefined ? service.durationMin : minutesBetween(start, local(body.EndDateTime) ?? start)
    if (isTaken(staffId, start, addMinutes(start, durationMin))) return refuse(c, 400, 'AppointmentTimeNotAvailable', 'The staff member is already booked at this time')
    const visit = book.add({ clientId: body.ClientId, locationId, segments: book.segmentsOf([{ serviceId, staffId, durationMin }], start), status: 'booked', note: body.Notes ?? '', fields: { key: body.PartnerExternalId } })
    return c.json({ Appointment: appointmentOf(visit, zone) })
  })
  app.post('/appointment/updateappointment', async (c) => {
    const body: Body = await c.req.json()
    const visit = book.visits.get(String(body.AppointmentId))
    if (visit === undefined) return refuse(c, 404, 'AppointmentNotFound')
    const steps = { confirm: 'confirmed', unconfirm: 'booked', arrive: 'arrived', unarrive: 'booked', cancel: 'cancelled', latecancel: 'cancelled', complete: 'completed' } as const
    if (body.Execute !== undefined && !(body.Execute in steps)) return refuse(c, 400, 'InvalidParameter', 'Execute is not one of the possible values')
    const status = body.Execute === undefined ? undefined : steps[body.Execute as keyof typeof steps]
    let segments: FakeVisit['segments'] | undefined
    if (body.StartDateTime !== undefined) {
      const start = local(body.StartDateTime)
      const end = body.EndDateTime === undefined ? undefined : local(body.EndDateTime)
      if (start === undefined || (body.EndDateTime !== undefined && end === undefined)) return refuse(c, 400, 'InvalidParameter', 'StartDateTime is not a site-local time')
      const [before] = visit.segments
      const staffId = body.StaffId === undefined ? before?.staffId ?? '' : String(body.StaffId)
      segments = book.segmentsOf([{ serviceId: body.SessionTypeId === undefined ? before?.serviceId ?? '' : String(body.SessionTypeId), staffId, durationMin: end === undefined ? before?.durationMin : minutesBetween(start, end) }], start)
      if (isTaken(staffId, start, end ?? start, visit.id)) return refuse(c, 400, 'AppointmentTimeNotAvailable', 'The staff member is already booked at this time')
    }
    return c.json({ Appointment: appointmentOf(book.change(visit.id, { ...(segments !== undefined && { segments }), ...(status !== undefined && { status }), ...(body.Notes !== undefined && { note: body.Notes }) }), zone) })
  })
  app.delete('/appointment/appointmentfromwaitlist', (c) => {
    const entry = Number(ask(c, 'waitlistEntryIds'))
    if (!waiting.delete(entry)) return refuse(c, 404, 'WaitlistEntryNotFound')
    return c.body(null, 200)
  })

  app.get('/client/clients', (c) => paged(c, [...book.clients.values()].filter(({ id }) => id === (ask(c, 'clientIDs') ?? id)).map((client) => clientOf(client, zone)), 'Clients'))
  app.get('/client/customclientfields', (c) => paged(c, [{ Id: 3, DataType: 'Text', Name: 'Shoe size' }, { Id: 4, DataType: 'Text', Name: riskFieldName }], 'CustomClientFields'))
  app.post('/client/updateclient', async (c) => {
    const { Client: change }: { Client?: { Id?: string; Notes?: string; CustomClientFields?: { Id: number; Value: string }[] } } = await c.req.json()
    const client = book.clients.get(change?.Id ?? '')
    if (change === undefined || client === undefined) return refuse(c, 404, 'ClientNotFound')
    const fields = { ...client.fields, ...Object.fromEntries((change.CustomClientFields ?? []).map((field) => [`custom${field.Id}`, field.Value])) }
    return c.json({ Client: clientOf(book.changeClient(client.id, { fields, ...(change.Notes !== undefined && { note: change.Notes }) }), zone) })
  })

  return {
    book, server: fakeServer(app), waiting,
    revoke: () => { revoked = true },
    expireTokens: () => { tokens.clear() },
    webhook(visitId, { eventId = 'appointmentBooking.updated', siteId = -99, key = 'mindbody-signature-key' } = {}) {
      const visit = book.visits.get(visitId)
      const rawBody = JSON.stringify({ messageId: randomUUID(), eventId, eventSchemaVersion: 1, eventInstanceOriginationDateTime: clock.now(), eventData: { siteId, appointmentId: Number(visitId), clientId: visit?.clientId, status: 'Booked' } })
      return { url: 'https://desk.example.com/webhooks/mindbody', rawBody, headers: { 'x-mindbody-signature': `sha256=${createHmac('sha256', key).update(rawBody).digest('base64')}` } }
    },
  }
}

const statuses: Partial<Record<FakeVisit['status'], string>> = { requested: 'Requested', booked: 'Booked', confirmed: 'Confirmed', arrived: 'Arrived', completed: 'Completed', no_show: 'NoShow', cancelled: 'Cancelled' }

function appointmentOf(visit: FakeVisit, zone: string) {
  const [segment] = visit.segments
  return {
    GenderPreference: 'None', Duration: segment?.durationMin ?? 0, Id: Number(visit.id), Status: visit.fields.oddStatus ?? statuses[visit.status] ?? 'None', StartDateTime: toLocal(visit.start, zone), EndDateTime: toLocal(visit.end, zone), Notes: visit.note,
    ...(typeof visit.fields.key === 'string' && { PartnerExternalId: visit.fields.key }), StaffRequested: true, ProgramId: 26, SessionTypeId: Number(segment?.serviceId), LocationId: Number(visit.locationId), StaffId: Number(segment?.staffId), ClientId: visit.clientId, FirstAppointment: false, IsWaitlist: false, Resources: [], AddOns: [],
  }
}

function waitOf({ entryId, clientId, staffId, serviceId, start, key }: Waiting, zone: string) {
  return { Id: 0, Status: 'None', StartDateTime: toLocal(start, zone), EndDateTime: toLocal(start, zone), SessionTypeId: Number(serviceId), StaffId: Number(staffId), ClientId: clientId, IsWaitlist: true, WaitlistEntryId: entryId, PartnerExternalId: key }
}

function clientOf(client: FakeClient, zone: string) {
  return {
    Id: client.id, UniqueId: Number(client.id), FirstName: client.firstName, LastName: client.lastName, ...(client.email !== '' && { Email: client.email }), MobilePhone: client.phone, Notes: client.note, CreationDate: toLocal(client.createdAt, zone), Active: true,
    CustomClientFields: Object.entries(client.fields).flatMap(([name, value]) => (name.startsWith('custom') && typeof value === 'string' ? [{ Id: Number(name.slice(6)), Value: value, DataType: 'Text', Name: 'field' }] : [])),
  }
}
