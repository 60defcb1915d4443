import type { Db, Trx } from '../../store/open-store.ts'
import type { SeenVisit } from '../platform-adapter.ts'

// Some platforms give a visit that moves another id (Cal.com). The desk's own cards, texts and audit lines name the first one,
// so the copy keeps that and remembers which one it has there now.

/** The id that the platform knows a visit of ours by. */
export async function sourceIdOf(db: Db | Trx, id: string): Promise<string> {
  const row = await db.selectFrom('book_appointments').select('source_id').where('id', '=', id).executeTakeFirst()
  return row?.source_id ?? id
}

/** The visits under the ids that the copy has them by; those that became another one there are left out: that one is the visit now. */
export async function toOwnIds(trx: Trx, seen: SeenVisit[]): Promise<SeenVisit[]> {
  const present = seen.filter(({ movedTo }) => movedTo === undefined)
  const theirs = present.flatMap(({ visit, movedFrom }) => [visit.id, ...(movedFrom === undefined ? [] : [movedFrom])])
  if (theirs.length === 0) return []
  const rows = await trx.selectFrom('book_appointments').select(['id', 'source_id']).where((where) => where.or([where('source_id', 'in', theirs), where('id', 'in', present.flatMap(({ movedFrom }) => movedFrom ?? []).concat(''))])).execute()
  const own = new Map(rows.map(({ id, source_id }) => [source_id ?? id, id]))
  const mine: SeenVisit[] = []
  for (const one of present) {
    const id = own.get(one.visit.id) ?? (one.movedFrom === undefined ? undefined : own.get(one.movedFrom))
    if (id !== undefined && id !== one.visit.id) await trx.updateTable('book_appointments').set({ source_id: one.visit.id }).where('id', '=', id).execute()
    mine.push(id === undefined ? one : { ...one, visit: { ...one.visit, id } })
  }
  return mine
}
