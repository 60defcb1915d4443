import { createHash } from 'node:crypto'

/**
 * A client's id where the vendor knows people only by their bookings: the same for the same phone number, or without one for the
 * same e-mail address. Whoever left neither is somebody of that booking alone (`booking`): two people of one name are not one person.
 */
export function contactId({ phone, email, booking }: { phone: string | undefined; email: string | undefined; booking: string }): string {
  const digits = (phone ?? '').replace(/\D/g, '')
  const key = digits.length >= 7 ? `phone ${digits}` : email !== undefined && email.includes('@') ? `email ${email.trim().toLowerCase()}` : `booking ${booking}`
  return `c-${createHash('sha256').update(key).digest('hex').slice(0, 20)}`
}

/** "Dana Kim" as first and last name; a single word is a first name. */
export function splitName(name: string | undefined): { firstName: string; lastName: string } {
  const words = (name ?? '').trim().split(/\s+/).filter((word) => word !== '')
  return { firstName: words.slice(0, Math.max(1, words.length - 1)).join(' '), lastName: words.length > 1 ? words.at(-1) ?? '' : '' }
}
