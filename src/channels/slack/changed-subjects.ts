import { sql } from 'kysely'
import { addMinutes, type Instant } from '../../salon/time.ts'
import type { Db } from '../../store/open-store.ts'

/** Messages about days long past are not drawn again for a change that may be about anything. */
const recentDays = 3

/** The live subjects in Slack that a change is about: named ones as they are, a kind alone (`brief`) or `*` as all recent ones of it. */
export async function changedSubjects(db: Db, { subjects, now }: { subjects: string[]; now: Instant }): Promise<string[]> {
  const given = subjects.filter((subject) => subject.includes(':'))
  const named = [...given, ...(await threadsShowing(db, given))]
  const kinds = new Set(subjects.filter((subject) => !subject.includes(':')))
  if (kinds.size === 0) return named
  const rows = await db.selectFrom('slack_posts').select('subject').distinct()
    .where('subject', 'is not', null).where('content', 'is', null).where('state', '=', 'posted').where('created_at', '>', addMinutes(now, -recentDays * 24 * 60)).execute()
  const live = rows.flatMap(({ subject }) => subject ?? []).filter((subject) => kinds.has('*') || kinds.has(subject.split(':')[0] ?? ''))
  return [...new Set([...named, ...live])]
}

/** The texts of a client show the changes that wait for them, too: those of the named proposals. */
async function threadsShowing(db: Db, named: string[]): Promise<string[]> {
  const ids = named.filter((subject) => subject.startsWith('proposal:')).map((subject) => subject.slice('proposal:'.length))
  if (ids.length === 0) return []
  const rows = await db.selectFrom('proposals').select(['conversation', sql<string | null>`facts -> 'message' ->> 'clientId'`.as('client')]).where('id', 'in', ids).execute()
  return rows.flatMap(({ conversation, client }) => [conversation ?? '', client === null ? '' : `thread:${client}`]).filter((subject) => subject.startsWith('thread:'))
}
