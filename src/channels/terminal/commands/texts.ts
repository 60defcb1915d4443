import { sayView } from '../../cards/render-text.ts'
import type { Terminal } from '../terminal.ts'
import { withDesk } from '../with-desk.ts'
import { wrapText } from '../wrap.ts'

/** Threads that are listed at most. */
const most = 50

/** `desk texts`: who waits for a person; with `client` that client's whole thread. */
export async function texts({ terminal, options: { client, json = false } }: { terminal: Terminal; options: { client?: string; json?: boolean } }): Promise<void> {
  await withDesk({ terminal }, async ({ messages, cards }) => {
    if (json) return terminal.out(JSON.stringify(client === undefined ? await messages.waiting(most) : await messages.thread(client), null, 2))
    if (client !== undefined) return terminal.out(wrapText(sayView(await cards.view(`texts:${client}`)), terminal.columns))
    terminal.out(wrapText(sayView(await cards.view('texts')), terminal.columns))
    for (const { client: { id, name } } of await messages.waiting(most)) terminal.out(`${name}: desk texts --client ${id}`)
  })
}
