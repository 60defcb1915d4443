import { expect, test } from 'vitest'
import { bokun } from '../../../../src/platforms/bokun/index.ts'
import { unwrap } from '../../../../src/platforms/unwrap.ts'
import { fakeBokun } from '../../../support/platforms/fake-bokun.ts'
import { createMirroredDesk } from '../../../support/platforms/mirrored.ts'
import { tinyZone } from '../../../support/tiny-book.ts'

test('what nobody has tried with this salon\'s key is done by hand, step by step, and nothing is sent', async () => {
  const desk = await createMirroredDesk({ kind: bokun, credentials: { accessKey: 'bokun-access-key', secretKey: 'bokun-secret-key', timezone: tinyZone }, makeFake: (clock) => fakeBokun({ clock }) })
  try {
    const id = desk.fake.book.idOf('c-friday')
    const { version } = unwrap(await desk.platform.appointment({ id }))
    const outcome = await desk.platform.cancel({ key: 'k', id, expectedVersion: version, cancelledBy: 'client' })
    expect(outcome).toMatchObject({ ok: false, error: { kind: 'assisted_required', manualSteps: expect.arrayContaining([expect.stringContaining('Open Bókun')]) as string[] } })
    expect(desk.fake.server.requests.some(({ path }) => path.includes('cancel-booking'))).toBe(false)
  } finally {
    await desk.store.close()
  }
})
