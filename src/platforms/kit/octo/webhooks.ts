import { createHash } from 'node:crypto'
import { toInstant } from '../../../salon/time.ts'
import { type Delivery, type Hint, isSame, type Trust } from '../webhook.ts'
import { WebhookBody } from './schema.ts'

/**
 * Senders that sign nothing can still be given a secret: in the address they are told (`https://desk:SECRET@…`, which arrives as
 * Basic authentication), or as a bearer token. Without one, anybody may have sent it.
 */
export function trustByToken(token: string | undefined, { headers }: Delivery): Trust {
  if (token === undefined) return 'unproven'
  const [, scheme, given] = /^(basic|bearer) +(\S+)$/i.exec(headers['authorization'] ?? '') ?? []
  if (scheme === undefined || given === undefined) return 'rejected'
  const secret = scheme.toLowerCase() === 'bearer' ? given : Buffer.from(given, 'base64').toString('utf8').replace(/^[^:]*:/, '')
  return isSame(token, secret) ? 'token' : 'rejected'
}

/** `booking_update` (confirmed, updated or cancelled; no event says which). The same state of the same booking is the same delivery; without its time the whole body tells states apart. */
export function readBookingUpdate(body: unknown): Hint[] | undefined {
  const parsed = WebhookBody.safeParse(body)
  if (!parsed.success) return undefined
  const { uuid, status, utcUpdatedAt, availabilityId } = parsed.data.booking
  const state = [uuid, status, utcUpdatedAt ?? JSON.stringify(body), availabilityId].join(' ')
  return [{ dedupeKey: createHash('sha256').update(state).digest('hex').slice(0, 32), kind: 'visit', id: uuid, ...whenOf(utcUpdatedAt) }]
}

/** A time that cannot be read is no reason to lose the news. */
function whenOf(text: string | undefined): Pick<Hint, 'occurredAt'> {
  return text !== undefined && /^\d{4}-\d\d-\d\dT\d\d:\d\d.*(?:Z|[+-]\d\d:?\d\d)$/.test(text) && !Number.isNaN(Date.parse(text)) ? { occurredAt: toInstant(text) } : {}
}
