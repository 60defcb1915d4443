import { addMinutes, type Clock } from '../salon/time.ts'
import { forgetLapsed } from './expected-visits.ts'
import type { Store } from './open-store.ts'

const day = 24 * 60

/** Slack sends nothing again after an hour; seven days are its rule of thumb for telling deliveries apart (SLK-3), we keep two weeks. */
const keepDays = 14

/**
 * Deletes what only had to be remembered for a while: requests that were worked, what was answered to them, what text services
 * reported (their texts keep the outcome), bookings by hand that never appeared, sign-ins that ended, what was written to a booking platform, and paces that are long free. What people did stays in the audit log. Answers how many rows went.
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
    // A command is repeated within days or never; what came of it is in the audit log.
    db.deleteFrom('platform_writes').where('state', '=', 'done').where('at', '<', addMinutes(now, -90 * day)).executeTakeFirstOrThrow(),
    db.deleteFrom('platform_write_back').where('state', '!=', 'wanted').where('kind', '!=', 'risk').where('wanted_at', '<', addMinutes(now, -90 * day)).executeTakeFirstOrThrow(),
    db.deleteFrom('send_pace').where('free_at', '<', addMinutes(now, -day)).executeTakeFirstOrThrow(),
  ])
  return gone.reduce((sum, { numDeletedRows }) => sum + Number(numDeletedRows), 0)
}
