import { buildCallList } from '../../../calls/build-call-list.ts'
import { callListJson } from '../../../calls/call-list-json.ts'
import { namesOf } from '../../../store/people.ts'
import { sayCall } from '../../cards/say-call.ts'
import { renderCallList } from '../render-call-list.ts'
import { sayAge } from '../say-age.ts'
import type { Terminal } from '../terminal.ts'
import { withDesk } from '../with-desk.ts'

/** `desk calls`: the call list of a day, with how the desk's own calls stand. Calls are made where a person can be rung: from the page and Slack. */
export async function calls({ terminal, options }: { terminal: Terminal; options: { date?: string; location?: string; json?: boolean } }): Promise<void> {
  await withDesk({ terminal }, async (desk) => {
    const list = await buildCallList({ platform: desk.platform, score: desk.score, store: desk.store, clock: desk.clock, locationId: options.location, date: options.date, model: await desk.textModel() })
    await sayAge({ terminal, desk, json: options.json })
    if (options.json === true) return terminal.out(JSON.stringify(callListJson(list), null, 2))
    const made = await desk.outgoing.stateOf(list.locations.flatMap(({ items }) => items.map(({ appointment }) => appointment)))
    const names = await namesOf(desk.store.db, Array.from(made.values(), ({ by }) => by))
    terminal.out(renderCallList(list, {
      columns: terminal.columns, colour: terminal.colour,
      sayCall({ appointment, client }, zone) {
        const call = made.get(appointment)
        return call === undefined ? undefined : sayCall({ call, client: client.name, telling: { zone, now: list.now, nameOf: (id) => names.get(id) ?? id } })
      },
    }))
  })
}
