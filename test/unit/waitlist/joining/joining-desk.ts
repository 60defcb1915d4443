import { confirmByClient } from '../../../../src/bookings/confirm-by-client.ts'
import type { Messages, OutgoingText, Received } from '../../../../src/messages/messages.ts'
import { openMessages } from '../../../../src/messages/open-messages.ts'
import { openRescheduling } from '../../../../src/rescheduling/open-rescheduling.ts'
import type { WaitlistEntry } from '../../../../src/salon/salon.ts'
import { type Instant, localDate, localTime } from '../../../../src/salon/time.ts'
import type { Store } from '../../../../src/store/open-store.ts'
import { waitlistTalk } from '../../../../src/waitlist/joining/waitlist-talk.ts'
import { type FaultyPlatform, faultyPlatform } from '../../../support/faulty-platform.ts'
import { testReader } from '../../../support/test-reader.ts'
import { createTinyDesk, type TestClock, tinyZone } from '../../../support/tiny-book.ts'

export type JoiningDesk = {
  store: Store; clock: TestClock; platform: FaultyPlatform; messages: Messages; sent: OutgoingText[]
  write: (clientId: string, body: string, externalId?: string) => Promise<Received>
  /** Asks "will you come?" about a visit. */
  ask: (appointmentId: string) => Promise<void>
  /** Who of a client's entries waits, with the wanted times on the salon's wall clock. */
  waits: (clientId: string) => Promise<Waits[]>
  last: () => string
  why: (clientId: string) => Promise<unknown>
}

type Waits = Pick<WaitlistEntry, 'serviceId' | 'staffId' | 'insteadOf'> & { wanted: string[] }

const local = (instant: Instant) => `${localDate(instant, tinyZone).slice(5)} ${localTime(instant, tinyZone)}`

/** The tiny salon on Saturday 21 November, half past nine, with texts and the talks that `src/open-texts.ts` wires. Hana's cut with Cruz is on Friday 27 at three; Jo and Ivan wait already. */
export async function openJoiningDesk(): Promise<JoiningDesk> {
  const { store, clock, platform: real } = await createTinyDesk({ now: '2026-11-21T17:30:00.000Z' })
  const platform = faultyPlatform(real)
  const sent: OutgoingText[] = []
  const nobody = async () => { throw new Error('no approvals here') }
  const rescheduling = openRescheduling({ store, clock, platform, approvals: { propose: nobody, get: nobody, withdraw: nobody } })
  const messages = await openMessages({
    store, clock, platform, reader: testReader,
    transport: { name: 'fake phones', async send(text) { sent.push(text); return { state: 'sent' } } },
    questions: [confirmByClient({ platform, clock }), rescheduling.question], talks: [waitlistTalk({ store, clock, platform }), rescheduling.talk],
  })
  let count = 0
  return {
    store, clock, platform, messages, sent,
    async write(clientId, body, externalId = `t${++count}`) {
      clock.advance(3)
      const received = await messages.receive({ clientId, body, externalId })
      await messages.deliver()
      return received
    },
    async ask(appointmentId) {
      const read = await platform.appointment({ id: appointmentId })
      if (!read.ok) throw new Error(read.error.message)
      const { clientId, locationId, start } = read.value
      const text = await messages.compose({ template: 'booked', clientId, locationId, values: { services: { services: ["women's cut"] }, staff: '', when: { when: start, zone: tinyZone, now: clock.now() } }, appointmentId, asks: { handler: 'confirm_appointment', subject: `appointment:${appointmentId}`, expiresAt: start, data: { start } }, onlyWhile: { start, live: true } })
      if (text.kind !== 'text') throw new Error(text.why)
      await store.transaction((trx) => messages.queue(trx, { key: `ask:${++count}`, text }))
      await messages.deliver()
    },
    async waits(clientId) {
      const list = await platform.waitlist({})
      if (!list.ok) throw new Error(list.error.message)
      return list.value.filter((entry) => entry.clientId === clientId).map(seen)
    },
    last: () => sent.at(-1)?.body ?? '',
    async why(clientId) {
      const row = await store.db.selectFrom('audit').select('detail').where('subject', '=', `thread:${clientId}`).where('action', '=', 'text.needs_person').orderBy('seq', 'desc').executeTakeFirst()
      return (row?.detail as { why?: string } | undefined)?.why
    },
  }
}

function seen({ serviceId, staffId, insteadOf, wanted }: WaitlistEntry): Waits {
  const ranges = wanted.map(({ from, to }) => `${local(from)} - ${local(to)}`)
  return JSON.parse(JSON.stringify({ serviceId, staffId, insteadOf, wanted: ranges })) as Waits
}
