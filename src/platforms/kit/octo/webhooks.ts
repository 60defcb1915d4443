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

/** `booking_update` (confirmed, updated or cancelled; no event says which). The same state of the same booking is the same delivery. */
export function readBookingUpdate(body: unknown): Hint[] | undefined {
  const parsed = WebhookBody.safeParse(body)
  if (!parsed.success) return undefined
  const { uuid, status, utcUpdatedAt, availabilityId } = parsed.data.booking
  return [{ dedupeKey: [uuid, status, utcUpdatedAt, availabilityId].join(' '), kind: 'visit', id: uuid, ...(utcUpdatedAt !== undefined && /Z|[+-]\d\d:?\d\d$/.test(utcUpdatedAt) && { occurredAt: toInstant(utcUpdatedAt) }) }]
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
