import { createHash } from 'node:crypto'
import { type Delivery, type Hint, isHmac, type WebhookReader } from '../kit/webhook.ts'

/**
 * Bókun signs the `x-bokun-*` headers and not the body: whatever the body says may be anybody's, so ids are taken from the signed
 * headers alone. Its page says base64, clients that work compare hex: both are taken. Without the app's secret nothing is.
 */
export function bokunWebhooks({ appSecret }: { appSecret?: string | undefined }): WebhookReader {
  return {
    verify(delivery) {
      const signature = delivery.headers['x-bokun-hmac']
      if (appSecret === undefined || signature === undefined) return 'rejected'
      const text = signedText(delivery)
      const same = (encoding: 'hex' | 'base64') => isHmac({ algorithm: 'sha256', key: appSecret, text, encoding, signature: encoding === 'hex' ? signature.toLowerCase() : signature })
      return same('hex') || same('base64') ? 'signed' : 'rejected'
    },
    read(delivery): Hint[] | undefined {
      const topic = delivery.headers['x-bokun-topic']
      if (topic === undefined || topic === '') return undefined
      // The headers are the same for every change of one booking. The body tells them apart, and that is all it is good for.
      const dedupeKey = createHash('sha256').update(`${signedText(delivery)}\n${delivery.rawBody}`).digest('hex').slice(0, 32)
      if (topic.startsWith('bookings/')) {
        const product = idOf(delivery.headers['x-bokun-experiencebooking-id'])
        const whole = idOf(delivery.headers['x-bokun-booking-id'])
        const id = product ?? (whole === undefined ? undefined : `${wholeBooking}${whole}`)
        return id === undefined ? undefined : [{ dedupeKey, kind: 'visit', id }]
      }
      if (topic === 'experiences/create' || topic === 'experiences/update') return [{ dedupeKey, kind: 'catalog', id: idOf(delivery.headers['x-bokun-experience-id']) ?? '' }]
      return [{ dedupeKey, kind: 'nothing', id: '' }]
    },
  }
}

/** Before the number of a whole booking, where that is all that is known; `visit` finds its product by it. */
export const wholeBooking = 'booking-'

function signedText({ headers }: Delivery): string {
  return Object.entries(headers)
    .flatMap(([name, value]): [string, string][] => (value === undefined ? [] : [[name.toLowerCase(), value]]))
    .filter(([name]) => name.startsWith('x-bokun-') && name !== 'x-bokun-hmac')
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
}

/** A number, or Bókun's name of it: base64 of "Booking:82240027". */
function idOf(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined
  if (/^\d+$/.test(text)) return text
  return /^[A-Za-z]+:(\d+)$/.exec(Buffer.from(text, 'base64').toString('utf8'))?.[1]
}
