import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
import { databasePid, desk, expectFitForPeople, jsonLines, longestLine, makeHome, removeHome, startDesk } from '../support/desk-process.ts'

const home = makeHome()
afterAll(() => removeHome(home))

const wednesday = { DESK_NOW: '2026-11-18T09:00:00-08:00' }
const friday = { DESK_NOW: '2026-11-20T09:00:00-08:00' }
const token = 'not-for-logs-0123456789'

type Visit = { appointment: string; time: string; start: string; client: string; services: string[]; status: string }
type Turn = { text: string; reply: string; toolCalls: { name: string; args: Record<string, unknown> }[]; proposals: { id: string; kind: string; facts: { changes: { label: string; before: string; after: string }[] } }[] }

async function bookOf(date: string): Promise<Visit[]> {
  const { code, out } = await desk(home, ['book', '--date', date, '--json'], { env: wednesday })
  expect(code).toBe(0)
  return (JSON.parse(out) as { visits: Visit[] }[]).flatMap(({ visits }) => visits)
}

/** Somebody whose whole name nobody else in the day's book has, and who has one visit there. */
function pickClient(visits: Visit[], not: string[] = []): Visit {
  const booked = visits.filter(({ status, client }) => ['booked', 'confirmed'].includes(status) && !not.includes(client))
  return booked.find(({ client, services, time }) => visits.filter((other) => other.client === client).length === 1 && services.length === 1 && /cut/i.test(services[0] ?? '') && /(?:2|3|4|5):\d\d pm/.test(time)) ?? (booked[0] as Visit)
}

const post = (url: string, body: string, authorization?: string) => fetch(`${url}/v1/risk/predict`, { method: 'POST', body, headers: { 'content-type': 'application/json', ...(authorization === undefined ? {} : { authorization }) } })

test('the first start loads the demo and serves; a command beside it shares the database; Ctrl-C stops everything', { timeout: 120_000 }, async () => {
  const [running, calls] = await Promise.all([startDesk(home, { ...wednesday, DESK_API_TOKEN: token }), desk(home, ['calls', '--json'], { env: wednesday })])
  expect(running.out).toMatch(/calls for Wednesday 18 November/)
  expect(running.out).toMatch(/ {4}Say {3}"/)
  expect(longestLine(running.out)).toBeLessThanOrEqual(80)
  const list = JSON.parse(calls.out) as { items: { rank: number; reasons: string[]; script: { spoken: string; text: string } }[] }
  expect(calls.code).toBe(0)
  expect(list.items.length).toBeGreaterThan(5)
  for (const { reasons, script } of list.items) expect(reasons.length > 0 && script.spoken !== '' && script.text !== '').toBe(true)

  const { url } = running
  expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ ok: true })
  expect(await (await fetch(`${url}/readyz`)).json()).toMatchObject({ ok: true, salon: 'Juniper & Sage', paused: false })
  expect(await (await fetch(`${url}/metrics`)).text()).toMatch(/process_resident_memory_bytes \d/)
  expect((await fetch(`${url}/nothing`)).status).toBe(404)

  const body = JSON.stringify({ appointment_id: 'a', client_id: 'c', features: { booking_lead_time_hours: 400, client_total_visits: 9, client_cancellation_rate: 0.6, service_price: 90 } })
  expect((await post(url, body)).status).toBe(401)
  expect((await post(url, body, 'Bearer wrong')).status).toBe(401)
  const scored = await post(url, body, `Bearer ${token}`)
  expect(scored.status).toBe(200)
  expect(await scored.json()).toMatchObject({ appointment_id: 'a', risk_score: expect.any(Number), risk_band: expect.stringMatching(/low|medium|high/), confidence: expect.any(String), reasons: expect.any(Array) })
  for (const [bad, words] of [['{', /must be JSON/], ['{"client_id":"c"}', /appointment_id/], [`{"x":"${'y'.repeat(70_000)}"}`, /64 KB/]] as const) {
    const refused = await post(url, bad, `Bearer ${token}`)
    expect([400, 413]).toContain(refused.status)
    const text = await refused.text()
    expect(text).toMatch(words)
    expectFitForPeople(text)
  }

  const port = new URL(url).port
  const second = await desk(home, ['start'], { env: { ...wednesday, PORT: port } })
  expect(second.code).toBe(1)
  expect(second.err).toMatch(new RegExp(`Port ${port} is already in use`))
  expect((await fetch(`${url}/readyz`)).status).toBe(200)

  const stopped = await running.kill('SIGINT')
  expect(stopped.code).toBe(0)
  expect(databasePid(home)).toBeUndefined()
  await expect(fetch(`${url}/healthz`)).rejects.toThrow()
})

