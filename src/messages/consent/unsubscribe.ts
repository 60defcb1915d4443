import { timingSafeEqual } from 'node:crypto'
import type { BookingPlatform } from '../../platforms/booking-platform.ts'
import type { Clock } from '../../salon/time.ts'
import type { Db, Store, Trx } from '../../store/open-store.ts'
import { salonName } from '../words/compose-text.ts'
import { lockNumber, readConsent, writeConsent } from './consent.ts'
import { threadOf } from '../sending/queue-text.ts'

/** Ending emails by the link that each carries. */
export type Unsubscribes = {
  /** Whose emails the link would end; undefined for a link that is not ours. Changes nothing. */
  look(token: string): Promise<{ salon: string } | undefined>
  /** No more emails to the address of the token. The same again changes nothing. */
  take(token: string): Promise<{ salon: string } | undefined>
}

/** 32 bytes of the address's keyed hash and 32 that say that we made it. */
const tokenShape = /^[\w-]{43}\.[\w-]{43}$/

/**
 * What a link says of an address: its keyed hash and a second one over it. The address cannot be read from it, and one
 * that is not ours cannot be made, also not by who has seen our tables (RFC 8058, section 3.1: opaque, hard to forge).
 */
export function unsubscribeToken(seal: Pick<Store['seal'], 'lookup'>, addressHash: string): string {
  return [addressHash, seal.lookup(`unsubscribe ${addressHash}`)].map((hex) => Buffer.from(hex, 'hex').toString('base64url')).join('.')
}

export function openUnsubscribes({ store, clock, platform }: { store: Store; clock: Clock; platform: BookingPlatform }): Unsubscribes {
  const salon = async () => ({ salon: await salonName({ platform, locationId: null }) })
  return {
    look: async (token) => (readToken(store.seal, token) === undefined ? undefined : salon()),
    async take(token) {
      const addressHash = readToken(store.seal, token)
      if (addressHash === undefined) return undefined
      await store.transaction(async (trx) => {
        await lockNumber(trx, addressHash)
        if (await unsubscribed(trx, addressHash)) return
        // The token knows no client: whoever was last written to at this address.
        const clientId = (await trx.selectFrom('texts').select('client_id').where('phone_hash', '=', addressHash).where('channel', '=', 'email').orderBy('id', 'desc').executeTakeFirst())?.client_id
        await writeConsent(trx, {
          seal: store.seal, phoneHash: addressHash, purpose: 'all', state: 'out', source: 'link', words: '', at: clock.now(),
          by: clientId === undefined ? 'client:unknown' : `client:${clientId}`, subject: clientId === undefined ? 'thread:unknown' : threadOf(clientId),
        })
      })
      return salon()
    },
  }
}

/** Whether an address, by its hash, ended emails. */
export async function unsubscribed(db: Db | Trx, addressHash: string): Promise<boolean> {
  return (await readConsent(db, { phoneHash: addressHash, purpose: 'appointment' })) === 'out'
}

function readToken(seal: Store['seal'], token: string): string | undefined {
  if (!tokenShape.test(token)) return undefined
  const [hash = '', proof = ''] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString('hex'))
  const expected = seal.lookup(`unsubscribe ${hash}`)
  return timingSafeEqual(Buffer.from(proof), Buffer.from(expected)) ? hash : undefined
}
