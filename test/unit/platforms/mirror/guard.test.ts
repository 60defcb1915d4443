import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { guarded } from '../../../../src/platforms/mirror/guard.ts'
import { applyPage } from '../../../../src/platforms/mirror/read-range.ts'
import { DeskError } from '../../../../src/salon/errors.ts'
import { createMirroredDesk } from '../../../support/platforms/mirrored.ts'
import { onSquare, type SquareDesk, when } from '../../../support/platforms/mirrored-square.ts'

describe('what a vendor says that is no value', () => {
  let desk: SquareDesk
  beforeEach(async () => { desk = await createMirroredDesk(onSquare) })
  afterEach(() => desk.store.close())
  const guard = (throws: () => never) => {
    const { adapter, store, clock } = desk
    return guarded({ adapter: { ...adapter, visit: async () => throws(), cancel: async () => throws() }, store, clock })
  }

  test('is its trouble: a reading is "unavailable", a write nobody knows the end of; nothing of the value is told', async () => {
    const bad = guard(() => { throw new DeskError('invalid_time', { message: 'not an ISO time: 0000-00-00', userMessage: '' }) })
    expect(await bad.visit({ id: 'b-cut' })).toEqual({ ok: false, error: { kind: 'unavailable', message: 'visit: a value that is none', providerCode: 'shape' } })
    const read = await desk.adapter.visit({ id: 'b-cut' })
    expect(read.ok && (await bad.cancel?.({ key: 'k', visit: read.value, cancelledBy: 'client' }))).toMatchObject({ ok: false, error: { kind: 'unknown_outcome' } })
  })

  test('and a fault of ours stays one', async () => {
    await expect(guard(() => { throw new TypeError('ours') }).visit({ id: 'b-cut' })).rejects.toThrow('ours')
  })

  test('a visit that says no place is at the only one there is', async () => {
    const read = await desk.adapter.visit({ id: 'b-cut' })
    const [segment] = read.ok ? read.value.visit.segments : []
    if (!read.ok || segment === undefined) throw new Error('not read')
    await applyPage(desk.room, [{ visit: { ...read.value.visit, id: 'nowhere', locationId: '', start: when('12:00'), end: when('12:45'), segments: [{ ...segment, start: when('12:00') }] } }], { quiet: false })
    expect(await desk.store.db.selectFrom('book_appointments').select('location_id').where('id', '=', 'nowhere').executeTakeFirst()).toEqual({ location_id: 'main' })
  })
})
