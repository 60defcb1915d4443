import type { Db } from '../../store/open-store.ts'
import type { Instant } from '../../salon/time.ts'
import type { WaitlistRoom } from '../waitlist-room.ts'

const takesBack = /\b(?:wait|no+|nope|nah|never ?mind|changed? my mind|can'?t|cannot|don'?t|not any ?more|mistake|oops|sorry|espera|mejor no|me equivoqu|attends|finalement)\b/i

/** Whether words that came after a YES take it back. */
export function isTakingBack({ words, intent }: { words: string; intent: string | null }): boolean {
  return intent === 'no' || intent === 'cancel' || takesBack.test(words)
}

/** When the client took back the YES of this text (its id), in words that reached us while it was still being looked after (F49); undefined when they did not. */
export async function takenBackAt({ store: { db, seal } }: WaitlistRoom, { clientId, answerId }: { clientId: string; answerId: number }): Promise<Instant | undefined> {
  return (await textsSince(db, { clientId, answerId })).find(({ body, reading }) => isTakingBack({ words: seal.open(body), intent: reading }))?.at
}

async function textsSince(db: Db, { clientId, answerId }: { clientId: string; answerId: number }): Promise<{ body: string; reading: string | null; at: Instant }[]> {
  return db.selectFrom('texts').select(['body', 'reading', (eb) => eb.fn.coalesce('received_at', 'at').as('at')]).where('client_id', '=', clientId).where('direction', '=', 'in').where('id', '>', answerId).orderBy('id').execute()
}
