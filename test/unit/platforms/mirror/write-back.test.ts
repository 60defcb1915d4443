import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { wantNote, workWriteBack } from '../../../../src/platforms/mirror/write-back.ts'
import { unwrap } from '../../../../src/platforms/unwrap.ts'
import { anotherInstance, createMirroredDesk, mirroredDesks } from '../../../support/platforms/mirrored.ts'
import { onSquare, type SquareDesk } from '../../../support/platforms/mirrored-square.ts'

const desks = mirroredDesks(onSquare)
let desk: SquareDesk
beforeEach(async () => { desk = await desks.make() })
afterEach(() => desk.store.close())
afterAll(() => desks.end())

const attribute = /custom-attributes/
const score = (value: number, band: 'low' | 'medium' | 'high' = 'medium', id = 'c-friday') => desk.platform.writeRisk({ risks: [{ appointmentId: id, score: value, band, model: 'test', at: desk.clock.now() }] }).then(unwrap)
const written = () => Object.values(desk.fake.book.visits.get('c-friday')?.fields ?? {})
const rows = () => desk.store.db.selectFrom('platform_write_back').select(['kind', 'subject', 'state', 'tries', 'why']).orderBy('kind').execute()
const audit = async () => (await desk.store.db.selectFrom('audit').select(['action', 'subject', 'detail']).where('action', 'like', 'platform.%').orderBy('seq').execute()).filter(({ action }) => action === 'platform.not_written')
const later = async (minutes: number) => {
  desk.clock.advance(minutes)
  return workWriteBack(desk.room)
}

describe('scores', () => {
  test('are in the copy at once and at the platform soon after', async () => {
    await score(0.31)
    expect(unwrap(await desk.platform.appointment({ id: 'c-friday' })).risk).toMatchObject({ score: 0.31, band: 'medium' })
    expect(written()).toEqual([])
    expect(await later(0)).toBe(1)
    expect(written()).toEqual(['medium 0.31'])
    expect(await later(5)).toBe(0)
  })

  test('are written again only when somebody would notice: another band, or a twentieth', async () => {
    await score(0.31)
    await later(0)
    const requests = desk.fake.server.requests.length
    for (const value of [0.32, 0.35, 0.27]) {
      await score(value)
      expect(await later(1)).toBe(0)
    }
    expect(desk.fake.server.requests.length).toBe(requests)
    await score(0.37)
    expect(await later(1)).toBe(1)
    await score(0.38, 'high')
    expect(await later(1)).toBe(1)
    expect(written()).toEqual(['high 0.38'])
  })

  test('of visits that are over are nobody\'s there', async () => {
    await score(0.9, 'high', 'old-kept')
    expect(await rows()).toEqual([])
  })

  test('are only kept here where the salon wants none written', async () => {
    const quiet = await createMirroredDesk({ ...onSquare, writeBack: { risk: false, notes: false } })
    try {
      unwrap(await quiet.platform.writeRisk({ risks: [{ appointmentId: 'c-friday', score: 0.5, band: 'medium', model: 'test', at: quiet.clock.now() }] }))
      expect(await workWriteBack(quiet.room)).toBe(0)
      expect(unwrap(await quiet.platform.appointment({ id: 'c-friday' })).risk).toMatchObject({ score: 0.5 })
    } finally {
      await quiet.store.close()
    }
  })
})

test('what fails is tried again after 1, 2, 4 … minutes, and given up after eight tries, in the audit log', async () => {
  await score(0.31)
  desk.fake.server.always({ do: 'answer', status: 500 }, { path: attribute })
  const tries: number[] = []
  for (let minute = 0; minute < 200; minute++) {
    const before = desk.fake.server.requests.filter(({ path }) => attribute.test(path)).length
    await later(minute === 0 ? 0 : 1)
    if (desk.fake.server.requests.filter(({ path }) => attribute.test(path)).length > before) tries.push(minute)
  }
  expect(tries).toEqual([0, 1, 3, 7, 15, 31, 63, 127])
  expect(await rows()).toMatchObject([{ kind: 'risk', state: 'failed', tries: 8 }])
  expect(await audit()).toMatchObject([{ subject: 'appointment:c-friday', detail: { kind: 'risk' } }])
  // A newer score begins anew.
  desk.fake.server.calm()
  await score(0.6, 'high')
  expect(await later(0)).toBe(1)
  expect(written()).toEqual(['high 0.60'])
})

test('what can never be written is given up at once', async () => {
  await score(0.31)
  desk.fake.book.remove('c-friday')
  expect(await later(0)).toBe(0)
  expect(await rows()).toMatchObject([{ state: 'failed', why: 'not_found', tries: 1 }])
  expect(await audit()).toHaveLength(1)
})

test.each([401, 429])('status %i stops everything that waits, and is no try', async (status) => {
  await score(0.31)
  await score(0.41, 'medium', 'c-beard')
  desk.fake.server.always({ do: 'answer', status, body: { errors: [] } })
  const before = desk.fake.server.requests.length
  for (let n = 0; n < 20; n++) await later(2)
  // One request a turn at most, and of a refused key one in five minutes.
  expect(desk.fake.server.requests.length - before).toBeLessThanOrEqual(status === 401 ? 9 : 20)
  expect((await rows()).map(({ state, tries }) => [state, tries])).toEqual([['wanted', 0], ['wanted', 0]])
  desk.fake.server.calm()
  await later(6)
  expect(await later(6) + written().length).toBeGreaterThanOrEqual(1)
  expect((await rows()).every(({ state }) => state === 'done')).toBe(true)
})

test('two instances at the same queue write each once', async () => {
  const other = anotherInstance(desk, onSquare)
  try {
    for (const id of ['c-friday', 'c-beard', 'a-cut', 'b-cut']) await score(0.44, 'medium', id)
    const counts = await Promise.all([workWriteBack(desk.room), workWriteBack(other.room)])
    expect(counts[0] + counts[1]).toBe(4)
    const puts = desk.fake.server.requests.filter(({ method, path }) => method === 'PUT' && attribute.test(path)).map(({ path }) => path)
    // The first ones of all find that the attribute has to be defined, and come again.
    expect(new Set(puts).size).toBe(4)
  } finally {
    await other.store.close()
  }
})

test('a note is written once, also when its answer is lost', async () => {
  const want = () => desk.store.transaction((trx) => wantNote(trx, { visitId: 'c-friday', id: 'P-1', text: 'Moved by the desk, approved by Maya', by: 'desk', now: desk.clock.now() }))
  await want()
  desk.fake.server.failNext({ method: 'PUT', path: /bookings\/c-friday$/ }, { do: 'drop' })
  expect(await later(0)).toBe(0)
  expect(await later(2)).toBe(1)
  await want()
  expect(await later(2)).toBe(0)
  expect(desk.fake.book.visits.get('c-friday')?.note.match(/Moved by the desk/g)).toHaveLength(1)
})

test('a note of two lines is written once too: there it comes back as one', async () => {
  const want = () => desk.store.transaction((trx) => wantNote(trx, { visitId: 'c-friday', id: 'P-2', text: 'Moved by the desk,\napproved by Maya', by: 'desk', now: desk.clock.now() }))
  await want()
  desk.fake.server.failNext({ method: 'PUT', path: /bookings\/c-friday$/ }, { do: 'drop' })
  expect(await later(0)).toBe(0)
  expect(await later(2)).toBe(1)
  expect(desk.fake.book.visits.get('c-friday')?.note.match(/Moved by the desk/g)).toHaveLength(1)
})
