import { sayView } from '../../cards/render-text.ts'
import type { Terminal } from '../terminal.ts'
import { withDesk } from '../with-desk.ts'
import { wrapText } from '../wrap.ts'

/** Calls that are named at most. */
const most = 15

/** `desk phone`: clients' calls, who waits, and how the day went; with `call` everything that was said in one. Throws `DeskError('not_found')`. */
export async function phoneCalls({ terminal, call, options: { json = false } }: { terminal: Terminal; call: string | undefined; options: { json?: boolean } }): Promise<void> {
  await withDesk({ terminal }, async ({ phone, cards }) => {
    const open = await phone()
    if (json) return terminal.out(JSON.stringify(call === undefined ? await open.recent(most) : await open.story(call), null, 2))
    terminal.out(wrapText(sayView(await cards.view(call === undefined ? 'phone' : `spoken:${call}`)), terminal.columns))
    if (call !== undefined) return
    for (const { callId, direction, client, likely } of await open.recent(most)) {
      if (direction === 'in') terminal.out(`${client?.name ?? (likely === undefined ? 'Unknown' : `Perhaps ${likely.name}`)}: desk phone ${callId}`)
    }
  })
}
