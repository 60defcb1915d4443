import { z } from 'zod'
import type { Instant } from '../../salon/time.ts'
import { appendAudit } from '../../store/audit.ts'
import type { Db, Store, Trx } from '../../store/open-store.ts'
import type { Capabilities } from '../booking-platform.ts'
import { webhookSource } from './hear.ts'

/** What the desk may write beside bookings. */
export type WriteBack = { risk: boolean; notes: boolean }

/** The platform that this desk is connected to. The credentials come out only here. */
export type Connection = {
  provider: string
  account: string
  credentials: unknown
  /** As they were probed with this salon's key. */
  capabilities: Capabilities
  probedAt: Instant
  writeBack: WriteBack
  connectedAt: Instant
  /** Since when the platform refuses the key. */
  refusedAt: Instant | undefined
}

const Credentials = z.record(z.string(), z.unknown())

/** Undefined while the desk is connected to none. */
export async function readConnection(store: Store): Promise<Connection | undefined> {
  const row = await store.db.selectFrom('platform_connection').selectAll().executeTakeFirst()
  if (row === undefined) return undefined
  return {
    provider: row.provider, account: row.account, credentials: Credentials.parse(JSON.parse(store.seal.open(row.credentials_sealed))), capabilities: row.capabilities as Capabilities,
    probedAt: row.probed_at, writeBack: row.write_back, connectedAt: row.connected_at, refusedAt: row.refused_at ?? undefined,
  }
}

/** Keeps a connection, the credentials sealed; one that is there gets new ones. The copy's reading begins anew only for another account. */
export async function saveConnection({ store, connection: { provider, account, credentials, capabilities, writeBack }, by, now }: { store: Store; connection: Pick<Connection, 'provider' | 'account' | 'credentials' | 'capabilities' | 'writeBack'>; by: string; now: Instant }): Promise<void> {
  const row = {
    provider, account, credentials_sealed: store.seal.seal(JSON.stringify(credentials)), capabilities: JSON.stringify(capabilities), probed_at: now,
    write_back: JSON.stringify(writeBack), connected_at: now, connected_by: by, refused_at: null, tried_at: null,
  }
  await store.transaction(async (trx) => {
    await trx.insertInto('platform_connection').values(row).onConflict((conflict) => conflict.column('only_one').doUpdateSet(row)).execute()
    await trx.insertInto('platform_sync').values({ phase: 'catalog', started_at: now }).onConflict((conflict) => conflict.doNothing()).execute()
    await appendAudit(trx, { at: now, actor: by, action: 'platform.connected', subject: `platform:${provider}`, detail: { account, writeBack } })
  })
}

/** The capabilities as a later probe found them. */
export async function saveCapabilities(db: Db | Trx, { capabilities, now }: { capabilities: Capabilities; now: Instant }): Promise<void> {
  await db.updateTable('platform_connection').set({ capabilities: JSON.stringify(capabilities), probed_at: now }).execute()
}

/** Forgets the connection, its credentials, what it told, and everything that was still to be written there. */
export async function disconnect({ store, by, now }: { store: Store; by: string; now: Instant }): Promise<void> {
  await store.transaction(async (trx) => {
    const row = await trx.deleteFrom('platform_connection').returning('provider').executeTakeFirst()
    for (const table of ['platform_sync', 'platform_writes', 'platform_places', 'platform_write_back', 'expected_visits'] as const) await trx.deleteFrom(table).execute()
    // What this platform told and nobody followed yet would be asked of the next one, or be put into its copy as it was told.
    await trx.deleteFrom('inbox').where('source', '=', webhookSource).execute()
    if (row !== undefined) await appendAudit(trx, { at: now, actor: by, action: 'platform.disconnected', subject: `platform:${row.provider}`, detail: {} })
  })
}

/** The platform refuses the key: said once in the audit log. Answers whether it was news. */
export async function markRefused({ store, now }: { store: Store; now: Instant }): Promise<boolean> {
  return store.transaction(async (trx) => {
    const row = await trx.updateTable('platform_connection').set({ refused_at: now, tried_at: now }).where('refused_at', 'is', null).returning('provider').executeTakeFirst()
    if (row === undefined) return false
    await appendAudit(trx, { at: now, actor: 'desk', action: 'platform.refused', subject: `platform:${row.provider}`, detail: { why: 'the key is no longer accepted' } })
    return true
  })
}

/** The key is good again. */
export async function markAccepted({ store, now }: { store: Store; now: Instant }): Promise<void> {
  await store.transaction(async (trx) => {
    const row = await trx.updateTable('platform_connection').set({ refused_at: null, tried_at: null }).where('refused_at', 'is not', null).returning('provider').executeTakeFirst()
    if (row !== undefined) await appendAudit(trx, { at: now, actor: 'desk', action: 'platform.accepted', subject: `platform:${row.provider}`, detail: {} })
  })
}
