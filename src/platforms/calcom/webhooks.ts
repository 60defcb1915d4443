import { createHash } from 'node:crypto'
import { toInstant } from '../../salon/time.ts'
import { type Hint, isHmac, type WebhookReader } from '../kit/webhook.ts'
import { parseJson } from '../kit/parse-json.ts'
import type { CalcomCredentials } from './client.ts'
import { Event } from './schema.ts'

/** Cal.com signs the raw body (X-Cal-Signature-256: hex HMAC-SHA256) when the webhook has a secret; without one nothing is taken. */
export function calcomWebhooks({ webhookSecret }: Pick<CalcomCredentials, 'webhookSecret'>): WebhookReader {
  return {
    verify: ({ rawBody, headers }) => (webhookSecret !== undefined && isHmac({ algorithm: 'sha256', key: webhookSecret, text: rawBody, encoding: 'hex', signature: headers['x-cal-signature-256'] }) ? 'signed' : 'rejected'),
    read({ rawBody }) {
      const event = Event.safeParse(parseJson(rawBody))
      if (!event.success) return undefined
      const { triggerEvent, createdAt, payload } = event.data
      const { uid, bookingUid, rescheduleUid } = payload ?? event.data
      const key = createHash('sha256').update(rawBody).digest('hex').slice(0, 32)
      const at: Pick<Hint, 'occurredAt'> = createdAt === null || createdAt === undefined ? {} : { occurredAt: toInstant(createdAt) }
      // A booking that was moved has a new uid; both are news.
      const ids = /^(BOOKING|MEETING)_/.test(triggerEvent) ? [uid ?? bookingUid, rescheduleUid].filter((id): id is string => id !== undefined && id !== '') : []
      if (ids.length === 0) return [{ dedupeKey: key, kind: 'nothing', id: '' }]
      return ids.map((id, n): Hint => Object.assign({ dedupeKey: n === 0 ? key : `${key}-${n}`, kind: 'visit' as const, id }, at))
    },
  }
}
