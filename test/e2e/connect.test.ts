import pg from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { easyAddress, easyToken, fakeEasyappointments } from '../support/platforms/fake-easyappointments.ts'
import { serveFake } from '../support/platforms/serve-fake.ts'
import { databaseUrl } from '../support/postgres-for-tests.ts'
import { desk, makeHome, removeHome } from '../support/desk-process.ts'
import { testClock } from '../support/tiny-book.ts'

// The salon's platform on a real socket, the desk as the processes that an owner runs.
const home = makeHome()
const name = `e2e_connect_${process.pid}`
const fake = fakeEasyappointments({ clock: testClock() })
let served: Awaited<ReturnType<typeof serveFake>>
const env = () => ({ DATABASE_URL: databaseUrl(inject('postgresUrl'), name), DESK_NOW: '2026-11-21T07:30:00-08:00', DESK_KEY: 'a1'.repeat(32) })
const credentials = (token: string = easyToken) => JSON.stringify({ baseUrl: `${served.url}${new URL(easyAddress).pathname}`, token })

async function asAdmin(statement: string): Promise<void> {
  const admin = new pg.Client({ connectionString: inject('postgresUrl') })
  await admin.connect()
  await admin.query(statement)
  await admin.end()
}

beforeAll(async () => {
  await asAdmin(`create database ${name}`)
  served = await serveFake(fake, new URL(easyAddress).origin)
})
afterAll(async () => {
  await served.close()
  await asAdmin(`drop database ${name} with (force)`)
  removeHome(home)
})

test('an owner connects, sees what will work, and the desk works on the salon\'s own book; nobody else may', { timeout: 90_000 }, async () => {
  const nobody = await desk(home, ['connect', 'easyappointments', '--from', '-'], { env: env(), input: credentials() })
  expect([nobody.code, nobody.err]).toEqual([1, expect.stringContaining('--role owner')])
  const wrong = await desk(home, ['connect', 'easyappointments', '--from', '-', '--role', 'owner'], { env: env(), input: credentials('not-the-token') })
  expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('does not accept the key')])
  expect(wrong.err + wrong.out).not.toContain('not-the-token')
  const nonsense = await desk(home, ['connect', 'easyappointments', '--from', '-', '--role', 'owner'], { env: env(), input: '{"baseUrl":"salon"}' })
  expect([nonsense.code, nonsense.err]).toEqual([2, expect.stringContaining('Easy!Appointments needs:')])

  const connected = await desk(home, ['connect', 'easyappointments', '--from', '-', '--role', 'owner'], { env: env(), input: credentials() })
  expect([connected.code, connected.err]).toEqual([0, expect.stringContaining('Reading the catalogue')])
  expect(connected.out).toMatch(/Easy!Appointments answers: Tiny Salon/)
  expect(connected.out).toMatch(/Works: .*book/)
  expect(connected.out).toContain('The next two months and the clients are here')

  const book = await desk(home, ['book'], { env: env() })
  expect(book.out).toMatch(/10:00 am\s+Dana Kim\s+Women's cut\s+Bea Novak/)
  const moved = await desk(home, ['chat', '--json'], { env: env(), input: 'move Hana to tuesday at 3\n' })
  const [id] = /P-[A-Z0-9]{6}/.exec(moved.out) ?? []
  const approved = await desk(home, ['approve', id ?? ''], { env: env() })
  expect([approved.code, approved.err, approved.out.replace(/\s+/g, ' ')]).toEqual([0, '', expect.stringContaining('now booked on Tuesday 24 November at 3:00 pm')])
  expect(fake.book.visits.get(fake.book.idOf('c-friday'))?.start).toBe('2026-11-24T23:00:00.000Z')

  const other = await desk(home, ['disconnect', '--role', 'owner'], { env: env() })
  expect([other.code, other.err]).toEqual([2, expect.stringContaining('--yes')])
  const gone = await desk(home, ['disconnect', '--role', 'owner', '--yes'], { env: env() })
  expect(gone.code).toBe(0)
  expect((await desk(home, ['connect'], { env: env() })).out).toContain('No booking platform is connected')
})
