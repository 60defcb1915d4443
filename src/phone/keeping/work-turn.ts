import { DeskError } from '../../salon/errors.ts'
import { appendAudit } from '../../store/audit.ts'
import { commitLightly } from '../../store/light-commit.ts'
import { handOver } from '../answering/hand-over.ts'
import { openMemory, sealMemory } from './memory.ts'
import type { Next, Piece, SpokenLanguage, TurnAnswer } from '../phone.ts'
import type { CallRow, PhoneRoom } from '../phone-room.ts'
import type { Turn } from '../answering/turn.ts'

/** A caller who hears nothing for so long is told that we are looking. */
const fillerMs = 700
/** How long another instance may be at the same turn. */
const waitMs = 10_000
const everyMs = 50

type Work = { callId: string; turnId: string; heard: string; say?: ((piece: Piece) => void) | undefined; also?: CallRow['status'][]; take: (turn: Turn) => Promise<Next> | Next }

/** Works turns: one of a call after the other, each once, with what it came to in one transaction. */
export function openTurns(room: PhoneRoom) {
  const lines = new Map<string, Promise<unknown>>()

  /** After everything of this call that was begun before. */
  function inTurn<T>(callId: string, work: () => Promise<T>): Promise<T> {
    const before = lines.get(callId) ?? Promise.resolve()
    const mine = before.then(work, work)
    const settled = mine.then(() => {}, () => {})
    lines.set(callId, settled)
    void settled.then(() => { if (lines.get(callId) === settled) lines.delete(callId) })
    return mine
  }

  return { inTurn, work: (work: Work): Promise<TurnAnswer> => inTurn(work.callId, () => workTurn(room, work)) }
}

async function workTurn(room: PhoneRoom, { callId, turnId, heard, say, also = [], take }: Work): Promise<TurnAnswer> {
  const { store, clock, after } = room
  const call = await store.db.selectFrom('phone_calls').selectAll().where('id', '=', callId).executeTakeFirst()
  if (call === undefined) throw new DeskError('not_found', { message: 'no such call', userMessage: 'There is no such call.' })
  const before = await claim(room, { callId, turnId, heard, open: call.ended_at === null && (call.status === 'open' || call.status === 'message' || also.includes(call.status)) })
  if (before !== undefined) return before
  const memory = openMemory(store.seal, call.memory)
  const pieces: Piece[] = []
  const turn: Turn = {
    room, call, turnId, memory, language: call.language as SpokenLanguage, pieces, patch: {},
    say(piece) {
      stopFiller()
      pieces.push(piece)
      say?.(piece)
    },
  }
  // Only who hears pieces as they come is helped by a filler.
  const stopFiller = say === undefined ? () => {} : after(fillerMs, () => say({ words: room.words.fill('filler', {}, turn.language), language: turn.language }))
  const next = await Promise.resolve().then(() => take(turn)).catch((error: unknown): Next => {
    room.onError(error)
    return handOver(turn, { why: 'broke', outcome: error instanceof DeskError && error.code === 'unavailable' ? 'The booking system did not answer' : 'Something went wrong on our side' })
  }).finally(() => stopFiller())
  if (pieces.length > 0 && turn.did !== 'repeated') memory.last = pieces.map(({ words }) => words).slice(-3)
  const answer: TurnAnswer = { pieces, next: next.kind === 'listen' ? { ...next, language: turn.language } : next, ...recordingOf(turn) }
  await settle(turn, { answer, now: clock.now() })
  if (next.kind === 'hand_over') await room.cardIsUp?.(callId).catch(room.onError)
  // What a change has promised by text goes out while the caller still hears of it; nobody waits for it here.
  void room.messages.deliver({ atMost: 3 }).catch(room.onError)
  return answer
}

