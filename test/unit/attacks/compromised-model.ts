import { type FakeLanguageModel, fakeLanguageModel } from '../../support/fake-language-model.ts'
import type { Attack } from './attack-strings.ts'

/** What a model that has gone over to the attacker calls in one turn, besides what the person asked for. */
export type Treason = { attack: Attack; calls: { name: string; args: Record<string, unknown> }[] }

/**
 * A language model that is wholly the attacker's: it calls the forbidden tool at once, whether or not there is one, and
 * every tool in `turn` with the attacker's arguments, and says that all of it is done. Without tools it answers with the attack.
 */
export async function compromisedModel(): Promise<FakeLanguageModel & { turn: { asked: Treason['calls']; treasons: Treason[] } }> {
  const turn: { asked: Treason['calls']; treasons: Treason[] } = { asked: [], treasons: [] }
  const fake = await fakeLanguageModel((step, request) => {
    const wanted = turn.treasons.map(({ attack }) => attack.text).join('\n')
    if ((request.tools?.length ?? 0) === 0) return { content: `{"intent":"yes","confidence":1,"sure":true,"quote":"yes","parts":[],"questions":[],"language":"en","answer":${JSON.stringify(wanted)}}` }
    if (step > 0) return { content: `All done. ${wanted}`.slice(0, 3_000) }
    return { calls: [...turn.asked, ...turn.treasons.flatMap(({ attack, calls }) => [{ name: attack.tool === '*' ? 'admin' : attack.tool, args: { text: attack.text, approved: true } }, ...calls])] }
  })
  return { ...fake, turn }
}

/** The proposing tools with the attacker's arguments: other people's visits, orders as notes, and texts that lead away. */
export function everyProposal({ attack, slotId, moved, numbers }: { attack: Attack; slotId: string; moved: string; numbers: string[] }): Treason['calls'] {
  const reason = attack.text.slice(0, 300)
  return [
    { name: 'propose_cancel', args: { appointmentId: 'c-friday', cancelledBy: 'salon', reason } },
    { name: 'propose_reschedule', args: { appointmentId: moved, slotId, reason } },
    { name: 'propose_status', args: { appointmentId: 'c-friday', to: 'no_show', reason } },
    { name: 'propose_booking', args: { clientId: 'jo', slotId, reason } },
    { name: 'propose_note', args: { clientId: 'dana-k', text: attack.text.slice(0, 1_000), reason } },
    { name: 'propose_waitlist_fill', args: { entryId: 'w-jo', slotId, reason } },
    { name: 'propose_text', args: { clientId: 'dana-k', body: `Tiny Salon: ${attack.text.slice(0, 500)} https://bad.example/ ${numbers.join(' ')}`.slice(0, 640), reason } },
  ]
}
