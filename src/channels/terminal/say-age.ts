import type { Desk } from '../../app.ts'
import { sayFreshness } from '../../salon/freshness.ts'
import type { Terminal } from './terminal.ts'
import { wrap } from './wrap.ts'

/** A line above what rests on the book, when it is not live; beside a result for a machine it goes to the error stream. */
export async function sayAge({ terminal, desk: { platform, clock }, json = false }: { terminal: Pick<Terminal, 'out' | 'err' | 'columns'>; desk: Pick<Desk, 'platform' | 'clock'>; json?: boolean | undefined }): Promise<void> {
  const catalog = await platform.catalog()
  const zone = (catalog.ok ? catalog.value.locations[0]?.zone : undefined) ?? 'UTC'
  const words = sayFreshness({ freshness: await platform.freshness(), name: platform.name, zone, now: clock.now() })
  if (words === undefined) return
  if (json) terminal.err(words)
  else terminal.out(`${wrap(words, terminal.columns, '').join('\n')}\n`)
}
