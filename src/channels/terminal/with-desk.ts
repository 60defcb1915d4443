import { type Desk, openDesk } from '../../app.ts'
import { readConfig } from '../../config.ts'
import type { Terminal } from './terminal.ts'

/** How a command was used when it is interrupted: by convention 128 + the number of SIGINT. */
const interrupted = 130

/**
 * Opens the desk for one command and closes it whatever happens. With an empty book the demo salon is loaded first,
 * unless `needsBook` is false. Ctrl-C closes the desk and ends the command, unless it `stopsItself`.
 */
export async function withDesk<T>({ terminal, needsBook = true, stopsItself = false }: { terminal: Terminal; needsBook?: boolean; stopsItself?: boolean }, work: (desk: Desk) => Promise<T>): Promise<T> {
  const config = readConfig()
  // Listened for before the desk opens: a database that is just starting must be stopped too.
  const stopped = stopsItself ? undefined : terminal.stopped()
  const opening = openDesk({ config })
  void stopped?.then(async () => (await opening).close()).finally(() => terminal.exit(interrupted))
  const desk = await opening
  try {
    if (needsBook) await ensureBook({ desk, terminal })
    return await work(desk)
  } finally {
    await desk.close()
  }
}

/** Sees to it that there is a book, and says so when it had to be made up. */
export async function ensureBook({ desk, terminal }: { desk: Desk; terminal: Terminal }): Promise<void> {
  const { loadedDemo } = await desk.ensureBook()
  if (loadedDemo) terminal.err('No salon here yet: loaded the demo salon, Juniper & Sage. "desk import" brings in your own.')
}
