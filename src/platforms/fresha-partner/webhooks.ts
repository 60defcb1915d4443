import { createHash } from 'node:crypto'
import { toInstant } from '../../salon/time.ts'
import { type Hint, isHmac, type WebhookReader } from '../kit/webhook.ts'
import { parseJson } from '../kit/parse-json.ts'
import type { PartnerCredentials } from './client.ts'
import { Event } from './schema.ts'

/** `X-Fresha-Signature`: hex HMAC-SHA256 of the raw body. Without a secret nothing is taken. */
export function partnerWebhooks({ webhookSecret }: Pick<PartnerCredentials, 'webhookSecret'>): WebhookReader {
  return {
    verify: ({ rawBody, headers }) => (webhookSecret !== undefined && isHmac({ algorithm: 'sha256', key: webhookSecret, text: rawBody, encoding: 'hex', signature: headers['x-fresha-signature']?.toLowerCase() }) ? 'signed' : 'rejected'),
    read({ rawBody }) {
      const event = Event.safeParse(parseJson(rawBody))
      if (!event.success) return undefined
      const { type, created_at, data } = event.data
      // An event without an id of its own is known by all that it says.
      const dedupeKey = event.data.id ?? createHash('sha256').update(rawBody).digest('hex').slice(0, 32)
      const kind: Hint['kind'] = /^(?:booking|appointment)\./.test(type) ? 'visit' : type.startsWith('client.') ? 'client' : 'nothing'
      const id = data?.id ?? ''
      if (kind === 'nothing' || id === '') return [{ dedupeKey, kind: 'nothing', id: '' }]
      return [{ dedupeKey, kind, id, ...when(created_at) }]
    },
  }
}

function when(text: string | undefined): { occurredAt?: string } {
  try {
    return text === undefined ? {} : { occurredAt: toInstant(text) }
  } catch {
    return {}
  }
}
