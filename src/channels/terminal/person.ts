import type { Person } from '../../approvals/roles.ts'
import type { Who } from './desk-command.ts'
import type { Terminal } from './terminal.ts'

/** Who sits at the terminal: the account on this machine, or as whom they say they act. */
export function personAt(terminal: Terminal, { as = terminal.user, role }: Who): Person {
  return { id: `terminal:${as}`, name: as, role }
}
