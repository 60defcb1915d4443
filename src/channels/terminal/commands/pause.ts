import { setPause } from '../../../approvals/rollout.ts'
import type { Who } from '../desk-command.ts'
import { personAt } from '../person.ts'
import type { Terminal } from '../terminal.ts'
import { withDesk } from '../with-desk.ts'

/** `desk pause` and `desk resume`. Anybody may stop the desk; only a manager may let it act again. */
export async function pause({ terminal, paused, options }: { terminal: Terminal; paused: boolean; options: Who }): Promise<void> {
  const by = personAt(terminal, options)
  await withDesk({ terminal, needsBook: false }, async ({ store, clock, approvals }) => {
    await setPause({ store, paused, by, now: clock.now() })
    const held = paused ? 0 : await approvals.catchUp()
    terminal.out(paused ? 'Paused. Nothing is changed or sent until "desk resume"; the booking system goes on as ever.' : `Acting again.${held > 0 ? ` ${held} held ${held === 1 ? 'change was' : 'changes were'} settled.` : ''}`)
  })
}
