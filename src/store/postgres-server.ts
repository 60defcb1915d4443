import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, chown, mkdir, open, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { DeskError } from '../salon/errors.ts'
import { writeOnce } from './write-once.ts'
import { canReach, copyBinaries, findBinaries, findServerUser, type PostgresBinaries, type ServerUser } from './postgres-binaries.ts'

/** A running server and our presence in it. `release` stops the server when nobody else uses it. */
export type PostgresServer = { url: string; release(): Promise<void> }

type Place = { dataDir: string; logFile: string; password: string; binaries: PostgresBinaries; user: ServerUser }

// One number for all desks of one data folder: everybody inside holds it shared, who locks up takes it alone.
const presenceLock = 726_001

/**
 * The built-in PostgreSQL in `home/postgres`: made on first use, found again when it still runs
 * (after `kill -9` of the desk, or because another command uses it), started otherwise.
 * The last one out stops it. `fsync: false` is for tests only, which are many desks at once.
 * Throws `DeskError('unavailable')` when the server does not come up, naming its log file.
 */
export async function openPostgresServer({ home, fsync = true }: { home: string; fsync?: boolean }): Promise<PostgresServer> {
  const place = await preparePlace(home)
  await initialise(place, fsync)
  // A server that is just going down lets nobody in and lets no other start: it may take its time, half a minute and more.
  for (let failures = 0, waits = 0; failures < 5;) {
    const client = (await joinRunning(place)) ?? (await startAndJoin(place, fsync))
    if (client !== undefined) return { url: client.url, release: () => leave(place, client.presence) }
    if (waits < 150 && (await isServing(place))) {
      waits++
      await pause(200)
    } else failures++
  }
  throw new DeskError('unavailable', {
    message: 'embedded postgres did not start',
    userMessage: `The built-in PostgreSQL did not start. Its log is ${place.logFile}.`,
  })
}

type Joined = { url: string; presence: pg.Client }

async function joinRunning(place: Place): Promise<Joined | undefined> {
  const running = await readPidFile(place)
  if (running === undefined) return undefined
  const url = `postgresql://desk:${place.password}@127.0.0.1:${running.port}/postgres`
  const presence = new pg.Client({ connectionString: url, application_name: 'desk presence', connectionTimeoutMillis: 5_000 })
  presence.on('error', () => {}) // the server was stopped under us; the pool reports it where it matters
  try {
    await presence.connect()
    const { rows } = await presence.query('select pg_try_advisory_lock_shared($1) as in', [presenceLock])
    if (rows[0]?.in === true) return { url, presence }
  } catch {
    // Not up yet, going down, or a stale file: the caller starts it or tries again.
  }
  await presence.end().catch(() => {})
  await pause(50)
  return undefined
}

async function startAndJoin(place: Place, fsync: boolean): Promise<Joined | undefined> {
  await clearStalePid(place)
  const log = await open(place.logFile, 'a')
  const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: fsync ? '100' : '400', shared_buffers: '64MB', fsync: fsync ? 'on' : 'off', synchronous_commit: fsync ? 'on' : 'off', timezone: 'UTC', log_timezone: 'UTC' }
  const args = ['-D', place.dataDir, '-p', String(await freePort()), ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
  // Detached, with its output in a file: it must outlive a killed desk and must not get the terminal's Ctrl-C before we do.
  const server = spawn(place.binaries.postgres, args, { detached: true, stdio: ['ignore', log.fd, log.fd], env: serverEnvironment, ...place.user })
  let exited = false
  server.on('exit', () => { exited = true })
  server.on('error', () => { exited = true })
  server.unref()
  await log.close()
  for (let waited = 0; waited < 20_000 && !exited; waited += 50) {
    const joined = await joinRunning(place)
    if (joined !== undefined) return joined
  }
  return undefined
}

async function leave(place: Place, presence: pg.Client): Promise<void> {
  try {
    const { rows } = await presence.query('select pg_advisory_unlock_shared($1), pg_try_advisory_lock($1) as alone', [presenceLock])
    if (rows[0]?.alone !== true) return
    const running = await readPidFile(place)
    if (running === undefined) return
    await stop(place, running.pid)
  } catch {
    // The server is gone already.
  } finally {
    await presence.end().catch(() => {})
  }
}

async function stop(place: Place, pid: number): Promise<void> {
  if (process.platform === 'win32') {
    await promisify(execFile)(place.binaries.pgCtl, ['stop', '-D', place.dataDir, '-m', 'fast', '-w'])
    return
  }
  process.kill(pid, 'SIGINT') // PostgreSQL's "fast shutdown"
  for (let waited = 0; waited < 15_000; waited += 20) {
    if ((await readPidFile(place)) === undefined) return
    await pause(20)
  }
}

