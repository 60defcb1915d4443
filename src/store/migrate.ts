import { type Kysely, sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import { DeskError } from '../salon/errors.ts'
import type { Tables } from './tables.ts'
import * as core from './migrations/001-core.ts'
import * as book from './migrations/002-book.ts'
import * as approvals from './migrations/003-approvals.ts'
import * as calls from './migrations/004-calls.ts'
import * as conversations from './migrations/005-conversations.ts'
import * as channels from './migrations/006-channels.ts'
import * as texts from './migrations/007-texts.ts'
import * as waitlist from './migrations/008-waitlist.ts'
import * as ownWaitlist from './migrations/009-own-waitlist.ts'
import * as mirror from './migrations/010-mirror.ts'
import * as byHand from './migrations/011-by-hand.ts'
import * as expectedVisits from './migrations/012-expected-visits.ts'
import * as offersByHand from './migrations/013-offers-by-hand.ts'
import * as phone from './migrations/014-phone.ts'
import * as voiceNotes from './migrations/015-voice-notes.ts'

// In this order, for ever: a migration that has shipped is never edited, a change is a new one.
const migrations: Record<string, Migration> = {
  '001-core': core,
  '002-book': book,
  '003-approvals': approvals,
  '004-calls': calls,
  '005-conversations': conversations,
  '006-channels': channels,
  '007-texts': texts,
  '008-waitlist': waitlist,
  '009-own-waitlist': ownWaitlist,
  '010-mirror': mirror,
  '011-by-hand': byHand,
  '012-expected-visits': expectedVisits,
  '013-offers-by-hand': offersByHand,
  '014-phone': phone,
  '015-voice-notes': voiceNotes,
}

/** Brings the database to this version's tables. Safe when several processes do it at once (Kysely takes a lock). */
export async function migrate(db: Kysely<Tables>): Promise<void> {
  // What goes wrong here goes wrong below, too, and is named there.
  if (await isUpToDate(db).catch(() => false)) return
  const { error } = await new Migrator({ db, provider: { getMigrations: async () => migrations } }).migrateToLatest()
  if (error !== undefined) {
    throw new DeskError('corrupt', {
      message: 'database migration failed',
      userMessage: 'The database could not be brought to this version. Nothing was changed. It may belong to a newer version of the desk, or its user may not create tables.',
      cause: error,
    })
  }
}

/** One look instead of the migrator's many: nearly every opening finds just these migrations, in this order, done. */
async function isUpToDate(db: Kysely<Tables>): Promise<boolean> {
  const found = await sql<{ there: boolean }>`select to_regclass('kysely_migration') is not null as there`.execute(db).then(({ rows }) => rows[0]?.there === true)
  if (!found) return false
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db)
  return rows.map(({ name }) => name).join() === Object.keys(migrations).join()
}
