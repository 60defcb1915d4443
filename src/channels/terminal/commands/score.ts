import { wordsFor } from '../../../salon/errors.ts'
import type { Terminal } from '../terminal.ts'
import { withDesk } from '../with-desk.ts'

/** `desk score`: a JSON line in, a JSON line out. A line that cannot be scored is answered with its error and makes the exit code 1. */
export async function score({ terminal }: { terminal: Terminal; options: { json?: boolean } }): Promise<number> {
  return withDesk({ terminal, needsBook: false }, async (desk) => {
    let failures = 0
    let line = 0
    for await (const text of terminal.lines()) {
      line++
      if (text.trim() === '') continue
      try {
        terminal.out(JSON.stringify(await desk.predictRisk(parse(text))))
      } catch (error) {
        failures++
        terminal.out(JSON.stringify({ line, error: wordsFor(error) }))
      }
    }
    return failures === 0 ? 0 : 1
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // answered by the check of the body, with words
  }
}
