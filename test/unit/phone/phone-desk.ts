import { confirmByClient } from '../../../src/bookings/confirm-by-client.ts'
import type { OutgoingText } from '../../../src/messages/messages.ts'
import { openMessages } from '../../../src/messages/open-messages.ts'
import { openPhone } from '../../../src/phone/open-phone.ts'
import type { Heard, Phone, Piece, TurnAnswer } from '../../../src/phone/phone.ts'
import type { After, PhoneRoom } from '../../../src/phone/phone-room.ts'
import type { BookData } from '../../../src/salon/book-data.ts'
import type { Store } from '../../../src/store/open-store.ts'
import { type FaultyPlatform, faultyPlatform } from '../../support/faulty-platform.ts'
import { testReader } from '../../support/test-reader.ts'
import { createTinyDesk, type TestClock, tinyBook } from '../../support/tiny-book.ts'

/** Timers that go off when the test says so. */
type Timers = { after: After; waiting: { ms: number; work: () => void }[]; goOff(): void }

function timers(): Timers {
  const waiting: Timers['waiting'] = []
  return {
    waiting,
    after(ms, work) {
      const timer = { ms, work }
      waiting.push(timer)
      return () => void waiting.splice(waiting.indexOf(timer), waiting.includes(timer) ? 1 : 0)
    },
    goOff() {
      for (const { work } of waiting.splice(0)) work()
    },
  }
}

export type PhoneDesk = {
  store: Store; clock: TestClock; platform: FaultyPlatform; phone: Phone; sent: OutgoingText[]; timers: Timers; errors: unknown[]
  /** Another instance of the desk on the same store. */
  another(): Promise<Phone>
  /** One turn of a call, under a name of its own. */
  says(callId: string, heard: string | Heard, more?: { turnId?: string; say?: (piece: Piece) => void }): Promise<TurnAnswer>
  /** The latest code on a phone. */
  code(to?: string): string
}

export const hana = '+12135550106'

/** The tiny salon with texts and a phone, and nobody who moves visits: what a change comes to is for other tests. */
export async function openPhoneDesk({ book = tinyBook(), connected = true, room: more = {} }: { book?: BookData; connected?: boolean; room?: Partial<PhoneRoom> } = {}): Promise<PhoneDesk> {
  const { store, clock, platform: real } = await createTinyDesk({ book, now: '2026-11-21T18:00:00.000Z' })
  const platform = faultyPlatform(real)
  const sent: OutgoingText[] = []
  const transport = { name: 'phones', async send(text: OutgoingText) { sent.push(text); return { state: 'sent' as const } } }
  const messages = await openMessages({ store, clock, platform, reader: testReader, questions: [confirmByClient({ platform, clock })], ...(connected ? { transport } : {}) })
  const errors: unknown[] = []
  const clockwork = timers()
  const open = () => openPhone({
    store, clock, platform, messages, reader: testReader, policies: async () => ({ forClients: async () => undefined }), after: clockwork.after,
    canRing: true, recording: false, publicUrl: undefined, onError: (error) => void errors.push(error), ...more,
  })
  const phone = await open()
  let turns = 0
  return {
    store, clock, platform, phone, sent, timers: clockwork, errors, another: open,
    says: (callId, heard, { turnId = `t${++turns}`, say } = {}) => phone.turn({ callId, turnId, heard: typeof heard === 'string' ? { kind: 'words', words: heard } : heard, ...(say === undefined ? {} : { say }) }),
    code: (to = hana) => /: (\d{6}) /.exec(sent.findLast((text) => text.to === to)?.body ?? '')?.[1] ?? '',
  }
}

/** All that was said, in one line. */
export function saidIn({ pieces }: TurnAnswer): string {
  return pieces.map(({ words }) => words).join(' ')
}
