import { type Desk, openDesk } from '../../app.ts'
import { readConfig } from '../../config.ts'
import type { Terminal } from './terminal.ts'

/**
 * Opens the desk for one command and closes it whatever happens, also on Ctrl-C.
 * With an empty book the demo salon is loaded first, unless `needsBook` is false.
 */
export async function withDesk<T>({ terminal, needsBook = true }: { terminal: Terminal; needsBook?: boolean }, work: (desk: Desk) => Promise<T>): Promise<T> {
  const desk = await openDesk({ config: readConfig() })
  let closing: Promise<void> | undefined
  const close = () => (closing ??= desk.close())
  void terminal.stopped().then(close)
  try {
    if (needsBook) {
      const { loadedDemo } = await desk.ensureBook()
      if (loadedDemo) terminal.err('No salon here yet: loaded the demo salon, Juniper & Sage. "desk import" brings in your own.')
    }
    return await work(desk)
  } finally {
    await close()
  }
}
