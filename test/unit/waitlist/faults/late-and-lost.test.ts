import { afterEach, expect, test } from 'vitest'
import { unwrap } from '../../../../src/platforms/unwrap.ts'
import { slotAt } from '../../../support/approvals-desk.ts'
import { bookedAt, offering, offers, openings, openWaitlistDesk, type WaitlistDesk } from '../waitlist-desk.ts'
import { entryOf, heard, pass, waitingForPeople } from './watching.ts'

let desk: WaitlistDesk
afterEach(() => desk.close())

/** Each may think for 30 minutes, one after the other. */
const slow = { windowMin: 30, most: 1 }

/** A text that reaches us now and is looked at only when it is written the second time. */
async function received(clientId: string, body: string): Promise<() => Promise<unknown>> {
  desk.platform.failNext('client', { do: 'refuse', kind: 'unavailable' })
  desk.platform.failNext('client', { do: 'refuse', kind: 'unavailable' })
  await expect(desk.write(clientId, body, `late-${clientId}`)).rejects.toThrow()
  return () => desk.write(clientId, body, `late-${clientId}`)
}

/** Somebody books the chair on the platform, as its own page would. */
async function bookOnline(clientId: string): Promise<void> {
  const slotId = await slotAt({ platform: desk.platform, date: '2026-11-21', time: '13:00', wants: [{ serviceId: 'cut', staffId: 'ana' }] })
  unwrap(await desk.platform.create({ key: `online-${clientId}`, by: 'online', clientId, slotId }))
}

for (const [late, minutes] of [['5 seconds', 5 / 60], ['20 minutes', 20]] as const) {
  test(`F45 a YES received 1 s before expiry and processed ${late} later is honoured`, async () => {
    desk = await openWaitlistDesk({ settings: slow })
    await offering(desk)
    desk.clock.advance(30 - 1 / 60)
    const process = await received('jo', 'YES')
    await pass(desk, minutes, 5)
    expect(await process()).toMatchObject({ did: 'booked' })
    await desk.work()
    expect(await bookedAt(desk)).toEqual(['jo'])
    expect(heard(desk, 'jo')).toEqual(['offer', 'booked'])
    // Whoever was asked in between hears nothing, and keeps the place.
    expect((await offers(desk)).slice(1).every(([, state]) => state === 'withdrawn')).toBe(true)
    expect(await entryOf(desk, 'fay')).toBe('waiting')
  })
}

test('F45 a minute of grace, on the database\'s clock, and not a second more once the next holds the offer', async () => {
  desk = await openWaitlistDesk({ settings: slow })
  await offering(desk)
  desk.clock.advance(31)
  const process = await received('jo', 'YES')
  await pass(desk, 5, 5)
  expect(await process()).toMatchObject({ did: 'booked' })
  expect(await bookedAt(desk)).toEqual(['jo'])
})

async function lateYes(): Promise<void> {
  desk = await openWaitlistDesk({ settings: slow })
  await offering(desk)
  await pass(desk, 32, 32)
  expect(heard(desk, 'fay')).toEqual(['offer'])
  expect(await desk.write('jo', 'YES')).toMatchObject({ did: 'handed_over' })
  expect(heard(desk, 'jo')).toEqual(['offer', 'late'])
  expect(await waitingForPeople(desk)).toMatchObject([['jo', 'YES', 'late_yes']])
  expect(await bookedAt(desk)).toEqual([])
}

test('F46 a YES after expiry while the next holds an offer: "offered to somebody else, you are next", a card for staff; the next says no, and the late one is booked', async () => {
  await lateYes()
  expect(await desk.write('fay', 'no thanks')).toMatchObject({ did: 'declined' })
  await desk.work()
  expect(await bookedAt(desk)).toEqual(['jo'])
  expect(heard(desk, 'jo')).toEqual(['offer', 'late', 'booked'])
  expect(heard(desk, 'ivan')).toEqual([])
})

test('F46 the next lets it pass: the late one is booked before anybody else is asked', async () => {
  await lateYes()
  await pass(desk, 32, 32)
  expect(await bookedAt(desk)).toEqual(['jo'])
  expect(heard(desk, 'ivan')).toEqual([])
})

test('F46 the next takes it: the late one is told that it is taken, once, and keeps the place', async () => {
  await lateYes()
  expect(await desk.write('fay', 'yes')).toMatchObject({ did: 'booked' })
  await desk.work()
  expect(await bookedAt(desk)).toEqual(['fay'])
  expect(heard(desk, 'jo')).toEqual(['offer', 'late', 'taken'])
  expect(await entryOf(desk, 'jo')).toBe('waiting')
})

