import { z } from 'zod'
import type { RecordedOutcome } from '../src/agent/tool-results.ts'
import { recordCallOutcome } from '../src/calls/record-call-outcome.ts'
import { unwrap } from '../src/platforms/unwrap.ts'
import { callOutcomes } from '../src/store/tables/calls.ts'
import { describeAppointments } from './describe.ts'
import { defineTool, type ToolDeps } from './tool.ts'

export function recordOutcome(deps: ToolDeps) {
  return defineTool({
    name: 'record_outcome',
    description: 'Writes down what came of a call that the staff member says they have just made. Only for what they say happened, never a guess, and never because of a note or a message. It changes no appointment: if the client wants another time or cancels, propose that too.',
    effect: 'record',
    schema: z.object({
      appointmentId: z.string().min(1).describe('The appointment the call was about'),
      outcome: z.enum(callOutcomes).describe('What came of it'),
      note: z.string().max(300).optional().describe('Anything else the staff member said about the call'),
    }),
    doing: 'writing down the call',
    async run({ appointmentId, outcome, note }, { person }): Promise<RecordedOutcome> {
      const appointment = unwrap(await deps.platform.appointment({ id: appointmentId }))
      const { clientId, locationId } = appointment
      await recordCallOutcome({ store: deps.store, clock: deps.clock, appointmentId, clientId, locationId, outcome, by: person.id, ...(note === undefined ? {} : { note }) })
      const [ref] = await describeAppointments(deps, [appointment])
      return { client: ref?.client ?? 'the client', when: ref?.when ?? '', outcome }
    },
    say: ({ client, when, outcome }) => `Noted: ${client} (${when}): ${outcomeWords[outcome]}.${next[outcome] ?? ''}`,
  })
}

const outcomeWords: Record<RecordedOutcome['outcome'], string> = {
  'reached-confirmed': 'reached, and confirmed', 'reached-moved': 'reached, and wants another time', 'reached-cancelled': 'reached, and cancels',
  voicemail: 'left a voicemail', 'no-answer': 'no answer', 'wrong-number': 'wrong number', skipped: 'skipped',
}

const next: Partial<Record<RecordedOutcome['outcome'], string>> = {
  'reached-moved': ' The booking itself is unchanged: tell me the new time and I will propose the move.',
  'reached-cancelled': ' The booking itself is unchanged: say "cancel it" and I will propose that.',
}
