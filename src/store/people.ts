import type { Instant } from '../salon/time.ts'
import type { Db } from './open-store.ts'

/** Keeps the name of somebody who did something, so that a card can say who it was. */
export async function rememberPerson(db: Db, { person, now }: { person: { id: string; name: string; role: string }; now: Instant }): Promise<void> {
  const { id, name, role } = person
  await db.insertInto('people').values({ id, name, role, seen_at: now })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ name, role, seen_at: now }))
    .execute()
}

/** Names of these people; somebody unknown is called by `bareName`. */
export async function namesOf(db: Db, ids: string[]): Promise<Map<string, string>> {
  const wanted = [...new Set(ids)]
  const rows = wanted.length === 0 ? [] : await db.selectFrom('people').select(['id', 'name']).where('id', 'in', wanted).execute()
  const known = new Map(rows.map(({ id, name }) => [id, name]))
  return new Map(wanted.map((id) => [id, known.get(id) ?? bareName(id)]))
}

/** What to call somebody of whom nothing but the id is known. */
export function bareName(id: string): string {
  if (id === 'desk' || id.startsWith('rule:')) return 'the desk itself'
  return id.startsWith('client:') ? 'the client' : id.replace(/^[a-z]+:/, '')
}