async function initialise(place: Place, fsync: boolean): Promise<void> {
  if (await exists(join(place.dataDir, 'PG_VERSION'))) return
  // Made aside and moved into place, so that a killed first start leaves nothing half-done.
  const fresh = `${place.dataDir}.new-${process.pid}-${randomBytes(4).toString('hex')}`
  const passwordFile = `${fresh}.password`
  await mkdir(fresh, { mode: 0o700 })
  await writeFile(passwordFile, place.password, { mode: 0o600 })
  if (place.user !== undefined) {
    await chown(fresh, place.user.uid, place.user.gid)
    await chown(passwordFile, place.user.uid, place.user.gid)
  }
  try {
    const args = ['-D', fresh, '-U', 'desk', `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '--no-instructions', ...(fsync ? [] : ['--no-sync'])]
    await promisify(execFile)(place.binaries.initdb, args, { env: serverEnvironment, ...place.user })
    await rename(fresh, place.dataDir)
  } catch (cause) {
    await rm(fresh, { recursive: true, force: true })
    if (await exists(join(place.dataDir, 'PG_VERSION'))) return // another desk was faster
    const said = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim().split('\n').at(-1) : ''
    throw new DeskError('unavailable', { message: `initdb failed: ${said}`, userMessage: `The built-in PostgreSQL could not make its data folder ${place.dataDir}. ${said}`, cause })
  } finally {
    await rm(passwordFile, { force: true })
  }
}

/** Where data, log and server live. As root below a private folder they move to a place the server's account can reach, noted in `home`. */
async function preparePlace(home: string): Promise<Place> {
  await mkdir(home, { recursive: true })
  const user = await findServerUser()
  const found = await findBinaries()
  const noteFile = join(home, 'postgres.json')
  const known = await readNote(noteFile)
  const password = known?.password ?? randomBytes(24).toString('hex')
  let base = known?.base ?? home
  if (known === undefined) {
    if (!(await canReach(user, join(home, 'postgres')))) base = join(await publicFolder(), randomBytes(8).toString('hex'))
    // First writer wins; everybody else reads what it wrote.
    if (!(await writeOnce(noteFile, JSON.stringify({ password, base })))) return preparePlace(home)
  }
  if (base === home) await mkdir(base, { recursive: true })
  else await makePublic(base)
  base = await realpath(base) // one spelling, by which a running server is known again
  const logFile = join(base, 'postgres.log')
  const binaries = (await canReach(user, found.postgres)) ? found : await copyOnce(found, join(await publicFolder(), 'server-18.4.0'))
  return { dataDir: join(base, 'postgres'), logFile, password, binaries, user }
}

async function readNote(file: string): Promise<{ password: string; base: string } | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    const note: unknown = JSON.parse(text)
    if (typeof note === 'object' && note !== null && 'password' in note && 'base' in note) return { password: String(note.password), base: String(note.base) }
  } catch {
    // falls through: the file is broken
  }
  throw new DeskError('corrupt', { message: 'postgres.json is not readable', userMessage: `${file} is damaged: it holds the password of the built-in PostgreSQL. Restore it from a backup, or move the whole folder away to start afresh.` })
}

async function copyOnce(from: PostgresBinaries, to: string): Promise<PostgresBinaries> {
  const there: PostgresBinaries = { postgres: join(to, 'bin', 'postgres'), initdb: join(to, 'bin', 'initdb'), pgCtl: join(to, 'bin', 'pg_ctl') }
  if (await exists(there.postgres)) return there
  // Copied aside and moved into place: whoever finds it, finds all of it.
  const draft = `${to}.new-${randomBytes(4).toString('hex')}`
  await copyBinaries(from, draft)
  await rename(draft, to).catch(async (error: unknown) => {
    await rm(draft, { recursive: true, force: true })
    if (!(await exists(there.postgres))) throw error // else another desk was faster
  })
  return there
}

/** A folder of root's that everybody may enter and only root may change. Not the folder for temporary files: that one is swept. */
async function publicFolder(): Promise<string> {
  const folder = process.platform === 'darwin' ? '/usr/local/var/front-desk-copilot' : '/var/lib/front-desk-copilot'
  await makePublic(folder)
  return folder
}

async function makePublic(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await chmod(folder, 0o755) // whatever root's umask is
}

/** PostgreSQL's own lock file: line 1 is the process, line 4 the port. */
async function readPidFile(place: Place): Promise<{ pid: number; port: number } | undefined> {
  const lines = (await readFile(join(place.dataDir, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
  const pid = Number(lines[0])
  const port = Number(lines[3])
  return pid > 0 && port > 0 ? { pid, port } : undefined
}

/** After a power cut the lock file may name a process that is now something else; PostgreSQL would refuse to start for it. */
async function clearStalePid(place: Place): Promise<void> {
  if (process.platform === 'linux' && (await readPidFile(place)) !== undefined && !(await isServing(place))) await rm(join(place.dataDir, 'postmaster.pid'), { force: true })
}

/** Whether the process of the lock file is a server of this data folder (on Linux; elsewhere, whether there is such a process). */
async function isServing(place: Place): Promise<boolean> {
  const left = await readPidFile(place)
  if (left === undefined) return false
  if (process.platform === 'linux') return (await readFile(`/proc/${left.pid}/cmdline`, 'utf8').catch(() => '')).split('\0').includes(place.dataDir)
  try {
    return process.kill(left.pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

// Nothing of our own environment: a PGDATA or PGPORT of the user's must not reach this server.
const serverEnvironment = { LC_ALL: 'C', TZ: 'UTC' }

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve, reject) => probe.once('error', reject).listen(0, '127.0.0.1', resolve))
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  if (address === null || typeof address === 'string') throw new DeskError('unavailable', { message: 'no free port on loopback' })
  return address.port
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(() => true, () => false)
}
