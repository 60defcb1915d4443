import { unwrap } from '../../platforms/unwrap.ts'
import { alertCards, alertView, recentAlerts } from '../cards/platform-cards.ts'
import { deskChannels } from './desk-channels.ts'
import { wantPost } from './posts.ts'
import type { SlackRoom } from './slack-room.ts'

/**
 * Wants a message for everything that people should hear of at once (a refused key, a time that was given twice, webhooks that
 * do not come), each once: in the desk channel of the location it is about, or in every desk channel. `channel` is where it goes
 * while a location has none. Answers how many are new. Cheap when there is nothing.
 */
export async function wantAlerts({ store, clock, platform, channel }: Pick<SlackRoom, 'store' | 'clock' | 'platform'> & { channel: string | undefined }): Promise<number> {
  const alerts = await recentAlerts({ db: store.db, now: clock.now() })
  if (alerts.length === 0) return 0
  const { locations } = unwrap(await platform.catalog())
  const own = await deskChannels(store.db)
  const cards = await alertCards({ room: { platform, clock }, locations, alerts: alerts.toReversed() })
  let wanted = 0
  for (const { alert, card, locationId } of cards) {
    const concerned = locations.filter(({ id }) => locationId === undefined || id === locationId)
    const channels = new Set(concerned.flatMap(({ id }) => own.get(id) ?? channel ?? []))
    for (const one of channels) {
      const isNew = await store.transaction((trx) => wantPost(trx, { key: `platform:${alert.seq}:${one}`, channel: one, lane: 'talk', view: alertView({ card }), now: clock.now() }))
      if (isNew) wanted++
    }
  }
  return wanted
}
