import { z } from 'zod'
import type { OptOutType } from '../../messages/messages.ts'
import type { Delivery } from '../../store/tables/texts.ts'

// Twilio adds parameters without notice: only those that are used are looked at.

/** SM…, or MM… with pictures. */
const Sid = z.string().regex(/^[SM]M[0-9a-f]{32}$/i)

/** Ten joined SMS are the most that networks pass on. */
const longestBody = 1_600

const optOutTypes: readonly OptOutType[] = ['STOP', 'START', 'HELP']

/** A text from a phone, as Twilio's webhook for incoming messages has it. Where it is not from a phone number, `from` is undefined. */
export const InboundForm = z.object({
  MessageSid: Sid,
  From: z.string(),
  Body: z.string().default(''),
  NumMedia: z.string().regex(/^\d{1,2}$/).transform(Number).catch(0),
  OptOutType: z.string().optional(),
}).transform(({ MessageSid, From, Body, NumMedia, OptOutType }) => ({
  externalId: MessageSid,
  from: isPhone(From) ? From : undefined,
  body: Body.slice(0, longestBody),
  media: NumMedia,
  optOutType: optOutTypes.find((type) => type === OptOutType),
}))

/** E.164; not a short code, a name or another channel's address. */
export function isPhone(address: string): boolean {
  return /^\+[1-9]\d{6,14}$/.test(address)
}

/** A report on one of our texts. `status` is undefined where it says nothing about a delivery. */
export const StatusForm = z.object({
  MessageSid: Sid,
  MessageStatus: z.string(),
  ErrorCode: z.string().optional(),
}).transform(({ MessageSid, MessageStatus, ErrorCode }) => ({
  providerId: MessageSid,
  status: deliveries.find((delivery) => delivery === MessageStatus),
  code: ErrorCode !== undefined && /^\d{1,6}$/.test(ErrorCode) && ErrorCode !== '0' ? ErrorCode : undefined,
}))

export const deliveries: readonly Delivery[] = ['accepted', 'queued', 'sending', 'sent', 'delivered', 'undelivered', 'failed', 'read']

/** What lies in the inbox of an incoming text; number and words are sealed. */
export const InboxText = z.object({ at: z.string(), sealed: z.string() })

/** What is sealed in it. */
export const SealedText = z.object({ from: z.string(), body: z.string(), media: z.number(), optOutType: z.enum(['STOP', 'START', 'HELP']).optional() })

/** What lies in the inbox of a report. */
export const InboxReport = z.object({ providerId: z.string(), status: z.enum(['accepted', 'queued', 'sending', 'sent', 'delivered', 'undelivered', 'failed', 'read']), code: z.string().optional(), key: z.string().optional() })
