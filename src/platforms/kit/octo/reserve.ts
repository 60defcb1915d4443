import { createHash } from 'node:crypto'
import type { Client } from '../../../salon/salon.ts'
import { failed, type Outcome } from '../../booking-platform.ts'
import type { OfferedSlot } from '../../platform-adapter.ts'
import type { OctoClient } from './client.ts'
import { partsOf } from './read.ts'
import { Booking, Product } from './schema.ts'

/** Long enough to give the contact's name, short enough that a seat nobody confirmed is soon free again. */
const holdMinutes = 5

/** A booking that is none (any more): it ran out, the supplier refused it, somebody cancelled it since. Nobody may be told that they are booked. */
const over: ReadonlySet<string> = new Set(['EXPIRED', 'CANCELLED', 'REJECTED'])

/** How many reservations of one command may run out before it is somebody else's turn to look. */
const mostTries = 3

/**
 * Reserves and confirms one unit of the option's first kind. The booking's uuid comes from the command's key and is looked for
 * first: a second try finds what the first one did, instead of sending a uuid again (which the standard's own mock answers with
 * 500). A reservation that nobody confirmed runs out by itself: only the confirmation is a write whose lost answer matters.
 */
export async function reserveAndConfirm({ octo, key, slot, client, note }: { octo: OctoClient; key: string; slot: OfferedSlot; client: Client; note?: string }): Promise<Outcome<Booking>> {
  const parts = partsOf(slot.segments[0]?.serviceId ?? '')
  if (parts === undefined || slot.token === undefined) return failed('invalid', 'no such product and option')
  for (let n = 0; n < mostTries; n++) {
    const uuid = uuidOf(n === 0 ? key : `${key} ${n}`)
    const before = await octo({ path: `/bookings/${uuid}`, schema: Booking })
    if (!before.ok && before.error.kind !== 'not_found') return before
    if (before.ok && over.has(before.value.status ?? '')) continue
    if (before.ok && before.value.status !== 'ON_HOLD') return before
    const held = before.ok ? before : await reserve({ octo, uuid, parts, availabilityId: slot.token, note })
    if (!held.ok) return held
    const made = await confirm({ octo, held: held.value, key, client })
    return made.ok && over.has(made.value.status ?? '') ? failed('conflict_slot', 'the supplier did not take the booking', { providerCode: made.value.status ?? '' }) : made
  }
  return failed('conflict_slot', 'its reservations ran out one after another')
}

async function reserve({ octo, uuid, parts, availabilityId, note }: { octo: OctoClient; uuid: string; parts: { productId: string; optionId: string }; availabilityId: string; note: string | undefined }): Promise<Outcome<Booking>> {
  const product = await octo({ path: `/products/${encodeURIComponent(parts.productId)}`, schema: Product })
  if (!product.ok) return product
  const unitId = product.value.options.find(({ id }) => id === parts.optionId)?.units[0]?.id
  if (unitId === undefined) return failed('invalid', 'the option has no units')
  return octo({ method: 'POST', path: '/bookings', schema: Booking, body: { uuid, ...parts, availabilityId, expirationMinutes: holdMinutes, unitItems: [{ unitId }], ...(note !== undefined && { notes: note }) } })
}

function confirm({ octo, held, key, client: { firstName, lastName, phones, email, language } }: { octo: OctoClient; held: Booking; key: string; client: Client }): Promise<Outcome<Booking>> {
  const [phoneNumber] = phones
  const contact = {
    fullName: `${firstName} ${lastName}`.trim(), firstName, lastName, ...(email !== undefined && { emailAddress: email }), ...(phoneNumber !== undefined && { phoneNumber }),
    ...(language !== undefined && { locales: [language] }),
  }
  return octo({
    method: 'POST', path: `/bookings/${held.uuid}/confirm`, schema: Booking, writes: true,
    // The units again: the standard's own mock does not confirm without them.
    body: { contact, resellerReference: referenceOf(key), emailReceipt: false, unitItems: (held.unitItems ?? []).map(({ uuid, unitId }) => ({ uuid, unitId })) },
  })
}

/** The same uuid for the same key (RFC 9562, version 8: made of a hash). */
function uuidOf(key: string): string {
  const hex = createHash('sha256').update(`desk booking ${key}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** What the supplier shows as the reseller's own number of the booking. */
function referenceOf(key: string): string {
  return `desk-${uuidOf(key).slice(0, 8)}`
}
