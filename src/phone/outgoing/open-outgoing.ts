import { sql } from 'kysely'
import type { BookingPlatform } from '../../platforms/booking-platform.ts'
import { DeskError } from '../../salon/errors.ts'
import { addMinutes, type Clock } from '../../salon/time.ts'
import type { Store } from '../../store/open-store.ts'
import { isOver } from './call-facts.ts'
import { bridge } from './bridge.ts'
import { leaveMessage } from './leave-message.ts'
import { clientFacts, lookAfter, merge, staffFacts } from './look-after.ts'
import { mustAct, planCall } from './may-call.ts'
import type { CallState, Carrier, Outgoing } from './outgoing.ts'
import { callIdOf, placeCall } from './place-call.ts'
import { addFacts, callState, openFacts } from './settle-call.ts'
import { keepStaffPhone, readStaffPhone } from './staff-phones.ts'

/** A call older than this belongs to an earlier round of calls, as its outcome does. */
const callAgeMin = 48 * 60

/**
 * Opens calls to clients over a carrier. `own`: the number calls come from; `deskPhone`: what a person's form begins with.
 * Everything about a call is in the store, so that any instance can take the next report.
 */
export function openOutgoing({ store, clock, platform, carrier, own, deskPhone }: { store: Store; clock: Clock; platform: BookingPlatform; carrier: Carrier; own: string | undefined; deskPhone: string | undefined }): Outgoing {
  const isPretend = carrier.demoOnly === true
  const note = (callId: string, add: Parameters<typeof addFacts>[0]['add']) => addFacts({ store, callId, now: clock.now(), add })

  const isConnected = async (): Promise<boolean> => {
    if (!isPretend) return true
    const catalog = await platform.catalog()
    return catalog.ok && catalog.value.business.demo
  }

  /** The request goes out once; what became of it when no answer came is looked up, never tried again. */
  async function ring(state: CallState, to: string): Promise<CallState> {
    const rung = await carrier.ring({ callId: state.callId, to }).catch(() => ({ state: 'unknown' as const }))
    const noted = await note(state.callId, (facts) => merge(facts, rung.state === 'ringing' ? { leg: rung.leg } : rung.state === 'refused' ? { refused: rung.code } : { inDoubt: true }))
    return noted === undefined ? state : callState(noted)
  }

  return {
    isConnected, isPretend, deskPhone,
    phoneOf: (personId) => readStaffPhone(store, personId),
    setPhone: ({ person, phone }) => keepStaffPhone({ store, clock, platform, own, person, phone }),
    async call(asked) {
      const known = await store.db.selectFrom('phone_calls').selectAll().where('id', '=', callIdOf(store, asked)).executeTakeFirst()
      if (known !== undefined) return callState({ row: known, facts: openFacts(store, known) })
      if (!(await isConnected())) throw new DeskError('unsupported', { message: 'no carrier', userMessage: 'The telephone is not connected: please dial yourself.' })
      await mustAct(store.db, asked)
      const staffPhone = isPretend ? '' : await readStaffPhone(store, asked.by.id)
      if (staffPhone === undefined) throw new DeskError('invalid_input', { message: 'no phone to ring', userMessage: 'Say first which phone of yours should ring.' })
      const plan = await planCall({ store, clock, platform, own, anyHour: isPretend, ...asked })
      if (plan.clientPhone === staffPhone) throw new DeskError('invalid_input', { message: 'both ends are one phone', userMessage: 'That client has the number of your own phone. Choose another phone to ring.' })
      // A call that nothing was heard of must not keep others waiting longer than it has to.
      await lookAfter({ store, clock, carrier, only: { clientId: asked.clientId, by: asked.by.id } })
      const { isNew, state } = await placeCall({ store, clock, asked, facts: { date: asked.date, staffPhone, ...plan }, isPretend, language: plan.message?.language ?? 'en' })
      return isNew ? ring(state, staffPhone) : state
    },
    async stateOf(appointmentIds) {
      if (appointmentIds.length === 0) return new Map()
      const rows = await store.db.selectFrom('phone_calls').selectAll().distinctOn('appointment_id').where('direction', '=', 'out').where('appointment_id', '=', sql<string>`any(${appointmentIds})`)
        .where('started_at', '>', addMinutes(clock.now(), -callAgeMin)).orderBy('appointment_id').orderBy('started_at', 'desc').orderBy(sql`status = 'open'`, 'desc').execute()
      return new Map(rows.map((row) => [row.appointment_id ?? '', callState({ row, facts: openFacts(store, row) })]))
    },
    async whisper({ callId, leg }) {
      const noted = await note(callId, (facts) => (isOver(facts) ? undefined : merge(facts, { leg, answered: true })))
      return noted === undefined || noted.facts.leg !== leg || isOver(noted.facts) ? undefined : noted.facts.whisper
    },
    key: (on) => bridge({ store, clock, ...on }),
    async staff({ callId, leg, status }) { await note(callId, (facts) => merge(facts, { leg, ...staffFacts(status) })) },
    async client({ callId, leg, status }) { await note(callId, (facts) => merge(facts, { clientLeg: leg, ...clientFacts(status) })) },
    machine: (on) => leaveMessage({ store, clock, carrier, ...on }),
    async message({ callId, leg }) {
      const noted = await note(callId, (facts) => (facts.clientLeg !== leg || facts.takenOut === undefined || facts.answeredBy === 'fax' || facts.message === undefined || facts.clientEnd !== undefined ? undefined : { messagePlayed: true }))
      return noted?.facts.clientLeg === leg && noted.facts.messagePlayed !== undefined && noted.facts.clientEnd === undefined ? noted.facts.message : undefined
    },
    async dialled({ callId, leg, status }) {
      const noted = await note(callId, (facts) => (facts.leg === leg ? merge(facts, status === undefined ? {} : { dialEnd: status }) : undefined))
      return noted === undefined || noted.facts.leg !== leg ? undefined : sayEnd(callState(noted))
    },
    catchUp: () => lookAfter({ store, clock, carrier }),
  }
}

/** What our person hears once the client's side is over; nothing after a talk. */
function sayEnd({ state, message, isFax }: CallState): string | undefined {
  if (state !== 'machine') return endWords[state]
  if (isFax) return 'That was a fax machine. Goodbye.'
  return message === 'not_left' ? 'That was an answering machine. No message was left. Goodbye.' : 'That was an answering machine. The salon\'s message is being left. Goodbye.'
}

const endWords: Partial<Record<CallState['state'], string>> = { busy: 'The line is busy. Goodbye.', no_answer: 'Nobody answers. Goodbye.', failed: 'That number cannot be reached. Goodbye.' }
