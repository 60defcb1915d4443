import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { buildCallList } from '../../../src/calls/build-call-list.ts'
import type { CallList } from '../../../src/calls/call-list.ts'
import { measureCallEffect, newcombe, wilson } from '../../../src/calls/measure-call-effect.ts'
import { readCallOutcomes, recordCallOutcome } from '../../../src/calls/record-call-outcome.ts'
import { recordScores } from '../../../src/calls/record-scores.ts'
import { fixedClock } from '../../../src/salon/time.ts'
import { verifyAudit } from '../../../src/store/audit.ts'
import type { Store } from '../../../src/store/open-store.ts'
import { createTestStore } from '../../support/test-store.ts'
import { appointment, client, morning, openDayBook, scoreBy } from './day-book.ts'

let store: Store
beforeEach(async () => { store = await createTestStore() })
afterEach(async () => { await store.close() })

const clock = morning
const whole = { from: '2026-01-01T00:00:00.000Z', to: '2027-01-01T00:00:00.000Z' }

describe('recordCallOutcome', () => {
  const given = { appointmentId: 'a', clientId: 'dana', locationId: 'west', by: 'sam' }

  it('keeps every record, counts the latest, and writes an audit row for each', async () => {
    await recordCallOutcome({ store, clock, ...given, outcome: 'voicemail', note: 'rang twice' })
    await recordCallOutcome({ store, clock, ...given, outcome: 'reached-moved' })
    await recordCallOutcome({ store, clock, ...given, appointmentId: 'b', outcome: 'skipped' })
    expect([...await readCallOutcomes({ db: store.db, ...whole })].map(([id, { outcome }]) => [id, outcome])).toEqual([['a', 'reached-moved'], ['b', 'skipped']])
    expect([...await readCallOutcomes({ db: store.db, ...whole, appointmentIds: ['b', 'nobody'] })].map(([id]) => id)).toEqual(['b'])
    expect(await store.db.selectFrom('call_outcomes').select(['outcome', 'note']).orderBy('id').execute()).toEqual([{ outcome: 'voicemail', note: 'rang twice' }, { outcome: 'reached-moved', note: null }, { outcome: 'skipped', note: null }])
    const audit = await store.db.selectFrom('audit').selectAll().where('action', '=', 'call.outcome').orderBy('seq').execute()
    expect(audit.map(({ subject, actor, detail }) => [subject, actor, detail.outcome])).toEqual([['appointment:a', 'sam', 'voicemail'], ['appointment:a', 'sam', 'reached-moved'], ['appointment:b', 'sam', 'skipped']])
    expect(JSON.stringify(audit)).not.toContain('rang twice')
    expect(await verifyAudit(store.db)).toMatchObject({ ok: true })
  })

  it('refuses what is no outcome, and writes nothing', async () => {
    await expect(recordCallOutcome({ store, clock, ...given, outcome: 'maybe' as 'skipped' })).rejects.toMatchObject({ code: 'invalid_input', userMessage: expect.stringContaining('reached-confirmed') })
    expect((await readCallOutcomes({ db: store.db, ...whole })).size).toBe(0)
    expect(await store.db.selectFrom('audit').select('seq').where('action', '=', 'call.outcome').execute()).toEqual([])
  })

  it('reads only the range asked for', async () => {
    await recordCallOutcome({ store, clock, ...given, outcome: 'skipped' })
    expect((await readCallOutcomes({ db: store.db, from: whole.from, to: clock.now() })).size).toBe(0)
    expect((await readCallOutcomes({ db: store.db, from: clock.now(), to: whole.to })).size).toBe(1)
  })
})

