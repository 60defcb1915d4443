import { toInstant } from '../../salon/time.ts'
import { isHmac, type WebhookReader } from '../kit/webhook.ts'
import { parseJson } from '../kit/parse-json.ts'
import type { SquareCredentials } from './client.ts'
import { Event } from './schema.ts'

/** Square signs the notification URL followed by the raw body (x-square-hmacsha256-signature, base64). Without a key nothing is taken. */
export function squareWebhooks({ signatureKey }: Pick<SquareCredentials, 'signatureKey'>): WebhookReader {
  return {
    verify: ({ url, rawBody, headers }) =>
      signatureKey !== undefined && isHmac({ algorithm: 'sha256', key: signatureKey, text: url + rawBody, encoding: 'base64', signature: headers['x-square-hmacsha256-signature'] }) ? 'signed' : 'rejected',
    read({ rawBody }) {
      const event = Event.safeParse(parseJson(rawBody))
      if (!event.success) return undefined
      const { event_id, type, created_at, data } = event.data
      const at = created_at === undefined ? {} : { occurredAt: toInstant(created_at) }
      // A booking's event ids carry the version ("ID:3"); the object says the bare id.
      if (type.startsWith('booking.') && !type.startsWith('booking.custom_attribute')) return [{ dedupeKey: event_id, kind: 'visit', id: data?.object?.booking?.id ?? data?.id?.split(':')[0] ?? '', ...at }]
      if (type.startsWith('customer.')) return [{ dedupeKey: event_id, kind: 'client', id: data?.object?.customer?.id ?? data?.id ?? '', ...at }]
      return [{ dedupeKey: event_id, kind: 'nothing', id: '' }]
    },
  }
}