test('after kill -9 the next start finds the database that was left behind, within five seconds', { timeout: 60_000 }, async () => {
  const prepared = () => readFileSync(join(home, 'desk.log'), 'utf8').split('prepared for the first chat').length
  const before = prepared()
  const first = await startDesk(home, wednesday)
  // Its helper would be the last one out, and stop the database.
  await expect.poll(prepared, { timeout: 30_000 }).toBeGreaterThan(before)
  await first.kill('SIGKILL')
  const left = databasePid(home)
  expect(left).toBeDefined()
  const begun = performance.now()
  const next = await startDesk(home, wednesday)
  // Generous beside the promised five seconds: other tests share the processors.
  expect(performance.now() - begun).toBeLessThan(12_000)
  expect(databasePid(home)).toBe(left)
  await next.kill('SIGTERM')
  expect(databasePid(home)).toBeUndefined()
})

test('a change asked for in the chat is proposed, approved, seen in the book, put back, and all of it is in an audit log that shows tampering', { timeout: 180_000 }, async () => {
  const today = await bookOf('2026-11-18')
  const visit = pickClient(today)
  const lines = ['who should I call first?', 'what is our late policy?', `move ${visit.client} to friday at 3pm`]
  const chat = await desk(home, ['chat', '--json'], { env: wednesday, input: lines.join('\n') })
  expect(chat.code).toBe(0)
  let turns = jsonLines<Turn>(chat.out)
  expect(turns.map(({ text }) => text)).toEqual(lines)
  expect(turns[0]?.toolCalls[0]?.name).toBe('call_list')
  expect(turns[1]?.toolCalls[0]?.name).toBe('search_policies')
  expect(turns[1]?.reply).toMatch(/15 minutes/)
  expect(turns[1]?.reply).toMatch(/lateness\.md/)
  let proposal = turns[2]?.proposals[0]
  if (proposal === undefined) {
    // That very time is taken: what is offered instead is one word away.
    const [, offered = ''] = /(\d{1,2}:\d\d [ap]m)/.exec(turns[2]?.reply ?? '') ?? []
    turns = jsonLines<Turn>((await desk(home, ['chat', '--json'], { env: wednesday, input: `move ${visit.client} to friday at ${offered}\n` })).out)
    proposal = turns[0]?.proposals[0]
  }
  expect(proposal?.kind).toBe('reschedule')
  const id = proposal?.id ?? ''

  const open = await desk(home, ['proposals'], { env: wednesday })
  expect(open.out).toContain(id)
  expect(open.out).toMatch(/Wednesday 18 November at .+ → Friday 20 November at/)
  expect(longestLine(open.out)).toBeLessThanOrEqual(80)

  const approved = await desk(home, ['approve', id], { env: wednesday })
  expect(approved.code).toBe(0)
  expect(approved.out).toMatch(/Friday 20 November/)
  const moved = (await bookOf('2026-11-20')).find(({ appointment }) => appointment === visit.appointment)
  expect(moved?.start.slice(0, 10)).toBe('2026-11-20')
  const again = await desk(home, ['approve', id.toLowerCase()], { env: wednesday })
  expect(again.code).toBe(1)
  expect(again.out).toMatch(/already approved/)

  const undone = await desk(home, ['undo', id, '--json'], { env: wednesday })
  expect(undone.code).toBe(0)
  expect(JSON.parse(undone.out)).toMatchObject({ result: 'approved', proposal: { undoOf: id, state: 'done' } })
  expect((await bookOf('2026-11-18')).find(({ appointment }) => appointment === visit.appointment)).toMatchObject({ start: visit.start, client: visit.client })

  const whole = await desk(home, ['audit', 'verify'], { env: wednesday })
  expect(whole.code).toBe(0)
  expect(whole.out).toMatch(/whole/)

  const seq = await tamper()
  const broken = await desk(home, ['audit', 'verify', '--json'], { env: wednesday })
  expect(broken.code).toBe(1)
  expect(JSON.parse(broken.out)).toMatchObject({ ok: false, seq })
})

