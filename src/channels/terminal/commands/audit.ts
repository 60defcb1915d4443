import { verifyAudit } from '../../../store/audit.ts'
import type { Terminal } from '../terminal.ts'
import { withDesk } from '../with-desk.ts'

/** `desk audit verify`: exit code 1 when the chain is broken. */
export async function verify({ terminal, options }: { terminal: Terminal; options: { json?: boolean } }): Promise<number> {
  return withDesk({ terminal, needsBook: false }, async ({ store }) => {
    const verdict = await verifyAudit(store.db)
    if (options.json === true) terminal.out(JSON.stringify(verdict))
    else if (verdict.ok) terminal.out(`The audit log is whole: ${verdict.rows} ${verdict.rows === 1 ? 'row' : 'rows'}, each following from the one before.`)
    else terminal.out(`The audit log was tampered with. First broken row: ${verdict.seq} (${verdict.problem}). The ${verdict.rows} rows before it are whole.`)
    return verdict.ok ? 0 : 1
  })
}

/** `desk audit`: the newest entries, oldest of them first. */
export async function tail({ terminal, options }: { terminal: Terminal; options: { limit: number; json?: boolean } }): Promise<void> {
  await withDesk({ terminal, needsBook: false }, async ({ store }) => {
    const rows = await store.db.selectFrom('audit').selectAll().orderBy('seq', 'desc').limit(options.limit).execute()
    for (const row of rows.reverse()) {
      if (options.json === true) terminal.out(JSON.stringify(row))
      else terminal.out(`${String(row.seq).padStart(5)}  ${row.at.slice(0, 19).replace('T', ' ')}  ${row.action.padEnd(24)} ${row.subject.slice(0, 40)}  ${row.actor}`)
    }
  })
}
