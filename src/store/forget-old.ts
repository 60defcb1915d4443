import { addMinutes, type Clock } from '../salon/time.ts'
import { forgetLapsed } from './expected-visits.ts'
import type { Store } from './open-store.ts'
import { forgetVoiceNotes } from './voice-notes.ts'

const day = 24 * 60

/** Slack sends nothing again after an hour; seven days are its rule of thumb for telling deliveries apart (SLK-3), we keep two weeks. */
const keepDays = 14

/** What callers said, and their numbers, are kept so long. */
const callDays = 90

/**
 * Deletes what only had to be remembered for a while: requests that were worked, what was answered to them, what text services
 * reported (their texts keep the outcome), bookings by hand that never appeared, what was spoken to the desk and in calls, sign-ins that ended, what was written to a booking platform, and paces that are long free. What people did stays in the audit log. Answers how many rows went.
 */
export async function forgetOld({ store: { db }, clock }: { store: Store; clock: Clock }): Promise<number> {
  const now = clock.now()
  const before = addMinutes(now, -keepDays * day)
  const gone = await Promise.all([
    db.deleteFrom('inbox').where('state', '!=', 'new').where('received_at', '<', before).executeTakeFirstOrThrow(),
    db.deleteFrom('agent_turns').where('at', '<', before).executeTakeFirstOrThrow(),
    db.deleteFrom('page_sessions').where('expires_at', '<', addMinutes(now, -day)).executeTakeFirstOrThrow(),
    db.deleteFrom('text_statuses').where('at', '<', before).executeTakeFirstOrThrow(),
    forgetLapsed(db, { before }),
    forgetVoiceNotes(db, { now }),
    // A command is repeated within days or never; what came of it is in the audit log.
    db.deleteFrom('platform_writes').where('state', '=', 'done').where('at', '<', addMinutes(now, -90 * day)).executeTakeFirstOrThrow(),
    db.deleteFrom('platform_write_back').where('state', '!=', 'wanted').where('kind', '!=', 'risk').where('wanted_at', '<', addMinutes(now, -90 * day)).executeTakeFirstOrThrow(),
    // What was said in a call is looked up within weeks or never; that it was, and what it came to, stays.
    db.deleteFrom('phone_turns').where('at', '<', addMinutes(now, -callDays * day)).executeTakeFirstOrThrow(),
    db.deleteFrom('send_pace').where('free_at', '<', addMinutes(now, -day)).executeTakeFirstOrThrow(),
  ])
  await db.updateTable('phone_calls').set({ from_phone: null, message: null }).where('started_at', '<', addMinutes(now, -callDays * day)).where('needs_person', '=', false).where('from_phone', 'is not', null).execute()
  return gone.reduce((sum, { numDeletedRows }) => sum + Number(numDeletedRows), 0)
}
