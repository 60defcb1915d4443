import type { TwilioSettings } from '../../config.ts'
import type { Logger } from '../../logger.ts'
import { addMinutes, type Clock, type Instant, minutesBetween } from '../../salon/time.ts'
import type { Db, Store } from '../../store/open-store.ts'
import { keepText } from './keep-text.ts'
import { listInbound, notSeen } from './list-inbound.ts'
import type { TwilioCalls } from './twilio-client.ts'

/** What came of reading Twilio's list: how many texts had not reached the desk, and the age of the oldest in minutes. */
export type Reconciled = { missed: number; oldestMinutes?: number }

const cursorName = 'twilio.inbound'

/** Read again each time, because a text may enter the list late. */
const overlapMinutes = 60

/** A text this young is still on its way here by itself. */
const onItsWayMinutes = 0.5

/** From this age on a text that was not seen is worth an alarm (TWI-3). */
export const alarmMinutes = 10

/**
 * Fetches what clients wrote while the webhook did not work (F17): everything in Twilio's list since the last time, kept
 * through the same one insert. The first time only marks where to begin. Throws what Twilio's answer was; nothing is lost by
 * that, the next time begins where this one did.
 */
export async function reconcileInbound({ call, settings, store, clock, logger }: { call: TwilioCalls; settings: TwilioSettings; store: Store; clock: Clock; logger: Logger }): Promise<Reconciled> {
  const now = clock.now()
  const last = await readCursor(store.db)
  if (last === undefined) {
    await store.transaction((trx) => saveCursor(trx, now))
    return { missed: 0 }
  }
  const listed = await listInbound({ call, settings, since: addMinutes(last.value, -overlapMinutes) })
  const missing = (await notSeen(store, listed)).filter(({ at }) => minutesBetween(at, now) >= onItsWayMinutes)
  const missed = await store.transaction(async (trx) => {
    const kept = []
    for (const text of missing) if ((await keepText(trx, { seal: store.seal, text })).isNew) kept.push(text)
    await saveCursor(trx, now)
    return kept
  })
  const oldest = missed[0]
  if (oldest === undefined) return { missed: 0 }
  const oldestMinutes = Math.floor(minutesBetween(oldest.at, now))
  logger[oldestMinutes >= alarmMinutes ? 'error' : 'warn']({ missed: missed.length, oldestMinutes }, 'texts had not come by webhook and were fetched')
  return { missed: missed.length, oldestMinutes }
}

/** Up to when Twilio's list was read, and when; undefined before the first time. */
export async function readCursor(db: Db): Promise<{ value: Instant; at: Instant } | undefined> {
  return db.selectFrom('cursors').select(['value', 'at']).where('name', '=', cursorName).executeTakeFirst()
}

async function saveCursor(db: Db, now: Instant): Promise<void> {
  await db.insertInto('cursors').values({ name: cursorName, value: now, at: now })
    // Another instance may have been further already.
    .onConflict((conflict) => conflict.column('name').doUpdateSet((set) => ({ value: set.fn<string>('greatest', ['cursors.value', 'excluded.value']), at: set.fn<Instant>('greatest', ['cursors.at', 'excluded.at']) }))).execute()
}
