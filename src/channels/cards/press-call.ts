import { z } from 'zod'
import { readCallOutcomes, recordCallOutcome } from '../../calls/record-call-outcome.ts'
import { DeskError } from '../../salon/errors.ts'
import { addMinutes } from '../../salon/time.ts'
import { type CallOutcome, callOutcomes } from '../../store/tables/calls.ts'
import { isLive, outcomeNames, quickOutcomes, unpackCall } from './call-card.ts'
import type { Press, PressAnswer } from './card.ts'
import { type CardRoom, type PressHandler, said } from './card-room.ts'
import { endPretended } from './press-ring.ts'
import { trustedRef } from './trust-token.ts'

/** A call that was made again after this long is a call of its own. */
const sameCallMin = 10

/** The buttons of a call. */
export const callPresses: Record<string, PressHandler> = {
  ...Object.fromEntries(quickOutcomes.map(([outcome]) => [`outcome:${outcome}`, (press: Press, room: CardRoom) => record({ press, room, outcome })])),
  'outcome:other': (press, room) => chosen({ press, room, options: ['wrong-number', 'skipped', ...quickOutcomes.map(([outcome]) => outcome)], title: 'What came of it?' }),
  'outcome:change': (press, room) => chosen({ press, room, options: callOutcomes, title: 'Change the outcome' }),
}

const Chosen = z.object({ outcome: z.enum(callOutcomes), note: z.string().trim().max(500).default('') })

async function chosen({ press, room, options, title }: { press: Press; room: CardRoom; options: readonly CallOutcome[]; title: string }): Promise<PressAnswer> {
  if (press.values === undefined) {
    await trustedRef({ press, room })
    return {
      kind: 'form',
      form: {
        action: press.action, token: press.token, title, submit: 'Save', intro: [],
        fields: [
          { name: 'outcome', kind: 'choice', label: 'What came of the call', options: options.map((value) => ({ value, label: outcomeNames[value] })) },
          { name: 'note', kind: 'text', lines: 'many', max: 500, label: 'Note', hint: 'For the desk only; nobody is sent it.', optional: true },
        ],
      },
    }
  }
  const parsed = Chosen.safeParse(press.values)
  if (parsed.success) return record({ press, room, ...parsed.data })
  return { kind: 'wrong', errors: Object.fromEntries(parsed.error.issues.map(({ path }) => (path[0] === 'note' ? ['note', 'At most 500 characters, please.'] : ['outcome', 'Choose what came of the call.']))) }
}

/** Records it, once: the same outcome by the same person a moment later is the same call, clicked twice. */
async function record({ press, room, outcome, note = '' }: { press: Press; room: CardRoom; outcome: CallOutcome; note?: string }): Promise<PressAnswer> {
  const { store, clock } = room
  const call = unpackCall(await trustedRef({ press, room }))
  if (call === undefined) throw new DeskError('invalid_input', { message: 'not a call', userMessage: 'This button is not about a call. Open the list again.' })
  const { appointmentId, clientId, locationId, date } = call
  const now = clock.now()
  const latest = (await readCallOutcomes({ db: store.db, from: addMinutes(now, -sameCallMin), to: addMinutes(now, 1), appointmentIds: [appointmentId] })).get(appointmentId)
  const again = latest?.outcome === outcome && latest.by === press.person.id && note === ''
  if (!again) await recordCallOutcome({ store, clock, appointmentId, clientId, locationId, outcome, by: press.person.id, ...(note === '' ? {} : { note }) })
  const { outgoing } = room
  const open = (await outgoing?.stateOf([appointmentId]))?.get(appointmentId)
  // What came of it is noted: whoever plays both ends has hung up.
  if (outgoing !== undefined && isLive(open) && open.isPretend) await endPretended({ outgoing, callId: open.callId })
  return said(`${again ? 'Already noted' : 'Noted'}: ${outcomeNames[outcome]}.${next[outcome] ?? ''}`, { subjects: [`brief:${locationId}:${date}`, 'home'] })
}

const next: Partial<Record<CallOutcome, string>> = {
  'reached-moved': ' The booking itself is unchanged: tell me the new time and I will prepare the move.',
  'reached-cancelled': ' The booking itself is unchanged: tell me to cancel it and I will prepare that.',
}
