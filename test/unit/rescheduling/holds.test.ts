import { afterEach, expect, test } from 'vitest'
import { unwrap } from '../../../src/platforms/unwrap.ts'
import { heldByOthers, holdTimes } from '../../../src/rescheduling/hold-times.ts'
import type { Slot } from '../../../src/salon/salon.ts'
import { maya, slotAt } from '../../support/approvals-desk.ts'
import { held, lastText, local, openTimesDesk, proposals, type TimesDesk, when } from './times-desk.ts'

let desk: TimesDesk
afterEach(() => desk.store.close())

test('one chair is never offered to two clients at once, and a card at the desk says who was offered it', async () => {
  desk = await openTimesDesk()
  await desk.ask('c-friday')
  await desk.ask('a-cut')
  await desk.write('hana', 'saturday at 4')
  expect(await held(desk, 'hana')).toEqual(['2026-11-28 16:00'])
  // Elena's cut may be with Cruz as well: at four he is spoken for, Ana is not.
  await desk.write('elena', 'could we do 4 instead')
  expect(lastText(desk)).toContain('Saturday 28 November at 4:00 pm with Ana is free')

  const card = await desk.approvals.propose({ kind: 'book', args: { clientId: 'fay', slotId: await slotAt({ platform: desk.platform, date: '2026-11-28', time: '16:15', wants: [{ serviceId: 'beard', staffId: 'cruz' }] }) }, reason: 'walk-in', requestedBy: maya.id })
  expect(card.facts.notices).toEqual(['Offered to Hana Suzuki by text until 12:33 pm.'])
  const own = await desk.approvals.propose({ kind: 'reschedule', args: { appointmentId: 'c-friday', slotId: await slotAt({ platform: desk.platform, date: '2026-11-28', time: '16:00', rescheduling: 'c-friday' }) }, reason: 'she called', requestedBy: maya.id })
  expect(own.facts.notices).toEqual([])
  desk.clock.advance(30)
  const later = await desk.approvals.propose({ kind: 'book', args: { clientId: 'jo', slotId: await slotAt({ platform: desk.platform, date: '2026-11-28', time: '16:15', wants: [{ serviceId: 'beard', staffId: 'cruz' }] }) }, reason: 'walk-in', requestedBy: maya.id })
  expect(later.facts.notices).toEqual([])
})

test('two clients race for the last times: each time is held for one of them, in any order', async () => {
  desk = await openTimesDesk()
  const slots = unwrap(await desk.platform.searchSlots({ locationId: 'main', wants: [{ serviceId: 'cut', staffId: 'cruz' }], from: '2026-11-29T18:00:00.000Z', to: '2026-11-29T20:00:00.000Z' })).filter((_, n) => n % 3 === 0)
  const hold = (clientId: string, appointmentId: string) => holdTimes(desk.store, { clientId, appointmentId, locationId: 'main', slots, choose: (free) => free.slice(0, 2), holdMinutes: 30, now: desk.clock.now() })
  const rounds = await Promise.all(['hana', 'elena', 'dana-k', 'george'].map((clientId) => hold(clientId, `visit-of-${clientId}`)))
  const all = rounds.flat().map(({ start }) => local(start))
  expect(all.length).toBeGreaterThan(1)
  expect(new Set(all).size).toBe(all.length)
  const busy = rounds.flat()
  for (const one of busy) for (const other of busy) if (one !== other) expect(one.start < other.end && other.start < one.end).toBe(false)
})

test('a hold ends with its time, never outlives the slot, and the same visit offered anew lets the old ones go', async () => {
  desk = await openTimesDesk()
  const [soon] = unwrap(await desk.platform.searchSlots({ locationId: 'main', wants: [{ serviceId: 'cut', staffId: 'cruz' }], from: '2026-11-24T20:15:00.000Z', to: '2026-11-24T20:16:00.000Z' })) as [Slot]
  const given = { clientId: 'hana', appointmentId: 'c-friday', locationId: 'main', choose: (free: Slot[]) => free, holdMinutes: 30, now: desk.clock.now() }
  await holdTimes(desk.store, { ...given, slots: [soon] })
  expect(await desk.store.db.selectFrom('slot_holds').select('expires_at').execute()).toEqual([{ expires_at: soon.start }])
  expect(await heldByOthers(desk.store.db, { slot: soon, clientId: 'elena', now: desk.clock.now() })).toEqual([{ slotId: soon.id, clientId: 'hana', until: soon.start }])
  await holdTimes(desk.store, { ...given, slots: [] })
  expect(await held(desk, 'hana')).toEqual([])
  expect((await desk.store.db.selectFrom('audit').select('action').where('subject', '=', 'appointment:c-friday').orderBy('seq').execute()).map(({ action }) => action)).toEqual(['times.held', 'times.released'])
})

