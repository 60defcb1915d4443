import { createHash } from 'node:crypto'
import { money } from '../../salon/money.ts'
import type { AppointmentStatus, Client, Service } from '../../salon/salon.ts'
import { theTeam } from '../../salon/stand-ins.ts'
import { addMinutes, type Clock, type Instant, toInstant, type Zone } from '../../salon/time.ts'
import { fromLocal } from '../kit/local-times.ts'
import { versionOf } from '../kit/version.ts'
import { type Hint, isSame, type WebhookReader } from '../kit/webhook.ts'
import type { SeenVisit } from '../platform-adapter.ts'
import { parseJson } from '../kit/parse-json.ts'
import { MangomintAppointment, Payload } from './schema.ts'

export const locationId = 'salon'

export type MangomintSalon = { webhookToken: string; timezone: Zone; currency: string; services: Service[] }

/**
 * Mangomint's webhooks. Nothing signs them: that the sender knows the token (in the address, or in a header that its support
 * agreed to) is all the proof there is. Each carries the visit whole, because nothing can be read again.
 */
export function mangomintWebhooks({ salon, clock }: { salon: MangomintSalon; clock: Clock }): WebhookReader {
  return {
    verify({ url, headers }) {
      const given = headers['x-webhook-token'] ?? (URL.canParse(url) ? new URL(url).searchParams.get('token') ?? undefined : undefined)
      return isSame(salon.webhookToken, given) ? 'token' : 'rejected'
    },
    read({ rawBody }) {
      const payload = Payload.safeParse(parseJson(rawBody))
      if (!payload.success) return undefined
      const { appointment, sale, form, formSubmission } = payload.data
      if (appointment !== undefined && appointment !== null) {
        const parsed = MangomintAppointment.safeParse(appointment)
        const start = parsed.success ? readTime(parsed.data.dateTime, salon.timezone) : undefined
        if (!parsed.success || start === undefined) return undefined
        const { id, status = '', dateTime } = parsed.data
        return [{ dedupeKey: `${id}+${status}+${dateTime}`, kind: 'visit', id, record: toVisit({ appointment: parsed.data, start, salon, now: clock.now() }) }]
      }
      // A sale or a form says nothing about the book.
      const other = sale ?? form ?? formSubmission
      return other === undefined || other === null ? undefined : [nothing(rawBody)]
    },
  }
}

function nothing(rawBody: string): Hint {
  return { dedupeKey: createHash('sha256').update(rawBody).digest('hex').slice(0, 32), kind: 'nothing', id: '' }
}

/** With an offset as it says, without one on the salon's wall. */
function readTime(text: string, zone: Zone): Instant | undefined {
  try {
    return /(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? toInstant(text) : fromLocal(text, zone)
  } catch {
    return undefined
  }
}

function toVisit({ appointment, start, salon, now }: { appointment: MangomintAppointment; start: Instant; salon: MangomintSalon; now: Instant }): SeenVisit {
  const { id, createdAt, currency = salon.currency } = appointment
  const client = toClient(appointment)
  const status = toStatus(appointment.status)
  const told = (appointment.services ?? []).map(({ service, price }, n): Service => {
    const name = service?.name ?? 'Service'
    const like = salon.services.find((listed) => plainName(listed.name) === plainName(name))
    const { id: serviceId = service?.id ?? `of-${id}-${n + 1}`, category = service?.category?.name?.toLowerCase() ?? 'service', durationMin = 0, active = true, consultation = /consult/i.test(name) } = like ?? {}
    return { id: serviceId, category, durationMin, active, consultation, name, price: money(Math.round(Number(price ?? 0) * 100) || 0, currency) }
  })
  // One after another. Nothing says how long a visit takes, but for what the salon has told us of the service.
  const starts = told.map((_, n) => addMinutes(start, told.slice(0, n).reduce((sum, { durationMin }) => sum + durationMin, 0)))
  const segments = told.map((service, n) => ({ serviceId: service.id, staffId: theTeam.id, staffPreference: 'unknown' as const, start: starts[n] ?? start, durationMin: service.durationMin, price: service.price }))
  const known = { id, locationId, clientId: client.id, segments, start, end: addMinutes(start, told.reduce((sum, { durationMin }) => sum + durationMin, 0)), timeKnown: true, status }
  const bookedAt = createdAt === undefined ? undefined : readTime(createdAt, salon.timezone)
  return {
    visit: { ...known, version: versionOf(known), ...(bookedAt !== undefined && { bookedAt }), ...(status === 'cancelled' && { cancelledBy: 'unknown' as const }), notes: [], fetchedAt: now },
    client, services: told.filter(({ id: one }) => !salon.services.some((listed) => listed.id === one)),
  }
}

function plainName(name: string): string {
  return name.trim().toLowerCase().replace(/\s+/g, ' ')
}

/** A client has no id in an event: the e-mail address, or else the number, makes one, so that it is the same next time. Somebody with neither is known by this visit alone. */
function toClient({ id, clientInfo }: MangomintAppointment): Client {
  const [email, phone] = [clientInfo?.email?.trim().toLowerCase() ?? '', clientInfo?.phone?.trim() ?? '']
  const digits = phone.replace(/\D/g, '').slice(-10)
  const by = email !== '' ? `email:${email}` : digits.length >= 7 ? `phone:${digits}` : `visit:${id}`
  return {
    id: `c-${createHash('sha256').update(by).digest('hex').slice(0, 20)}`, firstName: clientInfo?.firstName?.trim() ?? '', lastName: clientInfo?.lastName?.trim() ?? '',
    phones: phone === '' ? [] : [phone], ...(email !== '' && { email }), consent: { sms: 'unknown', email: 'unknown' }, tags: [], notes: [], holdings: [],
  }
}

const statuses: Record<string, AppointmentStatus> = {
  requested: 'requested', pending: 'requested', booked: 'booked', scheduled: 'booked', confirmed: 'confirmed', checkedin: 'arrived', arrived: 'arrived',
  inservice: 'in_service', started: 'in_service', completed: 'completed', canceled: 'cancelled', cancelled: 'cancelled', noshow: 'no_show',
}

/** Which words Mangomint uses is not published; what is not one of these is 'unknown'. */
function toStatus(word: string | undefined): AppointmentStatus {
  return statuses[(word ?? '').toLowerCase().replace(/[^a-z]/g, '')] ?? 'unknown'
}
