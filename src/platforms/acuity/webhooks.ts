import { createHash } from 'node:crypto'
import type { Clock } from '../../salon/time.ts'
import { isHmac, type WebhookReader } from '../kit/webhook.ts'

/** Form-encoded; signed with the API key (`x-acuity-signature`, base64 of HMAC-SHA256 over the raw body). */
export function acuityWebhooks({ apiKey, clock }: { apiKey: string; clock: Clock }): WebhookReader {
  return {
    verify: ({ rawBody, headers }) => (isHmac({ algorithm: 'sha256', key: apiKey, text: rawBody, encoding: 'base64', signature: headers['x-acuity-signature'] }) ? 'signed' : 'rejected'),
    read({ rawBody }) {
      if (rawBody.trim() === '') return []
      const form = new URLSearchParams(rawBody)
      const [action, id] = [form.get('action') ?? '', form.get('id') ?? '']
      if (action === '') return undefined
      // Two changes of one appointment have the same body, without a time or a number: only when it came tells them apart.
      // A delivery that is repeated is read again; the other way about, the second change would be lost.
      const dedupeKey = `${createHash('sha256').update(rawBody).digest('hex').slice(0, 24)} ${clock.now()}`
      const [subject, word = subject] = action.split('.')
      const isAppointment = (subject === word || subject === 'appointment') && ['scheduled', 'rescheduled', 'canceled', 'changed'].includes(word ?? '')
      return [isAppointment && /^\d+$/.test(id) ? { dedupeKey, kind: 'visit', id } : { dedupeKey, kind: 'nothing', id: '' }]
    },
  }
}
