import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import type { Terminal } from '../terminal.ts'
import { withDesk } from '../with-desk.ts'

/** What `desk prepare` makes: the book (the demo salon, or its next days), or all that the first chat needs. */
export type Preparation = 'book' | 'chat'

/** `desk prepare`, a command of ours only: makes what a start needs and ends. */
export async function prepare({ terminal, what }: { terminal: Terminal; what: string }): Promise<void> {
  await withDesk({ terminal }, async (desk) => {
    if (what === 'chat') await desk.agent()
  })
}

/**
 * Runs `desk prepare` as a process of its own: generating a salon or indexing policies takes a few hundred megabytes for a few
 * seconds, which a desk that stays up all day should not keep, and it must answer meanwhile. Answers whether it went well;
 * if not, the caller's own process makes it when it is needed.
 */
export function prepareAside({ what, signal }: { what: Preparation; signal: AbortSignal }): Promise<boolean> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [resolve(import.meta.dirname, '../../../main.ts'), 'prepare', what], { stdio: ['ignore', 'ignore', 'inherit'], signal, killSignal: 'SIGINT' })
    // An abort is an error too; then its end is waited for, because it still holds the database.
    child.once('error', () => { if (child.pid === undefined) done(false) })
    child.once('exit', (code) => done(code === 0))
  })
}
