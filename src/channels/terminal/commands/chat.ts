import { randomUUID } from 'node:crypto'
import type { Who } from '../desk-command.ts'
import { personAt } from '../person.ts'
import type { Terminal } from '../terminal.ts'
import { withDesk } from '../with-desk.ts'

/** `desk chat`: a turn a line, until the input ends. */
export async function chat({ terminal, options }: { terminal: Terminal; options: Who & { json?: boolean } }): Promise<void> {
  await withDesk({ terminal }, async (desk) => {
    await desk.approvals.catchUp()
    const agent = await desk.agent()
    const conversationId = `terminal:${randomUUID()}`
    const person = personAt(terminal, options)
    if (terminal.interactive) terminal.out('Ask who to call, what the policy says, or for a change. Ctrl-D ends.\n')
    for await (const line of terminal.lines('you> ')) {
      const text = line.trim()
      if (text === '') continue
      const turn = await agent.turn({ conversationId, person, text })
      if (options.json === true) terminal.out(JSON.stringify({ text, reply: turn.reply, toolCalls: turn.toolCalls, proposals: turn.proposals, brain: turn.brain, notes: turn.notes }))
      else terminal.out(`${terminal.interactive ? '' : `you> ${text}\n`}${turn.reply}\n`)
    }
  })
}
