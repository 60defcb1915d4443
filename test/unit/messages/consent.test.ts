import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readConsent, readConsents, writeConsent } from '../../../src/messages/consent/consent.ts'
import { barredBy } from '../../../src/messages/consent/reach-client.ts'
import { textsAfterOptOut } from '../../../src/messages/consent/texts-after-opt-out.ts'
import { verifyAudit } from '../../../src/store/audit.ts'
import type { Store } from '../../../src/store/open-store.ts'
import type { Purpose } from '../../../src/store/tables/texts.ts'
import { createTestStore } from '../../support/test-store.ts'
import { type MessagesDesk, moveAndTell, openMessagesDesk } from './messages-desk.ts'

const at = '2026-11-20T20:00:00.000Z'
const hash = 'a'.repeat(64)

describe('the ledger of consent', () => {
  let store: Store
  beforeEach(async () => { store = await createTestStore() })
  afterEach(() => store.close())

  type Said = Pick<Parameters<typeof writeConsent>[1], 'state' | 'purpose' | 'source'>
  const say = (said: Partial<Said>, phoneHash = hash) => store.transaction((trx) => writeConsent(trx, { seal: store.seal, phoneHash, purpose: 'all', state: 'out', source: 'keyword', words: 'STOP', by: 'client:dana', at, subject: 'thread:dana', ...said }))
  const now = async (purposes: Purpose[] = ['appointment', 'waitlist', 'marketing']) => Promise.all(purposes.map((purpose) => readConsent(store.db, { phoneHash: hash, purpose })))

  test('is silent at first; STOP is for everything, START takes it back but agrees to no advertising', async () => {
    expect(await now()).toEqual(['unknown', 'unknown', 'unknown'])
    expect(await say({})).toEqual({ changed: true })
    expect(await say({})).toEqual({ changed: false })
    expect(await now()).toEqual(['out', 'out', 'out'])
    expect(await say({ state: 'in' })).toEqual({ changed: true })
    expect(await now()).toEqual(['in', 'in', 'unknown'])
    expect(await store.db.selectFrom('consents').selectAll().execute()).toHaveLength(3)
  })

  test('refusing one purpose leaves the others, and outlasts a later START', async () => {
    await say({ purpose: 'marketing', source: 'words' })
    expect(await now()).toEqual(['unknown', 'unknown', 'out'])
    await say({})
    await say({ state: 'in' })
    expect(await now()).toEqual(['in', 'in', 'out'])
    await say({ purpose: 'marketing', state: 'in', source: 'words' })
    expect(await now()).toEqual(['in', 'in', 'in'])
  })

  test('a STOP ends an earlier yes to one purpose; a later yes to it opens that one only', async () => {
    await say({ purpose: 'waitlist', state: 'in', source: 'words' })
    await say({})
    expect(await now()).toEqual(['out', 'out', 'out'])
    await say({ purpose: 'waitlist', state: 'in', source: 'staff' })
    expect(await now()).toEqual(['out', 'in', 'out'])
  })

  test('the wrong person can silence the number and not open it: only staff can', async () => {
    await say({ source: 'wrong_person' })
    await say({ state: 'in', source: 'keyword' })
    expect(await now(['appointment'])).toEqual(['out'])
    await say({ state: 'in', source: 'staff' })
    expect(await now(['appointment'])).toEqual(['in'])
  })

  test('keeps words sealed, writes who and why in the log in the same transaction, and keeps numbers apart', async () => {
    await say({})
    await say({ state: 'in' }, 'b'.repeat(64))
    const [row] = await store.db.selectFrom('consents').selectAll().orderBy('id').execute()
    expect(row?.words).not.toContain('STOP')
    expect(store.seal.open(String(row?.words))).toBe('STOP')
    expect(await store.db.selectFrom('audit').select(['actor', 'action', 'subject', 'detail']).execute()).toMatchObject([
      { actor: 'client:dana', action: 'consent.out', subject: 'thread:dana', detail: { purpose: 'all', source: 'keyword', changed: true } }, { action: 'consent.in' },
    ])
    expect(await verifyAudit(store.db)).toMatchObject({ ok: true })
    const many = await readConsents(store.db, { phoneHashes: [hash, 'b'.repeat(64), 'c'.repeat(64)], purpose: 'appointment' })
    expect(Object.fromEntries(Array.from(many, ([key, { state }]) => [key[0], state]))).toEqual({ a: 'out', b: 'in' })
    await expect(store.transaction(async (trx) => {
      await writeConsent(trx, { seal: store.seal, phoneHash: hash, purpose: 'all', state: 'in', source: 'staff', words: '', by: 'x', at, subject: 'thread:dana' })
      throw new Error('no')
    })).rejects.toThrow('no')
    expect(await now(['appointment'])).toEqual(['out'])
  })
})

test('LAW-4, LAW-5: texts about visits need no refusal; offers and advertising need a yes', () => {
  const barred = (purpose: Purpose, state?: 'in' | 'out' | 'unknown', record?: 'in' | 'out' | 'unknown') => barredBy({ consent: state === undefined ? undefined : { state }, record, purpose })
  expect([barred('appointment'), barred('appointment', 'in', 'unknown'), barred('appointment', 'out', 'in'), barred('appointment', 'in', 'out')]).toEqual([undefined, undefined, 'opted_out', 'no_consent'])
  for (const purpose of ['waitlist', 'marketing'] as const) {
    expect([barred(purpose), barred(purpose, 'unknown', 'unknown'), barred(purpose, 'in'), barred(purpose, undefined, 'in'), barred(purpose, 'out', 'in')]).toEqual(['not_asked', 'not_asked', undefined, undefined, 'opted_out'])
  }
})

describe('LAW-1: the proof that nobody is texted after an opt-out', () => {
  let desk: MessagesDesk
  beforeEach(async () => { desk = await openMessagesDesk() })
  afterEach(() => desk.store.close())

  test('is empty when all is well, the one confirmation included; and names what should not have been', async () => {
    await moveAndTell(desk)
    desk.clock.advance(1)
    await desk.messages.receive({ clientId: 'dana-k', body: 'STOP', externalId: 'a' })
    expect(desk.phones.sent).toHaveLength(2)
    expect(await textsAfterOptOut(desk.store.db)).toEqual([])
    // Somebody else's program wrote to the table.
    desk.clock.advance(1)
    await desk.store.db.insertInto('texts').values({ key: 'rogue', client_id: 'dana-k', location_id: null, direction: 'out', body: desk.store.seal.seal('x'), template: 'moved', appointment_id: null, proposal_id: null, segments: 1, state: 'sent', error_code: null, reading: null, did: null, needs_person: false, at: desk.clock.now(), attempted_at: desk.clock.now(), phone_hash: desk.store.seal.lookup('+12135550102') }).execute()
    expect(await textsAfterOptOut(desk.store.db)).toMatchObject([{ clientId: 'dana-k', sentAt: desk.clock.now() }])
    desk.clock.advance(1)
    await desk.messages.receive({ clientId: 'dana-k', body: 'START', externalId: 'b' })
    desk.clock.advance(1)
    await moveAndTell(desk, { time: '15:00' })
    expect(await textsAfterOptOut(desk.store.db)).toHaveLength(1)
  })
})
