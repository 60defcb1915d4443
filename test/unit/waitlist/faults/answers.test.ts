import { afterEach, expect, test } from 'vitest'
import { bookedAt, offering, offers, openings, openWaitlistDesk, type WaitlistDesk } from '../waitlist-desk.ts'
import { entryOf, heard, pass, waitingForPeople } from './watching.ts'

let desk: WaitlistDesk
afterEach(() => desk.close())

const slow = { windowMin: 30, most: 1 }

test('F18 STOP as the answer to an offer: the one confirmation and not a text more, and the next is asked at once', async () => {
  desk = await openWaitlistDesk({ settings: slow })
  await offering(desk)
  expect(await desk.write('jo', 'STOP')).toMatchObject({ did: 'opted_out' })
  await desk.work()
  expect((await offers(desk)).slice(0, 2)).toEqual([['jo', 'suppressed', 'opted_out'], ['fay', 'sent', null]])
  expect(heard(desk, 'fay')).toEqual(['offer'])
  await desk.write('fay', 'YES')
  await pass(desk, 60, 30)
  expect(heard(desk, 'jo')).toHaveLength(2)
  expect(await bookedAt(desk)).toEqual(['fay'])
})

test('F32 reported as not delivered: the next is asked', async () => {
  desk = await openWaitlistDesk({ settings: slow })
  desk.phones.push(async () => ({ state: 'sent', id: 'SM1' }))
  await offering(desk)
  await desk.messages.reported({ providerId: 'SM1', status: 'undelivered', code: '30005', failure: 'bad_number' })
  await desk.work()
  expect((await offers(desk)).slice(0, 2).map(([client, state]) => [client, state])).toEqual([['jo', 'undeliverable'], ['fay', 'sent']])
})

test('F28 the answer of the text service is lost: it may have arrived, so its window runs, and it is not sent twice', async () => {
  desk = await openWaitlistDesk({ settings: slow })
  desk.phones.push(async () => ({ state: 'unknown', code: 'no_answer' }))
  await offering(desk)
  await pass(desk, 20, 5)
  expect((await offers(desk)).slice(0, 2)).toEqual([['jo', 'send_unknown', null], ['fay', 'approved', null]])
  expect(await desk.write('jo', 'YES')).toMatchObject({ did: 'booked' })
  expect(heard(desk, 'jo')).toEqual(['offer', 'booked'])
})

test('an offer that was lost is not sent again once the chair is taken, even where it turns out that it never left', async () => {
  desk = await openWaitlistDesk({ settings: { windowMin: 60, policy: 'offer_to_all', most: 2 } })
  desk.phones.push(async () => ({ state: 'unknown', code: 'no_answer' }))
  await offering(desk)
  const lost = desk.sent[0]?.to === '+12135550108' ? 'jo' : 'fay'
  desk.sent.splice(0, 1) // it never arrived
  await desk.write(lost === 'jo' ? 'fay' : 'jo', 'YES')
  desk.canLook()
  await pass(desk, 10, 2)
  expect(heard(desk, lost)).toEqual([])
  expect(await openings(desk)).toMatchObject([{ state: 'filled' }])
})

test('a YES to an offer that was taken back is answered "taken", once, and keeps the place', async () => {
  desk = await openWaitlistDesk({ settings: { windowMin: 60, policy: 'offer_to_all' } })
  await offering(desk)
  await desk.write('jo', 'yes')
  await desk.write('fay', 'yes')
  await desk.write('fay', 'yes please')
  await desk.work()
  expect(heard(desk, 'fay')).toEqual(['offer', 'taken'])
  expect(await entryOf(desk, 'fay')).toBe('waiting')
  expect(await bookedAt(desk)).toEqual(['jo'])
})

/** As if a confirmation had been asked about George's visit; sent after the offers of a cascade or before them. */
async function askConfirmation(clientId: string, appointmentId: string, start: string, askedAt: string): Promise<void> {
  const { phone_hash: phoneHash } = await desk.store.db.selectFrom('pending_questions').select('phone_hash').where('client_id', '=', clientId).executeTakeFirstOrThrow()
  await desk.store.db.insertInto('pending_questions').values({ client_id: clientId, phone_hash: phoneHash, handler: 'confirm_appointment', subject: `appointment:${appointmentId}`, data: JSON.stringify({ start, locationId: 'main' }), asked_at: askedAt, expires_at: start, answered_at: null, answer: null, answered_by: null }).execute()
}

test('F23 a YES with a confirmation and an offer open: a person decides; once the offer has lapsed, it counts for the confirmation', async () => {
  desk = await openWaitlistDesk({ settings: { windowMin: 30, policy: 'offer_to_all' } })
  await offering(desk)
  await askConfirmation('george', 'c-beard', '2026-11-21T22:00:00.000Z', desk.clock.now())
  expect(await desk.write('george', 'YES')).toMatchObject({ did: 'handed_over' })
  expect(await waitingForPeople(desk)).toEqual([['george', 'YES', 'several_questions']])
  expect(await bookedAt(desk)).toEqual([])
  await desk.messages.lookedAfter({ clientId: 'george', by: { id: 'test:maya', name: 'Maya', role: 'front_desk' } })
  await pass(desk, 31, 31)
  expect((await offers(desk)).every(([, state]) => state === 'expired')).toBe(true)
  expect(await desk.write('george', 'YES')).toMatchObject({ did: 'confirmed' })
  expect(await bookedAt(desk)).toEqual([])
})
