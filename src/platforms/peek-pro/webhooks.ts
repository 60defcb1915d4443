import { createHash } from 'node:crypto'
import { type Clock, toInstant, type Zone } from '../../salon/time.ts'
import { fromLocal } from '../kit/local-times.ts'
import { readBookingUpdate, trustByToken } from '../kit/octo/webhooks.ts'
import { parseJson } from '../kit/parse-json.ts'
import type { Hint, WebhookReader } from '../kit/webhook.ts'
import { BridgeEvent, SpotOpen } from './schema.ts'
import { toWallClock } from './wall-clock.ts'

/**
 * Bookings as the reseller's connection (`booking_update`) or the bridge tells them, and openings: Peek has no waitlist, so the
 * desk takes `POST …/webhooks/peek-pro/spot-open` from a flow of the operator's. Nothing is signed; a token is the only proof.
 */
export function peekWebhooks({ token, zone, bridged, clock }: { token: string | undefined; zone: Zone | undefined; bridged: boolean; clock: Clock }): WebhookReader {
  return {
    verify: (delivery) => trustByToken(token, delivery),
    read({ url, rawBody }) {
      const body = parseJson(rawBody)
      const opening = SpotOpen.safeParse(body)
      if (opening.success) return readOpening(opening.data.data, { zone, clock })
      if (/\/spot-open\/?(\?|$)/.test(url)) return undefined
      return bridged ? readBridgeEvent(body, rawBody) : readBookingUpdate(body)
    },
  }
}

/** Created, updated and cancelled carry the same full state, and nothing says which: the same state is the same delivery. */
function readBridgeEvent(body: unknown, rawBody: string): Hint[] | undefined {
  const id = BridgeEvent.safeParse(body)
  return id.success ? [{ dedupeKey: createHash('sha256').update(rawBody).digest('hex').slice(0, 32), kind: 'visit', id: id.data }] : undefined
}

function readOpening({ activity_id: serviceId, slot_datetime: when, spots_available: spots }: { activity_id: string; slot_datetime: string; spots_available: number }, { zone, clock }: { zone: Zone | undefined; clock: Clock }): Hint[] | undefined {
  if (spots < 1) return []
  const time = timeOf(when.trim(), zone)
  if (time === undefined) return undefined
  const at = time.start ?? time.local
  // A seat may come free, be taken and come free again: what is repeated within ten minutes is one delivery sent twice.
  const dedupeKey = ['spot-open', serviceId, at, spots, `${clock.now().slice(0, 15)}0`].join(' ')
  return [{ dedupeKey, kind: 'waitlist_opening', id: `${serviceId} ${at}`, opening: { serviceId, spots, ...time } }]
}

/** An instant where the offset or the zone is known, else the clock on the wall. */
function timeOf(text: string, zone: Zone | undefined): { start: string; local?: undefined } | { local: string; start?: undefined } | undefined {
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)$/.test(text)) return { start: toInstant(text) }
  const local = toWallClock(text)
  if (local === undefined) return undefined
  return zone === undefined ? { local } : { start: fromLocal(local, zone) }
}
