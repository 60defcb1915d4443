import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { runDesk } from '../../../../src/channels/terminal/desk-command.ts'
import { platformFindings, probeWrites } from '../../../../src/channels/terminal/commands/doctor-platform.ts'
import type { Terminal } from '../../../../src/channels/terminal/terminal.ts'
import type { Mirrored } from '../../../../src/open-platform.ts'
import { type Capabilities, failed, ok, type Outcome } from '../../../../src/platforms/booking-platform.ts'
import { lastHeard } from '../../../../src/platforms/mirror/hear.ts'
import { verifyAudit } from '../../../../src/store/audit.ts'
import { makeHome, removeHome } from '../../../support/desk-process.ts'
import { createMirroredDesk } from '../../../support/platforms/mirrored.ts'
import { onSquare, type SquareDesk } from '../../../support/platforms/mirrored-square.ts'

let desk: SquareDesk
let home: string
const before = { ...process.env }
const names = ['DESK_HOME', 'DATABASE_URL', 'DESK_KEY', 'DESK_NOW', 'DESK_LOG'] as const

/** A terminal that keeps what is said; `answers` are given one after another by somebody who sits there. */
function hears({ answers }: { answers?: string[] } = {}): { terminal: Terminal; said: { out: string; err: string } } {
  const said = { out: '', err: '' }
  return {
    said,
    terminal: {
      out: (text) => { said.out += `${text}\n` }, err: (text) => { said.err += `${text}\n` }, lines: async function* () {}, question: async () => answers?.shift() ?? '', interactive: answers !== undefined, colour: false, columns: 80, user: 'sam',
      stopped: () => new Promise(() => {}), exit: (code) => { throw new Error(`exit ${code}`) },
    },
  }
}

/** The command as somebody types it an hour after the last poll: the desk was off meanwhile. */
async function type(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const { terminal, said } = hears()
  return { code: await runDesk({ argv, terminal }), ...said }
}

beforeAll(async () => {
  home = makeHome()
  desk = await createMirroredDesk(onSquare)
  Object.assign(process.env, { DESK_HOME: home, DATABASE_URL: desk.store.url, DESK_KEY: '07'.repeat(32), DESK_NOW: '2026-11-21T16:30:00.000Z', DESK_LOG: 'silent' })
})
afterAll(async () => {
  for (const name of names) {
    if (before[name] === undefined) delete process.env[name]
    else process.env[name] = before[name]
  }
  await desk.store.close()
  removeHome(home)
})

const asItIs = 'As of 7:30 am: nothing was read from Square Appointments since, because the desk\nwas off or is only just reading again.\n\n'

test('"desk calls" and "desk book" say above what they show how old it is; JSON stays JSON', async () => {
  for (const command of ['calls', 'book']) {
    const { code, out, err } = await type(command)
    expect([command, code, out.slice(0, asItIs.length), err]).toEqual([command, 0, asItIs, ''])
    expect(out.split('\n').filter((line) => line.length > 80), command).toEqual([])
    const json = await type(command, '--json')
    expect(() => JSON.parse(json.out) as unknown, command).not.toThrow()
    expect(json.err).toMatch(/^As of 7:30 am: nothing was read/)
  }
})

