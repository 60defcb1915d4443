import { beforeEach, describe, expect, test } from 'vitest'
import { fresha } from '../../../../src/platforms/fresha/index.ts'
import type { PlatformAdapter } from '../../../../src/platforms/platform-adapter.ts'
import { at } from '../../../../src/salon/time.ts'
import { calendar, fakeFresha } from '../../../support/platforms/fake-fresha.ts'
import { openAdapter } from '../../../support/platforms/open-adapter.ts'
import { testClock, tinyZone, type TestClock } from '../../../support/tiny-book.ts'

let clock: TestClock
let fake: ReturnType<typeof fakeFresha>
let adapter: PlatformAdapter
const saturday = { from: at('2026-11-21', '00:00', tinyZone), to: at('2026-11-22', '00:00', tinyZone) }
const given = () => ({ businessName: 'Tiny Salon', timezone: tinyZone, hours: 'Mon-Sat 9:00-18:00', feeds: fake.feeds })
const visits = async (query: { from: string; to: string } = saturday) => {
  const page = await adapter.visits(query)
  if (!page.ok) throw new Error(page.error.message)
  return page.value.items
}
beforeEach(() => {
  clock = testClock()
  fake = fakeFresha({ clock })
  ;({ adapter } = openAdapter({ kind: fresha, credentials: given(), server: fake.server, clock }))
})

describe('Fresha\'s calendar feeds', () => {
  test('are visits without a client, with who has them and how long', async () => {
    const items = await visits()
    expect(items.map(({ visit }) => visit.id).toSorted()).toEqual(fake.book.list((visit) => visit.start >= saturday.from && visit.start < saturday.to).map(({ id }) => id).toSorted())
    expect(items.find(({ visit }) => visit.id === 'b-cut')).toMatchObject({
      visit: { start: at('2026-11-21', '10:00', tinyZone), end: at('2026-11-21', '10:45', tinyZone), locationId: 'salon', clientId: '', status: 'booked', timeKnown: true, fetchedAt: clock.now(), segments: [{ serviceId: 'visit', staffId: 'bea-novak', durationMin: 45 }] },
    })
    expect((await visits({ from: at('2026-11-14', '00:00', tinyZone), to: at('2026-11-15', '00:00', tinyZone) }))[0]?.visit).toMatchObject({ id: 'old-cancelled', status: 'cancelled', cancelledBy: 'unknown' })
    expect((await visits({ from: at('2026-10-10', '00:00', tinyZone), to: at('2026-10-11', '00:00', tinyZone) }))[0]?.visit).toMatchObject({ id: 'old-kept', status: 'completed' })
  })

  test('show a change only when Fresha has copied it, and then with another version', async () => {
    const [before] = await visits({ from: at('2026-11-21', '10:00', tinyZone), to: at('2026-11-21', '10:01', tinyZone) })
    fake.book.change('b-cut', { segments: fake.book.segmentsOf([{ serviceId: 'cut', staffId: 'bea' }], at('2026-11-27', '15:00', tinyZone)) })
    clock.advance(5)
    expect(await adapter.visit({ id: 'b-cut' })).toMatchObject({ value: { visit: { start: before?.visit.start, version: before?.visit.version } } })
    fake.sync()
    clock.advance(10)
    const after = await adapter.visit({ id: 'b-cut' })
    expect(after).toMatchObject({ value: { visit: { start: at('2026-11-27', '15:00', tinyZone) } } })
    expect(after.ok && after.value.visit.version).not.toBe(before?.visit.version)
    expect(await adapter.visit({ id: 'nobody-has-this' })).toMatchObject({ error: { kind: 'not_found' } })
  })

  test('are fetched once for everything that is asked within a minute', async () => {
    await visits()
    await adapter.visit({ id: 'b-cut' })
    expect(fake.server.requests).toHaveLength(3)
    clock.advance(2)
    await visits()
    expect(fake.server.requests).toHaveLength(6)
  })

  test('have a visit of two people once', async () => {
    const shared = ['BEGIN:VEVENT', 'UID:both', 'DTSTART:20261121T220000Z', 'DURATION:PT30M', 'END:VEVENT']
    fake.serve('ana', calendar(shared))
    fake.serve('cruz', calendar(shared.map((line) => line.replace('T220000Z', 'T223000Z'))))
    expect((await visits()).find(({ visit }) => visit.id === 'both')?.visit).toMatchObject({ start: '2026-11-21T22:00:00.000Z', end: '2026-11-21T23:00:00.000Z', segments: [{ staffId: 'ana-ortiz' }, { staffId: 'cruz-okafor' }] })
  })

  test('leave out days without a time, and make a plain id of an odd one', async () => {
    fake.serve('ana', calendar(['BEGIN:VEVENT', 'UID:holiday', 'DTSTART;VALUE=DATE:20261121', 'END:VEVENT', 'BEGIN:VEVENT', 'UID:https://x/?a=1 2', 'DTSTART:20261121T220000Z', 'END:VEVENT']))
    const ids = (await visits()).map(({ visit }) => visit.id)
    expect(ids).not.toContain('holiday')
    expect(ids.filter((id) => id.startsWith('uid-'))).toEqual([expect.stringMatching(/^uid-[0-9a-f]{24}$/)])
  })

  test.each([
    ['missing', () => fake.server.always({ do: 'answer', status: 404, body: 'gone' }, { path: /bea/ }), 'not_found'],
    ['cut off in its middle', () => fake.serve('bea', calendar([]).slice(0, 40)), 'unavailable'],
    ['a page to sign in', () => fake.serve('bea', '<html>Sign in</html>'), 'unavailable'],
    ['unreadable in one place', () => fake.serve('bea', calendar(['BEGIN:VEVENT', 'UID:x', 'DTSTART:soon', 'END:VEVENT'])), 'unavailable'],
    ['overloaded', () => fake.server.always({ do: 'answer', status: 429, headers: { 'retry-after': '7' } }, { path: /bea/ }), 'rate_limited'],
  ])('one that is %s is no empty day: nothing is told at all', async (_name, spoil, kind) => {
    spoil()
    const page = await adapter.visits(saturday)
    expect(page).toMatchObject({ ok: false, error: { kind } })
    expect(JSON.stringify(page)).not.toContain('x7Q2')
  })
})

