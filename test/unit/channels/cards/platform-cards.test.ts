import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openCards } from '../../../../src/channels/cards/open-cards.ts'
import type { Cards } from '../../../../src/channels/cards/card.ts'
import { alertCards, alertView, recentAlerts } from '../../../../src/channels/cards/platform-cards.ts'
import { checkLimits } from '../../../../src/channels/slack/blocks/check-limits.ts'
import { renderHome, renderView } from '../../../../src/channels/slack/blocks/render-view.ts'
import { readBrief } from '../../../../src/calls/brief.ts'
import { readDayBook } from '../../../../src/insights/day-book.ts'
import type { BookingPlatform } from '../../../../src/platforms/booking-platform.ts'
import type { Freshness } from '../../../../src/salon/freshness.ts'
import { addMinutes, at } from '../../../../src/salon/time.ts'
import { appendAudit } from '../../../../src/store/audit.ts'
import { maya } from '../../../support/approvals-desk.ts'
import { type CardsDesk, openCardsDesk, score, textsOf } from '../../../support/cards-desk.ts'
import { tinyBook, tinyNow, tinyZone } from '../../../support/tiny-book.ts'

let desk: CardsDesk
let platform: BookingPlatform
let cards: Cards
let freshness: Freshness
beforeAll(async () => {
  desk = await openCardsDesk()
  const { store, clock, approvals, messages, actions } = desk
  // The built-in book, as if it were the copy of a platform's.
  platform = new Proxy(desk.platform, { get: (target, name) => (name === 'name' ? 'Square Appointments' : name === 'freshness' ? async () => freshness : Reflect.get(target, name) as unknown) })
  cards = openCards({ store, clock, platform, approvals, messages, actions, score, dayBook: (day) => readDayBook({ platform, score, clock, ...day }), brief: (day) => readBrief({ store, ...day }) })
})
beforeEach(() => { freshness = { state: 'live', asOf: desk.clock.now() } })
afterAll(() => desk.close())

const home = async () => (await cards.home(maya)).cards
const { locations } = tinyBook().catalog
const happen = (action: string, subject: string, detail: Record<string, unknown>, when = desk.clock.now()) => desk.store.transaction((trx) => appendAudit(trx, { at: when, actor: 'desk', action, subject, detail }))
const nowThere = async () => alertCards({ room: { platform, clock: desk.clock }, locations, alerts: await recentAlerts({ db: desk.store.db, now: desk.clock.now() }) })

describe('how old what is shown is', () => {
  test('home says nothing of it while it is live', async () => {
    expect((await home()).map(({ subject }) => subject)).not.toContain('platform:age')
  })

  test.each<[Freshness, string, 'stopped' | 'plain', string]>([
    [{ state: 'stale', asOf: '2026-11-21T15:05:00.000Z', trouble: 'unavailable' }, 'This is not the latest', 'stopped', 'As of 7:05 am: Square Appointments has not answered since.'],
    [{ state: 'refused', since: '2026-11-21T15:12:00.000Z', asOf: '2026-11-21T15:10:00.000Z' }, 'Square Appointments no longer takes our key', 'stopped', 'Square Appointments no longer takes our key since 7:12 am: nothing can be changed until the owner connects it again (desk connect). What is shown is as of 7:10 am.'],
    [{ state: 'first_reading', visits: 40, clients: 2 }, 'Square Appointments is being read', 'stopped', 'Square Appointments is being read for the first time (40 visits and 2 clients so far): what is shown is not complete yet.'],
    [{ state: 'reading_past', asOf: tinyNow, visits: 31_200, clients: 2 }, 'The past is still being read', 'plain', 'Five years of history are still being read (31,200 visits so far); today and the next two months are complete.'],
  ])('home has it on top, and the brief and its message say it: %j', async (old, title, tone, words) => {
    freshness = old
    const [first] = await home()
    expect(first).toMatchObject({ subject: 'platform:age', title, tone, buttons: [] })
    expect(textsOf(first as never)).toContain(words)
    const brief = await cards.view('brief:main:2026-11-21')
    expect(brief.cards[0]?.parts[0]).toEqual({ kind: 'notice', text: words })
    expect(checkLimits(renderHome(await cards.home(maya)))).toEqual([])
    expect(checkLimits(renderView(brief))).toEqual([])
  })
})

