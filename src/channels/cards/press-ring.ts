import type { CallState, Outgoing } from '../../phone/outgoing/outgoing.ts'
import { DeskError } from '../../salon/errors.ts'
import { unpackCall } from './call-card.ts'
import type { Press, PressAnswer } from './card.ts'
import { type CardRoom, type PressHandler, said } from './card-room.ts'
import { sayPressed } from './say-call.ts'
import { trustedRef } from './trust-token.ts'

/** "Call", which phone rings for it, and, in the demo, what happens at both ends. */
export const ringPresses: Record<string, PressHandler> = {
  async 'call:ring'(press, room) {
    const outgoing = connected(room)
    const call = unpackCall(await trustedRef({ press, room }))
    if (call === undefined) throw new DeskError('invalid_input', { message: 'not a call', userMessage: 'This button is not about a call. Open the list again.' })
    if (!outgoing.isPretend && (press.values !== undefined || (await outgoing.phoneOf(press.person.id)) === undefined)) {
      const answer = await askPhone({ press, outgoing, submit: 'Call' })
      if (answer !== undefined) return answer
    }
    const state = await outgoing.call({ ...call, by: press.person, requestId: press.requestId })
    return said(sayPressed(state), { good: state.state !== 'failed', subjects: shows(call) })
  },

  async 'call:phone'(press, room) {
    const outgoing = connected(room)
    await trustedRef({ press, room })
    return (await askPhone({ press, outgoing, submit: 'Save' })) ?? said('Saved. That phone rings when you press "Call".')
  },

  ...Object.fromEntries(['take', 'key', 'hang_up', 'answers', 'machine', 'no_answer'].map((what) => [`call:play:${what}`, (press: Press, room: CardRoom) => play({ press, room, what: what as Played })])),
}

/** The cards that show a call. */
function shows({ locationId, date }: { locationId: string; date: string }): string[] {
  return [`brief:${locationId}:${date}`, `calls:${locationId}:${date}`, 'home']
}

function connected({ outgoing }: CardRoom): Outgoing {
  if (outgoing === undefined) throw new DeskError('unsupported', { message: 'no telephone', userMessage: 'The telephone is not connected: please dial yourself.' })
  return outgoing
}

/** Asks which phone rings, and keeps what was said; undefined once it is kept. */
async function askPhone({ press, outgoing, submit }: { press: Press; outgoing: Outgoing; submit: string }): Promise<PressAnswer | undefined> {
  const { person, action, token, values } = press
  if (values !== undefined) {
    return outgoing.setPhone({ person, phone: (values['phone'] ?? '').slice(0, 40) }).then(() => undefined, (error: unknown) => {
      if (error instanceof DeskError && error.code === 'invalid_input') return { kind: 'wrong' as const, errors: { phone: error.userMessage } }
      throw error
    })
  }
  const value = (await outgoing.phoneOf(person.id)) ?? outgoing.deskPhone
  return {
    kind: 'form',
    form: {
      action, token, title: 'Your phone', submit,
      intro: [{ kind: 'text', text: 'Which phone should ring when you press "Call"? It rings first; the client is rung once you press a key on it.' }],
      fields: [{ name: 'phone', kind: 'text', lines: 'one', max: 40, label: 'Phone number', hint: 'Kept sealed. Clients see the salon\'s number, never this one.', ...(value === undefined ? {} : { value }) }],
    },
  }
}

/** What can happen at the two ends of a call of the demo. */
type Played = 'take' | 'key' | 'hang_up' | 'answers' | 'machine' | 'no_answer'

/** The demo's telephone: the same reports as from a real one, made by a press. */
async function play({ press, room, what }: { press: Press; room: CardRoom; what: Played }): Promise<PressAnswer> {
  const outgoing = connected(room)
  const ref = await trustedRef({ press, room })
  const [call, callId = ''] = [unpackCall(ref), ref[4]]
  const now = call === undefined ? undefined : (await outgoing.stateOf([call.appointmentId])).get(call.appointmentId)
  if (call === undefined || now === undefined || now.callId !== callId || !now.isPretend || now.over) throw new DeskError('stale', { message: 'no such call of the demo', userMessage: 'That call is over.' })
  await playOut({ outgoing, callId, what })
  const after = (await outgoing.stateOf([call.appointmentId])).get(call.appointmentId)
  return said(playedWords[after?.state ?? 'ended'] ?? 'Go on.', { subjects: shows(call) })
}

async function playOut({ outgoing, callId, what }: { outgoing: Outgoing; callId: string; what: Played }): Promise<void> {
  const [you, them] = [{ callId, leg: `${callId}-you` }, { callId, leg: `${callId}-them` }]
  switch (what) {
    case 'take':
      return void await outgoing.whisper(you)
    case 'key':
      return void await outgoing.key({ ...you, keys: '1' })
    case 'answers':
      return outgoing.client({ ...them, status: 'in-progress' })
    case 'hang_up':
      return endPretended({ outgoing, callId })
    case 'machine':
      await outgoing.machine({ ...them, answeredBy: 'machine_end_beep' })
      await outgoing.message(them)
      await outgoing.client({ ...them, status: 'completed' })
      return endPretended({ outgoing, callId })
    case 'no_answer': // below, so that every path returns
  }
  await outgoing.client({ ...them, status: 'no-answer' })
  return endPretended({ outgoing, callId })
}

/** Hangs up a call of the demo: nobody else does. */
export function endPretended({ outgoing, callId }: { outgoing: Outgoing; callId: string }): Promise<void> {
  return outgoing.staff({ callId, leg: `${callId}-you`, status: 'completed' })
}

const playedWords: Partial<Record<CallState['state'], string>> = {
  waiting_for_key: 'You hear who it is about. Press a key, or hang up.',
  ringing_client: 'The client\'s phone would ring now.',
  talking: 'They answer. What to say is on the card.',
  machine: 'A voicemail: the salon\'s message would be left on it.',
  no_answer: 'Nobody answers.',
  not_taken: 'Without a key nobody is connected: the client is not rung.',
  ended: 'Hung up. Note what came of it.',
}
