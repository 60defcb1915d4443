import { type ChildProcess, spawn } from 'node:child_process'
import { chmod, mkdtemp, mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openPostgresServer, type PostgresServer } from '../../../src/store/postgres-server.ts'
import { fastFolder } from '../../support/fast-folder.ts'

// Real servers, each in a folder of its own: made once per test (0.5 s), so these are few and each tells a story.
let home: string
const opened: PostgresServer[] = []
beforeEach(async () => {
  home = await mkdtemp(join(fastFolder(), 'desk-server-'))
  await chmod(home, 0o755)
})
afterEach(async () => {
  for (const server of opened.splice(0)) await server.release()
  await rm(home, { recursive: true, force: true })
})

const isRoot = process.getuid?.() === 0

async function openHere(at = home): Promise<PostgresServer> {
  const server = await openPostgresServer({ home: at, fsync: false })
  opened.push(server)
  return server
}

async function ask(url: string, query = 'select 1 as one'): Promise<unknown> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(query)).rows[0]
  } finally {
    await client.end()
  }
}

const pidOf = async (folder = home) => Number((await readFile(join(folder, 'postgres/postmaster.pid'), 'utf8')).split('\n')[0])

/** Another process that opens the server of `home` and stays; killed without a goodbye by `kill`. */
async function openElsewhere(): Promise<ChildProcess> {
  const module = resolve('src/store/postgres-server.ts')
  const child = spawn(process.execPath, ['--input-type=module', '-e', `import { openPostgresServer } from ${JSON.stringify(module)}; await openPostgresServer({ home: ${JSON.stringify(home)}, fsync: false }); console.log('open'); setInterval(() => {}, 1000)`], { stdio: ['ignore', 'pipe', 'inherit'] })
  await new Promise<void>((ready, failed) => {
    child.stdout?.on('data', (data: Buffer) => { if (data.includes('open')) ready() })
    child.on('exit', () => failed(new Error('the other process ended')))
  })
  return child
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
}

test('several share one server, and the last one out stops it; the data is there the next time', async () => {
  const [first, second] = await Promise.all([openPostgresServer({ home, fsync: false }), openPostgresServer({ home, fsync: false })])
  expect(first.url).toBe(second.url)
  await ask(first.url, 'create table kept (n int)')
  await first.release()
  expect(await ask(second.url)).toEqual({ one: 1 })
  await second.release()
  await expect(ask(first.url)).rejects.toThrow()
  const again = await openHere()
  expect(await ask(again.url, 'select count(*)::int as n from kept')).toEqual({ n: 0 })
})

test('leaving while others come never leaves anybody without a server', async () => {
  let present = await openPostgresServer({ home, fsync: false })
  for (let round = 0; round < 5; round++) {
    const [next] = await Promise.all([openPostgresServer({ home, fsync: false }), present.release()])
    expect(await ask(next.url)).toEqual({ one: 1 })
    present = next
  }
  await present.release()
})

test('a server left behind by a killed desk is found again, and stopped by the last one out', async () => {
  const child = await openElsewhere()
  const pid = await pidOf()
  await kill(child)
  const found = await openPostgresServer({ home, fsync: false })
  expect(await pidOf()).toBe(pid)
  expect(await ask(found.url)).toEqual({ one: 1 })
  await found.release()
  await expect(stat(join(home, 'postgres/postmaster.pid'))).rejects.toThrow()
})

test('with another process inside it stays up when we leave', async () => {
  const child = await openElsewhere()
  try {
    const mine = await openPostgresServer({ home, fsync: false })
    await mine.release()
    expect(await ask(mine.url)).toEqual({ one: 1 })
  } finally {
    await kill(child)
  }
  await openHere()
})

test('a killed server, with its lock file left, is started again', async () => {
  const before = await openPostgresServer({ home, fsync: false })
  const pid = await pidOf()
  process.kill(pid, 'SIGKILL')
  while (await isAlive(pid)) await pause(20)
  await before.release()
  expect(await ask((await openHere()).url)).toEqual({ one: 1 })
  expect(await pidOf()).not.toBe(pid)
})

test.runIf(process.platform === 'linux')('a stale lock file that names another process of ours, and a port of somebody else\'s, is no hindrance', async () => {
  await (await openPostgresServer({ home, fsync: false })).release()
  const stranger = createServer((socket) => socket.destroy())
  await new Promise<void>((ready) => stranger.listen(0, '127.0.0.1', ready))
  const address = stranger.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  await writeFile(join(home, 'postgres/postmaster.pid'), `${process.pid}\n${join(home, 'postgres')}\n1700000000\n${port}\n\n127.0.0.1\n`)
  expect(await ask((await openHere()).url)).toEqual({ one: 1 })
  await new Promise((closed) => stranger.close(closed))
})

test('by another spelling of the folder it is the same server', async () => {
  const first = await openHere()
  await symlink(home, `${home}-alias`)
  try {
    expect((await openHere(`${home}-alias`)).url).toBe(first.url)
  } finally {
    await rm(`${home}-alias`)
  }
})

test.runIf(isRoot)('root under a private folder: the server lives where its account can reach it, and stays there', async () => {
  const inside = join(home, 'desk')
  await mkdir(inside)
  await chmod(home, 0o700)
  const server = await openHere(inside)
  expect(await ask(server.url)).toEqual({ one: 1 })
  const { base } = JSON.parse(await readFile(join(inside, 'postgres.json'), 'utf8')) as { base: string }
  try {
    expect(base).toMatch(/^\/(var\/lib|usr\/local\/var)\/front-desk-copilot\//)
    expect((await stat(join(base, 'postgres'))).mode & 0o777).toBe(0o700)
    await ask(server.url, 'create table kept (n int)')
    await server.release()
    const again = await openPostgresServer({ home: inside, fsync: false })
    expect(await ask(again.url, 'select count(*)::int as n from kept')).toEqual({ n: 0 })
    await again.release()
  } finally {
    await rm(base, { recursive: true, force: true })
  }
})

test.each(['', '{', '"text"', '{"password": "x"}'])('a damaged postgres.json (%j) is named, and nothing is made over it', async (text) => {
  await writeFile(join(home, 'postgres.json'), text)
  await expect(openPostgresServer({ home, fsync: false })).rejects.toMatchObject({ code: 'corrupt', userMessage: expect.stringContaining(join(home, 'postgres.json')) as string })
  expect(await readFile(join(home, 'postgres.json'), 'utf8')).toBe(text)
})

test('a data folder that cannot be started is said with the place of its log', async () => {
  await (await openPostgresServer({ home, fsync: false })).release()
  await rm(join(home, 'postgres/global'), { recursive: true })
  await expect(openPostgresServer({ home, fsync: false })).rejects.toMatchObject({ code: 'unavailable', userMessage: expect.stringContaining('postgres.log') as string })
})

async function isAlive(pid: number): Promise<boolean> {
  const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return process.platform === 'linux' ? state !== '' && !/\) Z /.test(state) : false
}
