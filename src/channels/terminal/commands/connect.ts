import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { connectPlatform, disconnectPlatform, kindOf, type PlatformKind, platformKinds, type Tried, tryPlatform, type WriteBack } from '../../../connect-platform.ts'
import type { Desk } from '../../../app.ts'
import { DeskError } from '../../../salon/errors.ts'
import type { Who } from '../desk-command.ts'
import { personAt } from '../person.ts'
import { operations, standingOf } from '../platform-table.ts'
import type { Terminal } from '../terminal.ts'
import { withDesk } from '../with-desk.ts'
import { wrap } from '../wrap.ts'

type Options = Who & { from?: string; check?: boolean; write: string; wait?: boolean; json?: boolean }

/** `desk connect`: asks, tries, says what will work, keeps, and reads until there is something to work with. */
export async function connect({ terminal, platform, options }: { terminal: Terminal; platform: string | undefined; options: Options }): Promise<void> {
  if (platform === undefined) return withDesk({ terminal, needsBook: false }, (desk) => sayConnected(terminal, desk))
  const kind = kindOf(platform)
  const person = personAt(terminal, options)
  if (person.role !== 'owner') throw new DeskError('not_allowed', { message: 'only owners connect', userMessage: 'Connecting a booking platform is for the owner: add --role owner.' })
  const writeBack = readWriteBack(options.write)
  const credentials = options.from === undefined ? await askFor(terminal, kind) : await readFrom(terminal, options.from)
  await withDesk({ terminal, needsBook: false }, async (desk) => {
    const tried = await tryPlatform({ desk, provider: kind.provider, credentials })
    if (options.json !== true) sayTried(terminal, kind, tried)
    if (options.check === true) return options.json === true ? terminal.out(JSON.stringify({ connected: false, ...tried }, null, 2)) : terminal.out('Only tried; nothing was kept.')
    await connectPlatform({ desk, provider: kind.provider, credentials, tried, writeBack, by: person.id })
    if (options.json === true) terminal.out(JSON.stringify({ connected: true, ...tried }, null, 2))
    return undefined
  })
  if (options.check === true) return
  // Opened anew, on the platform.
  await withDesk({ terminal, needsBook: false }, (desk) => read({ terminal, desk, wait: options.wait === true, quiet: options.json === true }))
}

export async function disconnect({ terminal, options }: { terminal: Terminal; options: Who & { yes?: boolean } }): Promise<void> {
  const person = personAt(terminal, options)
  if (person.role !== 'owner') throw new DeskError('not_allowed', { message: 'only owners disconnect', userMessage: 'Disconnecting the booking platform is for the owner: add --role owner.' })
  if (options.yes !== true) {
    if (!terminal.interactive) throw new DeskError('invalid_input', { message: 'not confirmed', userMessage: 'This forgets the connection and the copy of the book (nothing in the booking platform changes). Add --yes.' })
    const answer = await terminal.question('This forgets the connection and the copy of the book; nothing in the booking platform changes. Go on? (yes/no) ')
    if (!/^y(es)?$/i.test(answer.trim())) return terminal.out('Nothing was changed.')
  }
  const account = await withDesk({ terminal, needsBook: false }, (desk) => disconnectPlatform({ desk, by: person.id }))
  return terminal.out(`${account} is disconnected. Restart a desk that is running.`)
}

async function sayConnected(terminal: Terminal, { mirrored, platform }: Desk): Promise<void> {
  if (mirrored === undefined) terminal.out('No booking platform is connected; the desk works with its own book.')
  else {
    const checked = await platform.check()
    terminal.out(`Connected: ${mirrored.kind.name}${checked.ok ? `, ${checked.value.account}` : ' (it does not answer right now)'}. "desk doctor" says how it stands.`)
  }
  terminal.out(`\nThere are: ${platformKinds.map(({ provider, name }) => `${provider} (${name})`).join(', ')}.\n"desk connect PLATFORM --role owner" connects one; "desk platforms" says what works with each.`)
}

