import { DeskError } from '../salon/errors.ts'
import { appendAudit } from '../store/audit.ts'
import { beginCall, keepMissed } from './keeping/begin-call.ts'
import { handOver } from './answering/hand-over.ts'
import { heardOf } from './hearing/heard-of.ts'
import { openMemory, sealMemory } from './keeping/memory.ts'
import type { Phone } from './phone.ts'
import type { PhoneRoom } from './phone-room.ts'
import { readLines, readStory } from './keeping/records.ts'
import { loadSpokenWords } from './answering/spoken-words.ts'
import { takeTurn } from './answering/take-turn.ts'
import { sayLine } from './answering/turn.ts'
import { openTurns } from './keeping/work-turn.ts'

/** Opens the phone's side of the desk. Throws `DeskError('corrupt')` when a line of `prompts/voice` is broken. */
export async function openPhone(given: Omit<PhoneRoom, 'words'>): Promise<Phone> {
  const room: PhoneRoom = { ...given, words: await loadSpokenWords() }
  const { store, clock, messages } = room
  const turns = openTurns(room)
  return {
    begin: (call) => beginCall(room, call),
    turn: ({ callId, turnId, heard, say }) => turns.work({ callId, turnId, heard: heard.kind === 'words' ? heard.words : heard.kind === 'keys' ? `(keys) ${heard.keys}` : '(silence)', say, take: (turn) => {
      if (heard.kind === 'words' && heard.language?.startsWith('es') === true && heard.words.split(/\s+/).length > 2) turn.language = 'es'
      return takeTurn(turn, heard)
    } }),
    async interrupted({ callId, heard }) {
      await turns.inTurn(callId, async () => {
        const call = await findCall(callId)
        const memory = openMemory(store.seal, call.memory)
        const { asked, clientId } = memory
        const last = await store.db.selectFrom('phone_turns').select('id').where('call_id', '=', callId).orderBy('id', 'desc').executeTakeFirst()
        const missed = asked !== undefined && clientId !== undefined && !heardOf({ heard, mustHear: asked.mustHear })
        if (missed) {
          await messages.unheard({ clientId, textIds: asked.textIds })
          memory.cut = asked.says
          delete memory.asked
        }
        await store.transaction(async (trx) => {
          await trx.updateTable('phone_calls').set((eb) => ({ interruptions: eb('interruptions', '+', 1), memory: sealMemory(store.seal, memory) })).where('id', '=', callId).execute()
          if (last !== undefined) await trx.updateTable('phone_turns').set({ cut_to: store.seal.seal(heard) }).where('id', '=', last.id).execute()
        })
      })
    },
    async timed({ callId, turnId, firstWordMs }) {
      await store.db.updateTable('phone_turns').set({ first_word_ms: firstWordMs }).where('call_id', '=', callId).where('turn_id', '=', turnId).execute()
    },
    rang: ({ callId, answered }) => turns.work({ callId, turnId: 'desk_rang', heard: answered ? '(the desk answered)' : '(the desk did not answer)', also: ['handed_over', 'message'], take: async (turn) => {
      if (answered) {
        turn.did = 'put_through'
        return { kind: 'hang_up', language: turn.language }
      }
      turn.memory.deskRang = true
      turn.memory.stage = 'message'
      turn.patch.status = 'message'
      turn.did = 'desk_did_not_answer'
      sayLine(turn, turn.call.why === 'emergency' ? 'leave-message-emergency' : 'leave-message')
      return { kind: 'listen', language: turn.language }
    } }),
    broke: ({ callId, code }) => turns.work({ callId, turnId: `broke:${code ?? ''}`, heard: '(our side of the call broke)', also: ['handed_over', 'message'], take: async (turn) => handOver(turn, { why: 'broke', outcome: 'The connection to the desk broke' }) }),
    missed: (call) => keepMissed(room, call),
    async ended({ callId, why }) {
      await turns.inTurn(callId, () => store.transaction(async (trx) => {
        const now = clock.now()
        const call = await trx.updateTable('phone_calls').set({ ended_at: now, status: 'ended' }).where('id', '=', callId).where('ended_at', 'is', null).returningAll().executeTakeFirst()
        if (call === undefined) return
        // Who hung up on the way to somebody, or was cut off before what they wanted, waits for a call back.
        const { stage, wish } = openMemory(store.seal, call.memory)
        if (wish !== undefined && call.outcome === null) await trx.updateTable('phone_calls').set({ outcome: store.seal.seal(`Hung up before it was clear who called, wanted: “${wish}”`) }).where('id', '=', callId).execute()
        const unfinished = call.status === 'message' || (why === 'lost' && (wish !== undefined || stage === 'code'))
        if (unfinished && !call.needs_person) {
          await trx.updateTable('phone_calls').set({ needs_person: true, why: call.why ?? 'broke' }).where('id', '=', callId).execute()
          await room.onWantsPerson?.(trx, { callId, locationId: call.location_id })
        }
        await appendAudit(trx, { at: now, actor: 'desk', action: 'phone.call_ended', subject: `phone:${callId}`, detail: { why, interruptions: call.interruptions, handOvers: call.hand_overs } })
      }))
    },
    recent: (limit = 30) => readLines(room, { limit, waiting: false }),
    waiting: (limit = 30) => readLines(room, { limit, waiting: true }),
    story: (callId) => readStory(room, callId),
    async seenTo({ callId, by }) {
      await store.transaction(async (trx) => {
        const row = await trx.updateTable('phone_calls').set({ needs_person: false }).where('id', '=', callId).where('needs_person', '=', true).returning('id').executeTakeFirst()
        if (row !== undefined) await appendAudit(trx, { at: clock.now(), actor: by, action: 'phone.seen_to', subject: `phone:${callId}`, detail: {} })
      })
    },
  }

  async function findCall(callId: string) {
    const call = await store.db.selectFrom('phone_calls').selectAll().where('id', '=', callId).executeTakeFirst()
    if (call === undefined) throw new DeskError('not_found', { message: 'no such call', userMessage: 'There is no such call.' })
    return call
  }
}
