import { createHash } from 'node:crypto'
import { toInstant } from '../../salon/time.ts'
import { isHmac, type WebhookReader } from '../kit/webhook.ts'
import { parseJson } from '../kit/parse-json.ts'
import type { ZenotiCredentials } from './client.ts'
import { Event } from './schema.ts'

/**
 * Zenoti's documentation says "a signature in the HTTP header" and no more; seen on real traffic is `zenoti-webhook-signature:
 * sha256 =18-2E-…`, HMAC-SHA256 of the raw body with the app's secret in upper-case hex with dashes. Plain hex is taken too.
 * Without a secret nothing is taken, except the empty test ping of its settings page, which says nothing.
 */
export function zenotiWebhooks({ webhookSecret }: Pick<ZenotiCredentials, 'webhookSecret'>): WebhookReader {
  return {
    verify({ rawBody, headers }) {
      if (rawBody === '') return 'unproven'
      const signature = headers['zenoti-webhook-signature']?.replace(/^\s*sha256\s*=\s*/i, '').replaceAll('-', '').trim().toLowerCase()
      return webhookSecret !== undefined && isHmac({ algorithm: 'sha256', key: webhookSecret, text: rawBody, encoding: 'hex', signature }) ? 'signed' : 'rejected'
    },
    read({ rawBody }) {
      if (rawBody.trim() === '') return []
      const parsed = Event.safeParse(parseJson(rawBody))
      if (!parsed.success) return undefined
      const { event_id, event_type = '', event_timestamp, data, invoice_id, id, preference_update } = parsed.data
      const dedupeKey = event_id ?? createHash('sha256').update(rawBody).digest('hex').slice(0, 24)
      const at = event_timestamp === undefined || Number.isNaN(Date.parse(event_timestamp)) ? {} : { occurredAt: toInstant(event_timestamp) }
      const invoice = data?.invoice_id ?? data?.invoice?.id ?? invoice_id
      // A visit is known by its invoice; appointments that started or ended come without an envelope.
      if (invoice !== undefined && !event_type.startsWith('Guest.') && !event_type.startsWith('Class.')) return [{ dedupeKey, kind: 'visit', id: invoice, ...at }]
      if (event_type.startsWith('Guest.') && data?.id !== undefined) return [{ dedupeKey, kind: 'client', id: data.id, ...at }]
      // Whoever opted out of something is read again: the delivery alone is believed in nothing.
      if (id !== undefined && event_type === '' && (preference_update ?? null) !== null) return [{ dedupeKey, kind: 'client', id, ...at }]
      return event_type === '' ? undefined : [{ dedupeKey, kind: 'nothing', id: '' }]
    },
  }
}
