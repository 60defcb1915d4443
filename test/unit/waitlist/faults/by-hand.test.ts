import { afterEach, expect, test } from 'vitest'
import { openingCard } from '../../../../src/channels/cards/opening-view.ts'
import { openTokens } from '../../../../src/channels/cards/token.ts'
import { at } from '../../../../src/salon/time.ts'
import { tinyZone } from '../../../support/tiny-book.ts'
import { bookedAt, offering, offers, openings, openWaitlistDesk, waiting, waitingBook, type WaitlistDesk } from '../waitlist-desk.ts'
import { entryOf, heard, pass, waitingForPeople } from './watching.ts'

let desk: WaitlistDesk
afterEach(() => desk.close())

const steps = ['Open the calendar.', 'Save the appointment.']
/** A platform that leaves every booking (and move) to people. */
const leaveToPeople = () => {
  for (let n = 0; n < 60; n++) for (const operation of ['create', 'reschedule'] as const) desk.platform.failNext(operation, { do: 'refuse', kind: 'assisted_required', manualSteps: steps })
}
/** Somebody books it in the platform's own calendar. */
async function bookThere(clientId = 'jo'): Promise<void> {
  const [offer] = await desk.store.db.selectFrom('waitlist_offers').select(['slot_id', 'client_id']).where('client_id', '=', clientId).execute()
  const { platform } = await desk.another()
  const made = await platform.create({ key: `person-${clientId}`, clientId, slotId: offer?.slot_id ?? '' })
  if (!made.ok) throw new Error(made.error.message)
}
const opening = async () => (await desk.waitlist.openings())[0]

test('a YES where people book: the client hears that it takes longer, a person gets the steps, and "you\'re booked" is said when it is seen', async () => {
  desk = await openWaitlistDesk()
  await offering(desk)
  leaveToPeople()
  expect(await desk.write('jo', 'YES')).toMatchObject({ did: 'handed_over' })
  await pass(desk, 1)
  expect(heard(desk, 'jo')).toEqual(['offer', 'holding'])
  expect(await waitingForPeople(desk)).toEqual([['jo', 'YES', 'waitlist_by_hand']])
  expect(await opening()).toMatchObject({ state: 'booking', stands: expect.stringContaining('Jo Danvers said yes at 12:00 pm: please book it by hand.'), next: expect.stringContaining('by 2:00 pm'), byHand: { steps } })
  const now = await opening()
  if (now === undefined) throw new Error('no opening')
  const { parts } = openingCard({ room: { tokens: openTokens(desk.store.seal) }, opening: now })
  expect(parts).toContainEqual({ kind: 'list', label: 'Please do this in the booking system', ordered: true, items: steps })
  // Long after a platform that is away would have been given up.
  await pass(desk, 40, 4)
  expect(heard(desk, 'jo')).toEqual(['offer', 'holding'])
  expect(heard(desk, 'fay')).toEqual([])
  await bookThere()
  await pass(desk, 5)
  expect(heard(desk, 'jo')).toEqual(['offer', 'holding', 'booked'])
  expect(await bookedAt(desk)).toEqual(['jo'])
  expect(await entryOf(desk, 'jo')).toBe('filled')
  expect(await openings(desk)).toMatchObject([{ state: 'filled' }])
  expect(desk.errors).toEqual([])
})

test('nobody makes it in two hours: one apology, the place kept, a person told', async () => {
  desk = await openWaitlistDesk()
  await offering(desk)
  leaveToPeople()
  await desk.write('jo', 'YES')
  await pass(desk, 116, 4)
  expect(heard(desk, 'jo')).toEqual(['offer', 'holding'])
  await pass(desk, 6, 2)
  expect(heard(desk, 'jo')).toEqual(['offer', 'holding', 'apology'])
  expect((await offers(desk))[0]).toEqual(['jo', 'apologised', 'not_by_hand'])
  expect(await openings(desk)).toMatchObject([{ state: 'closed', why: 'not_by_hand' }])
  expect(await entryOf(desk, 'jo')).toBe('waiting')
  expect(await waitingForPeople(desk)).toEqual([['jo', 'YES', 'waitlist_not_by_hand']])
})

test('made after the apology: a person is told, the client is not texted again', async () => {
  desk = await openWaitlistDesk()
  await offering(desk)
  leaveToPeople()
  await desk.write('jo', 'YES')
  await pass(desk, 124, 4)
  await bookThere()
  await pass(desk, 5)
  expect(heard(desk, 'jo')).toEqual(['offer', 'holding', 'apology'])
  expect(await waitingForPeople(desk)).toEqual([['jo', 'YES', 'waitlist_booked_after_apology']])
})

test('somebody else gets the time there meanwhile: an apology at once', async () => {
  desk = await openWaitlistDesk()
  await offering(desk)
  leaveToPeople()
  await desk.write('jo', 'YES')
  await pass(desk, 2)
  const [offer] = await desk.store.db.selectFrom('waitlist_offers').select('slot_id').where('client_id', '=', 'jo').execute()
  const { platform } = await desk.another()
  await platform.create({ key: 'walk-in', clientId: 'ivan', slotId: offer?.slot_id ?? '' })
  await pass(desk, 5)
  expect(heard(desk, 'jo')).toEqual(['offer', 'holding', 'apology'])
  expect(await openings(desk)).toMatchObject([{ state: 'lost', why: 'taken_elsewhere' }])
})

test('"wait, no" while a person is at it: a person decides, nothing is undone', async () => {
  desk = await openWaitlistDesk()
  await offering(desk)
  leaveToPeople()
  await desk.write('jo', 'YES')
  await pass(desk, 2)
  await desk.write('jo', 'wait, no')
  await pass(desk, 2)
  expect((await offers(desk))[0]).toEqual(['jo', 'booking', 'by_hand'])
  expect(heard(desk, 'jo')).toEqual(['offer', 'holding'])
})

test('the platform is away while a person is at it: nobody takes it for doubt, and it goes on', async () => {
  desk = await openWaitlistDesk()
  await offering(desk)
  leaveToPeople()
  await desk.write('jo', 'YES')
  await pass(desk, 2)
  desk.platform.away(['slot', 'appointments', 'appointment', 'changes'])
  await pass(desk, 30, 3)
  expect((await offers(desk))[0]).toEqual(['jo', 'booking', 'by_hand'])
  desk.platform.away()
  await bookThere()
  await pass(desk, 8)
  expect(heard(desk, 'jo')).toEqual(['offer', 'holding', 'booked'])
})

test('a chair that is soon: the deadline is the last moment at which the client can be booked', async () => {
  const soon = waiting(['jo'])
  desk = await openWaitlistDesk({ book: waitingBook(soon), now: at('2026-11-21', '11:00', tinyZone) })
  await offering(desk)
  leaveToPeople()
  await desk.write('jo', 'YES')
  const [row] = await desk.store.db.selectFrom('waitlist_openings').select('book_by').execute()
  expect((await opening())?.byHand?.until).toBe(row?.book_by)
})
