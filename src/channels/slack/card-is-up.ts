import type { Store } from '../../store/open-store.ts'
import { callPostKey } from './want-call.ts'

/** How long a caller waits for a card at most; Slack mostly takes a third of that. */
const limitMs = 1_500
const everyMs = 100

/**
 * Waits until the card of a call is in Slack, so that whoever picks up the phone has the story: resolves when it is posted, at
 * once when none is wanted there or it is lost, and after 1.5 s in any case. Whichever process runs Slack posts it as soon as
 * the call's row is in the log. `wait` and `elapsed` (ms) are the machine's, for tests to replace.
 */
export function openCardIsUp({ store, wait = (ms) => new Promise((resolve) => { setTimeout(resolve, ms) }), elapsed = () => performance.now() }: { store: Pick<Store, 'db'>; wait?: (ms: number) => Promise<void>; elapsed?: () => number }): (callId: string) => Promise<void> {
  return async (callId) => {
    const began = elapsed()
    for (;;) {
      const row = await store.db.selectFrom('slack_posts').select('state').where('key', '=', callPostKey(callId)).executeTakeFirst()
      const left = limitMs - (elapsed() - began)
      if (row?.state !== 'wanted' || left <= 0) return
      await wait(Math.min(everyMs, left))
    }
  }
}
