import { DeskError } from '../../salon/errors.ts'
import type { Client } from '../../salon/salon.ts'
import { appendAudit } from '../../store/audit.ts'
import { readCatalog } from '../embedded/read-catalog.ts'
import { applyClients } from './apply-clients.ts'
import type { MirrorRoom } from './mirror-room.ts'

/**
 * Brings a salon's own list of clients into the copy, for platforms whose book names none (Fresha's calendar feeds). Everywhere
 * else people come from the platform, under its ids: there it throws `DeskError('conflict')`. Answers how many were new or different.
 */
export async function importClients(room: MirrorRoom, { clients, by }: { clients: Client[]; by: string }): Promise<number> {
  const { store, clock, adapter } = room
  const { read } = await room.capabilities()
  if (read !== 'batch' || adapter.clients !== undefined) throw new DeskError('conflict', { message: 'clients come from the platform', userMessage: 'This desk works on the salon\'s own booking platform: clients and visits come from there. Nothing was imported.' })
  return store.transaction(async (trx) => {
    const catalog = await readCatalog(trx)
    if (catalog === undefined) throw new DeskError('unavailable', { message: 'no catalogue yet', userMessage: 'The platform\'s catalogue was not read yet. Start the desk, and import again in a minute.' })
    const changed = await applyClients({ trx, store, catalog, clients, now: clock.now(), quiet: false, by })
    await appendAudit(trx, { at: clock.now(), actor: by, action: 'platform.clients_imported', subject: `platform:${adapter.provider}`, detail: { given: clients.length, changed } })
    return changed
  })
}
