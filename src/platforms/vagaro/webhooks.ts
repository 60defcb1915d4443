import { toInstant } from '../../salon/time.ts'
import { isSame, type WebhookReader } from '../kit/webhook.ts'
import { parseJson } from '../kit/parse-json.ts'
import type { VagaroCredentials } from './client.ts'
import { Event } from './schema.ts'

/** `X-Vagaro-Signature` is no signature: it is the verification token that was set with the webhook, the same every time. */
export function vagaroWebhooks({ webhookToken }: Pick<VagaroCredentials, 'webhookToken'>): WebhookReader {
  return {
    verify: ({ headers }) => isSame(webhookToken, headers['x-vagaro-signature']) ? 'token' : 'rejected',
    read({ rawBody }) {
      const event = Event.safeParse(parseJson(rawBody))
      if (!event.success) return undefined
      const { id, createdDate, createdAt, type, payload } = event.data
      const said = createdDate ?? createdAt
      const at = said !== undefined ? { occurredAt: toInstant(said) } : {}
      const isVisit = payload?.eventType?.toLowerCase() !== 'class' && payload?.bookingStatus !== 'PersonalOff'
      if (type === 'appointment' && isVisit && payload?.appointmentId !== undefined) return [{ dedupeKey: id, kind: 'visit', id: payload.appointmentId, ...at }]
      if (type === 'customer' && payload?.customerId !== undefined) return [{ dedupeKey: id, kind: 'client', id: payload.customerId, ...at }]
      if (/^(employee|business|location|service)/i.test(type)) return [{ dedupeKey: id, kind: 'catalog', id: '', ...at }]
      return [{ dedupeKey: id, kind: 'nothing', id: '' }]
    },
  }
}
