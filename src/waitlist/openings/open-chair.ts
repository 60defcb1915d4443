import type { WaitlistSettings } from '../waitlist-settings.ts'
import type { OpeningCause } from '../../salon/waitlist.ts'
import { addMinutes, type Instant } from '../../salon/time.ts'
import { appendAudit } from '../../store/audit.ts'
import { hashOf } from '../../store/canonical-json.ts'
import type { Store } from '../../store/open-store.ts'

/** A stretch of somebody's time that came free, and why. `parent`: the opening whose filling freed it. */
export type Freed = {
  locationId: string
  staffId?: string
  serviceId?: string
  start: Instant
  end: Instant
  cause: OpeningCause
  appointmentId?: string
  parent?: { id: string; rootId: string; depth: number }
}

/**
 * Takes down that a chair is free, once however often it is told. Whoever is at the desk has it to themselves for the
 * location's `delayMin`, unless they ask for it to be offered (`atOnce`). Answers its id, and whether that was news.
 */
export async function openChair({ store, settings, freed, by, atOnce = false }: { store: Store; settings: WaitlistSettings; freed: Freed; by: string; atOnce?: boolean }): Promise<{ id: string; isNew: boolean }> {
  const { locationId, staffId, serviceId, start, end, cause, appointmentId, parent } = freed
  const id = `open-${hashOf({ locationId, staffId, start, end, cause, appointmentId }).slice(0, 12)}`
  return store.transaction(async (trx) => {
    const now = await store.now(trx)
    const waitUntil = atOnce ? now : addMinutes(now, settings.delayMin)
    const row = await trx.insertInto('waitlist_openings').values({
      id, location_id: locationId, staff_id: staffId ?? null, service_id: serviceId ?? null, starts_at: start, ends_at: end, cause, appointment_id: appointmentId ?? null,
      parent_id: parent?.id ?? null, root_id: parent?.rootId ?? id, depth: parent === undefined ? 0 : parent.depth + 1, state: 'open', why: null, wait_until: waitUntil,
      proposal_id: null, plan: null, book_by: addMinutes(start, -settings.noticeMin), due_at: waitUntil, opened_at: now, ended_at: null,
    }).onConflict((conflict) => conflict.doNothing()).returning('id').executeTakeFirst()
    if (row !== undefined) await appendAudit(trx, { at: now, actor: by, action: 'waitlist.open', subject: `opening:${id}`, detail: { locationId, staffId, start, end, cause, appointmentId, waitUntil, ...(parent === undefined ? {} : { parent: parent.id, depth: parent.depth + 1 }) } })
    else if (atOnce) await trx.updateTable('waitlist_openings').set({ wait_until: now, due_at: now }).where('id', '=', id).where('state', '=', 'open').where('proposal_id', 'is', null).execute()
    return { id, isNew: row !== undefined }
  })
}
