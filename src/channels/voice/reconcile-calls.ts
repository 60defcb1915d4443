import type { VoiceSettings } from '../../config.ts'
import type { Logger } from '../../logger.ts'
import type { Phone } from '../../phone/phone.ts'
import { addMinutes, type Clock, type Instant, minutesBetween } from '../../salon/time.ts'
import type { Db, Store } from '../../store/open-store.ts'
import type { TwilioCalls } from '../sms/twilio-client.ts'
import { callerOf } from './forms.ts'

/** How many calls had not reached the desk, and the age of the oldest in minutes. */
export type CallsReconciled = { missed: number; oldestMinutes?: number }

const cursorName = 'twilio.calls'

/** Read again each time: a call is in the list when it begins, and may be rung through to the desk for up to four hours (Dial, timeLimit). */
const overlapMinutes = 250

/** How a call ends. */
const overStates = new Set<string>(['completed', 'busy', 'failed', 'no-answer', 'canceled'])

/**
 * Finds calls that never reached the desk, while it or the way to it was down: everything in Twilio's list since the last time
 * that is over, was not begun here, and was not answered at the desk either, goes to `phone.missed`, with the length of its
 * voicemail. So does a voicemail of a call that began here: everything of ours was away later on. The first time only marks where to begin. Throws what Twilio's answer
 * was; the next time begins where this one did.
 */
export async function reconcileCalls({ call, settings: { number }, store, clock, logger, phone }: { call: TwilioCalls; settings: Pick<VoiceSettings, 'number'>; store: Store; clock: Clock; logger: Logger; phone: Pick<Phone, 'missed'> }): Promise<CallsReconciled> {
  const now = clock.now()
  const last = await readCursor(store.db)
  if (last === undefined) {
    await saveCursor(store.db, now)
    return { missed: 0 }
  }
  const since = addMinutes(last, -overlapMinutes)
  const listed = (await call((rest) => rest.calls.list({ to: number, startTimeAfter: new Date(since), pageSize: 1_000 })))
    .map(({ sid, from, direction, status, startTime, dateCreated, duration }) => ({ callId: sid, from, direction, status, at: (startTime ?? dateCreated).toISOString(), seconds: Number(duration) || 0 }))
    .filter(({ direction, status, at }) => direction === 'inbound' && overStates.has(status) && at >= since)
  const begun = await begunOf(store.db, listed.map(({ callId }) => callId))
  const voicemails = await readVoicemails(call, since)
  const missed: { at: Instant }[] = []
  for (const { callId, from, at, seconds } of listed.toReversed()) {
    const voicemailSeconds = voicemails.get(callId)
    if (voicemailSeconds === undefined && (begun.has(callId) || await wasAnswered(call, callId))) continue
    await phone.missed({ callId, ...callerOf({ From: from }), at, seconds, ...(voicemailSeconds === undefined ? {} : { voicemailSeconds }) })
    if (!begun.has(callId)) missed.push({ at })
  }
  await saveCursor(store.db, now)
  const oldest = missed[0]
  if (oldest === undefined) return { missed: 0 }
  const oldestMinutes = Math.floor(minutesBetween(oldest.at, now))
  logger.error({ missed: missed.length, oldestMinutes }, 'calls had not reached the desk')
  return { missed: missed.length, oldestMinutes }
}

async function begunOf(db: Db, callIds: string[]): Promise<Set<string>> {
  if (callIds.length === 0) return new Set()
  return new Set((await db.selectFrom('phone_calls').select('id').where('id', 'in', callIds).execute()).map(({ id }) => id))
}

/** How many seconds of message Twilio recorded, by call; recordings of a conversation are none. */
async function readVoicemails(call: TwilioCalls, since: Instant): Promise<Map<string, number>> {
  const seconds = new Map<string, number>()
  for (const { callSid, source, duration } of await call((rest) => rest.recordings.list({ dateCreatedAfter: new Date(since), pageSize: 1_000 }))) {
    if (source === 'RecordVerb') seconds.set(callSid, (seconds.get(callSid) ?? 0) + (Number(duration) || 0))
  }
  return seconds
}

/** Whether somebody at the desk picked up when Twilio rang there. */
async function wasAnswered(call: TwilioCalls, callId: string): Promise<boolean> {
  const legs = await call((rest) => rest.calls.list({ parentCallSid: callId, pageSize: 100 }))
  return legs.some(({ status, duration }) => status === 'completed' && Number(duration) > 0)
}

/** Up to when Twilio's list of calls was read; undefined before the first time. */
async function readCursor(db: Db): Promise<Instant | undefined> {
  return (await db.selectFrom('cursors').select('value').where('name', '=', cursorName).executeTakeFirst())?.value
}

async function saveCursor(db: Db, now: Instant): Promise<void> {
  await db.insertInto('cursors').values({ name: cursorName, value: now, at: now })
    // Another instance may have been further already.
    .onConflict((conflict) => conflict.column('name').doUpdateSet((set) => ({ value: set.fn<string>('greatest', ['cursors.value', 'excluded.value']), at: set.fn<Instant>('greatest', ['cursors.at', 'excluded.at']) }))).execute()
}
