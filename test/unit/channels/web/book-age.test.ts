import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDesk } from '../../../../src/app.ts'
import { readConfig } from '../../../../src/config.ts'
import { startDesk } from '../../../../src/start-desk.ts'
import { makeHome, removeHome } from '../../../support/desk-process.ts'
import { createMirroredDesk } from '../../../support/platforms/mirrored.ts'
import { onSquare, type SquareDesk } from '../../../support/platforms/mirrored-square.ts'

let salon: SquareDesk
let home: string
const before = { ...process.env }

beforeAll(async () => {
  home = makeHome()
  salon = await createMirroredDesk(onSquare)
  Object.assign(process.env, { DESK_HOME: home, DATABASE_URL: salon.store.url, DESK_KEY: '07'.repeat(32), DESK_NOW: '2026-11-21T16:30:00.000Z', DESK_LOG: 'silent', PORT: '0' })
})
afterAll(async () => {
  for (const name of ['DESK_HOME', 'DATABASE_URL', 'DESK_KEY', 'DESK_NOW', 'DESK_LOG', 'PORT']) {
    if (before[name] === undefined) delete process.env[name]
    else process.env[name] = before[name]
  }
  await salon.store.close()
  removeHome(home)
})

test('a desk that is up on a platform says how old its copy is, to whoever watches it', async () => {
  const desk = await openDesk({ config: readConfig(), platformFetch: salon.fake.server.fetch })
  try {
    const running = await startDesk({ desk })
    try {
      expect(await (await fetch(`${running.url}/readyz`)).json()).toMatchObject({ ok: true, book: { platform: 'square', state: 'stale', asOf: '2026-11-21T15:30:00.000Z' } })
      expect(await (await fetch(`${running.url}/metrics`)).text()).toContain('\ndesk_book_age_seconds 3600\n')
      const page = await desk.cards.home({ id: 'test:maya', name: 'Maya', role: 'front_desk' })
      expect(page.cards[0]).toMatchObject({ subject: 'platform:age', tone: 'stopped' })
      await desk.mirrored?.keepUp()
      expect(await (await fetch(`${running.url}/readyz`)).json()).toMatchObject({ ok: true, book: { platform: 'square', state: 'live' } })
    } finally {
      await running.close()
    }
  } finally {
    await desk.close()
  }
})
