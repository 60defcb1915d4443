import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { loadPrompt, type Prompt } from '../prompts/load-prompt.ts'
import { DeskError } from '../salon/errors.ts'
import { countSegments, toGsm } from '../salon/gsm-text.ts'

const shipped = join(import.meta.dirname, '../../prompts/messages')

export type Templates = {
  /** The words of one text in the plain SMS alphabet. Throws `DeskError('internal')` for a template that is not there. */
  fill(template: string, values: Record<string, string>): string
}

/** Reads every template of `prompts/messages`, so that a broken one is found at the start and not at the first text. */
export async function loadTemplates(dir = shipped): Promise<Templates> {
  const ids = (await readdir(dir)).filter((name) => name.endsWith('.md')).map((name) => name.slice(0, -3))
  const templates = new Map<string, Prompt>(await Promise.all(ids.map(async (id) => [id, await loadPrompt({ id, dir })] as const)))
  return {
    fill(template, values) {
      const prompt = templates.get(template)
      if (prompt === undefined) throw new DeskError('internal', { message: `no text template ${template}` })
      const tries = [values, { ...values, staff: '' }, { ...values, staff: '', services: 'appointment' }]
      const bodies = tries.map((given) => toGsm(prompt.render(given)).replaceAll(/[^\S\n]+/g, ' ').trim())
      // Two SMS at most (TWI-9): a long list of services gives way before the time does.
      return bodies.find((body) => countSegments(body).segments <= 2) ?? bodies.at(-1) ?? ''
    },
  }
}
