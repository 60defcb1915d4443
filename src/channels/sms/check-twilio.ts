import type { TwilioSettings } from '../../config.ts'
import { addMinutes, type Clock, minutesBetween } from '../../salon/time.ts'
import type { Store } from '../../store/open-store.ts'
import { inboxSources } from './keep-text.ts'
import { listInbound, notSeen } from './list-inbound.ts'
import { alarmMinutes, readCursor } from './reconcile.ts'
import { openTwilioCalls, type TwilioCalls, TwilioRefusal } from './twilio-client.ts'

/** One thing that works, is worth knowing, or does not work with what to do about it. */
type Finding = { what: string; state: 'ok' | 'note' | 'problem'; says: string }

type Checked = { settings: TwilioSettings; publicUrl: string; store: Store; clock: Clock; timeoutMs?: number }

/** For `desk doctor`: tries the account, compares the webhooks with ours, and looks whether every reply has arrived. Sends nothing. */
export async function checkTwilio(checked: Checked): Promise<Finding[]> {
  const { settings, timeoutMs } = checked
  const call = openTwilioCalls({ settings, ...(timeoutMs === undefined ? {} : { timeoutMs }) })
  const account = await checkAccount(call, settings)
  if (account.state === 'problem') return [account]
  return [
    account,
    await checkWebhooks(checked, call).catch((error: unknown): Finding => ({ what: 'Twilio webhooks', state: 'problem', says: `cannot be looked at: ${sayWhy(error)}` })),
    await checkReplies(checked, call).catch((error: unknown): Finding => ({ what: 'Twilio replies', state: 'problem', says: `cannot be looked at: ${sayWhy(error)}` })),
    ...await sayGivenUp(checked),
  ]
}

async function checkAccount(call: TwilioCalls, { accountSid, from, messagingServiceSid }: TwilioSettings): Promise<Finding> {
  const what = 'Twilio'
  try {
    const { friendlyName, status, type } = await call((rest) => rest.api.v2010.accounts(accountSid).fetch())
    if (status !== 'active') return { what, state: 'problem', says: `the account "${friendlyName}" is ${status}: nothing can be sent until Twilio opens it again` }
    const says = `account "${friendlyName}", texts from ${from ?? `Messaging Service ${messagingServiceSid}`}`
    return type === 'Trial' ? { what, state: 'note', says: `${says}. A trial account texts only numbers you have verified, and adds words of its own.` } : { what, state: 'ok', says }
  } catch (error) {
    return { what, state: 'problem', says: sayWhy(error) }
  }
}

function sayWhy(error: unknown): string {
  if (!(error instanceof TwilioRefusal)) return 'Twilio does not answer. Check the network (and TWILIO_API_URL, when it is set).'
  if (error.status === 401) return 'Twilio does not accept TWILIO_AUTH_TOKEN for TWILIO_ACCOUNT_SID. Copy both again from Account Info in the Twilio Console.'
  return `Twilio answers ${error.status}${error.code === undefined ? '' : ` (error ${error.code}, see docs/twilio.md)`}.`
}

