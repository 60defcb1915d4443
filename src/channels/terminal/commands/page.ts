import { unwrap } from '../../../platforms/unwrap.ts'
import { makeSignInLink } from '../../web/sign-in.ts'
import type { Who } from '../desk-command.ts'
import { personAt } from '../person.ts'
import type { Terminal } from '../terminal.ts'
import { withDesk } from '../with-desk.ts'

/** `desk page`: a sign-in link for whoever has this terminal, and so the desk's own files, in hand. */
export async function page({ terminal, options }: { terminal: Terminal; options: Who }): Promise<void> {
  await withDesk({ terminal }, async ({ store, clock, config, platform }) => {
    const baseUrl = config.publicUrl ?? `http://localhost:${config.port}`
    if (unwrap(await platform.catalog()).business.demo) return terminal.out(`The demo needs no link: ${baseUrl}/`)
    terminal.out(`${await makeSignInLink({ store, clock, person: personAt(terminal, options), baseUrl })}\nIt works once, within 15 minutes, while the desk is up.`)
  })
}
