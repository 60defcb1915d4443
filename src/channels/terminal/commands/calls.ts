import { buildCallList } from '../../../calls/build-call-list.ts'
import { callListJson } from '../../../calls/call-list-json.ts'
import { renderCallList } from '../render-call-list.ts'
import { sayAge } from '../say-age.ts'
import type { Terminal } from '../terminal.ts'
import { withDesk } from '../with-desk.ts'

/** `desk calls`: the call list of a day. */
export async function calls({ terminal, options }: { terminal: Terminal; options: { date?: string; location?: string; json?: boolean } }): Promise<void> {
  await withDesk({ terminal }, async (desk) => {
    const list = await buildCallList({ platform: desk.platform, score: desk.score, store: desk.store, clock: desk.clock, locationId: options.location, date: options.date, model: await desk.textModel() })
    await sayAge({ terminal, desk, json: options.json })
    terminal.out(options.json === true ? JSON.stringify(callListJson(list), null, 2) : renderCallList(list, { columns: terminal.columns, colour: terminal.colour }))
  })
}