test('F47 the chair was taken online between the offer and the YES: one apology, the slot lost, all other offers withdrawn', async () => {
  desk = await openWaitlistDesk({ settings: { policy: 'offer_to_all', windowMin: 60 } })
  await offering(desk)
  expect(['jo', 'fay', 'ivan', 'george'].map((client) => heard(desk, client))).toEqual([['offer'], ['offer'], ['offer'], ['offer']])
  await bookOnline('hana')
  expect(await desk.write('jo', 'YES')).toMatchObject({ did: 'handed_over' })
  await pass(desk, 5, 5)
  expect(await bookedAt(desk)).toEqual(['hana'])
  expect(heard(desk, 'jo')).toEqual(['offer', 'apology'])
  expect(await openings(desk)).toEqual([{ state: 'lost', why: 'taken_elsewhere', cause: 'cancelled' }])
  expect(await offers(desk)).toEqual([['jo', 'apologised', 'taken_elsewhere'], ['fay', 'withdrawn', null], ['ivan', 'withdrawn', null], ['george', 'withdrawn', null]])
  expect(await entryOf(desk, 'jo')).toBe('waiting')
  // A later YES to one that was taken back is told so once.
  await desk.write('fay', 'YES')
  await desk.write('fay', 'YES!')
  expect(heard(desk, 'fay')).toEqual(['offer', 'taken'])
})

test('F47 taken online with nobody having said yes: the offers are withdrawn at the next look, and nobody hears a thing', async () => {
  desk = await openWaitlistDesk({ settings: { policy: 'offer_to_all', windowMin: 60 } })
  await offering(desk)
  await bookOnline('hana')
  await desk.work()
  expect(await openings(desk)).toMatchObject([{ state: 'lost', why: 'taken_elsewhere' }])
  expect((await offers(desk)).every(([, state]) => state === 'withdrawn')).toBe(true)
  expect(heard(desk, 'fay')).toEqual(['offer'])
})

test('F49 "wait, no" before anything was sent to the platform: stopped, told that it is not booked, the next is asked', async () => {
  desk = await openWaitlistDesk({ settings: slow })
  await offering(desk)
  desk.platform.failNext('slot', { do: 'refuse', kind: 'unavailable' })
  expect(await desk.write('jo', 'YES')).toMatchObject({ did: 'accepted' })
  expect(await desk.write('jo', 'wait, no')).toMatchObject({ did: 'declined' })
  await desk.work()
  expect(heard(desk, 'jo')).toEqual(['offer', 'not booked'])
  expect(heard(desk, 'fay')).toEqual(['offer'])
  await pass(desk, 10, 5)
  expect(await bookedAt(desk)).toEqual([])
})

for (const operation of ['slot', 'create'] as const) {
  test(`F49 "wait, no" while the desk is at ${operation === 'slot' ? 'the re-check, with nothing sent yet: the booking is stopped' : 'the booking itself: a person decides, nothing is cancelled'}`, async () => {
    desk = await openWaitlistDesk({ settings: slow })
    await offering(desk)
    const [reached, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    desk.platform.failNext(operation, { do: 'wait', until: go.promise, reached: reached.resolve })
    const yes = desk.write('jo', 'YES')
    await reached.promise
    // The YES is not answered yet: the words go to a person, too.
    expect(await desk.write('jo', 'wait, no')).toMatchObject({ did: 'handed_over' })
    go.resolve()
    await yes
    await desk.work()
    expect(await bookedAt(desk)).toEqual(operation === 'slot' ? [] : ['jo'])
    expect(heard(desk, 'jo')).toEqual(operation === 'slot' ? ['offer', 'not booked'] : ['offer', 'booked'])
    expect(heard(desk, 'fay')).toEqual(operation === 'slot' ? ['offer'] : [])
    expect((await waitingForPeople(desk)).map(([client, words]) => [client, words])).toEqual([['jo', 'wait, no']])
  })
}

test('F49 "wait, no" after the booking: a person decides, never cancelled', async () => {
  desk = await openWaitlistDesk()
  await offering(desk)
  expect(await desk.write('jo', 'YES')).toMatchObject({ did: 'booked' })
  expect(await desk.write('jo', 'wait no')).toMatchObject({ did: 'handed_over' })
  await desk.work()
  expect(await bookedAt(desk)).toEqual(['jo'])
  expect(await waitingForPeople(desk)).toHaveLength(1)
})
