import { resolve } from 'node:path'
import { DeskError } from '../../../salon/errors.ts'
import type { PolicyAnswer } from '../../../policies/policies.ts'
import { patiently } from '../patiently.ts'
import type { Terminal } from '../terminal.ts'
import { withDesk } from '../with-desk.ts'
import { wrapText } from '../wrap.ts'

/** `desk ask`: policy questions. Needs no book, only documents. */
export async function ask({ terminal, question, options }: { terminal: Terminal; question: string; options: { knowledge?: string; json?: boolean } }): Promise<void> {
  await withDesk({ terminal, needsBook: false }, async (desk) => {
    const policies = await patiently(terminal, desk.policies(options.knowledge === undefined ? undefined : resolve(options.knowledge)))
    const answer = async (text: string) => terminal.out(options.json === true ? JSON.stringify({ question: text, ...(await policies.answer(text)) }) : say(terminal, render(await policies.answer(text))))
    if (question !== '-') {
      if (question.trim() === '') throw new DeskError('invalid_input', { message: 'empty question', userMessage: 'Ask something, for example: desk ask "what is our late policy?"' })
      return answer(question)
    }
    for await (const line of terminal.lines('? ')) if (line.trim() !== '') await answer(line.trim())
  })
}

function say(terminal: Terminal, text: string): string {
  return terminal.interactive ? wrapText(text, terminal.columns) : text
}

function render({ answer, citations }: PolicyAnswer): string {
  // Two quotes of one section are one source.
  return [answer, ...new Set(citations.map(({ file, section, title }) => `  [${file}#${section}] ${title}`))].join('\n')
}
