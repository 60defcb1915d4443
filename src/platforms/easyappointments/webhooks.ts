import { createHash } from 'node:crypto'
import { type Hint, isSame, type WebhookReader } from '../kit/webhook.ts'
import type { EasyCredentials } from './client.ts'
import { parseJson } from '../kit/parse-json.ts'
import { Event } from './schema.ts'

/** The server sends the webhook's secret token as it is, in a header that can be renamed; without one nothing is taken. Creating and changing are both `_save`; there is no second try. */
export function easyWebhooks({ webhookToken, webhookHeader }: Pick<EasyCredentials, 'webhookToken' | 'webhookHeader'>): WebhookReader {
  return {
    verify: ({ headers }) => (webhookToken !== undefined && isSame(webhookToken, headers[webhookHeader.toLowerCase()]) ? 'token' : 'rejected'),
    read({ rawBody }) {
      const event = Event.safeParse(parseJson(rawBody))
      if (!event.success) return undefined
      const { action, payload } = event.data
      // The record says when it was last changed, to the second: the same body is the same news.
      const dedupeKey = createHash('sha256').update(rawBody).digest('hex').slice(0, 32)
      return [{ dedupeKey, ...toNews(action, String(payload.id)) }]
    },
  }
}

function toNews(action: string, id: string): Pick<Hint, 'kind' | 'id'> {
  const about = action.slice(0, action.lastIndexOf('_'))
  if (about === 'appointment') return { kind: 'visit', id }
  if (about === 'customer') return { kind: 'client', id }
  return about === 'service' || about === 'provider' ? { kind: 'catalog', id } : { kind: 'nothing', id: '' }
}