describe('what happened at the platform', () => {
  test('a time that was given twice is at home for a day, with who and when, and what is left to do', async () => {
    const detail = { clientId: 'elena', locationId: 'main', start: at('2026-11-24', '11:00', tinyZone), staffIds: ['ana'] }
    await happen('platform.double_booking', 'appointment:x', { ...detail, of: 'booking', undone: true })
    await happen('platform.double_booking', 'appointment:x', { ...detail, of: 'booking', undone: false })
    await happen('platform.double_booking', 'appointment:x', { ...detail, of: 'move', undone: true })
    await happen('platform.double_booking', 'appointment:x', { ...detail, of: 'move', undone: false })
    const shown = (await home()).filter(({ subject }) => subject.startsWith('platform:'))
    expect(shown).toHaveLength(4)
    expect(new Set(shown.map(({ subject }) => subject)).size).toBe(4)
    for (const card of shown) {
      expect(card).toMatchObject({ title: 'A time was given twice: Elena García', tone: 'stopped' })
      expect(card.parts[1]).toEqual({ kind: 'facts', rows: [{ label: 'When', value: 'Tuesday 24 November at 11:00 am' }, { label: 'Staff', value: 'Ana Ortiz' }, { label: 'Location', value: 'Main Street' }] })
    }
    expect(shown.map(({ parts: [first] }) => first?.kind === 'notice' && first.text)).toEqual([
      'Two visits lie on each other in Square Appointments, and the desk could not put its own back. Please look there and move one of the two.',
      'Somebody else had the time. The visit is back where it was.',
      'Two visits lie on each other in Square Appointments. The desk goes on trying to take its own back; please look there and tell one of the two.',
      'Somebody else had the time. The desk\'s booking is cancelled again: the client still needs a time.',
    ])
    expect(checkLimits(renderHome(await cards.home(maya)))).toEqual([])
    desk.clock.advance(24 * 60 + 1)
    expect((await home()).filter(({ subject }) => subject.startsWith('platform:'))).toEqual([])
  })

  test('a refused key is shown only while it is refused, webhooks that do not come for a day; other rows are for the log', async () => {
    desk.clock.advance(24 * 60 + 1)
    const since = desk.clock.now()
    await happen('platform.refused', 'platform:square', {}, since)
    await happen('platform.webhooks_silent', 'platform:square', { overlooked: 7 })
    await happen('platform.overbooked', 'appointment:x', { others: [] })
    await happen('platform.sync_failed', 'platform:square', { code: 'unavailable' })
    freshness = { state: 'refused', since }
    expect((await nowThere()).map(({ card }) => card.title)).toEqual(['Square Appointments no longer tells the desk what changes', 'Square Appointments no longer takes our key'])
    // At home it is one card, not two.
    expect((await home()).map(({ title }) => title).filter((title) => title.startsWith('Square'))).toEqual(['Square Appointments no longer takes our key', 'Square Appointments no longer tells the desk what changes'])
    freshness = { state: 'live', asOf: since }
    expect((await nowThere()).map(({ card }) => card.title)).toEqual(['Square Appointments no longer tells the desk what changes'])
    // Refused again later is another refusal.
    freshness = { state: 'refused', since: addMinutes(since, 60) }
    expect(await nowThere()).toHaveLength(1)
  })

  test('a client who is gone, a row of another version and names without end do not break a card', async () => {
    desk.clock.advance(24 * 60 + 1)
    freshness = { state: 'live', asOf: desk.clock.now() }
    await happen('platform.double_booking', 'appointment:x', { clientId: 'nobody-here', locationId: 'gone', start: at('2026-11-24', '11:00', tinyZone), staffIds: ['gone'], of: 'move', undone: true })
    await happen('platform.double_booking', 'appointment:x', { undone: true })
    await happen('platform.webhooks_silent', 'platform:square', {})
    const found = await nowThere()
    expect(found.map(({ card }) => card.title)).toEqual(['Square Appointments no longer tells the desk what changes', 'A time was given twice: a client'])
    for (const { card } of found) expect(checkLimits(renderView(alertView({ card })))).toEqual([])
    const long = new Proxy(platform, { get: (target, name) => (name === 'name' ? `${'Very '.repeat(400)}long` : Reflect.get(target, name) as unknown) })
    for (const { card } of await alertCards({ room: { platform: long, clock: desk.clock }, locations, alerts: await recentAlerts({ db: desk.store.db, now: desk.clock.now() }) })) expect(checkLimits(renderView(alertView({ card })))).toEqual([])
  })
})
