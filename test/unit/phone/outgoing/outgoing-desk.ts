import { openOutgoing } from '../../../../src/phone/outgoing/open-outgoing.ts'
import type { CallState, Carrier, Outgoing } from '../../../../src/phone/outgoing/outgoing.ts'
import type { Person } from '../../../../src/approvals/roles.ts'
import type { BookingPlatform } from '../../../../src/platforms/booking-platform.ts'
import type { Store } from '../../../../src/store/open-store.ts'
import { createTinyDesk, type TestClock } from '../../../support/tiny-book.ts'

/** A carrier that does as it is told and writes down what it was asked. */
export type ScriptedCarrier = Carrier & { rung: { callId: string; to: string }[]; said: { callId: string; leg: string }[]; answers: Awaited<ReturnType<Carrier['ring']>>[]; looks: Awaited<ReturnType<Carrier['look']>>[]; looked: number; says: ('said' | 'gone' | 'unknown')[] }

export function scriptedCarrier(): ScriptedCarrier {
  const carrier: ScriptedCarrier = {
    rung: [], said: [], answers: [], looks: [], looked: 0, says: [],
    async ring(order) {
      carrier.rung.push(order)
      return carrier.answers.shift() ?? { state: 'ringing', leg: `CA-you-${carrier.rung.length}` }
    },
    async look() {
      carrier.looked += 1
      return carrier.looks.shift() ?? { state: 'unknown' }
    },
    async say(order) {
      carrier.said.push(order)
      return carrier.says.shift() ?? 'said'
    },
  }
  return carrier
}

/** Half past ten on the tiny salon's Saturday: everybody may be called. */
export const callNow = '2026-11-21T18:30:00.000Z'
export const own = '+12135550199'
export const finnsPhone = '+12135550180'
export const finn: Person = { id: 'test:finn', name: 'Finn', role: 'front_desk' }
export const maya: Person = { id: 'test:maya', name: 'Maya', role: 'front_desk' }
export const elena = { appointmentId: 'a-cut', clientId: 'elena', locationId: 'main', date: '2026-11-21' }

export type OutgoingDesk = { store: Store; clock: TestClock; platform: BookingPlatform; carrier: ScriptedCarrier; outgoing: Outgoing }

export async function openOutgoingDesk(): Promise<OutgoingDesk> {
  const { store, clock, platform } = await createTinyDesk()
  clock.set(callNow)
  const carrier = scriptedCarrier()
  const outgoing = openOutgoing({ store, clock, platform, carrier, own, deskPhone: '+12135550100' })
  for (const [person, phone] of [[finn, finnsPhone], [maya, '+12135550181']] as const) await outgoing.setPhone({ person, phone })
  return { store, clock, platform, carrier, outgoing }
}

let requests = 0
export const ask = ({ outgoing }: Pick<OutgoingDesk, 'outgoing'>, { by = finn, requestId = `press-${++requests}`, ...about }: Partial<Parameters<Outgoing['call']>[0]> = {}): Promise<CallState> => outgoing.call({ ...elena, ...about, by, requestId })

export async function auditOfCalls({ store }: Pick<OutgoingDesk, 'store'>, appointmentId = 'a-cut'): Promise<string[]> {
  const rows = await store.db.selectFrom('audit').select('action').where('subject', '=', `appointment:${appointmentId}`).where('action', 'like', 'call.%').orderBy('seq').execute()
  return rows.map(({ action }) => action)
}
