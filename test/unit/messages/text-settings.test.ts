import { expect, test } from 'vitest'
import { changeTextSettings, readTextSettings } from '../../../src/messages/sending/text-settings.ts'
import { maya, olga } from '../../support/approvals-desk.ts'
import { createTinyDesk } from '../../support/tiny-book.ts'

test('a location\'s own settings lie over the salon\'s field by field: what it leaves alone follows the salon', async () => {
  const { store, clock } = await createTinyDesk()
  await changeTextSettings({ store, clock, change: { language: 'es', perDay: 2 }, by: olga })
  await changeTextSettings({ store, clock, locationId: 'main', change: { holdMinutes: 10 }, by: olga })
  await changeTextSettings({ store, clock, change: { perDay: 4 }, by: olga })
  expect(await readTextSettings(store.db, { locationId: 'main' })).toMatchObject({ language: 'es', perDay: 4, perWeek: 8, holdMinutes: 10 })
  expect(await readTextSettings(store.db, { locationId: 'other' })).toMatchObject({ language: 'es', holdMinutes: 2 })
  await expect(changeTextSettings({ store, clock, change: { perDay: 0 }, by: olga })).rejects.toMatchObject({ code: 'invalid_input', detail: { field: 'perDay' } })
  await expect(changeTextSettings({ store, clock, change: { perDay: 5 }, by: { ...maya, role: 'front_desk' } })).rejects.toMatchObject({ code: 'not_allowed' })
  await store.close()
})
