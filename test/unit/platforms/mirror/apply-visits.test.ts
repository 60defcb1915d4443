import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { follow } from '../../../../src/platforms/mirror/hear.ts'
import { reconcileRange } from '../../../../src/platforms/mirror/read-range.ts'
import { applySeen, refreshVisit } from '../../../../src/platforms/mirror/refresh.ts'
import { unwrap } from '../../../../src/platforms/unwrap.ts'
import { anotherInstance, mirroredDesks } from '../../../support/platforms/mirrored.ts'
import { bookThere, moveThere, onSquare, type SquareDesk, when } from '../../../support/platforms/mirrored-square.ts'

const desks = mirroredDesks(onSquare)
let desk: SquareDesk
beforeEach(async () => { desk = await desks.make() })
afterEach(() => desk.store.close())
afterAll(() => desks.end())

const seen = async (id: string) => unwrap(await desk.adapter.visit({ id }))
const copy = async (id: string) => unwrap(await desk.platform.history({})).find(({ appointment }) => appointment.id === id)
const refresh = async (id: string) => unwrap(await refreshVisit(desk.room, id)).visit
const feed = async (cursor: string) => unwrap(await desk.platform.changes({ cursor })).changes
const now = async () => unwrap(await desk.platform.changes({})).cursor
const chairsOf = async (id: string) => desk.store.db.selectFrom('book_occupied').select('chair').where('appointment_id', '=', id).execute()

test('what was asked for earlier is older news', async () => {
  const before = await seen('b-cut')
  desk.clock.advance(1)
  moveThere(desk, 'b-cut', when('11:00'))
  const moved = await refresh('b-cut')
  const cursor = await now()
  desk.clock.advance(1)
  unwrap(await applySeen(desk.room, before))
  expect((await copy('b-cut'))?.appointment).toMatchObject({ start: when('11:00'), version: moved.version })
  expect(await feed(cursor)).toEqual([])
})

test('an earlier version that was asked for later is older news too', async () => {
  moveThere(desk, 'b-cut', when('11:00'))
  const first = await seen('b-cut')
  moveThere(desk, 'b-cut', when('12:00'))
  desk.clock.advance(1)
  await refresh('b-cut')
  unwrap(await applySeen(desk.room, { ...first, visit: { ...first.visit, fetchedAt: desk.clock.now() } }))
  expect((await copy('b-cut'))?.appointment.start).toBe(when('12:00'))
})

test('the same again changes nothing: no line in the feed, no new version, no event', async () => {
  const before = await copy('b-cut')
  const cursor = await now()
  for (let n = 0; n < 3; n++) {
    desk.clock.advance(1)
    await refresh('b-cut')
  }
  const after = await copy('b-cut')
  expect([after?.appointment.version, after?.events]).toEqual([before?.appointment.version, before?.events])
  expect(await feed(cursor)).toEqual([])
})

describe('a yes that only the desk keeps (Square has no "confirmed")', () => {
  const confirm = async () => unwrap(await desk.platform.setStatus({ key: 'yes', id: 'b-cut', expectedVersion: (await refresh('b-cut')).version, to: 'confirmed' }))
  const moveHere = async () => {
    const visit = await refresh('b-cut')
    const [slot] = unwrap(await desk.platform.searchSlots({ locationId: 'main', wants: [{ serviceId: 'cut', staffId: 'bea' }], from: when('09:00'), to: when('17:00'), rescheduling: 'b-cut' }))
    return desk.platform.reschedule({ key: 'move', id: 'b-cut', expectedVersion: visit.version, slotId: slot?.id ?? '' })
  }

  test('outlasts every reading that says the same', async () => {
    await confirm()
    desk.clock.advance(1)
    expect((await refresh('b-cut')).status).toBe('confirmed')
  })

  test('is gone with a move made there', async () => {
    await confirm()
    desk.clock.advance(1)
    moveThere(desk, 'b-cut', when('11:00'))
    expect((await refresh('b-cut')).status).toBe('booked')
  })

  test('stays with a move made here', async () => {
    await confirm()
    desk.clock.advance(1)
    expect(unwrap(await moveHere()).status).toBe('confirmed')
  })

  test('stays with a move made here whose webhook is faster than its answer', async () => {
    await confirm()
    desk.clock.advance(1)
    const echoes: Promise<void>[] = []
    desk.fake.book.onChange(({ visit }) => { echoes.push(follow(desk.room, { payload: { kind: 'visit', id: visit.id } })) })
    desk.fake.server.failNext({ method: 'PUT', path: /bookings\/b-cut$/ }, { do: 'drop' })
    expect(await moveHere()).toMatchObject({ ok: false, error: { kind: 'unknown_outcome' } })
    await Promise.all(echoes)
    expect((await copy('b-cut'))?.appointment.status).toBe('confirmed')
  })
})

test('a foreign change of a visit is nobody\'s echo, also while an answer about it is missing', async () => {
  const visit = await refresh('b-cut')
  desk.fake.server.failNext({ method: 'POST', path: /cancel$/ }, { do: 'lose' })
  await desk.platform.cancel({ key: 'mine', id: 'b-cut', expectedVersion: visit.version, cancelledBy: 'client' })
  const cursor = await now()
  desk.clock.advance(1)
  moveThere(desk, 'b-cut', when('11:00'))
  await refresh('b-cut')
  const [told] = await feed(cursor)
  expect(told).toMatchObject({ kind: 'updated', id: 'b-cut' })
  expect(told?.key).toBeUndefined()
})

