import type { Instant } from '../../salon/time.ts'
import type { Trx } from '../../store/open-store.ts'
import { deskChannels } from './desk-channels.ts'
import { wantPost } from './posts.ts'

/** What cannot wait behind other posts. */
const urgent = new Set(['emergency', 'health', 'angry'])

/** The name of a call's post. */
export const callPostKey = (callId: string): string => `phone:${callId}`

/**
 * Wants the story of a call posted for a person, once a call; it is drawn again whenever the call changes. In the desk channel
 * of the location, else in `channel`, else in any desk's; without one it is on the page and in App Home only. A call that is
 * about to ring somebody, or sounds urgent, goes before everything else.
 */
export async function wantCall(trx: Trx, { callId, locationId, channel, now }: { callId: string; locationId: string | null; channel: string | undefined; now: Instant }): Promise<void> {
  const channels = await deskChannels(trx)
  const [any] = channels.values()
  const own = channels.get(locationId ?? '') ?? channel ?? any
  if (own === undefined) return
  const call = await trx.selectFrom('phone_calls').select(['status', 'why']).where('id', '=', callId).executeTakeFirst()
  const lane = call?.status === 'handed_over' || urgent.has(call?.why ?? '') ? 'card' : 'talk'
  await wantPost(trx, { key: callPostKey(callId), channel: own, lane, subject: `phone:${callId}`, now })
}
