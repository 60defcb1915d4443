import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { DeskError } from '../salon/errors.ts'

const FrontMatter = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  version: z.int().min(1),
  inputs: z.array(z.string().regex(/^[a-zA-Z]\w*$/)).default([]),
})

export type Prompt = {
  id: string
  version: number
  inputs: string[]
  /** The text as it is written, with its placeholders. */
  body: string
  /** The text with every `{{input}}` replaced; values are put in as they are and never read as placeholders. Throws `DeskError('corrupt')` when one is missing. */
  render(values: Record<string, string>): string
}

const shipped = join(import.meta.dirname, '../../prompts')

/**
 * Reads `prompts/<id>.md`: YAML front matter (id, version, inputs) and a body with `{{input}}` placeholders.
 * Throws `DeskError('corrupt')` when the file is missing, its front matter does not fit, or the body's
 * placeholders are not exactly the declared inputs.
 */
export async function loadPrompt({ id, dir = shipped }: { id: string; dir?: string }): Promise<Prompt> {
  const text = await readFile(join(dir, `${id}.md`), 'utf8').catch((cause: unknown) => {
    throw broken(id, 'the file cannot be read', cause)
  })
  const key = `${id}\n${text}`
  const prompt = read.get(key) ?? readPrompt(id, text)
  read.set(key, prompt)
  return prompt
}

/** What was read before, by id and text: a desk asks for some at each use, and YAML takes its time. */
const read = new Map<string, Prompt>()

function readPrompt(id: string, text: string): Prompt {
  const [, head, rest] = /^---\r?\n([\s\S]*?)\r?\n---\r?\n([\s\S]*)$/.exec(text) ?? []
  if (head === undefined || rest === undefined) throw broken(id, 'it does not begin with front matter between two lines of ---')
  const meta = readHead(id, head)
  if (meta.id !== id) throw broken(id, `its front matter says id "${meta.id}"`)
  const body = rest.trim()
  const used = placeholdersOf(body)
  const undeclared = [...used].filter((name) => !meta.inputs.includes(name))
  const unused = meta.inputs.filter((name) => !used.has(name))
  if (undeclared.length > 0) throw broken(id, `it uses ${undeclared.join(', ')} without declaring it under inputs`)
  if (unused.length > 0) throw broken(id, `it declares ${unused.join(', ')} and does not use it`)
  return { ...meta, body, render: (values) => render({ id, body, inputs: meta.inputs, values }) }
}

/** The names of every `{{input}}` in a text. */
export function placeholdersOf(body: string): Set<string> {
  return new Set([...body.matchAll(placeholder)].map(([, name]) => name as string))
}

/** A text with every `{{input}}` replaced by its value; values are never read as placeholders. */
export function putIn(body: string, values: Record<string, string>): string {
  return body.replace(placeholder, (_all, name: string) => values[name] ?? '')
}

const placeholder = /\{\{\s*(\w+)\s*\}\}/g

function render({ id, body, inputs, values }: { id: string; body: string; inputs: string[]; values: Record<string, string> }): string {
  const missing = inputs.filter((name) => values[name] === undefined)
  if (missing.length > 0) throw broken(id, `nothing was given for ${missing.join(', ')}`)
  return putIn(body, values)
}

function readHead(id: string, head: string): z.infer<typeof FrontMatter> {
  try {
    return FrontMatter.parse(parse(head))
  } catch (cause) {
    throw broken(id, 'its front matter needs id, version (a whole number) and inputs (a list of names)', cause)
  }
}

function broken(id: string, problem: string, cause?: unknown): DeskError {
  return new DeskError('corrupt', { message: `prompt ${id}: ${problem}`, userMessage: `The prompt file prompts/${id}.md is not usable: ${problem}.`, cause })
}
