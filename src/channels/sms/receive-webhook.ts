import type { Logger } from '../../logger.ts'
import type { Clock } from '../../salon/time.ts'
import { receive } from '../../store/inbox.ts'
import type { Store } from '../../store/open-store.ts'
import { inboxSources, keepText } from './keep-text.ts'
import { isFromTwilio, readForm } from './verify-signature.ts'
import { InboundForm, StatusForm } from './webhook-body.ts'

/** A request as it came: the body untouched and the address as received, for the signature is over both. Header names in lower case. */
export type WebhookRequest = { kind: 'inbound' | 'status'; url: string; rawBody: string; headers: Record<string, string | undefined> }
export type WebhookResponse = { status: number; body?: string; headers?: Record<string, string> }

/** Nothing to say: what a client gets as an answer goes out by itself, once, and not through this request. */
const silence: WebhookResponse = { status: 200, body: '<Response/>', headers: { 'content-type': 'text/xml; charset=utf-8' } }

/**
 * Answers Twilio's webhooks: signature first, over the public address and never over the Host header (F22); then one insert;
 * then the acknowledgement (TWI-2). What is not from Twilio gets a bare 403, leaves nothing behind and is told to `onRefused`.
 * Throws what the database throws: then Twilio sends it again, or to the second path.
 */
export async function receiveWebhook({ request: { kind, url, rawBody, headers }, authTokens, publicUrl, store, clock, logger, onRefused, onStored }: {
  request: WebhookRequest
  authTokens: readonly string[]
  publicUrl: string
  store: Store
  clock: Clock
  logger: Logger
  onRefused: () => void
  onStored: () => void
}): Promise<WebhookResponse> {
  if (!isFromTwilio({ authTokens, signature: headers['x-twilio-signature'], publicUrl: publicUrl + url, rawBody })) {
    onRefused()
    return { status: 403 }
  }
  const { isNew, answer } = kind === 'inbound' ? await takeText({ rawBody, store, clock, logger }) : await takeReport({ rawBody, url, store, logger })
  if (isNew) onStored()
  return answer
}

type Taken = { isNew: boolean; answer: WebhookResponse }

async function takeText({ rawBody, store, clock, logger }: { rawBody: string; store: Store; clock: Clock; logger: Logger }): Promise<Taken> {
  const form = InboundForm.safeParse(readForm(rawBody))
  if (!form.success) {
    logger.warn({ fields: form.error.issues.map(({ path }) => path.join('.')) }, 'a webhook of Twilio that is no text')
    return { isNew: false, answer: { status: 400 } }
  }
  const { from, ...text } = form.data
  if (from === undefined) {
    logger.warn({ sid: text.externalId }, 'a text that is not from a phone number is left alone')
    return { isNew: false, answer: silence }
  }
  const { isNew } = await store.transaction((trx) => keepText(trx, { seal: store.seal, text: { ...text, from, at: clock.now() } }))
  return { isNew, answer: silence }
}

async function takeReport({ rawBody, url, store, logger }: { rawBody: string; url: string; store: Store; logger: Logger }): Promise<Taken> {
  const form = StatusForm.safeParse(readForm(rawBody))
  if (!form.success) {
    logger.warn({ fields: form.error.issues.map(({ path }) => path.join('.')) }, 'a webhook of Twilio that is no report')
    return { isNew: false, answer: { status: 400 } }
  }
  const { providerId, status, code } = form.data
  // `scheduled`, `canceled` and whatever comes new say nothing about a delivery of ours.
  if (status === undefined) return { isNew: false, answer: { status: 204 } }
  const key = new URLSearchParams(url.split('?')[1] ?? '').get('text') ?? undefined
  // Worked from the inbox, one text's reports after another: a slow moment here must not cost a report (F33, F34).
  const { isNew } = await store.transaction((trx) => receive(trx, { source: inboxSources.report, externalId: `${providerId}:${status}`, lane: providerId, payload: { providerId, status, code, key } }))
  return { isNew, answer: { status: 204 } }
}
