import { randomBytes } from 'node:crypto'
import type { Instant } from '../../src/salon/time.ts'

export type FakeMessage = {
  sid: string; to: string; from: string; body: string; direction: 'inbound' | 'outbound-api' | 'outbound-reply'; status: string; errorCode: number | null
  createdAt: Instant; sentAt: Instant | null; media: number; service: string | null; statusCallback: string | null; validityPeriod: number | null
}

/** Twilio's refusal of a request, as its error pages have it. */
export type Refusal = { status: number; code: number; message: string }

const keywords = {
  STOP: ['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT'],
  START: ['START', 'YES', 'UNSTOP'],
  HELP: ['HELP', 'INFO'],
} as const
type Keyword = keyof typeof keywords

const replies = { STOP: 'You have successfully been unsubscribed. Reply START to resubscribe.', START: 'You have successfully been re-subscribed.', HELP: 'Reply STOP to unsubscribe.' }

/** Twilio's magic numbers (test credentials): what a text to them is refused with. */
const magicTo: Record<string, Refusal> = {
  '+15005550001': { status: 400, code: 21211, message: 'Invalid To' },
  '+15005550002': { status: 400, code: 21612, message: 'Not routable' },
  '+15005550003': { status: 400, code: 21408, message: 'Region not enabled' },
  '+15005550004': { status: 400, code: 21610, message: 'Unsubscribed recipient' },
  '+15005550009': { status: 400, code: 21614, message: 'Not a mobile number' },
}
const magicFrom: Record<string, Refusal> = {
  '+15005550001': { status: 400, code: 21212, message: 'Invalid From' },
  '+15005550007': { status: 400, code: 21606, message: 'From is not SMS-capable' },
  '+15005550008': { status: 400, code: 21611, message: 'Queue of From is full' },
}

export type FakeAccount = ReturnType<typeof createAccount>

/** A Twilio account: its messages, its numbers, who said STOP. */
export function createAccount({ now, numbers, serviceSid }: { now: () => Instant; numbers: string[]; serviceSid: string }) {
  const messages: FakeMessage[] = []
  /** `ours theirs` pairs that said STOP; a Messaging Service blocks for its whole pool. */
  const blocked = new Set<string>()
  const refusals = new Map<string, Refusal>()

  const add = (message: Partial<FakeMessage> & Pick<FakeMessage, 'to' | 'from' | 'body' | 'direction' | 'status'>): FakeMessage => {
    const whole = { sid: `SM${randomBytes(16).toString('hex')}`, errorCode: null, createdAt: now(), sentAt: null, media: 0, service: null, statusCallback: null, validityPeriod: null, ...message }
    messages.push(whole)
    return whole
  }
  const refuse = (code: number, message: string, status = 400): Refusal => ({ status, code, message })

  return {
    messages, blocked, numbers, serviceSid,
    /** Texts to this number are refused with this from now on. */
    refuseTo(to: string, refusal: Refusal) { refusals.set(to, refusal) },
    /** `POST Messages.json`. */
    create(form: URLSearchParams): FakeMessage | Refusal {
      const [to, from, service, body, callback, validity] = ['To', 'From', 'MessagingServiceSid', 'Body', 'StatusCallback', 'ValidityPeriod'].map((name) => form.get(name))
      if (!to) return refuse(21604, 'A To number is required')
      const magic = magicTo[to] ?? (from === null || from === undefined ? undefined : magicFrom[from]) ?? refusals.get(to)
      if (magic !== undefined) return magic
      if (!/^\+[1-9]\d{6,14}$/.test(to)) return refuse(21211, 'Invalid To')
      if (!from && !service) return refuse(21603, 'A From number is required')
      if (service && service !== serviceSid) return refuse(20404, 'The requested resource was not found', 404)
      if (from && !numbers.includes(from)) return refuse(21606, 'From is not a number of this account')
      if (!body) return refuse(21602, 'A message body is required')
      if (body.length > 1_600) return refuse(21617, 'The body exceeds 1600 characters')
      if (callback && (!URL.canParse(callback) || new URL(callback).hostname.includes('_'))) return refuse(21609, 'Invalid StatusCallback')
      if (validity && !(Number.isInteger(Number(validity)) && Number(validity) >= 1 && Number(validity) <= 36_000)) return refuse(20001, 'Invalid ValidityPeriod')
      const sender = from ?? numbers[0] ?? ''
      if (blocked.has(`${service ? 'pool' : sender} ${to}`)) return refuse(21610, 'Attempt to send to unsubscribed recipient')
      return add({ to, from: sender, body, direction: 'outbound-api', status: service ? 'accepted' : 'queued', service: service ?? null, statusCallback: callback ?? null, validityPeriod: validity ? Number(validity) : null })
    },
    /** A client's text as the network hands it over: kept, the keyword acted on and answered. */
    arrive({ from, to, body, media }: { from: string; to: string; body: string; media: number }): { message: FakeMessage; keyword?: Keyword } {
      const message = add({ from, to, body, media, direction: 'inbound', status: 'received', sentAt: now() })
      const keyword = (Object.keys(keywords) as Keyword[]).find((kind) => keywords[kind].some((word) => word === body.trim().toUpperCase()))
      const pairs = [`pool ${from}`, `${to} ${from}`]
      const wasBlocked = pairs.some((pair) => blocked.has(pair))
      if (keyword === 'STOP') for (const pair of pairs) blocked.add(pair)
      if (keyword === 'START') for (const pair of pairs) blocked.delete(pair)
      // A YES or START of somebody who never said STOP changes nothing and is not answered.
      if (keyword !== undefined && (keyword !== 'START' || wasBlocked)) add({ from: to, to: from, body: replies[keyword], direction: 'outbound-reply', status: 'delivered', sentAt: now() })
      return { message, ...(keyword === undefined ? {} : { keyword }) }
    },
    /** `GET Messages.json`: newest first; filtered by sent date in whole days, as documented. What has no sent date yet is in no such filter. */
    list(query: URLSearchParams, visibleUntil: Instant): FakeMessage[] {
      const [to, from, on, after, before] = ['To', 'From', 'DateSent', 'DateSent>', 'DateSent<'].map((name) => query.get(name))
      const day = (value: string | null | undefined) => value?.slice(0, 10)
      return messages.filter((message) => message.createdAt <= visibleUntil
        && (!to || message.to === to) && (!from || message.from === from)
        && (!on || day(message.sentAt) === day(on))
        && (!after || (message.sentAt !== null && message.sentAt.slice(0, 10) >= after.slice(0, 10)))
        && (!before || (message.sentAt !== null && message.sentAt.slice(0, 10) <= before.slice(0, 10)))).toReversed()
    },
  }
}

const rfc2822 = (instant: Instant | null) => (instant === null ? null : new Date(instant).toUTCString().replace('GMT', '+0000'))

/** A message as the API shows it: times in whole seconds. */
export function showMessage(accountSid: string, message: FakeMessage): Record<string, unknown> {
  const { sid, to, from, body, direction, status, errorCode, createdAt, sentAt, media, service } = message
  return {
    sid, account_sid: accountSid, to, from, body, direction, status, error_code: errorCode, error_message: null, num_media: String(media), num_segments: '1', messaging_service_sid: service,
    date_created: rfc2822(createdAt), date_updated: rfc2822(sentAt ?? createdAt), date_sent: rfc2822(sentAt), price: null, price_unit: 'USD', api_version: '2010-04-01',
    uri: `/2010-04-01/Accounts/${accountSid}/Messages/${sid}.json`, subresource_uris: { media: `/2010-04-01/Accounts/${accountSid}/Messages/${sid}/Media.json` },
  }
}