describe('recordScores', () => {
  it('keeps what was predicted and decided, once, with one audit row, and writes it back', async () => {
    const clients = Array.from({ length: 20 }, (_, i) => client(`c${i}`, 'Dana', ''))
    const platform = await openDayBook({ store, clients, appointments: clients.map(({ id }, i) => appointment(`a${i}`, { clientId: id, time: `${10 + (i % 9)}:00` })) })
    const list = await buildCallList({ platform, score: scoreBy({ a0: 0.4 }).score, store, clock, locationId: 'west', settings: { holdOutShare: 0.3 } })
    const record = () => recordScores({ list, store, clock, model: 'm1', by: 'desk', platform })
    expect(await record()).toEqual({ recorded: 20, written: 20 })
    expect(await record()).toEqual({ recorded: 0, written: 20 })
    const rows = await store.db.selectFrom('scores').selectAll().execute()
    expect(rows.find(({ appointment_id: id }) => id === 'a0')).toMatchObject({ score: 0.4, band: 'high', model: 'm1', client_id: 'c0', reasons: ['two late cancellations in 60 days'], at: clock.now() })
    const states = Object.groupBy(rows, ({ state }) => state)
    expect(states.call?.length).toBe(list.locations[0]?.items.length)
    expect(states.held_out?.length).toBe(list.locations[0]?.heldOut.length)
    expect(await store.db.selectFrom('audit').select('detail').where('action', '=', 'scores.recorded').execute()).toMatchObject([{ detail: { model: 'm1', count: 20 } }])
    expect(await platform.appointment({ id: 'a0' })).toMatchObject({ ok: true, value: { risk: { score: 0.4, band: 'high', model: 'm1' } } })
  })

  it('leaves no trace of an empty list', async () => {
    const list: CallList = { business: 'b', now: clock.now(), effect: { relativeReduction: 0.2, from: 'trial', note: '' }, locations: [] }
    expect(await recordScores({ list, store, clock, model: 'm1', by: 'desk' })).toEqual({ recorded: 0, written: 0 })
    expect(await store.db.selectFrom('audit').select('seq').where('action', '=', 'scores.recorded').execute()).toEqual([])
  })
})

describe('measureCallEffect', () => {
  // Of each group the first `failed` did not come; every fourth listed client was reached.
  const measure = async ({ listed, listedFailed, heldOut, heldOutFailed }: { listed: number; listedFailed: number; heldOut: number; heldOutFailed: number }) => {
    const groups = [{ state: 'call', n: listed, failed: listedFailed }, { state: 'held_out', n: heldOut, failed: heldOutFailed }] as const
    const rows = groups.flatMap(({ state, n, failed }) => Array.from({ length: n }, (_, i) => ({ state, id: `${state}${i}`, failed: i < failed })))
    const later = fixedClock('2026-12-20T07:30:00-08:00')
    const platform = await openDayBook({ store, clock: later, clients: rows.map(({ id }) => client(`c-${id}`, 'Dana', '')), appointments: rows.map(({ id, failed }, i) => appointment(id, { clientId: `c-${id}`, time: `${9 + (i % 10)}:00`.padStart(5, '0'), status: failed ? 'no_show' : 'completed' })) })
    await store.db.insertInto('scores').values(rows.map(({ state, id }) => ({ appointment_id: id, client_id: `c-${id}`, at: clock.now(), model: 'm', score: 0.2, band: 'medium' as const, reasons: '[]', state }))).execute()
    await recordCallOutcome({ store, clock, appointmentId: 'call0', clientId: 'c-call0', locationId: 'west', outcome: 'reached-confirmed', by: 'sam' })
    return measureCallEffect({ platform, db: store.db, clock: later, ...whole })
  }

  it('says "not enough yet" while it is', async () => {
    const result = await measure({ listed: 30, listedFailed: 2, heldOut: 12, heldOutFailed: 3 })
    expect(result).toMatchObject({ enough: false, listed: { n: 30, failures: 2 }, heldOut: { n: 12, failures: 3 }, reached: { n: 1, failures: 1 } })
    expect(result.sentence).toContain('Not enough yet to say what calling does: 12 of 200 held-out')
    expect(result.effect).toBeUndefined()
  })

  it('gives the salon\'s own effect with its interval when there is enough', async () => {
    const result = await measure({ listed: 400, listedFailed: 40, heldOut: 200, heldOutFailed: 50 })
    expect(result.enough).toBe(true)
    expect(result.difference.value).toBeCloseTo(0.15)
    expect(result.difference.low).toBeGreaterThan(0.08)
    expect(result.effect).toMatchObject({ from: 'measured', relativeReduction: 0.6 })
    expect(result.sentence).toContain('Calling helps: 25.0 % of 200 held-out')
  })

  it('computes intervals as published', () => {
    // Newcombe 1998, table II, example (a): 56/70 and 48/80, method 10: 0.0524 to 0.3339.
    const { value, low, high } = newcombe(wilson(56, 70), wilson(48, 80))
    expect([value, low, high].map((x) => x.toFixed(4))).toEqual(['0.2000', '0.0524', '0.3339'])
    expect(wilson(0, 0)).toMatchObject({ low: 0, high: 1 })
    expect(wilson(0, 10).low).toBe(0)
  })
})
