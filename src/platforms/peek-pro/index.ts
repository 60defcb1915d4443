import { z } from 'zod'
import { isZone } from '../../salon/time.ts'
import { octoAdapter, octoCapabilities } from '../kit/octo/adapter.ts'
import { octoClient } from '../kit/octo/client.ts'
import type { PlatformKind } from '../platform-adapter.ts'
import { bridgeAdapter } from './bridge.ts'
import { peekWebhooks } from './webhooks.ts'

const Credentials = z.object({
  resellerKey: z.uuid('the reseller key that Peek sent you by e-mail').optional(),
  bridgeKey: z.string().min(8, 'the key of Peek\'s n8n bridge').optional(),
  timezone: z.string().refine(isZone, 'the time zone of your activities, such as America/Vancouver').optional(),
  webhookToken: z.string().min(12, 'at least 12 characters, made up by you').optional(),
}).superRefine(({ resellerKey, bridgeKey, timezone }, context) => {
  // A booking has another name on each side: one that was read by the one could not be changed by the other.
  if ((resellerKey === undefined) === (bridgeKey === undefined)) context.addIssue({ code: 'custom', path: ['resellerKey'], message: 'give one of the two: the reseller key (your own bookings, read and changed) or the bridge key (the operator\'s whole book, read)' })
  if (bridgeKey !== undefined && timezone === undefined) context.addIssue({ code: 'custom', path: ['timezone'], message: 'the bridge does not say in which time zone its times are: give it, such as America/Vancouver' })
})

/** Peek Pro by either of its published doors (see README.md). */
export const peekPro: PlatformKind<z.infer<typeof Credentials>> = {
  provider: 'peek-pro',
  name: 'Peek Pro',
  fields: [
    { name: 'resellerKey', label: 'Reseller key', help: 'from Peek by e-mail (Reseller API, OCTO): for the bookings that you sell yourself', secret: true, optional: true },
    { name: 'bridgeKey', label: 'Bridge key', help: 'from Peek\'s n8n app: for the operator\'s whole book, read only but for notes', secret: true, optional: true },
    { name: 'timezone', label: 'Time zone', help: 'of your activities, such as America/Vancouver; needed with a bridge key', secret: false, optional: true },
    { name: 'webhookToken', label: 'Webhook token', help: 'made up by you: in the webhook\'s address (https://desk:TOKEN@your-desk/webhooks/peek-pro) or sent as "Authorization: Bearer TOKEN"', secret: true, optional: true },
  ],
  credentials: Credentials,
  declared: octoCapabilities,
  unproven: [
    'No Peek account was at hand: the reseller\'s side is checked against the standard\'s published specifications, the bridge against a server of ours.',
    'The bridge is documented for n8n only: its addresses are those of Peek\'s own n8n node, its fields those of Peek\'s published types.',
    'How the bridge wraps a booking in its webhooks is not documented; a few likely ways are read.',
  ],
  // Peek publishes no number; 429s slow the desk down.
  pace: { perMinute: 120, burst: 10 },
  open({ credentials: { resellerKey, bridgeKey, timezone, webhookToken }, ask, clock, catalog }) {
    const tokenGiven = webhookToken !== undefined
    const webhooks = peekWebhooks({ token: webhookToken, zone: timezone, bridged: bridgeKey !== undefined, clock })
    if (bridgeKey !== undefined) return { ...bridgeAdapter({ bridgeKey, zone: timezone ?? 'UTC', ask, clock, catalog, tokenGiven }), webhooks }
    const client = octoClient({ ask, endpoint: 'https://octo.peek.com/integrations/octo', apiKey: resellerKey ?? '' })
    return { ...octoAdapter({ provider: 'peek-pro', client, clock, catalog, tokenGiven }), webhooks }
  },
}
