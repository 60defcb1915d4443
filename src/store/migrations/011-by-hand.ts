import { type Kysely, sql } from 'kysely'

/** Approved changes that a person makes in the booking platform, because it has no call for them: the steps, who says that it is done, and since when. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table proposals
      add column hand_steps jsonb,
      -- Counts the lists of steps: a change of several writes may have a second part that is done by hand, too.
      add column hand_round int not null default 0,
      -- Until when somebody may say that it is done (the appointment's time).
      add column hand_until timestamptz,
      add column hand_done_by text,
      add column hand_done_at timestamptz`.execute(db)
  await sql`alter table proposals drop constraint proposals_state_check, drop constraint proposals_check`.execute(db)
  await sql`
    alter table proposals
      add constraint proposals_state_check check (state in ('pending', 'approved', 'by_hand', 'done', 'failed', 'unknown', 'rejected', 'expired', 'superseded', 'shadow')),
      add constraint proposals_check check (state not in ('approved', 'by_hand', 'done', 'failed', 'unknown', 'rejected') or decided_by is not null),
      add constraint proposals_by_hand check (state <> 'by_hand' or (hand_steps is not null and hand_until is not null))`.execute(db)
  await sql`drop index proposals_open`.execute(db)
  await sql`create index proposals_open on proposals (created_at) where state in ('pending', 'approved', 'by_hand', 'unknown')`.execute(db)
  await sql`drop index proposals_one_undo`.execute(db)
  await sql`create unique index proposals_one_undo on proposals (undo_of) where state in ('pending', 'approved', 'by_hand', 'unknown', 'done')`.execute(db)
}
