import { z } from 'zod'
import type { Instant } from '../../salon/time.ts'
import type { Db, Trx } from '../../store/open-store.ts'
import { writeSetting } from '../../store/settings.ts'

/** The setting that says which channel is a location's desk: the id of a Slack channel, by location. */
const channelSetting = 'slack.channel'

const Channel = z.string().min(1)

/** The channel of each location that has one. */
export async function deskChannels(db: Db | Trx): Promise<Map<string, string>> {
  const rows = await db.selectFrom('settings').select(['scope', 'value']).where('name', '=', channelSetting).execute()
  return new Map(rows.flatMap(({ scope, value }) => {
    const parsed = Channel.safeParse(value)
    return parsed.success ? [[scope, parsed.data] as const] : []
  }))
}

/** The location whose desk this channel is; undefined for every other channel. */
export async function locationOfChannel(db: Db, channel: string): Promise<string | undefined> {
  return [...await deskChannels(db)].find(([scope, id]) => id === channel && scope !== '')?.[0]
}

/** Makes a channel the desk of a location: its morning brief and its cards go there from now on. */
export function setDeskChannel(trx: Trx, { locationId, channel, by, now }: { locationId: string; channel: string; by: string; now: Instant }): Promise<void> {
  return writeSetting(trx, { name: channelSetting, scope: locationId, value: channel, by, now })
}
