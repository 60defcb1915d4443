import { toInstant } from '../../salon/time.ts'
import { isHmac, type WebhookReader } from '../kit/webhook.ts'
import { parseJson } from '../kit/parse-json.ts'
import type { MindbodyCredentials } from './client.ts'
import { Event } from './schema.ts'

/** Mindbody signs the raw body (X-Mindbody-Signature: `sha256=` and base64) with the subscription's key as it is written. Without a key nothing is taken. */
export function mindbodyWebhooks({ signatureKey, siteId }: Pick<MindbodyCredentials, 'signatureKey' | 'siteId'>): WebhookReader {
  return {
    verify({ rawBody, headers }) {
      const [, signature] = /^sha256=(.+)$/.exec(headers['x-mindbody-signature'] ?? '') ?? []
      return signatureKey !== undefined && isHmac({ algorithm: 'sha256', key: signatureKey, text: rawBody, encoding: 'base64', signature }) ? 'signed' : 'rejected'
    },
    read({ rawBody }) {
      const event = Event.safeParse(parseJson(rawBody))
      if (!event.success) return undefined
      const { messageId: dedupeKey, eventId, eventInstanceOriginationDateTime: when, eventData } = event.data
      const at = when !== undefined && /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(when) ? { occurredAt: toInstant(when) } : {}
      const nothing = [{ dedupeKey, kind: 'nothing' as const, id: '' }]
      // A developer's subscription covers all sites that let the application in.
      if (eventData?.siteId !== undefined && eventData.siteId !== siteId) return nothing
      if (eventId.startsWith('appointmentBooking.') && eventData?.appointmentId !== undefined) return [{ dedupeKey, kind: 'visit', id: eventData.appointmentId, ...at }]
      if (eventId.startsWith('client.') && eventData?.clientId !== undefined) return [{ dedupeKey, kind: 'client', id: eventData.clientId, ...at }]
      if (/^(staff|location|site)\./.test(eventId)) return [{ dedupeKey, kind: 'catalog', id: '', ...at }]
      return nothing
    },
  }
}
