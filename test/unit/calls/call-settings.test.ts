import { afterEach, expect, test } from 'vitest'
import { changeCallSettings, readCallSettings } from '../../../src/calls/call-settings.ts'
import { writeSetting } from '../../../src/store/settings.ts'
import type { Store } from '../../../src/store/open-store.ts'
import { createTestStore } from '../../support/test-store.ts'
import { testClock } from '../../support/tiny-book.ts'

let store: Store
afterEach(() => store.close())

test('a location that sets one field keeps the salon\'s own for all others, also when the salon changes later', async () => {
  store = await createTestStore()
  const clock = testClock()
  const salon = (value: unknown) => store.transaction((trx) => writeSetting(trx, { name: 'calls', value, by: 'owner', now: clock.now() }))
  const at = async (locationId: string) => (await readCallSettings({ db: store.db, locationIds: [locationId] })).get(locationId)
  await salon({ atMost: 25, holdOutShare: 0 })
  await changeCallSettings({ store, clock, locationId: 'main', change: { atLeast: 3 }, by: 'mona' })
  expect(await at('main')).toMatchObject({ atLeast: 3, atMost: 25, holdOutShare: 0, minimumBand: 'medium' })
  await salon({ atMost: 30 })
  expect(await at('main')).toMatchObject({ atLeast: 3, atMost: 30, holdOutShare: 0.05 })
  expect(await at('elsewhere')).toMatchObject({ atLeast: 12, atMost: 30 })
  await expect(changeCallSettings({ store, clock, locationId: 'main', change: { atMost: 0 }, by: 'mona' })).rejects.toMatchObject({ code: 'invalid_input', detail: { field: 'atMost' } })
  expect((await readCallSettings({ db: store.db, locationIds: ['main'], given: { atMost: 7 } })).get('main')).toMatchObject({ atMost: 7, atLeast: 3 })
})
