import type { ClientText, Facts } from '../approvals/action.ts'
import type { Messages } from '../messages/messages.ts'
import type { BookingPlatform } from '../platforms/booking-platform.ts'
import { unwrap } from '../platforms/unwrap.ts'
import { DeskError } from '../salon/errors.ts'
import type { Location } from '../salon/salon.ts'
import { addMinutes, type Clock, type Instant, localDate, sayDate } from '../salon/time.ts'
import type { Store } from '../store/open-store.ts'
import { wantedTexts } from './compose-texts.ts'
import type { ConfirmationArgs } from './confirmation-args.ts'
import { type ConfirmationSettings, readConfirmationSettings } from './confirmation-settings.ts'
import { readPlanned } from './read-planned.ts'

export type ConfirmationRoom = { store: Store; clock: Clock; platform: BookingPlatform; messages: Pick<Messages, 'composeAll' | 'queue' | 'isConnected'> }

/** What a card of confirmation texts shows, read afresh. Throws `DeskError` when nothing of it is left to be sent. */
export async function readFacts({ store, clock, platform, messages }: ConfirmationRoom, args: ConfirmationArgs): Promise<Facts> {
  const now = clock.now()
  const catalog = unwrap(await platform.catalog())
  const location = catalog.locations.find(({ id }) => id === args.locationId)
  if (location === undefined) throw new DeskError('not_found', { message: 'no such location', userMessage: 'The booking system does not list this location any more.' })
  const settings = (await readConfirmationSettings({ db: store.db, locationIds: [location.id] })).get(location.id)
  if (settings?.on !== true) throw new DeskError('stale', { message: 'confirmations are off', userMessage: `Confirmation texts are switched off at ${location.name}.` })
  const { texts: standing, clients, call } = await readPlanned({ store, platform, location, settings, args, now })
  const composed = await messages.composeAll(wantedTexts({ texts: standing, catalog, location, clients, settings, now }))
  const texts = composed.filter((text) => text.kind === 'text')
  if (texts.length === 0) throw new DeskError('stale', { message: 'no confirmation text is left', userMessage: 'None of these texts is left to be sent: the visits were confirmed, moved or cancelled, or their clients may not be texted.' })
  const untold = composed.flatMap((text) => (text.kind === 'none' ? [text.why] : []))
  return factsOf({ args, location, settings, texts, notTexted: [...call.map(sayCall), ...untold], now })
}

/** The same from what was just read and written; `texts` are never none. */
export function factsOf({ args, location, settings, texts, notTexted, now }: { args: ConfirmationArgs; location: Location; settings: ConfirmationSettings; texts: ClientText[]; notTexted: string[]; now: Instant }): Facts {
  const starts = texts.flatMap(visitsOf).map(({ start }) => start).sort()
  const [first = now, last = now] = [starts[0], starts.at(-1)]
  return {
    title: `Send ${sayTexts(texts.length)} ${sayDays({ first, last, location, now })}`,
    locationId: location.id, target: `confirmations:${location.id}:${args.day}`,
    changes: [],
    context: notTexted.length === 0 ? [] : [{ label: 'Not texted, please call', value: [...new Set(notTexted)].join(' ') }],
    notices: [], policies: [],
    // What is approved is this list: a text that no longer fits is left out of it, and the others are still what was approved.
    basis: { locationId: location.id, texts: args.texts },
    notAfter: addMinutes(first, -settings.leastHours * 60),
    texts,
  }
}

/** Why somebody is left for a person to call, as a sentence. */
export function sayCall({ name, why }: { name: string; why: ConfirmationArgs['call'][number]['why'] }): string {
  return `${name} ${why === 'shared_number' ? 'shares a number with another client.' : why === 'no_number' ? 'has no phone number on file.' : 'may not be texted.'}`
}

/** The visits that a text asks about. */
export function visitsOf({ appointmentId, onlyWhile }: Pick<ClientText, 'appointmentId' | 'onlyWhile'>): { id: string; start: Instant }[] {
  if (appointmentId === undefined || onlyWhile === undefined) return []
  return [{ id: appointmentId, start: onlyWhile.start }, ...(onlyWhile.others ?? []).map((other) => ({ id: other.appointmentId, start: other.start }))]
}

export function sayTexts(count: number): string {
  return count === 1 ? '1 confirmation text' : `${count} confirmation texts`
}

function sayDays({ first, last, location: { zone }, now }: { first: Instant; last: Instant; location: Location; now: Instant }): string {
  const [from, to, today] = [localDate(first, zone), localDate(last, zone), localDate(now, zone)]
  return from === to ? `for ${sayDate(from, today)}` : `for visits from ${sayDate(from, today)} to ${sayDate(to, today)}`
}