/** Changes one audit row past the triggers, as somebody with the database's password could. */
async function tamper(): Promise<number> {
  const running = await startDesk(home, wednesday)
  const { password } = JSON.parse(readFileSync(join(home, 'postgres.json'), 'utf8')) as { password: string }
  const port = readFileSync(join(home, 'postgres/postmaster.pid'), 'utf8').split('\n')[3]
  const client = new pg.Client({ connectionString: `postgresql://desk:${password}@127.0.0.1:${port}/postgres` })
  await client.connect()
  await client.query('set session_replication_role = replica')
  const { rows } = await client.query("update audit set actor = 'terminal:somebody-else' where seq = (select max(seq) - 2 from audit) returning seq")
  await client.end()
  await running.kill('SIGINT')
  return Number(rows[0]?.seq)
}

test('on a Friday morning "friday" is the coming one, and the proposal says the date', { timeout: 120_000 }, async () => {
  const today = await bookOf('2026-11-20')
  const booked = today.filter(({ status, services, start }) => ['booked', 'confirmed'].includes(status) && services.length === 1 && start > '2026-11-20T18:00')
  const clients = [...new Set(booked.map(({ client }) => client))].filter((client) => today.filter((visit) => visit.client === client).length === 1).slice(0, 4)
  const chat = await desk(home, ['chat', '--json'], { env: friday, input: clients.map((client) => `move ${client} to friday at 3pm\n`).join('') })
  const turns = jsonLines<Turn>(chat.out)
  for (const { reply } of turns) expect(reply).toMatch(/27 November/)
  // Whose time is taken that day is offered others; nobody's "friday" is today.
  const changes = turns.flatMap(({ proposals }) => proposals.flatMap(({ facts }) => facts.changes))
  expect(changes.length).toBeGreaterThan(0)
  for (const { after } of changes) expect(after).toMatch(/Friday 27 November at 3:00 pm/)
})

test('the other commands of the surface answer, with the exit code that fits', { timeout: 120_000 }, async () => {
  const ask = await desk(home, ['ask', '-', '--json'], { env: wednesday, input: 'what is our late policy?\n\nwhich planet is the largest?\n' })
  const answers = jsonLines<{ answered: boolean; answer: string; citations: { file: string; section: string; title: string; quote: string }[] }>(ask.out)
  expect(answers.map(({ answered }) => answered)).toEqual([true, false])
  expect(answers[0]?.citations[0]).toMatchObject({ file: 'lateness.md', quote: expect.any(String) })

  const score = await desk(home, ['score', '--json'], { env: wednesday, input: '{"appointment_id":"a","client_id":"c"}\nnot json\n{"appointment_id":"b","client_id":"c","features":{"client_cancellation_rate":7}}\n' })
  expect(score.code).toBe(1)
  const [good, ...bad] = jsonLines<{ line?: number; error?: string; risk_score?: number }>(score.out)
  expect(good?.risk_score).toBeGreaterThan(0)
  expect(bad.map(({ line }) => line)).toEqual([2, 3])
  expect(bad[1]?.error).toMatch(/client_cancellation_rate/)

  expect((await desk(home, ['pause'], { env: wednesday })).code).toBe(0)
  expect((await desk(home, ['resume'], { env: wednesday })).code).toBe(1)
  expect((await desk(home, ['resume', '--role', 'manager'], { env: wednesday })).out).toMatch(/Acting again/)

  const doctor = await desk(home, ['doctor'], { env: wednesday })
  expect(doctor.code).toBe(1) // the audit log was tampered with above
  expect(doctor.out).toMatch(/PROBLEM {2}audit log +broken at row \d+/)
  expect(longestLine(doctor.out)).toBeLessThanOrEqual(80)
  expect(longestLine((await desk(home, ['book'], { env: wednesday })).out)).toBeLessThanOrEqual(80)
})

