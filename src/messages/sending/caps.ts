import { addMinutes, type Instant } from '../../salon/time.ts'
import type { Trx } from '../../store/open-store.ts'
import type { TextSettings } from './text-settings.ts'

export type Room = { kind: 'free' } | { kind: 'full' } | { kind: 'wait'; until: Instant }

const day = 24 * 60

/**
 * Whether one more text may go to a number now. Texts that the desk sends by its own rules are capped, by day and by week;
 * two texts that the client did not ask for keep a pause between them. Call it with the number locked (`lockNumber`), or two
 * of them may take the last place. Counts what was handed to the service, and what may have been.
 */
export async function roomFor(trx: Trx, { phoneHash, textId, automatic, settings: { perDay, perWeek, holdMinutes }, now }: { phoneHash: string; textId: number; automatic: boolean; settings: Pick<TextSettings, 'perDay' | 'perWeek' | 'holdMinutes'>; now: Instant }): Promise<Room> {
  const { today, week, last } = await trx.selectFrom('texts')
    .select(({ fn }) => [
      fn.countAll<string>().filterWhere('automatic', '=', true).filterWhere('attempted_at', '>', addMinutes(now, -day)).as('today'),
      fn.countAll<string>().filterWhere('automatic', '=', true).as('week'),
      fn.max<Instant | null>('attempted_at').filterWhere('answers', 'is', null).filterWhere('purpose', '!=', 'consent').as('last'),
    ])
    .where('phone_hash', '=', phoneHash).where('direction', '=', 'out').where('state', 'in', ['queued', 'unknown', 'sent']).where('id', '!=', textId)
    .where('attempted_at', '>', addMinutes(now, -7 * day)).executeTakeFirstOrThrow()
  if (automatic && (Number(today) >= perDay || Number(week) >= perWeek)) return { kind: 'full' }
  const until = last === null ? undefined : addMinutes(last, holdMinutes)
  return until === undefined || until <= now ? { kind: 'free' } : { kind: 'wait', until }
}
