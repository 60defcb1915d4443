import { expect, onTestFinished, test } from 'vitest'
import { changeConfirmationSettings, readConfirmationSettings } from '../../../src/confirmations/confirmation-settings.ts'
import { demoCatalog } from '../../../src/demo/demo-catalog.ts'
import { demoPreparation } from '../../../src/demo/demo-preparation.ts'
import { fixedClock } from '../../../src/salon/time.ts'
import { maya, olga } from '../../support/approvals-desk.ts'
import { createTestStore } from '../../support/test-store.ts'

const clock = fixedClock('2026-12-01T17:00:00.000Z')

async function settings() {
  const store = await createTestStore()
  onTestFinished(() => store.close())
  const read = async () => Object.fromEntries(await readConfirmationSettings({ db: store.db, locationIds: ['a', 'b'] }))
  return { store, read, change: (change: Parameters<typeof changeConfirmationSettings>[0]['change'], locationId?: string, by = olga) => changeConfirmationSettings({ store, clock, change, by, ...(locationId === undefined ? {} : { locationId }) }) }
}

test('a location\'s own settings lie over the salon\'s, each field for itself, and changes keep the rest', async () => {
  const { read, change } = await settings()
  await change({ preparation: { color: 'Dry hair, please.' }, touches: 3 })
  await change({ on: false }, 'a')
  await change({ leastHours: 4 }, 'a')
  const { a, b } = await read()
  expect(a).toMatchObject({ on: false, leastHours: 4, touches: 3, preparation: { color: 'Dry hair, please.' } })
  expect(b).toMatchObject({ on: true, leastHours: 2, touches: 3, preparation: { color: 'Dry hair, please.' } })
})

test('only a manager changes them, in the log, and what does not fit is named', async () => {
  const { store, change } = await settings()
  await expect(change({ touches: 1 }, undefined, maya)).rejects.toMatchObject({ code: 'not_allowed' })
  await expect(change({ touches: 9 })).rejects.toMatchObject({ code: 'invalid_input', detail: { field: 'touches' } })
  await expect(change({ preparation: { color: 'x'.repeat(121) } })).rejects.toMatchObject({ detail: { field: 'preparation' } })
  await change({ touches: 1 })
  expect(await store.db.selectFrom('audit').select(['actor', 'action', 'subject', 'detail']).execute()).toEqual([
    { actor: 'test:olga', action: 'setting.changed', subject: 'setting:confirmations', detail: { before: null, after: { touches: 1 } } },
  ])
})

test('one damaged field falls back alone: switched off stays switched off', async () => {
  const { store, read } = await settings()
  await store.db.insertInto('settings').values({ scope: '', name: 'confirmations', value: JSON.stringify({ on: false, touches: 'many' }), changed_at: clock.now(), changed_by: 'test' }).execute()
  expect((await read())['a']).toMatchObject({ on: false, touches: 2 })
})

test('the demo\'s preparation is of services it has', () => {
  const services = new Set(demoCatalog.services.map(({ id }) => id))
  expect(Object.keys(demoPreparation).filter((id) => !services.has(id))).toEqual([])
})
