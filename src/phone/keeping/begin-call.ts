import { appendAudit } from '../../store/audit.ts'
import { plainTitle } from '../../salon/plain-names.ts'
import type { Instant } from '../../salon/time.ts'
import type { CallReason } from '../../store/tables/phone.ts'
import { Memory, sealMemory } from './memory.ts'
import type { IncomingCall, TurnAnswer } from '../phone.ts'
import type { PhoneRoom } from '../phone-room.ts'

/** The turn of a call that nobody said anything in: the first words. */
const greetingTurn = 'greeting'

/** Keeps a call that comes in and answers the first words: that a machine speaks, whether it records, and how to reach a person (VOX-4, VOX-5). The same call again changes nothing. */
export async function beginCall(room: PhoneRoom, { callId, from, via }: IncomingCall): Promise<TurnAnswer> {
  const { store, clock, platform, words, recording } = room
  const catalog = await platform.catalog()
  // A booking system that does not answer is no reason not to answer the phone.
  const { business, locations } = catalog.ok ? catalog.value : { business: { name: '' }, locations: [] }
  const greeting = words.fill(recording ? 'greeting-recorded' : 'greeting', { salon: plainTitle(business.name) || 'the salon' }, 'en')
  // Until they have heard it all nobody has been told that it records.
  const answer: TurnAnswer = { pieces: [{ words: greeting, language: 'en', ...(recording ? { interruptible: false } : {}) }], next: { kind: 'listen', language: 'en' } }
  const likely = from === undefined ? [] : await platform.findClients({ phone: from, limit: 5 }).then((found) => (found.ok ? found.value.filter(({ phones }) => phones[0] === from) : []))
  const now = clock.now()
  await store.transaction(async (trx) => {
    const row = await trx.insertInto('phone_calls').values({
      id: callId, direction: 'in', via, from_phone: from === undefined ? null : store.seal.seal(from), phone_hash: from === undefined ? null : store.seal.lookup(from),
      client_id: null, likely_client_id: likely.length === 1 ? (likely[0]?.id ?? null) : null, location_id: locations.length === 1 ? (locations[0]?.id ?? null) : null, appointment_id: null, by: null,
      language: 'en', memory: sealMemory(store.seal, Memory.parse({ last: [greeting] })), status: 'open', why: null, needs_person: false, outcome: null, message: null, recording: recording ? 'asked' : 'off', started_at: now, ended_at: null,
    }).onConflict((conflict) => conflict.column('id').doNothing()).returning('id').executeTakeFirst()
    if (row === undefined) return
    await trx.insertInto('phone_turns').values({ call_id: callId, turn_id: greetingTurn, at: now, heard: store.seal.seal(''), said: store.seal.seal(greeting), cut_to: null, answer: store.seal.seal(JSON.stringify(answer)), reading: null, did: 'greeted', first_word_ms: null }).execute()
    await appendAudit(trx, { at: now, actor: 'desk', action: 'phone.call_began', subject: `phone:${callId}`, detail: { via, knownNumber: likely.length > 0, recording } })
  })
  return answer
}

/** A call that the service's list has and we never heard of: a card for the desk, once. */
export async function keepMissed(room: PhoneRoom, { callId, from, at, seconds, voicemailSeconds }: { callId: string; from?: string; at: Instant; seconds: number; voicemailSeconds?: number }): Promise<void> {
  const { store, clock, platform, onWantsPerson } = room
  const likely = from === undefined ? [] : await platform.findClients({ phone: from, limit: 5 }).then((found) => (found.ok ? found.value.filter(({ phones }) => phones[0] === from) : []))
  const left = voicemailSeconds === undefined ? '' : `, left a voicemail of ${Math.round(voicemailSeconds)} s (in the Twilio Console, under the call)`
  await store.transaction(async (trx) => {
    const row = await trx.insertInto('phone_calls').values({
      id: callId, direction: 'in', via: 'relay', from_phone: from === undefined ? null : store.seal.seal(from), phone_hash: from === undefined ? null : store.seal.lookup(from), client_id: null, likely_client_id: likely.length === 1 ? (likely[0]?.id ?? null) : null,
      location_id: null, appointment_id: null, by: null, language: 'en', memory: sealMemory(store.seal, Memory.parse({})), status: 'ended', why: 'missed' satisfies CallReason, needs_person: true, outcome: store.seal.seal(`Called while the desk could not answer (${Math.round(seconds)} s${left})`), message: null, started_at: at, ended_at: at,
    }).onConflict((conflict) => conflict.column('id').doNothing()).returning('id').executeTakeFirst()
    if (row === undefined) return
    await appendAudit(trx, { at: clock.now(), actor: 'desk', action: 'phone.missed', subject: `phone:${callId}`, detail: { seconds: Math.round(seconds), voicemail: voicemailSeconds !== undefined } })
    await onWantsPerson?.(trx, { callId, locationId: null })
  })
}
