import { platformKinds } from '../../../connect-platform.ts'
import { operations, type Standing, standingOf } from '../platform-table.ts'
import type { Terminal } from '../terminal.ts'
import { wrap } from '../wrap.ts'

/** `desk platforms`: made from what each platform's folder declares of itself, so that it cannot say more. */
export async function platforms({ terminal, options }: { terminal: Terminal; options: { markdown?: boolean; json?: boolean } }): Promise<void> {
  const rows = platformKinds.map((kind) => ({ provider: kind.provider, name: kind.name, operations: standingOf(kind.declared, kind), unproven: kind.unproven }))
  if (options.json === true) return terminal.out(JSON.stringify(rows, null, 2))
  if (options.markdown === true) return terminal.out(platformTable())
  for (const { provider, name, operations: standing, unproven } of rows) {
    terminal.out(`${name} (${provider})`)
    for (const how of ['live', 'in batches', 'from webhooks', 'by agreement', 'assisted', 'unproven', 'kept by the desk', 'none'] as Standing[]) {
      const what = operations.filter((operation) => standing[operation] === how)
      if (what.length > 0) terminal.out(`  ${how.padEnd(17)}${what.join(', ')}`)
    }
    for (const sentence of unproven) terminal.out(wrap(sentence, terminal.columns, '    ').join('\n'))
    terminal.out('')
  }
}

/** The README's table. */
export function platformTable(): string {
  const head = ['platform', ...operations]
  const lines = platformKinds.map((kind) => {
    const standing = standingOf(kind.declared, kind)
    return [`[${kind.name}](src/platforms/${kind.provider}/README.md)`].concat(operations.map((operation) => standing[operation]))
  })
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
