import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Desk, openDesk } from '../../../../src/app.ts'
import type { Proposal } from '../../../../src/approvals/proposal.ts'
import type { OutgoingText } from '../../../../src/messages/messages.ts'
import { openReaders } from '../../../../src/open-readers.ts'
import { saveConnection, readConnection } from '../../../../src/platforms/mirror/connection.ts'
import { unwrap } from '../../../../src/platforms/unwrap.ts'
import { addMinutes } from '../../../../src/salon/time.ts'
import { auditOf, maya } from '../../../support/approvals-desk.ts'
import { mirroredDesks } from '../../../support/platforms/mirrored.ts'
import { onSquare, type SquareDesk, when } from '../../../support/platforms/mirrored-square.ts'
import { testEmbedder, testModelDir } from '../../../support/test-embedder.ts'

const desks = mirroredDesks(onSquare)
let [square, desk, home]: [SquareDesk?, Desk?, string?] = []
let sent: OutgoingText[] = []

/** The desk as `src/app.ts` wires it, on the database of a salon that is on Square; only the network and the phones are ours. */
beforeEach(async () => {
  square = await desks.make()
  square.clock.set(when('12:00'))
  sent = []
  home = await mkdtemp(join(tmpdir(), 'desk-square-'))
  await mkdir(testModelDir, { recursive: true })
  for (const kept of ['models', 'understanding', 'policies']) await symlink(testModelDir, join(home, kept), 'junction')
  const config = { home, clock: square.clock, clockFixed: true, databaseUrl: square.store.url, key: '07'.repeat(32), knowledge: undefined, port: 0, host: '127.0.0.1', logLevel: 'silent' as const, apiToken: undefined, publicUrl: undefined, slack: undefined, twilio: undefined, voice: undefined, email: undefined, languageModel: undefined }
  desk = await openDesk({
    config, platformFetch: square.fake.server.fetch, readers: await openReaders({ home, knowledge: undefined, embedder: testEmbedder }),
    transport: { name: 'phones of the tests', async send(text) {
      sent.push(text)
      return { state: 'sent', id: `SM${String(sent.length).padStart(32, '0')}` }
    } },
  })
})
afterEach(async () => {
  await desk?.close()
  await square?.store.close()
  await rm(home ?? '', { recursive: true })
})
afterAll(() => desks.end())

const wired = () => {
  if (desk === undefined || square === undefined) throw new Error('no desk')
  return { desk, store: square.store, clock: square.clock, fake: square.fake, server: square.fake.server }
}

/** Proposes to move Hana's cut of Friday with Cruz to another hour of that day. */
async function proposeMove(): Promise<Proposal> {
  const { platform, approvals } = wired().desk
  const from = when('10:00', '2026-11-27')
  const [slot] = unwrap(await platform.searchSlots({ locationId: 'main', wants: [{ serviceId: 'cut', staffId: 'cruz' }], from, to: addMinutes(from, 60), rescheduling: 'c-friday', limit: 1 }))
  return approvals.propose({ kind: 'reschedule', args: { appointmentId: 'c-friday', slotId: slot?.id ?? '' }, reason: 'she called', requestedBy: maya.id })
}
const approve = ({ id, hash }: Proposal) => wired().desk.approvals.decide({ id, decision: 'approve', by: maya, hash })
const now = (id: string) => wired().desk.approvals.get(id)
const later = async (minutes: number) => {
  wired().clock.advance(minutes)
  await wired().desk.approvals.catchUp()
  await wired().desk.workTexts()
}
const queued = () => wired().store.db.selectFrom('texts').select(['client_id', 'template', 'state']).where('direction', '=', 'out').execute()
const there = () => wired().fake.book.visits.get('c-friday')?.start
const moved = when('10:00', '2026-11-27')

/** Whatever way it went: moved once there, told once to the client, with the time that Square has. */
async function expectDoneOnce(id: string): Promise<void> {
  expect(await now(id)).toMatchObject({ state: 'done', errorWords: null, result: { said: expect.stringContaining('Hana Suzuki is now booked on Friday 27 November at 10:00 am') as string } })
  expect([there(), wired().fake.book.visits.get('c-friday')?.version]).toEqual([moved, 2])
  expect(await queued()).toEqual([{ client_id: 'hana', template: 'moved', state: 'sent' }])
  expect(sent.map(({ to, body }) => [to, body.includes('10:00')])).toEqual([['+12135550106', true]])
  await later(30)
  expect(sent).toHaveLength(1)
}

