import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadBook } from '../../../src/platforms/embedded/load-book.ts'
import { unwrap } from '../../../src/platforms/unwrap.ts'
import type { AppointmentHistory } from '../../../src/salon/salon.ts'
import { addMinutes, at, dayRange } from '../../../src/salon/time.ts'
import { createTinyDesk, tinyBook, tinyNow, tinyZone } from '../../support/tiny-book.ts'

let desk: Awaited<ReturnType<typeof createTinyDesk>>
beforeEach(async () => { desk = await createTinyDesk({ book: bookThatKnowsTooMuch() }) })
afterEach(() => desk.store.close())

const saturday = dayRange('2026-11-21', tinyZone)
const later = '2026-11-21T20:00:00.000Z'

test('what becomes known later has not happened: a cancelled, a moved and a finished visit are still to come, a later booking is not there', async () => {
  const now = unwrap(await desk.platform.appointments(saturday)).items
  expect(now.map(({ id, status, start }) => [id, status, start])).toEqual([
    ['a-color', 'booked', at('2026-11-21', '09:00', tinyZone)],
    ['b-cut', 'booked', at('2026-11-21', '10:00', tinyZone)],
    ['a-cut', 'booked', at('2026-11-21', '13:00', tinyZone)],
    ['c-beard', 'confirmed', at('2026-11-21', '14:00', tinyZone)],
  ])
  desk.clock.set(addMinutes(later, 1))
  const afterwards = unwrap(await desk.platform.appointments({ ...saturday, includeCancelled: true })).items
  expect(afterwards.map(({ id, status }) => [id, status])).toEqual([['a-color', 'completed'], ['b-cut', 'cancelled'], ['c-beard', 'confirmed'], ['a-cut', 'booked'], ['walk-in', 'booked']])
})

test('time that is taken as far as is known now is not offered and cannot be booked, whatever the book learned later', async () => {
  const query = { locationId: 'main', wants: [{ serviceId: 'cut', staffId: 'bea' }], from: at('2026-11-21', '10:00', tinyZone), to: at('2026-11-21', '10:01', tinyZone) }
  expect(unwrap(await desk.platform.searchSlots(query))).toEqual([])
  const { clock, platform } = desk
  clock.set(addMinutes(later, 1))
  const [tuesday] = unwrap(await platform.searchSlots({ ...query, from: at('2026-11-24', '10:00', tinyZone), to: at('2026-11-24', '10:01', tinyZone) }))
  expect(tuesday?.start).toBe(at('2026-11-24', '10:00', tinyZone))
})

test('a change made at a moment of the past begins another life: what was to come is dropped', async () => {
  const { platform, clock } = desk
  const before = unwrap(await platform.appointment({ id: 'b-cut' }))
  const confirmed = unwrap(await platform.setStatus({ key: 'k', id: 'b-cut', expectedVersion: before.version, to: 'confirmed' }))
  expect(confirmed.status).toBe('confirmed')
  clock.set(addMinutes(later, 1))
  expect(unwrap(await platform.appointment({ id: 'b-cut' })).status).toBe('confirmed')
})

test('risk features see a moved visit at its old time', async () => {
  const history = unwrap(await desk.platform.history({ clientIds: ['elena'], knownBefore: tinyNow })).find(({ appointment }) => appointment.id === 'a-cut')
  expect(history).toMatchObject({ appointment: { start: at('2026-11-21', '13:00', tinyZone), segments: [{ start: at('2026-11-21', '13:00', tinyZone) }] }, events: [{ kind: 'booked' }] })
})

test('an import that names a visit twice over keeps the first, marks the other, and gives it the chair when the first goes', async () => {
  const { store, platform } = desk
  const book = tinyBook()
  const [first] = book.appointments
  if (first === undefined) throw new Error('empty')
  const twin = structuredClone(first)
  twin.appointment.id = 'z-twin'
  const loaded = await loadBook({ store, book: { ...book, appointments: [twin] }, now: tinyNow })
  expect(loaded).toMatchObject({ overbooked: 1, added: { appointments: 1 } })
  const { version } = unwrap(await platform.appointment({ id: 'a-color' }))
  unwrap(await platform.cancel({ key: 'free', id: 'a-color', expectedVersion: version, cancelledBy: 'client' }))
  const taken = await platform.setStatus({ key: 'again', id: 'a-color', expectedVersion: String(Number(version) + 1), to: 'booked' })
  expect(taken).toMatchObject({ ok: false, error: { kind: 'conflict_slot' } })
})

test('of two visits that were imported on top of each other, one that moved may go back beside the other, but not onto a booking of ours', async () => {
  const { store, platform } = desk
  const twin = structuredClone(tinyBook().appointments[4]) as AppointmentHistory
  twin.appointment.id = 'twin'
  await loadBook({ store, book: { ...tinyBook(), appointments: [twin] }, now: tinyNow })
  const start = at('2026-11-27', '15:00', tinyZone)
  const query = { locationId: 'main', wants: [{ serviceId: 'cut', staffId: 'cruz' }], rescheduling: 'c-friday' }
  const there = { ...query, from: start, to: addMinutes(start, 1) }
  const move = async (key: string, slotId: string | undefined) => platform.reschedule({ key, id: 'c-friday', expectedVersion: unwrap(await platform.appointment({ id: 'c-friday' })).version, slotId: slotId ?? '' })
  const [away] = unwrap(await platform.searchSlots({ ...query, ...dayRange('2026-11-28', tinyZone) }))
  unwrap(await move('away', away?.id))
  const [home] = unwrap(await platform.searchSlots(there))
  expect(unwrap(await platform.slot({ id: home?.id ?? '', rescheduling: 'c-friday' })).free).toBe(true)
  expect(unwrap(await move('back', home?.id)).start).toBe(start)
  unwrap(await move('away again', away?.id))
  unwrap(await platform.setStatus({ key: 'ours', id: 'twin', expectedVersion: '1', to: 'confirmed' }))
  expect(unwrap(await platform.searchSlots(there))).toEqual([])
  expect(await move('back again', home?.id)).toMatchObject({ ok: false, error: { kind: 'conflict_slot' } })
})

