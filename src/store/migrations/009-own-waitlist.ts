import { type Kysely, sql } from 'kysely'

/** The waitlist of salons whose booking platform keeps none, or one that can only be added to. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table own_waitlist (
      id text primary key,
      location_id text not null,
      client_id text not null,
      service_id text not null,
      staff_id text,
      wanted jsonb not null,
      instead_of text,
      created_at timestamptz not null,
      status text not null check (status in ('waiting', 'filled', 'left')),
      -- Whether the platform's own list is to have it too: not, still to be added, added, refused for good.
      mirror text not null check (mirror in ('none', 'wanted', 'added', 'failed')),
      -- What is sent for it, the same at every try (the platform knows a repeated key by it), and the platform's name for it.
      mirror_command jsonb,
      mirror_id text,
      mirror_tries int not null default 0,
      mirror_due_at timestamptz,
      mirror_why text
    )`.execute(db)
  await sql`create index own_waitlist_waiting on own_waitlist (location_id, created_at) where status = 'waiting'`.execute(db)
  await sql`create index own_waitlist_due on own_waitlist (mirror_due_at) where mirror = 'wanted'`.execute(db)
  // The same command again has its first answer.
  await sql`
    create table own_waitlist_journal (
      key text primary key,
      command_hash text not null,
      outcome jsonb not null,
      at timestamptz not null
    )`.execute(db)
}