test('a cancellation gives the chair back; a visit that comes back takes it again', async () => {
  expect(await chairsOf('b-cut')).toHaveLength(1)
  desk.clock.advance(1)
  desk.fake.book.change('b-cut', { status: 'cancelled', cancelledBy: 'client' })
  expect(await refresh('b-cut')).toMatchObject({ status: 'cancelled', cancelledBy: 'client' })
  expect(await chairsOf('b-cut')).toHaveLength(0)
  desk.clock.advance(1)
  desk.fake.book.change('b-cut', { status: 'booked' })
  const back = await refresh('b-cut')
  expect([back.status, back.cancelledBy]).toEqual(['booked', undefined])
  expect(await chairsOf('b-cut')).toHaveLength(1)
  expect((await copy('b-cut'))?.events.map(({ kind }) => kind)).toEqual(['booked', 'cancelled', 'booked'])
})

test('two visits on one chair are both there, and the later one has the chair when the first goes', async () => {
  bookThere(desk, { id: 'twice-1', start: when('10:00') })
  bookThere(desk, { id: 'twice-2', start: when('10:15'), clientId: 'fay' })
  unwrap(await reconcileRange(desk.room, { from: when('00:00'), to: when('23:00') }))
  const there = unwrap(await desk.platform.appointments({ from: when('09:00'), to: when('12:00') })).items
  expect(there.map(({ id }) => id)).toEqual(['twice-1', 'twice-2'])
  const overbooked = await desk.store.db.selectFrom('book_appointments').select('id').where('overbooked', '=', true).execute()
  expect(overbooked).toEqual([{ id: 'twice-2' }])
  desk.clock.advance(1)
  desk.fake.book.change('twice-1', { status: 'cancelled', cancelledBy: 'salon' })
  await refresh('twice-1')
  const chairs = await chairsOf('twice-2')
  const minutes = chairs.map(({ chair }) => /(\d+),(\d+)/.exec(chair)).reduce((sum, found) => sum + (Number(found?.[2]) - Number(found?.[1])) / 60, 0)
  expect(minutes).toBe(45)
})

test('two instances that hear of the same and of each other\'s chairs at once agree', async () => {
  const other = anotherInstance(desk, onSquare)
  try {
    const ids = ['x-1', 'x-2', 'x-3', 'x-4']
    ids.forEach((id, n) => bookThere(desk, { id, start: when(`10:${n}0`), clientId: ['jo', 'fay', 'ivan', 'hana'][n] ?? 'jo' }))
    await Promise.all([...ids, ...ids.toReversed()].map((id, n) => follow((n % 2 === 0 ? desk : other).room, { payload: { kind: 'visit', id } })))
    expect(unwrap(await desk.platform.appointments({ from: when('09:00'), to: when('12:00') })).items.map(({ id }) => id)).toEqual(ids)
    desk.clock.advance(1)
    ids.forEach((id, n) => moveThere(desk, id, when(`14:${n}0`)))
    await Promise.all([...ids, ...ids.toReversed()].map((id, n) => follow((n % 2 === 0 ? other : desk).room, { payload: { kind: 'visit', id } })))
    const rows = await desk.store.db.selectFrom('book_appointments').select(['starts_at', 'version']).where('id', 'in', ids).orderBy('id').execute()
    expect(rows).toEqual(ids.map((_id, n) => ({ starts_at: when(`14:${n}0`), version: 2 })))
  } finally {
    await other.store.close()
  }
})

test('a platform whose clock is ahead of ours tells no future: what it just booked is there', async () => {
  const { visit } = await seen('b-cut')
  const booked = unwrap(await applySeen(desk.room, { visit: { ...visit, id: 'ahead', start: when('12:00'), segments: desk.fake.book.segmentsOf(visit.segments, when('12:00')), bookedAt: '2026-11-21T15:30:04.000Z' } }))
  expect(booked.visit.id).toBe('ahead')
  expect((await copy('ahead'))?.events).toMatchObject([{ kind: 'booked', knownAt: desk.clock.now() }])
})

test('nights on which the clock is changed: visits keep their instants and lengths', async () => {
  desk.clock.set('2027-03-13T18:00:00.000Z')
  const nights = [['2027-03-14', '10:00'], ['2027-11-07', '10:00']] as const
  for (const [date, time] of nights) {
    bookThere(desk, { id: `dst-${date}`, start: when(time, date), staffId: 'cruz', serviceId: 'color' })
    const visit = await refresh(`dst-${date}`)
    expect([visit.start, Date.parse(visit.end) - Date.parse(visit.start)]).toEqual([when(time, date), 120 * 60_000])
  }
  // From the evening before into the night, by the hours that passed and not by the wall.
  desk.clock.advance(1)
  const early = '2027-03-14T09:30:00.000Z'
  moveThere(desk, 'dst-2027-03-14', early)
  expect(await refresh('dst-2027-03-14')).toMatchObject({ start: early, end: '2027-03-14T11:30:00.000Z' })
})
