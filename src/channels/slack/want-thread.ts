import type { Instant } from '../../salon/time.ts'
import type { Trx } from '../../store/open-store.ts'
import { deskChannels } from './desk-channels.ts'
import { wantPost } from './posts.ts'

/**
 * Wants a client's texts posted for a person to see to, once per reply: in the desk channel of the location, else in
 * `channel`, else in any desk's; without one they are on the page and in App Home only.
 */
export async function wantThread(trx: Trx, { clientId, textId, locationId, channel, now }: { clientId: string; textId: number; locationId: string | null; channel: string | undefined; now: Instant }): Promise<void> {
  const channels = await deskChannels(trx)
  const [any] = channels.values()
  const own = channels.get(locationId ?? '') ?? channel ?? any
  const subject = `thread:${clientId}`
  if (own !== undefined) await wantPost(trx, { key: `${subject}:${textId}`, channel: own, lane: 'talk', subject, now })
}
