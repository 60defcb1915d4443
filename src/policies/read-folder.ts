import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DeskError } from '../salon/errors.ts'
import type { KnowledgeFile } from './section.ts'

const readable = /\.(md|markdown|txt)$/i
const aboutTheFolder = /^readme\.(md|markdown|txt)$/i

/**
 * The policy files of a folder and its sub-folders, sorted by path. `README` and hidden files are not policies.
 * Throws `not_found` where there is no such folder, `invalid_input` for a folder without policies, an empty file or one that is not UTF-8 text.
 */
export async function readFolder({ dir }: { dir: string }): Promise<KnowledgeFile[]> {
  const files = await listFiles(dir)
  return Promise.all(files.map(async (file) => ({ file, text: decode(file, await readFile(join(dir, file))) })))
}

/** Changes whenever a policy file is added, removed or written; costs one `stat` a file. Throws as `readFolder` does. */
export async function folderSignature({ dir }: { dir: string }): Promise<string> {
  const files = await listFiles(dir)
  const stats = await Promise.all(files.map((file) => stat(join(dir, file))))
  return stats.map(({ mtimeMs, size, ino }, i) => `${files[i]}:${mtimeMs}:${size}:${ino}`).join('\n')
}

async function listFiles(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    throw new DeskError('not_found', { message: `no knowledge folder at ${dir}`, userMessage: `There is no folder of policies at ${dir}. Check the path, or leave --knowledge out to use the salon's own.`, cause })
  })
  const files = entries
    .filter((entry) => entry.isFile() && readable.test(entry.name) && !aboutTheFolder.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(join(dir, '/').length).replaceAll('\\', '/'))
    .filter((file) => !file.split('/').some((part) => part.startsWith('.')))
    .sort()
  if (files.length === 0) throw new DeskError('invalid_input', { message: `no policy files in ${dir}`, userMessage: `The folder ${dir} has no policies. Put at least one .md or .txt file into it.` })
  return files
}

function decode(file: string, bytes: Buffer): string {
  const text = asText(bytes)
  if (text === undefined) throw new DeskError('invalid_input', { message: `${file} is not UTF-8 text`, userMessage: `${file} is not a text file. Save it as plain text or Markdown in UTF-8, or move it out of the folder.`, detail: { file } })
  if (text.trim() === '') throw new DeskError('invalid_input', { message: `${file} is empty`, userMessage: `${file} is empty. Write the policy into it, or remove the file.`, detail: { file } })
  return text
}

/** Undefined for anything but UTF-8 text: control characters other than white space mark a binary file whose bytes happen to decode. */
function asText(bytes: Buffer): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r\n?/g, '\n')
    // eslint-disable-next-line no-control-regex -- finding control characters is the point
    return /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/.test(text) ? undefined : text
  } catch {
    return undefined
  }
}
