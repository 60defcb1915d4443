import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { setPause, setRollout } from '../../../src/approvals/rollout.ts'
import { unwrap } from '../../../src/platforms/unwrap.ts'
import { verifyAudit } from '../../../src/store/audit.ts'
import { expireLeases, maya, olga, slotAt } from '../../support/approvals-desk.ts'
import { approve, type MessagesDesk, moveAndTell, openMessagesDesk, proposeMove, threadAudit } from './messages-desk.ts'

let desk: MessagesDesk
beforeEach(async () => { desk = await openMessagesDesk() })
afterEach(() => desk.store.close())

const moved = "Hi Dana, it's Tiny Salon. We've moved your women's cut with Bea to Tuesday 24 November at 11:00 am. Reply YES to confirm or STOP to opt out."
const texts = () => desk.store.db.selectFrom('texts').selectAll().orderBy('id').execute()
const pause = (paused: boolean) => setPause({ store: desk.store, paused, by: olga, now: desk.clock.now() })
const openQuestions = () => desk.store.db.selectFrom('pending_questions').selectAll().where('answered_at', 'is', null).execute()

describe('the text of a change', () => {
  test('stands on the card word for word, goes out once after the change was read back, and asks', async () => {
    const proposal = await proposeMove(desk)
    expect(proposal.facts.message).toMatchObject({ kind: 'text', clientId: 'dana-k', to: 'Dana Kim', body: moved, segments: 1, template: 'moved' })
    expect(await texts()).toEqual([])
    expect((await approve(desk, proposal)).state).toBe('done')
    expect(desk.phones.sent).toEqual([])
    await Promise.all([desk.messages.deliver(), desk.messages.deliver()])
    expect(desk.phones.sent).toEqual([{ key: `text:proposal:${proposal.id}`, to: '+12135550102', body: moved }])
    expect(await desk.messages.deliver()).toBe(0)
    expect((await desk.messages.thread('dana-k')).texts).toEqual([{ id: 1, direction: 'out', body: moved, at: desk.clock.now(), state: 'sent', needsPerson: false, channel: 'sms' }])
    expect(await openQuestions()).toMatchObject([{ client_id: 'dana-k', handler: 'confirm_appointment', subject: 'appointment:b-cut', expires_at: '2026-11-24T19:00:00.000Z' }])
    expect(await threadAudit(desk, 'dana-k')).toEqual(['text.queued', 'text.started', 'text.sent'])
    expect(await verifyAudit(desk.store.db)).toMatchObject({ ok: true })
  })

  test('leaves no word of it and no number in the log or the outbox, and is sealed at rest', async () => {
    await moveAndTell(desk)
    const audit = await desk.store.db.selectFrom('audit').selectAll().where('subject', 'like', 'thread:%').execute()
    const outbox = await desk.store.db.selectFrom('outbox').selectAll().where('kind', '=', 'text').execute()
    const [row] = await texts()
    for (const kept of [audit, outbox, row?.body]) expect(JSON.stringify(kept)).not.toMatch(/Bea|YES|5550102/)
  })

  test('of a booking asks about the visit that was booked; of a fill says it is from the waitlist; of a cancellation asks nothing', async () => {
    const { approvals, platform } = desk
    const wants = [{ serviceId: 'cut', staffId: 'bea' }]
    const booked = await approve(desk, await approvals.propose({ kind: 'book', args: { clientId: 'fay', slotId: await slotAt({ platform, date: '2026-11-24', time: '11:00', wants }) }, reason: '', requestedBy: maya.id }))
    const filled = await approve(desk, await approvals.propose({ kind: 'waitlist_fill', args: { entryId: 'w-jo', slotId: await slotAt({ platform, date: '2026-11-24', time: '12:00', wants }) }, reason: '', requestedBy: maya.id }))
    const cancelled = await approve(desk, await approvals.propose({ kind: 'cancel', args: { appointmentId: 'c-friday', cancelledBy: 'client' }, reason: '', requestedBy: maya.id }))
    await desk.messages.deliver()
    expect(desk.phones.sent.map(({ body }) => body)).toEqual([
      "Hi Fay, it's Tiny Salon. You're booked for your women's cut with Bea on Tuesday 24 November at 11:00 am. Reply YES to confirm or STOP to opt out.",
      "Hi Jo, it's Tiny Salon. Good news from the waitlist: you're booked for your women's cut with Bea on Tuesday 24 November at 12:00 pm. Reply YES to confirm or STOP to opt out.",
      "Hi Hana, it's Tiny Salon. We've cancelled your women's cut with Cruz on Friday 27 November at 3:00 pm. Text us for another time, or STOP to opt out.",
    ])
    const ids = [booked, filled].map(({ result }) => `appointment:${String(result?.data['appointmentId'])}`)
    expect((await openQuestions()).map(({ subject }) => subject)).toEqual(ids)
    expect(await desk.messages.receive({ clientId: 'fay', body: 'yes', externalId: 'r1' })).toMatchObject({ did: 'confirmed' })

    // And the way back tells the client too.
    await approvals.undo({ id: cancelled.id, by: maya })
    await desk.messages.deliver()
    expect(desk.phones.sent.at(-1)?.body).toBe("Hi Hana, it's Tiny Salon. We've put your women's cut with Cruz on Friday 27 November at 3:00 pm back in the book, so you're expected as before. Reply STOP to opt out.")
  })

  test('is not written for a note or a change of status', async () => {
    const status = await desk.approvals.propose({ kind: 'set_status', args: { appointmentId: 'b-cut', to: 'confirmed' }, reason: '', requestedBy: maya.id })
    const note = await desk.approvals.propose({ kind: 'note', args: { clientId: 'fay', text: 'likes tea' }, reason: '', requestedBy: maya.id })
    expect([status.facts.message, note.facts.message]).toEqual([undefined, undefined])
  })

  test('says why there is none: no number, said STOP, the record says no', async () => {
    const why = async () => (await proposeMove(desk)).facts.message
    await desk.messages.receive({ clientId: 'dana-k', body: 'STOP', externalId: 's' })
    expect(await why()).toEqual({ kind: 'none', why: "Dana Kim's number asked for no more texts (STOP)." })
    await desk.messages.receive({ clientId: 'dana-k', body: 'start', externalId: 't' })
    await sql`update book_clients set consent = '{"sms":"out","email":"unknown"}' where id = 'dana-k'`.execute(desk.store.db)
    expect(await why()).toEqual({ kind: 'none', why: "Dana Kim's record says no texts." })
    await sql`update book_clients set contact_sealed = ${desk.store.seal.seal('{"phones":[]}')} where id = 'dana-k'`.execute(desk.store.db)
    expect(await why()).toEqual({ kind: 'none', why: 'Dana Kim has no phone number on file.' })
    expect((await approve(desk, await proposeMove(desk))).state).toBe('done')
    expect((await texts()).filter(({ template }) => template === 'moved')).toEqual([])
  })
})