test('a time that a client took is kept while a person is to make the move, and let go when they could not', async () => {
  desk = await openTimesDesk()
  await desk.mode({ mode: 'autonomous', perDay: 5 })
  await desk.ask('c-friday')
  await desk.ask('a-cut')
  await desk.write('hana', 'saturday at 4')
  desk.platform.failNext('reschedule', { do: 'refuse', kind: 'assisted_required', manualSteps: ['Move it there.'] })
  await desk.write('hana', 'yes please')
  const [task] = await proposals(desk)
  expect(task?.state).toBe('by_hand')
  // Long after the half hour that times are held for.
  desk.clock.advance(120)
  const walkIn = async (clientId: string) => (await desk.approvals.propose({ kind: 'book', args: { clientId, slotId: await slotAt({ platform: desk.platform, date: '2026-11-28', time: '16:15', wants: [{ serviceId: 'beard', staffId: 'cruz' }] }) }, reason: 'walk-in', requestedBy: maya.id })).facts.notices
  expect(await walkIn('fay')).toEqual(['Hana Suzuki has chosen it by text, and the move there is under way.'])
  await desk.write('elena', 'could we do saturday at 4 instead')
  expect(lastText(desk)).toContain('Saturday 28 November at 4:00 pm with Ana is free')

  await desk.approvals.byHand({ id: task?.id ?? '', says: 'not_done', by: maya })
  expect(await walkIn('jo')).toEqual([])
})

test('F16: the same reply twice, also at once, holds, proposes and says everything once', async () => {
  desk = await openTimesDesk()
  await desk.ask('c-friday')
  await Promise.all([desk.write('hana', 'Can we do 4 instead?', 'same'), desk.write('hana', 'Can we do 4 instead?', 'same')])
  await desk.write('hana', 'Can we do 4 instead?', 'same')
  expect(desk.sent.filter(({ body }) => body.includes('4:00 pm'))).toHaveLength(1)
  expect(await held(desk, 'hana')).toEqual(['2026-11-27 16:00'])
  await Promise.all([desk.write('hana', 'yes', 'yes'), desk.write('hana', 'yes', 'yes')])
  expect(await proposals(desk)).toHaveLength(1)
  expect(desk.sent).toHaveLength(3)
})

test('a crash after the move and before the reply was settled: worked again, it finds its own move and changes nothing more', async () => {
  desk = await openTimesDesk()
  await desk.mode({ mode: 'autonomous', perDay: 5 })
  await desk.ask('c-friday')
  await desk.write('hana', 'Can we do 4 instead?')
  const row = await desk.store.db.selectFrom('pending_questions').selectAll().where('handler', '=', 'choose_time').executeTakeFirstOrThrow()
  const question = { id: row.id, clientId: row.client_id, subject: row.subject, data: row.data as Record<string, unknown>, expiresAt: row.expires_at, locationId: 'main' }
  const reply = { id: 99, at: desk.clock.now(), clientId: 'hana', words: 'yes', reading: { intent: 'yes' as const, confidence: 1, sure: true, quote: 'yes', parts: [], questions: [], language: 'en' as const, by: 'test' } }
  expect(await desk.rescheduling.question.answer({ question, reply, key: 'k' })).toEqual({ did: 'moved' })
  expect(await desk.rescheduling.question.answer({ question, reply, key: 'k' })).toEqual({ did: 'moved' })
  expect(await when(desk, 'c-friday')).toBe('2026-11-27 16:00')
  expect(await proposals(desk)).toHaveLength(1)
  expect(desk.platform.calls.filter(({ operation }) => operation === 'reschedule')).toHaveLength(1)
})

test('a visit that staff move or cancel lets its offered times go', async () => {
  desk = await openTimesDesk()
  await desk.ask('c-friday')
  await desk.write('hana', 'wednesday after 3')
  expect(await held(desk, 'hana')).toHaveLength(3)
  const card = await desk.approvals.propose({ kind: 'cancel', args: { appointmentId: 'c-friday', cancelledBy: 'client' }, reason: 'she called', requestedBy: maya.id })
  await desk.approvals.decide({ id: card.id, decision: 'approve', by: maya })
  expect(await held(desk, 'hana')).toEqual([])
})
