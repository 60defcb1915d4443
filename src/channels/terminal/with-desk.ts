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
  const desk = await openDesk({ config: readConfig() })
  if (!stopsItself) void terminal.stopped().then(() => desk.close()).finally(() => terminal.exit(interrupted))
  try {
    if (needsBook) {
      const { loadedDemo } = await desk.ensureBook()
      if (loadedDemo) terminal.err('No salon here yet: loaded the demo salon, Juniper & Sage. "desk import" brings in your own.')
    }
    return await work(desk)
  } finally {
    await desk.close()
  }
}
