import { afterEach, expect, test } from 'vitest'
import { unwrap } from '../../../../src/platforms/unwrap.ts'
import { addDays, addMinutes, type Clock, localDate, weekday } from '../../../../src/salon/time.ts'
import { olga, slotAt } from '../../../support/approvals-desk.ts'
import { tinyZone } from '../../../support/tiny-book.ts'
import { cancel, card, inThisOrder, offering, offers, openings, openWaitlistDesk, waiting, waitingBook, type WaitlistDesk } from '../waitlist-desk.ts'
import { manyChairsBook, offerAll, outcomes } from './many-chairs.ts'
import { heard } from './watching.ts'

let desk: WaitlistDesk
afterEach(() => desk.close())

test('F51 between the approval and their turn one says STOP, one books elsewhere, one is booked at that hour, one stops waiting: each skipped with the reason, the order kept', async () => {
  desk = await openWaitlistDesk({ book: waitingBook(waiting(['jo', 'fay', 'ivan', 'dana-w', 'george'])), settings: { windowMin: 30, most: 1 } })
  await offering(desk)
  await desk.messages.setConsent({ clientId: 'fay', state: 'out', reason: 'called', by: olga })
  const book = async (clientId: string, time: string, serviceId = 'cut', staffId = 'cruz') => unwrap(await desk.platform.create({ key: `own-${clientId}`, by: 'online', clientId, slotId: await slotAt({ platform: desk.platform, date: '2026-11-21', time, wants: [{ serviceId, staffId }] }) }))
  await book('ivan', '16:00')
  await book('dana-w', '13:15', 'beard')
  unwrap(await desk.platform.waitlistSet({ key: 'gone', by: 'test', id: 'w-george', to: 'left' }))
  await desk.work()
  expect(heard(desk, 'fay')).toEqual([])
  await desk.write('jo', 'no')
  await desk.work()
  expect(await offers(desk)).toEqual([
    ['jo', 'declined', null], ['fay', 'skipped', 'opted_out'], ['ivan', 'skipped', 'already_booked'], ['dana-w', 'skipped', 'booked_then'], ['george', 'skipped', 'not_on_list'],
  ])
  expect(await openings(desk)).toMatchObject([{ state: 'closed', why: 'nobody_took_it' }])
  expect(['fay', 'ivan', 'dana-w', 'george'].flatMap((client) => heard(desk, client))).toEqual([])
})

test('F51 before the approval: whoever does not fit is on the card with why, in the order they came; a service that is too long is left out', async () => {
  const list = [...waiting(['jo']), ...waiting(['fay'], { serviceId: 'color' }), ...waiting(['ivan'])]
  desk = await openWaitlistDesk({ book: waitingBook(inThisOrder(list)) })
  await desk.messages.setConsent({ clientId: 'jo', state: 'out', reason: 'called', by: olga })
  await cancel(desk)
  await desk.work()
  const { args, facts } = await card(desk)
  expect(args).toMatchObject({ candidates: [{ clientId: 'ivan' }], notAsked: [{ clientId: 'jo', because: 'opted_out' }, { clientId: 'fay', because: 'too_long' }] })
  expect(facts.context.at(-1)).toMatchObject({ label: 'Not asked' })
})

/** A clock that goes wrong by some minutes against that of the tests. */
const wrong = (minutes: number): Clock => ({ now: () => addMinutes(desk.clock.now(), minutes) })

for (const minutes of [2, -2]) {
  test(`F52 an instance whose clock is ${minutes > 0 ? 'two minutes fast closes no window early' : 'two minutes slow honours nothing that is over'}: only the database's clock decides`, async () => {
    desk = await openWaitlistDesk({ settings: { windowMin: 30, most: 1 } })
    await offering(desk)
    const odd = await desk.another({ clock: wrong(minutes) })
    desk.clock.advance(30.5) // over, but within the minute of grace
    await odd.work()
    expect((await offers(desk))[0]).toEqual(['jo', 'sent', null])
    desk.clock.advance(1)
    await odd.work()
    expect((await offers(desk))[0]).toEqual(['jo', 'expired', null])
    await desk.work()
    expect(heard(desk, 'fay')).toEqual(['offer'])
    // A YES that comes now is too late on either.
    await odd.write('jo', 'YES')
    expect((await offers(desk))[0]?.[1]).toBe('late_yes')
  })
}

test('F52 two instances, two minutes fast and two minutes slow, on the real clock of the database: the later YES does not get ahead', async () => {
  const now = new Date().toISOString()
  desk = await openWaitlistDesk({ book: manyChairsBook(1), now })
  const [chair] = await offerAll(desk, 1, { date: saturdayAfter(addMinutes(now, 7 * 24 * 60)), sentAt: now })
  const [fast, slow] = [await desk.another({ clock: wrong(2), dbClock: null }), await desk.another({ clock: wrong(-2), dbClock: null })]
  // Each is received, and looked at only afterwards; by the desks' own clocks the second one came four minutes before the first.
  const [first, second] = chair?.clients ?? ['', '']
  for (const [instance, client] of [[fast, first], [slow, second]] as const) {
    instance.platform.failNext('findClients', { do: 'refuse', kind: 'unavailable' })
    instance.platform.away(['client'])
    await expect(instance.write(client, 'YES', client)).rejects.toThrow()
    instance.platform.away()
    instance.platform.calm()
  }
  expect(await fast.write(first, 'YES', first)).toMatchObject({ did: 'booked' })
  await slow.write(second, 'YES', second)
  await desk.work()
  expect((await outcomes(desk)).get('open-0')).toMatchObject({ state: 'filled', booked: [first], told: { [first]: ['waitlist-filled'] } })
  const stamps = (await desk.store.db.selectFrom('texts').select('received_at').where('direction', '=', 'in').orderBy('id').execute()).map(({ received_at: at }) => Date.parse(at ?? ''))
  for (const stamp of stamps) expect(Math.abs(stamp - Date.parse(now))).toBeLessThan(60_000)
  expect(stamps).toEqual(stamps.toSorted((a, b) => a - b))
})

function saturdayAfter(instant: string): string {
  const date = localDate(instant, tinyZone)
  return addDays(date, (6 - weekday(date) + 7) % 7)
}
