import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { appendToBook } from '../../../src/platforms/embedded/append-to-book.ts'
import { openEmbeddedBook } from '../../../src/platforms/embedded/index.ts'
import { loadBook } from '../../../src/platforms/embedded/load-book.ts'
import { writeSlotId } from '../../../src/platforms/embedded/slot-id.ts'
import { unwrap } from '../../../src/platforms/unwrap.ts'
import type { AppointmentEvent } from '../../../src/salon/salon.ts'
import { at } from '../../../src/salon/time.ts'
import { createTestStore, openTestStore } from '../../support/test-store.ts'
import { createTinyDesk, tinyBook, tinyNow, tinyZone } from '../../support/tiny-book.ts'

let desk: Awaited<ReturnType<typeof createTinyDesk>>
beforeEach(async () => { desk = await createTinyDesk() })
afterEach(() => desk.store.close())

const tuesday = (time: string) => at('2026-11-24', time, tinyZone)
const slotAt = (start: string, { staffId = 'ana', serviceId = 'cut' } = {}) => writeSlotId({ locationId: 'main', segments: [{ serviceId, staffId, start: Date.parse(start) / 1000, requested: false }] })

test('the database itself refuses a second client at one time, not our checks', async () => {
  const insert = (chair: string) => sql`insert into book_occupied values ('a-color', ${chair}::int8range)`.execute(desk.store.db)
  await insert('[100,200)')
  await expect(insert('[199,300)')).rejects.toMatchObject({ code: '23P01' })
  await insert('[200,300)')
})

test('two instances of the desk that book one time at one moment make one booking', async () => {
  const second = openTestStore(desk.store.url)
  const other = openEmbeddedBook({ store: second, clock: desk.clock })
  const slotId = slotAt(tuesday('10:00'))
  const outcomes = await Promise.all(Array.from({ length: 12 }, (_, n) => (n % 2 === 0 ? desk.platform : other).create({ key: `k${n}`, slotId, clientId: 'fay' })))
  await second.close()
  expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(1)
  expect(outcomes.filter((outcome) => !outcome.ok && outcome.error.kind === 'conflict_slot')).toHaveLength(11)
})

test.each([
  ['outside opening hours', slotAt(tuesday('08:45')), 'the time is outside opening hours'],
  ['running past closing', slotAt(tuesday('17:30')), 'the time is outside opening hours'],
  ['on a closed weekday', slotAt(at('2026-11-23', '10:00', tinyZone)), 'the location is closed on that day'],
  ['on Thanksgiving', slotAt(at('2026-11-26', '10:00', tinyZone)), 'the location is closed on that day'],
  ['before the shift', slotAt(at('2026-11-28', '09:00', tinyZone), { staffId: 'bea' }), 'the staff member does not work at that time'],
  ['with somebody who does not do it', slotAt(tuesday('10:00'), { staffId: 'bea', serviceId: 'color' }), 'the staff member does not do this service'],
  ['in the past', slotAt(at('2026-11-20', '10:00', tinyZone)), 'the time is in the past'],
])('a slot %s is refused with the reason', async (_what, slotId, message) => {
  expect(await desk.platform.create({ key: 'k', slotId, clientId: 'fay' })).toMatchObject({ ok: false, error: { kind: 'policy_blocked', message } })
})

test('a refusal leaves nothing behind, and is the first answer for its key', async () => {
  const command = { key: 'k', slotId: slotAt(tuesday('08:45')), clientId: 'fay' }
  const first = await desk.platform.create(command)
  expect(await desk.platform.create(command)).toEqual(first)
  expect(unwrap(await desk.platform.history({ clientIds: ['fay'] }))).toEqual([])
  expect(await desk.platform.addNote({ key: 'nul', on: 'client', id: 'fay', text: 'a\u0000b', by: 'desk' })).toMatchObject({ ok: false, error: { kind: 'invalid' } })
})

test('contact details are not readable in the database', async () => {
  const { rows } = await sql<{ all: string }>`select (select string_agg(c::text, ' ') from book_clients c) || (select string_agg(c::text, ' ') from book_contacts c) as all`.execute(desk.store.db)
  expect(rows[0]?.all).toContain('Whitfield')
  expect(rows[0]?.all).not.toMatch(/2135550101|dana\.w/i)
})

test('a book with a contradiction, or of another salon, is refused whole', async () => {
  const book = tinyBook()
  const [first] = book.appointments
  if (first === undefined) throw new Error('empty')
  first.appointment.clientId = 'nobody'
  await expect(loadBook({ store: desk.store, book, now: tinyNow })).rejects.toMatchObject({ code: 'invalid_input', userMessage: expect.stringContaining('"nobody"') as string })
  const other = tinyBook()
  other.catalog.business = { id: 'other', name: 'Other', demo: false }
  await expect(loadBook({ store: desk.store, book: other, now: tinyNow })).rejects.toMatchObject({ code: 'conflict' })
})

test('an empty book says so and takes no writes', async () => {
  const store = await createTestStore()
  const platform = openEmbeddedBook({ store, clock: desk.clock })
  const command = { key: 'k', slotId: slotAt(tuesday('10:00')), clientId: 'fay' }
  expect(await platform.catalog()).toMatchObject({ ok: false, error: { kind: 'not_found' } })
  expect(await platform.create(command)).toMatchObject({ ok: false, error: { kind: 'not_found' } })
  expect(await platform.create(command)).toMatchObject({ ok: false, error: { kind: 'not_found' } })
  await store.close()
})

test('carrying the book forward: outcomes once, a cancelled chair is free, what is over stays over', async () => {
  const event = (kind: AppointmentEvent['kind'], when: string): AppointmentEvent => ({ kind, at: when, knownAt: when, by: 'client' })
  const evening = at('2026-11-21', '19:00', tinyZone)
  const outcomes = [
    { appointmentId: 'b-cut', event: event('completed', evening) },
    { appointmentId: 'c-friday', event: event('cancelled', evening) },
    { appointmentId: 'old-missed', event: event('completed', evening) },
  ]
  const [model] = tinyBook().appointments
  if (model === undefined) throw new Error('empty')
  const added = structuredClone(model)
  Object.assign(added.appointment, { id: 'new-one', start: tuesday('09:00'), end: tuesday('11:00') })
  for (const segment of added.appointment.segments) segment.start = tuesday('09:00')
  expect(await appendToBook({ store: desk.store, now: evening, outcomes, added: [added] })).toEqual({ events: 2, appointments: 1 })
  expect(await appendToBook({ store: desk.store, now: evening, outcomes, added: [added] })).toEqual({ events: 0, appointments: 0 })
  desk.clock.set(evening)
  const status = async (id: string) => unwrap(await desk.platform.appointment({ id })).status
  expect([await status('b-cut'), await status('c-friday'), await status('old-missed'), await status('new-one')]).toEqual(['completed', 'cancelled', 'no_show', 'booked'])
  unwrap(await desk.platform.create({ key: 'free', slotId: slotAt(at('2026-11-27', '15:00', tinyZone), { staffId: 'cruz' }), clientId: 'fay' }))
})
