import type { Desk } from './app.ts'
import { openAdapter } from './open-platform.ts'
import type { Capabilities } from './platforms/booking-platform.ts'
import { bookSummary } from './platforms/embedded/book-summary.ts'
import { removeBook } from './platforms/embedded/load-book.ts'
import { disconnect, readConnection, saveConnection, type WriteBack } from './platforms/mirror/connection.ts'
import type { Fetch } from './platforms/kit/ask.ts'
import type { PlatformKind } from './platforms/platform-adapter.ts'
import { findKind, platformKinds } from './platforms/registry.ts'
import { refusal } from './platforms/unwrap.ts'
import { DeskError } from './salon/errors.ts'

export { platformKinds }
export type { PlatformKind, WriteBack }

/** What a try of credentials found. */
export type Tried = { account: string; capabilities: Capabilities; locations: string[]; /** Whether what is unproven can be tried (`desk doctor --probe-writes`). */ canProbe: boolean }

/** The kind of that name. Throws `DeskError('invalid_input')` naming those there are. */
export function kindOf(provider: string): PlatformKind {
  const kind = findKind(provider)
  if (kind === undefined) throw new DeskError('invalid_input', { message: 'unknown platform', userMessage: `There is no platform "${provider.slice(0, 40)}". There are: ${platformKinds.map((one) => one.provider).join(', ')}.` })
  return kind
}

/** Tries credentials without keeping anything: the key, what it may do, which locations it sees. Throws `DeskError` with words for what is wrong. */
export async function tryPlatform({ desk, provider, credentials, fetch }: { desk: Pick<Desk, 'store' | 'clock'>; provider: string; credentials: unknown; fetch?: Fetch }): Promise<Tried> {
  const kind = kindOf(provider)
  const adapter = openAdapter({ kind, credentials, store: desk.store, clock: desk.clock, fetch })
  const checked = await adapter.check()
  if (!checked.ok) throw notConnected(kind, checked.error.kind === 'auth' ? 'it does not accept the key' : refusal(checked.error).userMessage)
  const capabilities = await adapter.capabilities()
  if (!capabilities.ok) throw notConnected(kind, `it does not say what the key may do: ${refusal(capabilities.error).userMessage}`)
  const catalog = await adapter.catalog()
  if (!catalog.ok) throw notConnected(kind, `its catalogue cannot be read: ${refusal(catalog.error).userMessage}`)
  if (catalog.value.locations.length === 0) throw notConnected(kind, 'the key sees no location')
  return { account: checked.value.account, capabilities: capabilities.value, locations: catalog.value.locations.map(({ name, zone }) => `${name} (${zone})`), canProbe: adapter.probe !== undefined }
}

/**
 * Keeps a connection that was tried. The demo salon gives way; a salon that was imported here does not, and neither does
 * another account's copy: `DeskError('conflict')`. The next start of the desk works on it.
 */
export async function connectPlatform({ desk: { store, clock }, provider, credentials, tried, writeBack, by }: { desk: Pick<Desk, 'store' | 'clock'>; provider: string; credentials: unknown; tried: Tried; writeBack: WriteBack; by: string }): Promise<void> {
  const before = await readConnection(store)
  const kind = kindOf(provider)
  if (before === undefined) {
    const here = await bookSummary(store)
    if (here !== undefined && !here.demo) throw new DeskError('conflict', { message: 'a salon is in the book', userMessage: `This desk already holds the book of ${here.business}. One desk serves one salon: use another data folder or database for ${kind.name}.` })
    if (here !== undefined) await removeBook({ store, now: clock.now(), by })
  } else if (before.provider !== provider || before.account !== tried.account) {
    throw new DeskError('conflict', { message: 'another platform is connected', userMessage: `This desk is connected to ${findKind(before.provider)?.name ?? before.provider} (${before.account}). Disconnect it first: desk disconnect` })
  }
  await saveConnection({ store, connection: { provider, account: tried.account, credentials: kind.credentials.parse(credentials), capabilities: tried.capabilities, writeBack }, by, now: clock.now() })
}

/** Forgets the connection with its credentials and the copy of the book. What the desk did stays in the audit log. Answers whose it was. */
export async function disconnectPlatform({ desk: { store, clock }, by }: { desk: Pick<Desk, 'store' | 'clock'>; by: string }): Promise<string> {
  const before = await readConnection(store)
  if (before === undefined) throw new DeskError('not_found', { message: 'no platform is connected', userMessage: 'No booking platform is connected.' })
  await disconnect({ store, by, now: clock.now() })
  await removeBook({ store, now: clock.now(), by })
  return before.account
}

function notConnected(kind: PlatformKind, why: string): DeskError {
  return new DeskError('invalid_input', { message: `${kind.provider} was not connected`, userMessage: `${kind.name} was not connected: ${why}` })
}
