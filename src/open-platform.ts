import type { Logger } from './logger.ts'
import { once } from './once.ts'
import type { BookingPlatform, Capabilities } from './platforms/booking-platform.ts'
import { openEmbeddedBook } from './platforms/embedded/index.ts'
import { readCatalog } from './platforms/embedded/read-catalog.ts'
import { type Fetch, openAsk } from './platforms/kit/ask.ts'
import { openBudget } from './platforms/kit/budget.ts'
import type { Delivery } from './platforms/kit/webhook.ts'
import { readConnection, saveCapabilities, type WriteBack } from './platforms/mirror/connection.ts'
import { follow, hear, type Heard, lastHeard, webhookSource } from './platforms/mirror/hear.ts'
import { keepUp } from './platforms/mirror/keep-up.ts'
import type { MirrorReport, MirrorRoom } from './platforms/mirror/mirror-room.ts'
import { openMirror } from './platforms/mirror/open-mirror.ts'
import type { PlatformAdapter, PlatformKind } from './platforms/platform-adapter.ts'
import { DeskError } from './salon/errors.ts'
import { type Clock, type Instant, systemClock } from './salon/time.ts'
import { type InboxWorker, openInboxWorker } from './store/inbox.ts'
import type { Store } from './store/open-store.ts'

/** A connected platform: what its folder is, and the work that keeps the copy of its book. */
export type Mirrored = {
  kind: PlatformKind
  adapter: PlatformAdapter
  room: MirrorRoom
  writeBack: WriteBack
  /** Keeps the copy up for a minute or so, or for `budgetMs`: at least one step. */
  keepUp(options?: { budgetMs?: number }): Promise<{ more: boolean }>
  /** Takes a webhook; what it says is followed right after. */
  hear(delivery: Delivery): Promise<Heard>
  lastHeard(): Promise<Instant | undefined>
  /** Acts on webhooks; `kick` it after one came. */
  worker: InboxWorker
  /** Tries what only a try can show, and keeps what it showed. */
  probe(): ReturnType<NonNullable<PlatformAdapter['probe']>>
}

type Room = { store: Store; clock: Clock; logger: Logger; fetch?: Fetch | undefined; pause?: ((ms: number) => Promise<void>) | undefined }

/** The platform that this salon's book is on: the one that is connected, or the embedded book. Throws `DeskError('config')` for one that this version does not have. */
export async function openPlatform({ report = () => {}, ...room }: Room & { report?: (event: MirrorReport) => void }): Promise<{ book: BookingPlatform; mirrored?: Mirrored }> {
  const { store, clock, logger } = room
  const connection = await readConnection(store)
  if (connection === undefined) return { book: openEmbeddedBook({ store, clock }) }
  // Fifteen vendors' code, which no command of a desk without one needs.
  const { findKind } = await import('./platforms/registry.ts')
  const kind = findKind(connection.provider)
  if (kind === undefined) throw new DeskError('config', { message: `unknown platform ${connection.provider}`, userMessage: `This desk is connected to "${connection.provider}", which this version does not know. Connect it again: desk connect` })
  const adapter = openAdapter({ ...room, kind, credentials: connection.credentials })
  const capabilities = async (): Promise<Capabilities> => (await readConnection(store))?.capabilities ?? connection.capabilities
  const known = remembered(capabilities, clock)
  const { platform, room: mirror } = openMirror({ store, clock, adapter, name: kind.name, capabilities: known, report })
  const worker = openInboxWorker({
    store, clock, source: webhookSource, handle: (row) => follow(mirror, row),
    onError: (error, { attempts }) => logger.warn({ code: error instanceof Error && 'code' in error ? error.code : 'internal', attempts }, 'a webhook could not be followed yet'),
  })
  return {
    book: platform,
    mirrored: {
      kind, adapter, room: mirror, writeBack: connection.writeBack, worker,
      keepUp: (options) => keepUp(mirror, options),
      async hear(delivery) {
        const heard = await hear(mirror, delivery)
        if (heard.kept > 0) worker.kick()
        return heard
      },
      lastHeard: () => lastHeard({ store }),
      async probe() {
        const found = await adapter.probe?.() ?? { ok: true as const, value: {}, observedAt: clock.now() }
        if (found.ok) await saveCapabilities(store.db, { capabilities: { ...(await capabilities()), ...found.value }, now: clock.now() })
        return found
      },
    },
  }
}

/** An adapter with the account's limit, before or after it is connected. Throws `DeskError('invalid_input')` naming what of the credentials does not fit. */
export function openAdapter<Credentials>({ kind, credentials, store, clock, fetch, pause }: Omit<Room, 'logger'> & { kind: PlatformKind<Credentials>; credentials: unknown }): PlatformAdapter {
  const parsed = kind.credentials.safeParse(credentials)
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `  ${path.join('.') || 'credentials'}: ${message}`).join('\n')
    throw new DeskError('invalid_input', { message: `bad credentials for ${kind.provider}`, userMessage: `${kind.name} needs:\n${problems}` })
  }
  // The vendor's minute goes by also while DESK_NOW stands still.
  const budget = openBudget({ db: store.db, account: kind.provider, pace: kind.pace, clock: systemClock, ...(pause !== undefined && { pause }) })
  return kind.open({ credentials: parsed.data, clock, ask: openAsk({ budget, clock, ...(fetch !== undefined && { fetch }) }), catalog: async () => readCatalog(store.db) })
}

/** Asked at every write and changed twice a day: read again every half minute. */
function remembered(read: () => Promise<Capabilities>, clock: Clock): () => Promise<Capabilities> {
  let at = 0
  let last = once(read)
  return () => {
    const now = Date.parse(clock.now())
    if (now - at > 30_000) {
      at = now
      last = once(read)
    }
    return last()
  }
}
