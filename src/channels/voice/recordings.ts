import { errorFields, type Logger } from '../../logger.ts'
import { type TwilioCalls, TwilioRefusal } from '../sms/twilio-client.ts'
import type { Scheduler } from './scheduler.ts'

/** Waits between tries to destroy a recording: one that has just ended may still be in the works, in ms. */
const waitsMs = [1_000, 2_000, 4_000, 8_000, 16_000, 32_000]

export type Recordings = {
  /** Begins, or ends and destroys everything recorded of this call. Returns at once; whatever fails does not touch the call (F61). */
  record(callId: string, what: 'start' | 'drop'): void
  /** Resolves when everything asked for is done or given up. */
  settled(): Promise<void>
}

/** Recordings of calls, kept at Twilio. What is asked for one call is done in that order. */
export function openRecordings({ call, scheduler, logger }: { call: TwilioCalls; scheduler: Scheduler; logger: Logger }): Recordings {
  const doing = new Map<string, Promise<void>>()

  const start = async (callId: string): Promise<void> => {
    await call((rest) => rest.calls(callId).recordings.create()).catch((error: unknown) => logger.warn({ ...errorFields(error), call: callId }, 'a call is not recorded'))
  }
  const drop = async (callId: string): Promise<void> => {
    for (const wait of [...waitsMs, undefined]) {
      try {
        return await destroy(call, callId)
      } catch (error) {
        if (wait === undefined) logger.error({ ...errorFields(error), call: callId }, 'a recording could not be destroyed: delete it in the Twilio Console')
        else await new Promise<void>((resolve) => { scheduler.after(wait, resolve) })
      }
    }
  }
  return {
    record(callId, what) {
      const now = (doing.get(callId) ?? Promise.resolve()).then(() => (what === 'start' ? start(callId) : drop(callId))).finally(() => { if (doing.get(callId) === now) doing.delete(callId) })
      doing.set(callId, now)
    },
    async settled() {
      while (doing.size > 0) await Promise.all(doing.values())
    },
  }
}

/** Throws while there is one that cannot be destroyed yet. */
async function destroy(call: TwilioCalls, callId: string): Promise<void> {
  const gone = (error: unknown): void => { if (!(error instanceof TwilioRefusal) || error.status !== 404) throw error }
  const recordings = await call((rest) => rest.calls(callId).recordings.list({ pageSize: 100 }))
  for (const { sid, status } of recordings) {
    if (status === 'in-progress' || status === 'paused') await call((rest) => rest.calls(callId).recordings(sid).update({ status: 'stopped' })).catch(gone)
    await call((rest) => rest.calls(callId).recordings(sid).remove()).catch(gone)
  }
}