describe('desk doctor', () => {
  const mirrored = (change: Partial<Mirrored> = {}): Mirrored => ({ kind: onSquare.kind, adapter: desk.adapter, room: desk.room, lastHeard: () => lastHeard(desk), ...change }) as Mirrored
  const findings = (change: Partial<Mirrored> = {}) => platformFindings({ ...desk, mirrored: mirrored(change) })

  beforeEach(() => desk.fake.server.always(undefined))

  test('a book of the desk\'s own is no trouble', async () => {
    expect(await platformFindings({ ...desk, mirrored: undefined })).toMatchObject([{ what: 'booking system', state: 'ok', says: expect.stringContaining('desk connect') as string }])
  })

  test('says the platform, the account, what works, how old the copy is, and what nobody could try', async () => {
    const [main, changes, unproven] = await findings()
    expect(main).toEqual({ what: 'booking system', state: 'ok', says: 'Square Appointments, Tiny Salon: it answers. Its copy here is of Saturday 21 November at 7:30 am. No webhook was heard yet.' })
    expect(changes).toMatchObject({ what: 'changes there', state: 'ok' })
    expect(changes?.says).toMatch(/^The desk does: book, move, cancel, /)
    expect(unproven).toEqual({ what: 'unproven', state: 'note', says: onSquare.kind.unproven[0] })
  })

  test('a platform that refuses the key, and webhooks', async () => {
    await desk.store.db.updateTable('platform_sync').set({ webhook_at: '2026-11-21T15:25:00.000Z' }).execute()
    desk.fake.server.always({ do: 'answer', status: 401 })
    const [main] = await findings()
    expect(main?.state).toBe('problem')
    expect(main?.says).toBe('Square Appointments, Tiny Salon: it refuses the key. Square Appointments no longer takes our key since 7:30 am: nothing can be changed until the owner connects it again (desk connect). What is shown is as of 7:30 am. Last webhook heard: Saturday 21 November at 7:25 am.')
    desk.fake.server.always(undefined)
    desk.clock.advance(6)
    expect((await findings())[0]?.state).toBe('ok')
  })

  test('changes whose end nobody knows, and what was given up', async () => {
    const write = { command_hash: 'x', operation: 'cancel', subject: 'b-cut', command: '{}', by: null, leased_until: null, outcome: null }
    await desk.store.db.insertInto('platform_writes').values([{ ...write, key: 'lost', at: '2026-11-21T15:20:00.000Z', state: 'unknown' }, { ...write, key: 'done', at: '2026-11-21T15:00:00.000Z', state: 'done' }]).execute()
    const wanted = { id: '', payload: '{}', wanted_at: desk.clock.now(), due_at: desk.clock.now(), why: 'not_found' }
    await desk.store.db.insertInto('platform_write_back').values([{ ...wanted, kind: 'risk', subject: 'a', state: 'failed' }, { ...wanted, kind: 'risk', subject: 'b', state: 'failed' }, { ...wanted, kind: 'note', subject: 'b', state: 'wanted' }]).execute()
    const changes = (await findings()).find(({ what }) => what === 'changes there')
    expect(changes?.state).toBe('problem')
    expect(changes?.says).toContain('Of 1 change nobody knows whether it went through, since Saturday 21 November at 7:20 am: the desk looks before it tries again.')
    expect(changes?.says).toContain('Waiting to be written there: 1 note. Given up, because it was refused or its visit is gone: 2 risk scores.')
  })

  describe('--probe-writes', () => {
    const probing = async (found: Outcome<Partial<Capabilities>>, { answers }: { answers?: string[] } = {}) => {
      const { terminal, said } = hears(answers === undefined ? {} : { answers })
      let probes = 0
      const probe = async () => {
        probes++
        return found
      }
      const platform = { ...desk.platform, capabilities: async () => ({ ...onSquare.kind.declared, create: 'unverified', reschedule: 'unverified', cancel: 'unverified' }) as Capabilities }
      const code = await probeWrites({ terminal, desk: { ...desk, platform, mirrored: mirrored({ probe, adapter: { ...desk.adapter, probe } }) }, by: 'terminal:sam' })
      return { code, out: said.out.replaceAll(/\s+/g, ' '), probes }
    }

    test('says what it will do, does it, says what came of it, and keeps that in the log', async () => {
      const { code, out, probes } = await probing(ok({ create: 'yes', reschedule: 'none' }, desk.clock.now()))
      expect([code, probes]).toEqual([0, 1])
      expect(out).toMatch(/^This tries whether the desk may change .* one visit some weeks ahead is booked, moved, and taken away again\. .* What came of it: book: works; move: does not work; cancel: still not known\. $/)
      expect(await desk.store.db.selectFrom('audit').select(['actor', 'subject', 'detail']).where('action', '=', 'platform.probed').executeTakeFirst()).toEqual({ actor: 'terminal:sam', subject: 'platform:square', detail: { found: { create: 'yes', reschedule: 'none' } } })
      expect(await verifyAudit(desk.store.db)).toMatchObject({ ok: true })
    })

    test('somebody who sits there is asked, and nothing is tried on a no', async () => {
      expect(await probing(ok({}, ''), { answers: ['no'] })).toMatchObject({ code: 0, probes: 0, out: expect.stringContaining('Nothing was tried.') as string })
      expect(await probing(ok({}, ''), { answers: ['yes'] })).toMatchObject({ probes: 1 })
    })

    test('what could not be taken away is for a person, step by step', async () => {
      const { code, out } = await probing(failed('assisted_required', 'left behind', { manualSteps: ['Open the calendar.', 'Delete the visit of Test Client.'] }))
      expect(code).toBe(1)
      expect(out).toContain('1. Open the calendar. 2. Delete the visit of Test Client.')
    })

    test('a try that did not come to an end says why; a platform without one has nothing to try', async () => {
      expect(await probing(failed('invalid', 'a test client is needed'))).toMatchObject({ code: 1, out: expect.stringContaining('It did not come to an end: a test client is needed (invalid).') as string })
      const { terminal, said } = hears()
      expect(await probeWrites({ terminal, desk: { ...desk, mirrored: mirrored() }, by: 'terminal:sam' })).toBe(0)
      expect(said.out).toContain('nothing that only a try could show')
    })
  })
})
