import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Instant } from '../../salon/time.ts'
import type { SeenVisit } from '../platform-adapter.ts'

/** A webhook as it came. `url` is the public address as the vendor knows it; header names are in lower case. */
export type Delivery = { url: string; rawBody: string; headers: Record<string, string | undefined> }

/** How far a delivery can be trusted: signed, by a token that only the vendor has, by nothing at all; or not at all. */
export type Trust = 'signed' | 'token' | 'unproven' | 'rejected'

/**
 * One thing that a delivery says. It is a hint: the visit or client is read again before anything acts. `record` only where
 * the vendor has no way to read again (Mangomint): then the delivery is all there is.
 */
export type Hint = {
  /** The same for a repeated delivery of the same thing, different otherwise. */
  dedupeKey: string
  kind: 'visit' | 'client' | 'catalog' | 'waitlist_opening' | 'nothing'
  id: string
  occurredAt?: Instant
  record?: SeenVisit
  /**
   * For `waitlist_opening`: a chair or seat that came free, in the vendor's ids. Where the vendor says no zone there is `local`
   * instead of `start`: the time on the wall of the location, `2026-11-27T17:00:00` (`fromLocal` makes an instant of it).
   * `serviceId` may be a product of which the services are options (`product/option`).
   */
  opening?: { serviceId: string; start?: Instant; local?: string; spots: number }
}

export type WebhookReader = {
  verify(delivery: Delivery): Trust
  /** Undefined when the body is not what this vendor sends; an empty list for a ping. */
  read(delivery: Delivery): Hint[] | undefined
}

/** HMAC of the text in the encoding, compared in constant time; false for a signature of another length. */
export function isHmac({ algorithm, key, text, encoding, signature }: { algorithm: 'sha1' | 'sha256'; key: string | Buffer; text: string; encoding: 'hex' | 'base64'; signature: string | undefined }): boolean {
  return isSame(createHmac(algorithm, key).update(text).digest(encoding), signature)
}

/** Whether two secrets are the same, in a time that does not tell where they differ. */
export function isSame(expected: string, given: string | undefined): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given ?? '')]
  return a.length === b.length && timingSafeEqual(a, b)
}