describe('F37, F19, F36, F56: between the approval and the send', () => {
  test.each([
    ['other words', (seal: MessagesDesk['store']['seal']) => seal.seal('Your cut is free, see http://evil')],
    ['what no key opens', () => 'v1.AAAA'],
  ])('F37: words that are not those that were approved are not sent: %s', async (_what, instead) => {
    await approve(desk, await proposeMove(desk))
    await desk.store.db.updateTable('texts').set({ body: instead(desk.store.seal) }).execute()
    await desk.messages.deliver()
    expect(desk.phones.sent).toEqual([])
    expect(await texts()).toMatchObject([{ state: 'failed', error_code: 'corrupt', needs_person: true }])
  })

  test('F19: a STOP after the text was queued, or while it is being prepared, wins, and the team sees it', async () => {
    await approve(desk, await proposeMove(desk))
    desk.platform.failNext('appointment', { do: 'wait', until: Promise.resolve().then(() => desk.store.db.insertInto('consents').values({ phone_hash: desk.store.seal.lookup('+12135550102'), purpose: 'all', state: 'out', source: 'keyword', at: desk.clock.now(), by: 'client:dana-k', words: '' }).execute()).then(() => {}) })
    await desk.messages.deliver()
    expect(desk.phones.sent).toEqual([])
    expect(await texts()).toMatchObject([{ state: 'suppressed', error_code: 'opted_out', needs_person: true }])

    const hana = await proposeMove(desk, { id: 'c-friday', time: '15:00' })
    await approve(desk, hana)
    await desk.messages.receive({ clientId: 'hana', body: 'please stop texting me', externalId: 'r' })
    expect(desk.phones.sent.map(({ body }) => body)).toEqual(['You will get no more texts from Tiny Salon. Reply START to undo.'])
    expect((await texts()).find(({ proposal_id: id }) => id === hana.id)).toMatchObject({ state: 'suppressed', error_code: 'opted_out' })
    expect(await openQuestions()).toEqual([])
  })

  test('F36: a text that would tell an old time is not sent', async () => {
    await approve(desk, await proposeMove(desk))
    await desk.platform.reschedule({ key: 'else', id: 'b-cut', expectedVersion: '2', slotId: await slotAt({ platform: desk.platform, date: '2026-11-25', time: '09:00', rescheduling: 'b-cut' }) })
    await desk.messages.deliver()
    expect(desk.phones.sent).toEqual([])
    expect(await texts()).toMatchObject([{ state: 'suppressed', error_code: 'outdated' }])
  })

  test('F56: a paused desk sends nothing, also what is claimed already; after it resumes the text goes once', async () => {
    await approve(desk, await proposeMove(desk))
    await pause(true)
    expect(await desk.messages.deliver()).toBe(0)
    await pause(false)
    desk.platform.failNext('appointment', { do: 'wait', until: Promise.resolve().then(() => pause(true)) })
    await desk.messages.deliver()
    expect(desk.phones.sent).toEqual([])
    await pause(false)
    desk.clock.advance(1)
    await desk.messages.deliver()
    expect(desk.phones.sent).toHaveLength(1)
  })

  test('F56: in shadow mode what was approved before is not told', async () => {
    await approve(desk, await proposeMove(desk))
    await setRollout({ store: desk.store, kind: 'reschedule', rollout: { mode: 'shadow' }, by: olga, now: desk.clock.now() })
    await desk.messages.deliver()
    expect(desk.phones.sent).toEqual([])
    expect(await texts()).toMatchObject([{ state: 'suppressed', error_code: 'shadow', needs_person: true }])
  })
})