test('an approved move goes there, is read back, and then the client is told', async () => {
  const proposal = await proposeMove()
  expect((await approve(proposal)).proposal.state).toBe('done')
  await expectDoneOnce(proposal.id)
})

describe('F38: the answer to the move is lost', () => {
  test.each(['drop', 'lose', 'timeout'] as const)('(%s): unknown first, nobody is told; then done, and told once', async (fault) => {
    const proposal = await proposeMove()
    wired().server.failNext({ method: 'PUT', path: /bookings/ }, { do: fault })
    expect((await approve(proposal)).proposal).toMatchObject({ state: 'unknown', errorWords: expect.stringContaining('checking') as string })
    expect(await queued()).toEqual([])
    // Square is away for a while: still nobody knows, and nobody says otherwise.
    wired().server.always({ do: 'answer', status: 503, body: 'away' })
    await later(1)
    expect([(await now(proposal.id)).state, await queued()]).toEqual(['unknown', []])
    wired().server.calm()
    await later(2)
    await later(10)
    await expectDoneOnce(proposal.id)
  })
})

describe('F40: somebody at Square\'s screen was faster', () => {
  test('between the look and the write: nothing is overwritten, nobody is told', async () => {
    const proposal = await proposeMove()
    wired().server.failNext({ method: 'PUT', path: /bookings/ }, { do: 'before', run: () => { wired().fake.book.change('c-friday', { segments: wired().fake.book.segmentsOf([{ serviceId: 'cut', staffId: 'cruz' }], when('16:00', '2026-11-27')) }) } })
    expect((await approve(proposal)).proposal).toMatchObject({ state: 'failed' })
    await later(5)
    expect([there(), await queued()]).toEqual([when('16:00', '2026-11-27'), []])
  })

  test('before the press: the card is replaced by one that shows how it is now', async () => {
    const proposal = await proposeMove()
    wired().clock.advance(1)
    wired().fake.book.change('c-friday', { segments: wired().fake.book.segmentsOf([{ serviceId: 'cut', staffId: 'cruz' }], when('16:00', '2026-11-27')) })
    const decision = await approve(proposal)
    expect(decision).toMatchObject({ result: 'stale', replacement: { state: 'pending' } })
    expect([there(), await queued()]).toEqual([when('16:00', '2026-11-27'), []])
  })
})

describe('F43: Square no longer takes the key', () => {
  const refusal = { errors: [{ category: 'AUTHENTICATION_ERROR', code: 'ACCESS_TOKEN_REVOKED' }] }

  test('at the write: the change waits, without a storm, and goes through when the key is good again', async () => {
    const proposal = await proposeMove()
    // Good while the visit is looked at, refused from the write on.
    wired().server.always({ do: 'answer', status: 401, body: refusal }, { method: 'PUT' })
    await approve(proposal)
    wired().server.always({ do: 'answer', status: 401, body: refusal })
    expect(await now(proposal.id)).toMatchObject({ state: 'approved', errorCode: 'auth', errorWords: expect.stringContaining('connected it again') as string })
    const before = wired().server.requests.length
    for (let n = 0; n < 60; n++) await later(1)
    expect(wired().server.requests.length - before).toBeLessThan(20)
    expect([(await now(proposal.id)).state, await queued(), there()]).toEqual(['approved', [], when('15:00', '2026-11-27')])
    wired().server.calm()
    await later(6)
    await later(6)
    await expectDoneOnce(proposal.id)
  })

  test('and the owner connects anew: nothing waits for the five minutes of the old key', async () => {
    const { store, clock } = wired()
    const proposal = await proposeMove()
    wired().server.failNext({ method: 'PUT', path: /bookings/ }, { do: 'answer', status: 401, body: refusal })
    await approve(proposal)
    expect((await desk?.platform.freshness())?.state).toBe('refused')
    const connection = await readConnection(store)
    if (connection === undefined) throw new Error('not connected')
    await saveConnection({ store, connection, by: 'owner', now: clock.now() })
    await later(5)
    await expectDoneOnce(proposal.id)
    expect((await auditOf({ store }, proposal.id)).filter((action) => action === 'proposal.done')).toHaveLength(1)
  })
})
