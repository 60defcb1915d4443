import type { ClientText, Facts } from '../../approvals/action.ts'
import type { WantedText } from '../../messages/messages.ts'
import { sayVisit } from '../../bookings/tell-client.ts'
import { findLocation } from '../../bookings/read-booking.ts'
import { unwrap } from '../../platforms/unwrap.ts'
import { DeskError } from '../../salon/errors.ts'
import { type Catalog, clientName, type Location, type Slot } from '../../salon/salon.ts'
import { addMinutes, sayTime, sayWhen } from '../../salon/time.ts'
import { leastWindowMin } from '../cascade/cascade.ts'
import { type OpeningRow, readCascade } from '../cascade/keep-cascade.ts'
import { offerQuestion, type WaitlistRoom } from '../waitlist-room.ts'
import { readWaitlistSettings, type WaitlistPolicy } from '../waitlist-settings.ts'
import type { OffersArgs } from './offers-args.ts'

/** A policy as people say it. */
export const policyWords: Record<WaitlistPolicy, string> = {
  first_in_line: 'first in line', highest_value: 'highest value', best_match: 'best match', offer_to_all: 'offer to all, first yes wins',
}

/**
 * What the card of a cascade shows, read afresh: the chair, the plan with its chance, the order with every reason, each text
 * word for word. Throws `DeskError` when the chair is gone, or nobody is left to be asked.
 */
export async function offersFacts(room: WaitlistRoom, args: OffersArgs): Promise<Facts> {
  const { store, clock, platform } = room
  const kept = await readCascade(store.db, args.openingId)
  if (kept === undefined) throw new DeskError('not_found', { message: 'no such opening', userMessage: 'That free time is not known (any more).' })
  const { opening } = kept
  const catalog = unwrap(await platform.catalog())
  const location = findLocation(catalog, opening.location_id)
  const now = clock.now()
  const where = sayChair({ opening, catalog, location, now })
  if (opening.state !== 'open') throw new DeskError('stale', { message: `opening is ${opening.state}`, userMessage: opening.state === 'filled' ? `${where} is filled already.` : `${where} is no longer to be offered: it is ${sayState(opening.state)}.` })
  if (addMinutes(now, leastWindowMin) > opening.book_by) throw new DeskError('expired', { message: 'too late for offers', userMessage: `It is too late to offer ${where}: nobody could answer and be here in time.` })
  const asked = args.candidates.filter(({ leftOut }) => leftOut !== true)
  const slots = await readSlots(room, asked)
  const { free, texts, untold } = await writeOffers(room, { args, asked, slots, opening, location, catalog })
  if (free === 0) throw new DeskError('conflict', { message: 'the chair is taken', userMessage: `${where} has been taken meanwhile.` })
  if (texts.length === 0) throw new DeskError('stale', { message: 'nobody can be asked', userMessage: `Nobody on the waitlist can be texted about ${where}: ${untold.join(' ')}` })
  const settings = await readWaitlistSettings(store.db, { locationId: location.id })
  const value = Math.max(0, ...asked.flatMap(({ slotId }) => slots.get(slotId)?.slot.segments.reduce((sum, { price }) => sum + price.minor, 0) ?? []))
  const high = settings.managerAbove !== null && value > settings.managerAbove * 100
  return {
    title: `Offer ${where} to the waitlist`, locationId: location.id, target: `opening:${opening.id}`, changes: [],
    context: [
      { label: 'Order', value: policyWords[args.policy] },
      { label: 'Each may think', value: sayMinutes(args.windowMin) },
      { label: 'At the same time', value: args.width === 1 ? 'one client' : `${args.width} clients; the first YES wins` },
      { label: 'Chance of a filled chair', value: `${percent(args.chance)}, until ${sayTime(args.until, location.zone)} (${percent(args.rate)} of offers are taken here)` },
      ...(args.otherWindows.length === 0 ? [] : [{ label: 'With other windows', value: args.otherWindows.map((other) => `${sayMinutes(other.windowMin)}${other.width > 1 ? ` × ${other.width}` : ''}: ${percent(other.chance)}`).join(', ') }]),
      ...texts.map(({ clientId, to }, index) => ({ label: `${index + 1}. ${to}`, value: asked.find((one) => one.clientId === clientId)?.why.join('; ') ?? '' })),
      ...(args.notAsked.length + untold.length === 0 ? [] : [{ label: 'Not asked', value: [...(await sayNotAsked(room, args.notAsked)), ...untold].join(' ') }]),
    ],
    notices: [], policies: [],
    basis: { openingId: opening.id, state: opening.state, start: opening.starts_at, staffId: opening.staff_id, windowMin: args.windowMin, width: args.width, candidates: asked.map(({ entryId, slotId }) => [entryId, slotId]) },
    notAfter: addMinutes(opening.book_by, -leastWindowMin),
    texts,
    ...(high ? { needs: 'manager' as const } : {}),
  }
}

