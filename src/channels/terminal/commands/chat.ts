import { randomUUID } from 'node:crypto'
import { errorFields } from '../../../logger.ts'
import { DeskError, wordsFor } from '../../../salon/errors.ts'
import type { Who } from '../desk-command.ts'
import { patiently } from '../patiently.ts'
import { personAt } from '../person.ts'
import type { Terminal } from '../terminal.ts'
import { withDesk } from '../with-desk.ts'
import { wrapText } from '../wrap.ts'

/** `desk chat`: a turn a line, until the input ends. A line that cannot be answered is told why, and makes the exit code 1. */
export async function chat({ terminal, options }: { terminal: Terminal; options: Who & { json?: boolean } }): Promise<number> {
  return withDesk({ terminal }, async (desk) => {
    await desk.approvals.catchUp()
    const agent = await patiently(terminal, desk.agent())
    const conversationId = `terminal:${randomUUID()}`
    const person = personAt(terminal, options)
    if (terminal.interactive) terminal.out('Ask who to call, what the policy says, or for a change. Ctrl-D ends.\n')
    let failures = 0
    for await (const line of terminal.lines('you> ')) {
      const text = line.trim()
      if (text === '') continue
      try {
        const { reply, toolCalls, proposals, brain, notes } = await agent.turn({ conversationId, person, text })
        terminal.out(options.json === true ? JSON.stringify({ text, reply, toolCalls, proposals, brain, notes }) : show({ terminal, text, reply }))
      } catch (error) {
        // One line must not end the conversation; what is not a refusal of ours goes to the log.
        if (!(error instanceof DeskError)) desk.logger.error(errorFields(error), 'a turn failed')
        failures++
        terminal.out(options.json === true ? JSON.stringify({ text, error: wordsFor(error) }) : show({ terminal, text, reply: wordsFor(error) }))
      }
    }
    return failures === 0 ? 0 : 1
  })
}

/** Somebody at a terminal sees own words already and reads best in its width; a pipe gets both sides, lines as they are. */
function show({ terminal, text, reply }: { terminal: Terminal; text: string; reply: string }): string {
  return terminal.interactive ? `\n${wrapText(reply, terminal.columns)}\n` : `you> ${text.slice(0, 200)}\n${reply}\n`
}
