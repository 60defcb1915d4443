import { handOver } from './hand-over.ts'
import type { Next } from '../phone.ts'
import { askWhatWasTexted } from './tell-visits.ts'
import { listen, render, sayLine, type Turn } from './turn.ts'

/** So often in a row the caller is asked to say it again; then a person takes over. */
const mostConfusions = 1

/** Something is dealt with: what the caller was texted comes up before they are asked whether there is anything else. */
export async function wrapUp(turn: Turn): Promise<Next> {
  const { memory, room: { messages, clock } } = turn
  memory.confusions = 0
  // What was asked before something else came up is asked again; "anything else?" would be answered by the same yes.
  if (memory.asked !== undefined) {
    memory.stage = 'open'
    for (const say of memory.asked.says) turn.say({ words: render(turn, say), language: turn.language })
    return listen(turn)
  }
  memory.stage = 'more'
  if (memory.clientId !== undefined && !memory.mentioned) {
    const open = await messages.openQuestion({ clientId: memory.clientId, at: clock.now() })
    if (await askWhatWasTexted(turn, { clientId: memory.clientId, open })) {
      memory.stage = 'open'
      return listen(turn)
    }
  }
  sayLine(turn, 'more')
  return listen(turn)
}

/** Asked to say it again once; the second time in a row a person takes over. */
export function confused(turn: Turn): Next {
  const { memory } = turn
  if (memory.confusions >= mostConfusions) return handOver(turn, { why: 'confused', outcome: 'Could not be understood' })
  memory.confusions++
  sayLine(turn, 'not-understood')
  return listen(turn)
}
