import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { WantedText } from '../../../src/messages/messages.ts'
import { ok } from '../../../src/platforms/booking-platform.ts'
import { tinyBook } from '../../support/tiny-book.ts'
import { type MessagesDesk, openMessagesDesk } from './messages-desk.ts'

let desk: MessagesDesk
beforeEach(async () => { desk = await openMessagesDesk() })
afterEach(() => desk.store.close())

const zone = 'America/Los_Angeles'
const wanted = (clientId: string, more: Partial<WantedText> = {}): WantedText => ({
  template: 'confirm', clientId, locationId: 'main', values: { services: { services: ["women's cut"] }, staff: { with: ['Bea'] }, when: { when: '2026-11-24T19:00:00.000Z', zone, now: desk.clock.now() }, prep: '' }, ...more,
})

describe('many texts at once', () => {
  test('are the same as one by one, in their order, with why there is none', async () => {
    await desk.messages.receive({ clientId: 'ivan', body: 'STOP', externalId: 's' })
    const all = [wanted('dana-k'), wanted('ivan'), wanted('hana'), wanted('dana-k', { template: 'moved' }), wanted('george', { purpose: 'marketing' })]
    expect(await desk.messages.composeAll(all)).toEqual(await Promise.all(all.map((one) => desk.messages.compose(one))))
    expect(await desk.messages.composeAll([wanted('nobody'), wanted('fay')])).toMatchObject([{ kind: 'none', why: 'This client is not in the booking system any more.' }, { kind: 'text', to: "Fay O'Neil" }])
  })

  test('read the platform and the ledger a few times, however many they are: 10,000 take seconds, not minutes', async () => {
    const dana = tinyBook().clients.find(({ id }) => id === 'dana-k')
    if (dana === undefined) throw new Error('no Dana')
    let asked = 0
    desk.platform.clients = async ({ ids }) => { asked++; return ok(ids.map((id, index) => ({ ...dana, id, phones: [`+1213${5_550_000 + (Number(id.slice(1)) || index)}`] })), desk.clock.now()) }
    desk.platform.client = async () => { throw new Error('one by one') }
    const all = Array.from({ length: 10_000 }, (_, n) => wanted(`c${n}`))
    const before = process.cpuUsage()
    const composed = await desk.messages.composeAll(all)
    const { user, system } = process.cpuUsage(before)
    expect(composed.filter(({ kind }) => kind === 'text')).toHaveLength(10_000)
    expect(asked).toBe(10)
    // Processor time, because other tests run beside this one; about a second on a quiet machine.
    expect((user + system) / 1_000).toBeLessThan(6_000)
  })
})
