import { type BriefDay, briefSubject } from '../../calls/brief.ts'
import type { Instant } from '../../salon/time.ts'
import type { Trx } from '../../store/open-store.ts'
import { deskChannels } from './desk-channels.ts'
import { wantPost } from './posts.ts'

/** Wants a location's brief posted in its desk channel, or in `channel` while none was chosen; without either it is on the page and in App Home only. */
export async function wantBrief(trx: Trx, { day, channel, now }: { day: BriefDay; channel: string | undefined; now: Instant }): Promise<void> {
  const own = (await deskChannels(trx)).get(day.locationId) ?? channel
  const subject = briefSubject(day)
  if (own !== undefined) await wantPost(trx, { key: subject, channel: own, lane: 'bulk', subject, now })
}
