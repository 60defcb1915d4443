import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openChanges } from '../../../../src/changes.ts'
import { setDeskChannel } from '../../../../src/channels/slack/desk-channels.ts'
import { wantAlerts } from '../../../../src/channels/slack/want-alerts.ts'
import type { BookingPlatform } from '../../../../src/platforms/booking-platform.ts'
import type { Freshness } from '../../../../src/salon/freshness.ts'
import { at } from '../../../../src/salon/time.ts'
import { appendAudit } from '../../../../src/store/audit.ts'
import { announceChange } from '../../../../src/store/watch-changes.ts'
import { deskChannel, openSlackDesk, type SlackDesk } from '../../../support/slack-desk.ts'
import { tinyZone } from '../../../support/tiny-book.ts'

let desk: SlackDesk
let freshness: Freshness
let platform: BookingPlatform
beforeAll(async () => {
  desk = await openSlackDesk()
  platform = new Proxy(desk.platform, { get: (target, name) => (name === 'name' ? 'Square Appointments' : name === 'freshness' ? async () => freshness : Reflect.get(target, name) as unknown) })
})
beforeEach(() => {
  freshness = { state: 'live', asOf: desk.clock.now() }
  desk.clock.advance(24 * 60 + 1)
  for (const { messages } of desk.fake.channels.values()) messages.length = 0
})
afterAll(() => desk.close())

const want = (channel?: string) => wantAlerts({ store: desk.store, clock: desk.clock, platform, channel })
const happen = (action: string, subject: string, detail: Record<string, unknown> = {}) => desk.store.transaction((trx) => appendAudit(trx, { at: desk.clock.now(), actor: 'desk', action, subject, detail }))

test('a refused key is posted once in the desk\'s channel, by whichever instance comes first', async () => {
  await happen('platform.refused', 'platform:square')
  freshness = { state: 'refused', since: desk.clock.now() }
  expect(await want()).toBe(0) // no channel was chosen, and none is configured
  expect((await Promise.all([want(deskChannel), want(deskChannel), want(deskChannel)])).reduce((sum, n) => sum + n)).toBe(1)
  await desk.settle()
  expect(await want(deskChannel)).toBe(0)
  await desk.settle()
  const said = desk.said(deskChannel)
  expect(said).toHaveLength(1)
  expect(said[0]).toContain('Square Appointments no longer takes our key since')
  expect(said[0]).toContain('desk connect')
})

test('a refusal that is over is not posted; nor are rows that are only for the log', async () => {
  await happen('platform.refused', 'platform:square')
  await happen('platform.sync_failed', 'platform:square', { code: 'unavailable' })
  await happen('platform.overbooked', 'appointment:x', { others: ['y'] })
  expect(await want(deskChannel)).toBe(0)
})

test('a time that was given twice goes to the desk channel of its location, each time it happens', async () => {
  await desk.store.transaction((trx) => setDeskChannel(trx, { locationId: 'main', channel: deskChannel, by: 'test', now: desk.clock.now() }))
  const detail = { of: 'booking', undone: true, clientId: 'elena', locationId: 'main', start: at('2026-12-24', '11:00', tinyZone), staffIds: ['ana'] }
  await happen('platform.double_booking', 'appointment:x', detail)
  await happen('platform.double_booking', 'appointment:x', detail)
  await happen('platform.webhooks_silent', 'platform:square', { overlooked: 6 })
  expect(await want('C0ELSEWHERE')).toBe(3)
  await desk.settle()
  const said = desk.said(deskChannel)
  expect(said.map((text) => /given twice: Elena García|no longer tells the desk/.exec(text)?.[0])).toEqual(['given twice: Elena García', 'given twice: Elena García', 'no longer tells the desk'])
  expect(said[0]).toContain('Thursday 24 December at 11:00 am')
})

test('what happens at the platform, and that time went by, is heard by whoever draws', async () => {
  const changes = openChanges({ store: desk.store })
  const heard = new Set<string>()
  changes.onChange((subjects) => { for (const subject of subjects) heard.add(subject) })
  try {
    for (const tell of [
      () => happen('platform.double_booking', 'appointment:x', {}), () => happen('platform.refused', 'platform:square'),
      () => announceChange(desk.store.db, { action: 'platform.aged', subject: 'platform:square' }),
    ]) {
      heard.clear()
      // Listening begins in its own time.
      await expect.poll(async () => {
        await tell()
        return [...heard]
      }).toEqual(expect.arrayContaining(['platform', 'home', 'brief', 'day']))
    }
  } finally {
    await changes.close()
  }
})