/** "Friday 27 November at 3:00 pm with Maya". */
export function sayChair({ opening, catalog, location, now }: { opening: Pick<OpeningRow, 'starts_at' | 'staff_id'>; catalog: Catalog; location: Location; now: string }): string {
  const who = catalog.staff.find(({ id }) => id === opening.staff_id)?.name
  return `${sayWhen(opening.starts_at, location.zone, now)}${who === undefined ? '' : ` with ${who}`}`
}

/** "30 min", "2 h". */
export function sayMinutes(minutes: number): string {
  return minutes < 90 || minutes % 60 !== 0 ? `${minutes} min` : `${minutes / 60} h`
}

const mostReasons = 6

type Asked = OffersArgs['candidates']
type Slots = Map<string, { slot: Slot; free: boolean }>

async function readSlots({ platform }: WaitlistRoom, asked: Asked): Promise<Slots> {
  const slots: Slots = new Map()
  for (const { slotId, insteadOf } of asked) {
    if (slots.has(slotId)) continue
    const read = await platform.slot({ id: slotId, ...(insteadOf === undefined ? {} : { rescheduling: insteadOf }) })
    if (read.ok) slots.set(slotId, read.value)
    else if (read.error.kind !== 'invalid' && read.error.kind !== 'not_found') unwrap(read)
  }
  return slots
}

async function writeOffers(room: WaitlistRoom, { args, asked, slots, opening, location, catalog }: { args: OffersArgs; asked: Asked; slots: Slots; opening: OpeningRow; location: Location; catalog: Catalog }): Promise<{ free: number; texts: ClientText[]; untold: string[] }> {
  const now = room.clock.now()
  const free = asked.filter(({ slotId }) => slots.get(slotId)?.free === true)
  const visits = new Map(await Promise.all(free.flatMap(({ insteadOf }) => (insteadOf === undefined ? [] : [room.platform.appointment({ id: insteadOf }).then((read) => [insteadOf, read.ok ? read.value : undefined] as const)]))))
  const wanted = free.flatMap(({ clientId, slotId, insteadOf }): WantedText[] => {
    const slot = (slots.get(slotId) as { slot: Slot }).slot
    const visit = insteadOf === undefined ? undefined : visits.get(insteadOf)
    if (insteadOf !== undefined && visit === undefined) return []
    const values = sayVisit({ catalog, location, segments: slot.segments, start: slot.start, timeKnown: true, now })
    return [{
      template: visit === undefined ? 'waitlist-offer' : 'waitlist-offer-sooner', clientId, locationId: location.id, purpose: 'waitlist',
      values: { ...values, within: sayMinutes(args.windowMin), ...(visit === undefined ? {} : { from: { when: visit.start, zone: location.zone, now } }) },
      // Known by then under its own name: `keepOffers` puts it in.
      asks: { handler: offerQuestion, subject: 'offer:new', expiresAt: opening.starts_at, data: { start: slot.start } },
    }]
  })
  const composed = wanted.length === 0 ? [] : await room.messages.composeAll(wanted)
  return { free: free.length, texts: composed.filter((text) => text.kind === 'text'), untold: composed.flatMap((text) => (text.kind === 'none' ? [text.why] : [])) }
}

/** "Wants other times: Ivan Petrov, Jo Danvers and 3 more." Each reason once, with a few of those it is said of. */
async function sayNotAsked({ platform }: WaitlistRoom, notAsked: OffersArgs['notAsked']): Promise<string[]> {
  if (notAsked.length === 0) return []
  const names = new Map(unwrap(await platform.clients({ ids: [...new Set(notAsked.map(({ clientId }) => clientId))] })).map((client) => [client.id, clientName(client)]))
  const reasons = [...Map.groupBy(notAsked, ({ words }) => words)].toSorted(([, some], [, others]) => others.length - some.length)
  const said = reasons.slice(0, mostReasons).map(([words, those]) => `${words.charAt(0).toUpperCase()}${words.slice(1)}: ${those.slice(0, 4).map(({ clientId }) => names.get(clientId) ?? 'a client').join(', ')}${those.length > 4 ? ` and ${those.length - 4} more` : ''}.`)
  const left = reasons.slice(mostReasons).reduce((sum, [, those]) => sum + those.length, 0)
  return [...said, ...(left > 0 ? [`${left} more for other reasons.`] : [])]
}

function sayState(state: OpeningRow['state']): string {
  return { open: 'open', offering: 'being offered already', booking: 'being booked', filled: 'filled', lost: 'taken', closed: 'closed', too_late: 'too close now' }[state]
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}