async function askFor(terminal: Terminal, kind: PlatformKind): Promise<Record<string, string>> {
  if (!terminal.interactive) throw new DeskError('invalid_input', { message: 'no credentials', userMessage: `${kind.name} needs ${kind.fields.map(({ name }) => name).join(', ')}: give them as a JSON object with --from FILE, or --from - on standard input.` })
  const given: Record<string, string> = {}
  terminal.out(`${kind.name} needs:`)
  for (const { name, label, help, secret, optional = false } of kind.fields) {
    terminal.out(wrap(help, terminal.columns, '  ').join('\n'))
    const answer = (await terminal.question(`${label}${optional ? ' (Enter for none)' : ''}: `, { hidden: secret })).trim()
    if (answer !== '') given[name] = answer
  }
  return given
}

async function readFrom(terminal: Terminal, from: string): Promise<unknown> {
  let text = ''
  if (from === '-') for await (const line of terminal.lines()) text += `${line}\n`
  else {
    text = await readFile(from, 'utf8').catch((cause: unknown) => {
      throw new DeskError('invalid_input', { message: 'credentials file unreadable', userMessage: `The file ${from} cannot be read.`, cause })
    })
  }
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text))
  } catch {
    throw new DeskError('invalid_input', { message: 'credentials are no JSON object', userMessage: 'The credentials must be a JSON object, like {"accessToken": "…"}.' })
  }
}

function readWriteBack(text: string): WriteBack {
  if (!/^(risk|notes|both|none)$/.test(text)) throw new DeskError('invalid_input', { message: 'bad --write', userMessage: '--write is one of risk, notes, both, none.' })
  return { risk: text === 'risk' || text === 'both', notes: text === 'notes' || text === 'both' }
}

function sayTried(terminal: Terminal, kind: PlatformKind, { account, capabilities, locations, canProbe }: Tried): void {
  terminal.out(`${kind.name} answers: ${account}. Locations: ${locations.join(', ')}.`)
  const standing = standingOf(capabilities, kind)
  for (const [how, words] of [['live', 'Works'], ['in batches', 'Read in batches, some time late'], ['from webhooks', 'Read from what its webhooks tell'], ['by agreement', 'Works as it was agreed with the vendor'], ['assisted', 'A person does, led step by step'], ['unproven', canProbe ? 'Not before it is tried ("desk doctor --probe-writes")' : 'Unproven, so a person does it'], ['kept by the desk', 'Kept by the desk itself'], ['none', 'Not there']] as const) {
    const what = operations.filter((operation) => standing[operation] === how)
    if (what.length > 0) terminal.out(wrap(`${words}: ${what.join(', ')}.`, terminal.columns, '  ').join('\n'))
  }
  for (const sentence of kind.unproven) terminal.out(wrap(`Unproven: ${sentence}`, terminal.columns, '  ').join('\n'))
}

/** Reads until the next two months are here (or everything), saying how far it is. */
async function read({ terminal, desk: { mirrored, ensureBook, platform }, wait, quiet }: { terminal: Terminal; desk: Desk; wait: boolean; quiet: boolean }): Promise<void> {
  if (mirrored === undefined) return
  if (!quiet) terminal.err('Reading the catalogue, the next two months and the clients …')
  await ensureBook()
  for (let more = wait; more;) {
    more = (await mirrored.keepUp()).more
    const fresh = await platform.freshness()
    if (!quiet && fresh.state === 'reading_past') terminal.err(`  ${fresh.visits} visits and ${fresh.clients} clients so far`)
  }
  if (quiet) return
  const { state } = await platform.freshness()
  terminal.out(state === 'live' ? 'Everything is here.' : 'The next two months and the clients are here; the past is read while the desk runs ("npm start").')
  terminal.out('Restart a desk that is running, so that it works on the platform.')
}
