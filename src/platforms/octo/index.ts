import { z } from 'zod'
import { octoAdapter, octoCapabilities } from '../kit/octo/adapter.ts'
import { octoClient } from '../kit/octo/client.ts'
import { readBookingUpdate, trustByToken } from '../kit/octo/webhooks.ts'
import { parseJson } from '../kit/parse-json.ts'
import type { PlatformKind } from '../platform-adapter.ts'

const Credentials = z.object({
  endpoint: z.url({ protocol: /^https$/, error: 'the supplier\'s OCTO address, beginning with https://' }).transform((url) => url.replace(/\/+$/, '')),
  apiKey: z.string().min(8, 'the API key that the supplier gave you'),
  environment: z.enum(['live', 'test'], 'live or test').default('live'),
  webhookPassword: z.string().min(12, 'at least 12 characters, made up by you').optional(),
})

/** Any supplier of tours and activities that speaks OCTO (see README.md). */
export const octo: PlatformKind<z.infer<typeof Credentials>> = {
  provider: 'octo',
  name: 'OCTO (tours and activities)',
  fields: [
    { name: 'endpoint', label: 'OCTO address', help: 'from the supplier or their reservation system, for example https://api.example.com/octo', secret: false },
    { name: 'apiKey', label: 'API key', help: 'from the supplier: the key of your connection as a reseller', secret: true },
    { name: 'environment', label: 'Environment', help: 'live, or test to try it', secret: false, optional: true },
    { name: 'webhookPassword', label: 'Webhook password', help: 'made up by you and put into the webhook\'s address: https://desk:PASSWORD@your-desk/webhooks/octo', secret: true, optional: true },
  ],
  credentials: Credentials,
  declared: octoCapabilities,
  unproven: [
    'No live OCTO supplier was at hand: requests and answers are checked against both published specifications, behaviour against a server of ours that keeps the rules of the standard\'s own mock.',
    'Notes on bookings (PATCH with notes) are in both specifications; which suppliers keep them is not known.',
  ],
  // Limits are each supplier's own and not published in the standard; 429s slow the desk down.
  pace: { perMinute: 120, burst: 10 },
  open({ credentials: { webhookPassword, endpoint, apiKey, environment }, ask, clock, catalog }) {
    const client = octoClient({ ask, endpoint, apiKey, testMode: environment === 'test' })
    return {
      ...octoAdapter({ provider: 'octo', client, clock, catalog, tokenGiven: webhookPassword !== undefined }),
      webhooks: { verify: (delivery) => trustByToken(webhookPassword, delivery), read: ({ rawBody }) => readBookingUpdate(parseJson(rawBody)) },
    }
  },
}