test('labelled requests of another salon are measured beside keywords, with the names from the labels or from a file beside them', { timeout: 120_000 }, async () => {
  const file = join(home, 'elsewhere.jsonl')
  const rows = [
    { text: 'move Wilhelmina Ostrander to friday at 3pm', intent: 'propose_reschedule', slots: { client: 'Wilhelmina Ostrander', date: '2026-11-20', time: '15:00' } },
    { text: 'when is Bartholomew Quigg coming in?', intent: 'appointment', slots: { client: 'Bartholomew Quigg' } },
    { text: 'what is our late policy?', intent: 'search_policies', slots: {} },
  ]
  writeFileSync(file, rows.map((row) => JSON.stringify(row)).join('\n'))
  const fromLabels = await desk(home, ['eval', 'requests', file, '--json'], { env: wednesday })
  expect(JSON.parse(fromLabels.out)).toMatchObject({ names: 'the labels', n: 3, right: 3 })
  writeFileSync(join(home, 'elsewhere.salon.json'), JSON.stringify({ now: '2026-11-18T08:00:00-08:00', zone: 'America/Los_Angeles', clients: ['Wilhelmina Ostrander', 'Bartholomew Quigg'], staff: [], services: [], locations: [] }))
  const fromFile = await desk(home, ['eval', 'requests', file], { env: friday })
  expect(fromFile.out).toMatch(/all right +3 of 3 +100\.0 %/)
  expect(longestLine(fromFile.out)).toBeLessThanOrEqual(80)
  writeFileSync(file, '{"text":"hi","intent":"nonsense"}\n')
  const bad = await desk(home, ['eval', 'requests', file], { env: wednesday })
  expect(bad).toMatchObject({ code: 2, out: '' })
  expect(bad.err).toMatch(/line 1 is not a labelled request \(intent\)/)
})

test('every command explains itself; wrong use is exit code 2 and changes nothing', { timeout: 120_000 }, async () => {
  const help = await desk(home, ['--help'])
  expect(help.code).toBe(0)
  const commands = [...help.out.matchAll(/^ {2}(\w+) /gm)].map(([, name]) => name as string).filter((name) => name !== 'help')
  expect(commands).toEqual(expect.arrayContaining(['start', 'calls', 'ask', 'chat', 'proposals', 'approve', 'reject', 'undo', 'import', 'train', 'backtest', 'score', 'eval', 'audit', 'doctor', 'pause', 'resume']))
  for (const ran of await Promise.all(commands.map((command) => desk(home, [command, '--help'])))) {
    expect(ran.code).toBe(0)
    expect(ran.out).toMatch(/^Usage: desk/)
    expect(longestLine(ran.out)).toBeLessThanOrEqual(80)
  }
  const wrong = [['nonsense'], ['calls', '--bogus'], [], ['import', 'x', '--format', 'pdf'], ['approve'], ['audit', 'tail', '--limit', 'many'], ['chat', '--role', 'king'], ['backtest', '--from', '2026-01-01']]
  for (const ran of await Promise.all(wrong.map((args) => desk(home, args)))) {
    expect(ran.code).toBe(2)
    expect(ran.err).not.toBe('')
  }
})

test('a port that another program holds is said', { timeout: 60_000 }, async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => other.once('listening', resolve))
  const { port } = other.address() as { port: number }
  const ran = await desk(home, ['start'], { env: { ...wednesday, PORT: String(port) } })
  other.close()
  expect(ran).toMatchObject({ code: 1, out: '' })
  expect(ran.err).toMatch(/already in use/)
  expect(databasePid(home)).toBeUndefined()
})
