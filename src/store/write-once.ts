import { randomBytes } from 'node:crypto'
import { access, link, rm, writeFile } from 'node:fs/promises'

/**
 * Makes a private file (0600) unless it is there; whoever reads it, reads all of it, also when two processes start at once.
 * Answers whether it was made here.
 */
export async function writeOnce(file: string, text: string): Promise<boolean> {
  if (await access(file).then(() => true, () => false)) return false
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  await writeFile(draft, text, { flag: 'wx', mode: 0o600 })
  try {
    // A link, unlike a rename, does not replace what somebody else has put there meanwhile.
    await link(draft, file)
    return true
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EEXIST') return false
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS') throw error
    await writeFile(file, text, { flag: 'wx', mode: 0o600 }) // a file system without links
    return true
  } finally {
    await rm(draft, { force: true })
  }
}