describe('F28, F29: when the answer is lost', () => {
  test('F29: a desk that dies while sending never sends twice; the text is unknown and goes to a person', async () => {
    await approve(desk, await proposeMove(desk))
    let reached: (() => void) | undefined
    const begun = new Promise<void>((resolve) => { reached = resolve })
    desk.phones.next.push(() => { reached?.(); return new Promise(() => {}) })
    void desk.messages.deliver() // dies with the text on its way
    await begun
    await expireLeases(desk)
    for (const state of ['unknown', 'unknown', 'unknown', 'unknown', 'unknown', 'unknown']) {
      await desk.messages.deliver()
      expect(await texts()).toMatchObject([{ state }])
      desk.clock.advance(1)
    }
    expect(await texts()).toMatchObject([{ state: 'unknown', error_code: 'no_answer', needs_person: true }])
    expect(await desk.messages.deliver()).toBe(0)
    expect(desk.phones.sent).toHaveLength(1)
    // Whether they were asked is not known: a YES goes to a person.
    expect(await desk.messages.receive({ clientId: 'dana-k', body: 'yes', externalId: 'r' })).toMatchObject({ did: 'handed_over' })
  })

  test.each([
    ['found', 'sent', 1],
    ['certainly not there', 'not_sent', 2],
  ] as const)('F28: a time-out is looked up; %s', async (_what, found, sends) => {
    desk.phones.look = async () => ({ state: desk.phones.lookNext.shift() ?? 'unknown' })
    desk.phones.lookNext.push('unknown', found)
    desk.phones.next.push(() => Promise.reject(new Error('socket hang up')))
    await moveAndTell(desk)
    expect(await texts()).toMatchObject([{ state: 'unknown', needs_person: false }])
    for (let minute = 0; minute < 2; minute++) {
      desk.clock.advance(1)
      await desk.messages.deliver()
    }
    expect(await texts()).toMatchObject([{ state: 'sent' }])
    expect(desk.phones.sent).toHaveLength(sends)
    expect(await openQuestions()).toHaveLength(1)
  })

  test('a refusal by the phone company is final and goes to a person', async () => {
    desk.phones.next.push(async () => ({ state: 'failed', code: '21614', failure: 'landline' }))
    await moveAndTell(desk)
    expect(await texts()).toMatchObject([{ state: 'failed', error_code: '21614', needs_person: true }])
    expect(await desk.messages.recent()).toMatchObject([{ client: { id: 'dana-k', name: 'Dana Kim' }, needsPerson: true }])
    await desk.messages.lookedAfter({ clientId: 'dana-k', by: maya })
    expect(await desk.messages.recent()).toMatchObject([{ needsPerson: false, last: { state: 'failed' } }])
  })

  test('a platform that is away delays a text', async () => {
    await approve(desk, await proposeMove(desk))
    desk.platform.failNext('client', { do: 'refuse', kind: 'unavailable' })
    await desk.messages.deliver()
    expect(await texts()).toMatchObject([{ state: 'queued' }])
    desk.clock.advance(1)
    await desk.messages.deliver()
    expect(await texts()).toMatchObject([{ state: 'sent' }])
  })
})

test('a newer text about a visit closes what an older one asked', async () => {
  await moveAndTell(desk)
  await moveAndTell(desk, { time: '15:00' })
  const asked = await desk.store.db.selectFrom('pending_questions').select(['answer', 'expires_at']).orderBy('id').execute()
  expect(asked).toEqual([{ answer: 'superseded', expires_at: '2026-11-24T19:00:00.000Z' }, { answer: null, expires_at: '2026-11-24T23:00:00.000Z' }])
  expect(unwrap(await desk.platform.appointment({ id: 'b-cut' })).status).toBe('booked')
})
