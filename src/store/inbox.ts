import type { Trx } from './open-store.ts'

/** Stores something that came from outside, once: the same `source` and `externalId` again answers `isNew: false` and changes nothing. */
export async function receive(trx: Trx, { source, externalId, payload }: { source: string; externalId: string; payload: unknown }): Promise<{ isNew: boolean }> {
  const row = await trx.insertInto('inbox')
    .values({ source, external_id: externalId, payload: JSON.stringify(payload), handled_at: null, error_code: null })
    .onConflict((conflict) => conflict.columns(['source', 'external_id']).doNothing())
    .returning('id').executeTakeFirst()
  return { isNew: row !== undefined }
}
