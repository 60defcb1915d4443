import { toInstant } from '../../salon/time.ts'
import { isHmac, type WebhookReader } from '../kit/webhook.ts'
import { parseJson } from '../kit/parse-json.ts'
import type { BoulevardCredentials } from './client.ts'
import { Event } from './schema.ts'

/** Boulevard signs the whole salt header, a colon and the raw body (x-blvd-hmac-sha256, base64) with the application's secret, which is kept in base64. */
export function boulevardWebhooks({ webhookSecret, apiSecret }: Pick<BoulevardCredentials, 'webhookSecret' | 'apiSecret'>): WebhookReader {
  const key = Buffer.from(webhookSecret ?? apiSecret, 'base64')
  return {
    verify({ rawBody, headers }) {
      const salt = headers['x-blvd-hmac-salt']
      return salt !== undefined && isHmac({ algorithm: 'sha256', key, text: `${salt}:${rawBody}`, encoding: 'base64', signature: headers['x-blvd-hmac-sha256'] }) ? 'signed' : 'rejected'
    },
    read({ rawBody }) {
      const event = Event.safeParse(parseJson(rawBody))
      if (!event.success) return undefined
      const { idempotencyKey, event: name = '', eventType = '', resource, data, timestamp } = event.data
      const id = data?.node?.id ?? resource?.id ?? ''
      const at = timestamp !== undefined && /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(timestamp) ? { occurredAt: toInstant(timestamp) } : {}
      const said = `${name} ${eventType}`.toLowerCase()
      if (/\bping\b/.test(said)) return []
      if (/\bappointment/.test(said) && id !== '') return [{ dedupeKey: idempotencyKey, kind: 'visit', id, ...at }]
      if (/\bclient/.test(said) && id !== '') return [{ dedupeKey: idempotencyKey, kind: 'client', id, ...at }]
      return [{ dedupeKey: idempotencyKey, kind: 'nothing', id: '' }]
    },
  }
}