test('a later version of a row replaces it, unless it was changed here', async () => {
  const { store, platform } = desk
  const { version } = unwrap(await platform.appointment({ id: 'c-friday' }))
  unwrap(await platform.setStatus({ key: 'ours', id: 'c-friday', expectedVersion: version, to: 'confirmed' }))
  const book = bookThatKnowsTooMuch()
  for (const { appointment } of book.appointments) if (['c-friday', 'c-beard'].includes(appointment.id)) appointment.cancelledBy = 'salon'
  expect(await loadBook({ store, book, now: tinyNow })).toMatchObject({ changed: { appointments: 1 }, kept: 1, added: { appointments: 0 } })
  expect(unwrap(await platform.appointment({ id: 'c-friday' })).status).toBe('confirmed')
})

test('the gap in which colour develops serves another client', async () => {
  const wants = [{ serviceId: 'beard', staffId: 'ana' }]
  const slots = unwrap(await desk.platform.searchSlots({ locationId: 'main', wants, from: at('2026-11-21', '09:30', tinyZone), to: at('2026-11-21', '11:30', tinyZone) }))
  expect(slots.map(({ start }) => start)).toEqual(['09:45', '10:00', '11:00', '11:15'].map((time) => at('2026-11-21', time, tinyZone)))
  unwrap(await desk.platform.create({ key: 'inside', slotId: slots[0]?.id ?? '', clientId: 'jo' }))
})

test('an imported visit that no search would offer (a gap, before opening, two people) goes back exactly where it was', async () => {
  const { store, platform } = desk
  const book = tinyBook()
  const odd = structuredClone(book.appointments[4]) as AppointmentHistory
  const [cut] = odd.appointment.segments
  if (cut === undefined) throw new Error('empty')
  const start = at('2026-11-24', '08:40', tinyZone)
  odd.appointment.segments = [{ ...cut, staffId: 'ana', start, durationMin: 50 }, { ...cut, staffId: 'ana', serviceId: 'beard', start: addMinutes(start, 70), durationMin: 15 }]
  Object.assign(odd.appointment, { id: 'odd', start, end: addMinutes(start, 85) })
  await loadBook({ store, book: { ...book, appointments: [odd] }, now: tinyNow })
  const before = unwrap(await platform.appointment({ id: 'odd' }))
  const query = { locationId: 'main', wants: [{ serviceId: 'cut', staffId: 'ana' }, { serviceId: 'beard', staffId: 'ana' }], rescheduling: 'odd', limit: 3 }
  const [away] = unwrap(await platform.searchSlots({ ...query, ...dayRange('2026-11-25', tinyZone) }))
  const moved = unwrap(await platform.reschedule({ key: 'away', id: 'odd', expectedVersion: before.version, slotId: away?.id ?? '' }))
  const [home] = unwrap(await platform.searchSlots({ ...query, from: start, to: addMinutes(start, 1) }))
  expect(unwrap(await platform.slot({ id: home?.id ?? '', rescheduling: 'odd' }))).toEqual({ slot: home, free: true })
  const back = unwrap(await platform.reschedule({ key: 'back', id: 'odd', expectedVersion: moved.version, slotId: home?.id ?? '' }))
  expect([back.start, back.end, back.segments]).toEqual([before.start, before.end, before.segments])
  const all = unwrap(await platform.searchSlots({ ...query, ...dayRange('2026-11-24', tinyZone), limit: 200 })).map((slot) => slot.start)
  expect(all).toEqual([...new Set(all)].toSorted())
  expect(all[0]).toBe(start)
})

/** The tiny book as it would be exported that evening: with outcomes that nobody knew in the morning. */
function bookThatKnowsTooMuch() {
  const book = tinyBook()
  const find = (id: string) => book.appointments.find(({ appointment }) => appointment.id === id) as AppointmentHistory
  const done = find('a-color')
  done.appointment.status = 'completed'
  done.events.push({ kind: 'completed', at: later, knownAt: later })
  const gone = find('b-cut')
  gone.appointment.status = 'cancelled'
  gone.events.push({ kind: 'cancelled', at: later, knownAt: later, by: 'client' })
  const moved = find('a-cut')
  const [from, to] = [moved.appointment.start, addMinutes(moved.appointment.start, 120)]
  moved.events.push({ kind: 'moved', at: later, knownAt: later, from, to })
  moved.appointment.start = to
  moved.appointment.end = addMinutes(to, 45)
  for (const segment of moved.appointment.segments) segment.start = to
  const walkIn = structuredClone(find('c-friday'))
  Object.assign(walkIn.appointment, { id: 'walk-in', start: at('2026-11-21', '17:00', tinyZone), end: at('2026-11-21', '17:45', tinyZone), bookedAt: later })
  for (const segment of walkIn.appointment.segments) segment.start = walkIn.appointment.start
  walkIn.events = [{ kind: 'booked', at: later, knownAt: later }]
  book.appointments.push(walkIn)
  return book
}