/** Recording begins once the caller has heard that it does and did not object. */
function recordingOf({ call, recording, patch }: Turn): Pick<TurnAnswer, 'recording'> {
  if (recording === 'drop') return { recording: 'drop' }
  if (call.recording !== 'asked' || patch.recording !== undefined) return {}
  patch.recording = 'on'
  return { recording: 'start' }
}

/** Takes the turn on, or answers what it was answered. Throws `DeskError('not_found')` when the call is over and the turn is a new one. */
async function claim({ store, clock }: PhoneRoom, { callId, turnId, heard, open }: { callId: string; turnId: string; heard: string; open: boolean }): Promise<TurnAnswer | undefined> {
  if (open) {
    const mine = await store.transaction(async (trx) => (await commitLightly(trx)).insertInto('phone_turns').values({ call_id: callId, turn_id: turnId, at: clock.now(), heard: store.seal.seal(heard), said: null, cut_to: null, answer: null, reading: null, did: null, first_word_ms: null })
      .onConflict((conflict) => conflict.columns(['call_id', 'turn_id']).doNothing()).returning('id').executeTakeFirst())
    if (mine !== undefined) return undefined
  }
  for (let waited = 0; waited < waitMs; waited += everyMs) {
    const row = await store.db.selectFrom('phone_turns').select('answer').where('call_id', '=', callId).where('turn_id', '=', turnId).executeTakeFirst()
    if (row === undefined) throw new DeskError('not_found', { message: 'the call is over', userMessage: 'That call is over.' })
    if (row.answer !== null) return JSON.parse(store.seal.open(row.answer)) as TurnAnswer
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
  // Whoever was at it is gone; what it has done already is found by its key.
  return undefined
}

async function settle(turn: Turn, { answer, now }: { answer: TurnAnswer; now: string }): Promise<void> {
  const { room: { store, onWantsPerson }, call, turnId, memory, language, patch, reading = null, did = null } = turn
  const { seal } = store
  const isProven = memory.clientId !== undefined && call.client_id === null
  // Every word is in the call's own turns; the log has what a turn changed: who is proven, who is wanted, how it goes on.
  const matters = isProven || Object.keys(patch).length > 0 || answer.next.kind !== 'listen'
  await store.transaction(async (trx) => {
    // Losing a turn that only talked takes the end of the database's machine within the second, which ends the call, too.
    if (!matters) await commitLightly(trx)
    await trx.updateTable('phone_turns').set({ ...(turn.heardAs === undefined ? {} : { heard: seal.seal(turn.heardAs) }), said: seal.seal(answer.pieces.map(({ words }) => words).join(' ')), answer: seal.seal(JSON.stringify(answer)), reading, did }).where('call_id', '=', call.id).where('turn_id', '=', turnId).execute()
    await trx.updateTable('phone_calls').set((eb) => ({
      memory: sealMemory(seal, memory), language, client_id: memory.clientId ?? call.client_id,
      ...(patch.status === undefined ? {} : { status: patch.status }), ...(patch.why === undefined ? {} : { why: patch.why }), ...(patch.needsPerson === undefined ? {} : { needs_person: true }), ...(patch.recording === undefined ? {} : { recording: patch.recording }),
      ...(patch.outcome === undefined ? {} : { outcome: seal.seal(patch.outcome) }), ...(patch.message === undefined ? {} : { message: seal.seal(patch.message) }), ...(patch.handedOver === undefined ? {} : { hand_overs: eb('hand_overs', '+', 1) }),
    })).where('id', '=', call.id).execute()
    if (patch.needsPerson !== undefined) await onWantsPerson?.(trx, { callId: call.id, locationId: call.location_id })
    if (matters) await appendAudit(trx, { at: now, actor: memory.clientId === undefined ? `call:${call.id}` : `client:${memory.clientId}`, action: 'phone.turn', subject: `phone:${call.id}`, detail: { turn: turnId, reading, did, next: answer.next.kind, ...(patch.why === undefined ? {} : { why: patch.why }), proven: memory.clientId !== undefined } })
  })
}