async function checkWebhooks({ settings: { from, messagingServiceSid }, publicUrl }: Checked, call: TwilioCalls): Promise<Finding> {
  const what = 'Twilio webhooks'
  const [inbound, again] = [`${publicUrl}/sms/inbound`, `${publicUrl}/sms/inbound/again`]
  const where = await readWebhooks({ call, from, messagingServiceSid })
  if (where === undefined) return { what, state: 'problem', says: `${from} is not a number of this account. Set TWILIO_FROM to one that is.` }
  const wrong: string[] = []
  if (withoutFragment(where.inbound) !== inbound) wrong.push(`"${where.inboundName}" must be ${inbound}#rc=5&rp=all (POST)`)
  if (withoutFragment(where.fallback) !== again) wrong.push(`"${where.fallbackName}" should be ${again}#rc=5&rp=all`)
  const inside = !publicUrl.startsWith('https:') || /^https:\/\/(localhost|127\.|10\.|192\.168\.|\[)/.test(publicUrl)
  const reach = inside ? ' Twilio must reach PUBLIC_URL from the internet, by https.' : ''
  if (wrong.length > 0) return { what, state: withoutFragment(where.inbound) === inbound ? 'note' : 'problem', says: `${where.name}: ${wrong.join('; ')}. Until then replies come with the list every five minutes.${reach}` }
  return { what, state: inside ? 'note' : 'ok', says: `${where.name} sends what clients write to ${inbound}, and to ${again} when that fails.${reach}` }
}

type Webhooks = { name: string; inbound: string; fallback: string; inboundName: string; fallbackName: string }

/** A service's own addresses count, unless it leaves that to its numbers. */
async function readWebhooks({ call, from, messagingServiceSid }: { call: TwilioCalls; from: string | undefined; messagingServiceSid: string | undefined }): Promise<Webhooks | undefined> {
  if (messagingServiceSid !== undefined) {
    const { friendlyName, inboundRequestUrl, fallbackUrl, useInboundWebhookOnNumber } = await call((rest) => rest.messaging.v1.services(messagingServiceSid).fetch())
    if (!useInboundWebhookOnNumber || from === undefined) return { name: `Messaging Service "${friendlyName}"`, inbound: inboundRequestUrl ?? '', fallback: fallbackUrl ?? '', inboundName: 'Request URL', fallbackName: 'Fallback URL' }
  }
  const [number] = await call((rest) => rest.incomingPhoneNumbers.list({ phoneNumber: from ?? '', limit: 1 }))
  return number && { name: number.phoneNumber, inbound: number.smsUrl ?? '', fallback: number.smsFallbackUrl ?? '', inboundName: 'A message comes in', fallbackName: 'Primary handler fails' }
}

function withoutFragment(url: string): string {
  return url.split('#')[0] ?? ''
}

/** TWI-3: what Twilio has and the desk has not. */
async function checkReplies({ settings, store, clock }: Checked, call: TwilioCalls): Promise<Finding> {
  const what = 'Twilio replies'
  const cursor = await readCursor(store.db)
  if (cursor === undefined) return { what, state: 'note', says: 'the list was not read yet; the running desk reads it every five minutes' }
  const now = clock.now()
  const unseen = await notSeen(store, await listInbound({ call, settings, since: addMinutes(cursor.value, -alarmMinutes) }))
  const [oldest] = unseen
  const minutes = oldest === undefined ? 0 : Math.floor(minutesBetween(oldest.at, now))
  if (unseen.length > 0 && minutes >= alarmMinutes) return { what, state: 'problem', says: `${unseen.length === 1 ? 'one text of a client has' : `${unseen.length} texts of clients have`} not reached the desk, the oldest ${minutes} minutes ago. Is the desk running? It fetches them within five minutes.` }
  const age = Math.floor(minutesBetween(cursor.at, now))
  const arrived = unseen.length === 0 ? 'every text has arrived' : `${unseen.length} on the way, the others have arrived`
  return age > alarmMinutes
    ? { what, state: 'note', says: `${arrived}, but the list was last read ${age} minutes ago: the running desk reads it every five minutes` }
    : { what, state: 'ok', says: `${arrived}; the list was read ${age < 1 ? 'just now' : age === 1 ? 'a minute ago' : `${age} minutes ago`}` }
}

/** What a client wrote and the desk could not work, after all its tries. */
async function sayGivenUp({ store: { db } }: Checked): Promise<Finding[]> {
  const { count } = await db.selectFrom('inbox').select(({ fn }) => fn.countAll<number>().as('count')).where('source', '=', inboxSources.text).where('state', '=', 'failed').executeTakeFirstOrThrow()
  return count === 0 ? [] : [{ what: 'Twilio texts', state: 'problem', says: `${count} of clients' texts could not be worked; the log says why. Look at the threads of the last two weeks.` }]
}
