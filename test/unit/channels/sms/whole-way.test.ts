import { afterAll, beforeAll, expect, test } from 'vitest'
import { unwrap } from '../../../../src/platforms/unwrap.ts'
import { type FakeTwilio, openFakeTwilio } from '../../../support/fake-twilio.ts'
import { type MessagesDesk, moveAndTell, openMessagesDesk, threadAudit } from '../../messages/messages-desk.ts'
import { behindProxy, type Door, openDoor, publicUrl } from './sms-door.ts'

// From the client's phone to the book: Twilio's webhook, the inbox, the reading, the visit.
const danasPhone = '+12135550102'
let desk: MessagesDesk
let twilio: FakeTwilio
let doors: Door[]

beforeAll(async () => {
  desk = await openMessagesDesk()
  twilio = await openFakeTwilio({ clock: desk.clock })
  const { store, clock, messages } = desk
  doors = await Promise.all([1, 2].map(() => openDoor({ settings: twilio.settings, store, clock, messages })))
  let turn = 0
  twilio.webhooks = { inbound: `${publicUrl}/sms/inbound`, timeoutMs: 10_000, reach: (url) => behindProxy(doors[turn++ % 2] as Door)(url) }
})
afterAll(async () => {
  for (const door of doors) await door.close()
  await twilio.close()
  await desk.store.close()
})

test('F16: a YES that arrives six times on two instances at once confirms the visit once', async () => {
  await moveAndTell(desk)
  const { message } = await twilio.say({ from: danasPhone, body: 'Yes!' })
  await Promise.all([1, 2, 3, 4, 5].map(() => twilio.deliver(message)))
  await Promise.all(doors.map((door) => door.sms.work()))
  expect(unwrap(await desk.platform.appointment({ id: 'b-cut' })).status).toBe('confirmed')
  const { texts } = await desk.messages.thread('dana-k')
  expect(texts.filter(({ direction }) => direction === 'in')).toMatchObject([{ body: 'Yes!', did: 'confirmed', needsPerson: false }])
  expect((await threadAudit(desk, 'dana-k')).filter((action) => action === 'text.answered')).toHaveLength(1)
})

test('F17: a STOP that came while both addresses were down is fetched, and counts from then on', async () => {
  const { reach } = twilio.webhooks
  await doors[0]?.sms.reconcile()
  twilio.webhooks.reach = () => 'http://127.0.0.1:1'
  desk.clock.advance(1)
  await twilio.say({ from: danasPhone, body: 'please stop texting me' })
  desk.clock.advance(5)
  twilio.webhooks.reach = reach
  expect(await doors[0]?.sms.reconcile()).toEqual({ missed: 1, oldestMinutes: 5 })
  await doors[0]?.sms.work()
  expect(await desk.messages.thread('dana-k')).toMatchObject({ optedOut: true })
})
