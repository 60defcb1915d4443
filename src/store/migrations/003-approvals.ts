import { type Kysely, sql } from 'kysely'

/** The approval ledger: what was proposed, who decided, what came of it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table proposals (
      id text primary key,
      kind text not null,
      location_id text not null,
      target text not null,
      args jsonb not null,
      facts jsonb not null,
      fingerprint text not null,
      hash text not null,
      state text not null check (state in ('pending', 'approved', 'done', 'failed', 'unknown', 'rejected', 'expired', 'superseded', 'shadow')),
      reason text not null,
      requested_by text not null,
      conversation text,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      decided_by text,
      decided_at timestamptz,
      decision_reason text,
      result jsonb,
      error_code text,
      error_words text,
      undo_of text references proposals,
      undone_by text references proposals,
      superseded_by text references proposals,
      check (state not in ('approved', 'done', 'failed', 'unknown', 'rejected') or decided_by is not null)
    )`.execute(db)
  await sql`create index proposals_open on proposals (created_at) where state in ('pending', 'approved', 'unknown')`.execute(db)
  // Two open proposals for one change would be two chances to do it twice.
  await sql`create unique index proposals_one_pending on proposals (kind, target) where state = 'pending'`.execute(db)
  // And two ways back from one change would be two chances to go back twice.
  await sql`create unique index proposals_one_undo on proposals (undo_of) where state in ('pending', 'approved', 'unknown', 'done')`.execute(db)
}
