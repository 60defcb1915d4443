import { readFile } from 'node:fs/promises'
import { DeskError } from '../../../salon/errors.ts'

/** A file of labelled lines. Throws `DeskError('invalid_input')` when it cannot be read. */
export async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw new DeskError('invalid_input', { message: 'eval file is not readable', userMessage: `${file} cannot be read.`, cause })
  })
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // answered by the check of its shape, with words
  }
}
