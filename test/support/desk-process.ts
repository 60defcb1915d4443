import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { fastFolder } from './fast-folder.ts'
import { testModelDir } from './test-embedder.ts'

const root = resolve(import.meta.dirname, '../..')
const node = join(root, 'node_modules/.bin', process.platform === 'win32' ? 'node.exe' : 'node')

export type Ran = { code: number | null; out: string; err: string }
export type Env = Record<string, string>

/** A folder for one desk. Models that any test run has made before are handed in, so that each desk need not make them anew. */
export function makeHome(): string {
  const home = mkdtempSync(join(fastFolder(), 'desk-e2e-'))
  chmodSync(home, 0o755) // as root the database runs under another account, which must reach it
  for (const name of existsSync(testModelDir) ? readdirSync(testModelDir) : []) {
    const folder = name.endsWith('.onnx') ? 'models' : name.endsWith('.f32') ? 'understanding' : 'policies'
    if (!name.includes('fp32')) cpSync(join(testModelDir, name), join(home, folder, name), { recursive: true })
  }
  return home
}

/** Ends a desk's database if a test left it running, and removes the folder. */
export function removeHome(home: string): void {
  const pid = databasePid(home)
  if (pid !== undefined) process.kill(pid, 'SIGQUIT')
  rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
}

/** The embedded server's process, when its lock file names one that lives. */
export function databasePid(home: string): number | undefined {
  const file = join(home, 'postgres/postmaster.pid')
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : 0
  try {
    return pid > 0 && process.kill(pid, 0) ? pid : undefined
  } catch {
    return undefined
  }
}

function launch(home: string, args: string[], env: Env): ChildProcess {
  const { PATH = '', TMPDIR, SystemRoot } = process.env
  return spawn(node, ['src/main.ts', ...args], { cwd: root, env: { PATH, DESK_HOME: home, ...(TMPDIR && { TMPDIR }), ...(SystemRoot && { SystemRoot }), ...env } })
}

/** Runs one `desk` command to its end. Whatever it writes is also held to what no output may hold. */
export async function desk(home: string, args: string[], { env = {}, input = '' }: { env?: Env; input?: string } = {}): Promise<Ran> {
  const child = launch(home, args, env)
  const said = listen(child)
  child.stdin?.on('error', () => {}) // it ended without reading
  child.stdin?.end(input)
  const code = await new Promise<number | null>((done) => child.once('close', done))
  const ran = { code, ...said() }
  expectFitForPeople(ran.out + ran.err)
  expectCleanLog(home)
  return ran
}

export type RunningDesk = { url: string; out: string; kill(signal: NodeJS.Signals): Promise<Ran> }

/** `desk start`, answered once it says that it is up. It is killed with the test at the latest. */
export async function startDesk(home: string, env: Env = {}): Promise<RunningDesk> {
  const child = launch(home, ['start'], { PORT: '0', ...env })
  onTestFinished(() => { child.kill('SIGKILL') })
  const said = listen(child)
  const ended = new Promise<number | null>((done) => child.once('close', done))
  const url = await new Promise<string>((up, reject) => {
    child.stdout?.on('data', () => {
      const [, found] = /Its health: (http:\/\/\S+)\/healthz/.exec(said().out) ?? []
      if (found !== undefined) up(found)
    })
    void ended.then(() => reject(new Error(`the desk ended: ${said().out}${said().err}`)))
  })
  return {
    url,
    out: said().out,
    async kill(signal) {
      child.kill(signal)
      const code = await ended
      const ran = { code, ...said() }
      expectFitForPeople(ran.out + ran.err)
      expectCleanLog(home)
      return ran
    },
  }
}

function listen(child: ChildProcess): () => { out: string; err: string } {
  const chunks: { out: Buffer[]; err: Buffer[] } = { out: [], err: [] }
  child.stdout?.on('data', (chunk: Buffer) => chunks.out.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => chunks.err.push(chunk))
  return () => ({ out: Buffer.concat(chunks.out).toString(), err: Buffer.concat(chunks.err).toString() })
}

/** What no person may ever read, and no log hold: traces, a library's own errors, phone numbers, keys and passwords of these tests. */
export function expectFitForPeople(text: string): void {
  expect(text).not.toMatch(/\n\s+at .+\.[cm]?[jt]s:\d+/)
  expect(text).not.toMatch(/\b(?:TypeError|ReferenceError|RangeError|SyntaxError|ZodError|DatabaseError|Cannot read properties|node:internal|UnhandledPromise|DeprecationWarning|ExperimentalWarning)\b/)
  expect(text).not.toMatch(/\d{3}\W{0,2}555\W?01\d\d/)
  expect(text).not.toMatch(/\bsk-trial|not-for-logs/)
}

function expectCleanLog(home: string): void {
  const file = join(home, 'desk.log')
  if (existsSync(file)) expectFitForPeople(readFileSync(file, 'utf8').replaceAll(/"error":"\w+Error[^"]*"/g, ''))
}

/** JSON lines as a command wrote them. */
export function jsonLines<T = Record<string, unknown>>(text: string): T[] {
  return text.trim().split('\n').map((line): T => JSON.parse(line))
}

export function longestLine(text: string): number {
  return Math.max(...text.split('\n').map((line) => line.length))
}
