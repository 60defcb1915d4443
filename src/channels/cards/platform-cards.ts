import { sql } from 'kysely'
import { z } from 'zod'
import { type Freshness, sayFreshness } from '../../salon/freshness.ts'
import { clientName, type Location } from '../../salon/salon.ts'
import { addMinutes, type Instant, sayWhen } from '../../salon/time.ts'
import type { Db } from '../../store/open-store.ts'
import type { Card, View } from './card.ts'
import type { CardRoom } from './card-room.ts'
import { fitParts, fitTitle } from './fit-parts.ts'

type Room = Pick<CardRoom, 'platform' | 'clock'>

/** What happened at the platform that people should hear of at once: a row of the audit log. */
export type Alert = { seq: number; at: Instant; action: string; detail: unknown }

const alerting = ['platform.refused', 'platform.double_booking', 'platform.webhooks_silent']

/** How long something that is over by itself is still shown. */
const shownMinutes = 24 * 60

/** What people should hear of that happened within a day, newest first, at most ten. */
export async function recentAlerts({ db, now }: { db: Db; now: Instant }): Promise<Alert[]> {
  return db.selectFrom('audit').select(['seq', 'at', 'action', 'detail']).where(sql<boolean>`action like 'platform.%'`).where('action', 'in', alerting)
    .where('at', '>', addMinutes(now, -shownMinutes)).orderBy('seq', 'desc').limit(10).execute()
}

/** How old everything that is shown is, as a card; none while it is live. */
export async function freshnessCards({ room: { platform, clock }, locations }: { room: Room; locations: Location[] }): Promise<Card[]> {
  return cardOf({ freshness: await platform.freshness(), name: platform.name, zone: locations[0]?.zone ?? 'UTC', now: clock.now() })
}

function cardOf({ freshness, name, zone, now }: { freshness: Freshness; name: string; zone: string; now: Instant }): Card[] {
  const words = sayFreshness({ freshness, name, zone, now })
  if (words === undefined) return []
  const titles: Record<Freshness['state'], string> = {
    live: '', refused: `${name} no longer takes our key`, first_reading: `${name} is being read`, reading_past: 'The past is still being read', stale: 'This is not the latest',
  }
  const { title } = fitTitle(titles[freshness.state])
  return [{ subject: 'platform:age', title, tone: freshness.state === 'reading_past' ? 'plain' : 'stopped', parts: fitParts([{ kind: freshness.state === 'reading_past' ? 'text' : 'notice', text: words }]).parts, buttons: [] }]
}

/** The same as it is posted and as it is at home: what holds now (a refused key only while it is refused), newest first. */
export async function alertCards({ room, locations, alerts }: { room: Room; locations: Location[]; alerts: Alert[] }): Promise<{ alert: Alert; card: Card; locationId?: string }[]> {
  if (alerts.length === 0) return []
  const { platform, clock } = room
  const freshness = await platform.freshness()
  const zone = locations[0]?.zone ?? 'UTC'
  const cards: { alert: Alert; card: Card; locationId?: string }[] = []
  for (const alert of alerts) {
    const { action, detail } = alert
    if (action === 'platform.refused') {
      const [card] = freshness.state === 'refused' && freshness.since === alert.at ? cardOf({ freshness, name: platform.name, zone, now: clock.now() }) : []
      if (card !== undefined) cards.push({ alert, card })
    }
    if (action === 'platform.webhooks_silent') cards.push({ alert, card: silentCard({ alert, name: platform.name, zone, now: clock.now() }) })
    const double = action === 'platform.double_booking' ? Double.safeParse(detail).data : undefined
    if (double !== undefined) cards.push({ alert, locationId: double.locationId, card: await doubleCard({ room, locations, alert, double }) })
  }
  return cards
}

/** One alert as a message that stays. */
export function alertView({ card }: { card: Card }): View {
  const [words] = card.parts.flatMap((part) => (part.kind === 'notice' ? [part.text] : []))
  return { subject: card.subject, summary: `${card.title}${words === undefined ? '' : `. ${words}`}`, cards: [card] }
}

const Silent = z.object({ overlooked: z.number() })

function silentCard({ alert: { at, seq, detail }, name, zone, now }: { alert: Alert; name: string; zone: string; now: Instant }): Card {
  const { overlooked } = Silent.catch({ overlooked: 0 }).parse(detail)
  return {
    subject: `platform:${seq}`, tone: 'plain', buttons: [],
    title: fitTitle(`${name} no longer tells the desk what changes`).title,
    parts: fitParts([{ kind: 'notice', text: `By ${sayWhen(at, zone, now)} the desk had found ${overlooked} changes by asking that ${name} should have sent. It goes on asking every two minutes, so nothing is lost. The owner should look at the webhooks in ${name}'s settings.` }]).parts,
  }
}

const Double = z.object({ of: z.enum(['booking', 'move']), undone: z.boolean(), clientId: z.string(), locationId: z.string(), start: z.string(), staffIds: z.array(z.string()) })

async function doubleCard({ room: { platform, clock }, locations, alert: { seq }, double: { of, undone, clientId, locationId, start, staffIds } }: { room: Room; locations: Location[]; alert: Alert; double: z.infer<typeof Double> }): Promise<Card> {
  const [clients, catalog] = await Promise.all([platform.clients({ ids: [clientId] }), platform.catalog()])
  const client = clients.ok ? clients.value[0] : undefined
  const staff = catalog.ok ? catalog.value.staff.filter(({ id }) => staffIds.includes(id)).map(({ name }) => name) : []
  const location = locations.find(({ id }) => id === locationId)
  const words = undone
    ? of === 'booking' ? 'Somebody else had the time. The desk\'s booking is cancelled again: the client still needs a time.' : 'Somebody else had the time. The visit is back where it was.'
    : of === 'booking' ? `Two visits lie on each other in ${platform.name}. The desk goes on trying to take its own back; please look there and tell one of the two.` : `Two visits lie on each other in ${platform.name}, and the desk could not put its own back. Please look there and move one of the two.`
  return {
    subject: `platform:${seq}`, tone: 'stopped', buttons: [],
    title: fitTitle(`A time was given twice: ${client === undefined ? 'a client' : clientName(client)}`).title,
    parts: fitParts([
      { kind: 'notice', text: words },
      { kind: 'facts', rows: [
        { label: 'When', value: sayWhen(start, location?.zone ?? 'UTC', clock.now()) },
        ...(staff.length === 0 ? [] : [{ label: 'Staff', value: staff.join(' and ') }]),
        ...(location === undefined ? [] : [{ label: 'Location', value: location.name }]),
      ] },
    ]).parts,
  }
}
