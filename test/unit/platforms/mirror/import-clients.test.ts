import { afterEach, expect, test } from 'vitest'
import { fresha } from '../../../../src/platforms/fresha/index.ts'
import { importClients } from '../../../../src/platforms/mirror/import-clients.ts'
import { fakeFresha } from '../../../support/platforms/fake-fresha.ts'
import { createMirroredDesk, type MirroredDesk } from '../../../support/platforms/mirrored.ts'
import { onSquare } from '../../../support/platforms/mirrored-square.ts'
import { testClock, tinyBook, tinyZone, type TestClock } from '../../../support/tiny-book.ts'
import type { AdapterFake } from '../../../contract/adapter-contract.ts'

let desk: MirroredDesk<AdapterFake> | undefined
afterEach(async () => { await desk?.store.close() })

test('where the platform\'s book names nobody the salon\'s own list comes in, once; its visits stay the platform\'s', async () => {
  const { feeds } = fakeFresha({ clock: testClock() })
  desk = await createMirroredDesk({
    kind: fresha, credentials: { businessName: 'Tiny Salon', timezone: tinyZone, hours: 'Mon-Sat 9:00-18:00', services: 'Women\'s cut = 45 min, 65', feeds },
    makeFake: (clock: TestClock) => ({ ...fakeFresha({ clock }), revoke: () => {} }),
  })
  const { clients } = tinyBook()
  const before = await desk.platform.appointments({ from: '2026-11-21T00:00:00.000Z', to: '2026-11-28T00:00:00.000Z' })
  expect(await importClients(desk.room, { clients, by: 'owner' })).toBe(clients.length)
  expect(await importClients(desk.room, { clients, by: 'owner' })).toBe(0)
  expect(await desk.platform.findClients({ phone: '(213) 555-0102' })).toMatchObject({ ok: true, value: [{ id: 'dana-k', firstName: 'Dana' }] })
  expect(await desk.platform.appointments({ from: '2026-11-21T00:00:00.000Z', to: '2026-11-28T00:00:00.000Z' })).toEqual(before)
  expect(await desk.store.db.selectFrom('audit').select('action').where('action', '=', 'platform.clients_imported').execute()).toHaveLength(2)
})

test('on every other platform an import is refused with words, and changes nothing', async () => {
  desk = await createMirroredDesk(onSquare)
  await expect(importClients(desk.room, { clients: [{ ...tinyBook().clients[0]!, id: 'somebody-else' }], by: 'owner' })).rejects.toMatchObject({ code: 'conflict', userMessage: expect.stringContaining('Nothing was imported') as string })
  expect(await desk.platform.client({ id: 'somebody-else' })).toMatchObject({ ok: false })
})