describe('the feeds as they are typed in', () => {
  test.each([
    ['nothing', '', 'one line for every team member'], ['no address', 'Ana', 'line 1'], ['an address that anybody can listen to', 'Ana = http://calendars.example.com/a.ics', 'line 1'],
    ['the same person twice', 'Ana = https://a.example.com/1; ana = https://a.example.com/2', 'the same name'],
  ])('%s is refused with words', (_name, feeds, words) => {
    const parsed = fresha.credentials.safeParse({ ...given(), feeds })
    expect(parsed.success ? '' : parsed.error.issues.map(({ message }) => message).join()).toContain(words)
  })

  test('hours that make no sense are refused, and without services nobody can be booked', async () => {
    expect(fresha.credentials.safeParse({ ...given(), hours: 'always' }).success).toBe(false)
    expect(await adapter.capabilities()).toMatchObject({ value: { availability: 'calendar_only', create: 'none', reschedule: 'assisted' } })
    const listed = openAdapter({ kind: fresha, credentials: { ...given(), services: 'Women\'s cut = 45 min, 65' }, server: fake.server, clock }).adapter
    expect(await listed.capabilities()).toMatchObject({ value: fresha.declared })
    expect(await listed.catalog()).toMatchObject({ value: {
      locations: [{ hours: [1, 2, 3, 4, 5, 6].map((weekday) => ({ weekday, open: '09:00', close: '18:00' })) }],
      services: [{ id: 'visit', active: false }, { id: 'women-s-cut', name: 'Women\'s cut', durationMin: 45, price: { minor: 6500 }, active: true }],
    } })
  })

  test('a zone that does not exist is refused', () => {
    expect(fresha.credentials.safeParse({ ...given(), timezone: 'Mars/Olympus' }).success).toBe(false)
  })

  test('names of any alphabet make an id', () => {
    expect(fresha.credentials.parse({ ...given(), feeds: 'Zoë Núñez = https://a.example.com/1\n美咲 = https://a.example.com/2' }).feeds.map(({ staffId }) => staffId)).toEqual(['zoe-nunez', expect.stringMatching(/^staff-[0-9a-f]{8}$/)])
  })
})
