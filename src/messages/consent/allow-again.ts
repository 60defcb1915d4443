import type { Person } from '../../approvals/roles.ts'
import type { BookingPlatform } from '../../platforms/booking-platform.ts'
import { DeskError } from '../../salon/errors.ts'
import type { Instant } from '../../salon/time.ts'
import type { Store } from '../../store/open-store.ts'
import { writeConsent } from './consent.ts'
import { threadOf } from '../sending/queue-text.ts'
import { reachClient } from './reach-client.ts'

/**
 * A person allows texts to a client's number again, or refuses them for the client, with a reason that is kept. What the
 * client refused by the keyword only they can take back: the phone company blocks the number too. Throws `DeskError` in words.
 */
export async function allowAgain({ store, platform, clientId, state, reason, by, now }: { store: Store; platform: BookingPlatform; clientId: string; state: 'in' | 'out'; reason: string; by: Person; now: Instant }): Promise<void> {
  if (reason.trim().length < 3) throw new DeskError('invalid_input', { message: 'consent without a reason', userMessage: 'Say in a few words why, as the client said it: it is kept as proof.' })
  const { phoneHash } = await reachClient({ store, platform, clientId })
  if (phoneHash === undefined) throw new DeskError('invalid_input', { message: 'no number', userMessage: 'There is no phone number on this client\'s record.' })
  await store.transaction(async (trx) => {
    const last = await trx.selectFrom('consents').select(['state', 'source']).where('phone_hash', '=', phoneHash).where('purpose', '=', 'all').orderBy('id', 'desc').executeTakeFirst()
    if (state === 'in' && last?.state === 'out' && (last.source === 'keyword' || last.source === 'service')) {
      throw new DeskError('not_allowed', { message: 'a keyword opt-out is the client\'s to undo', userMessage: 'This client wrote STOP, and the phone company blocks the number too. Only they can undo it, by texting START.' })
    }
    await writeConsent(trx, { seal: store.seal, phoneHash, purpose: 'all', state, source: 'staff', words: reason, by: by.id, at: now, subject: threadOf(clientId) })
  })
}
