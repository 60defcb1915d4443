import { type Kysely, sql } from 'kysely'

/** A salon's own booking platform behind the desk: the connection, how far its copy has come, and every write to it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Of a visit that is the copy of a platform's: when the platform was asked, and what it said then (its version and status, apart from what the desk keeps itself).
  await sql`alter table book_appointments add column seen_at timestamptz, add column source_id text, add column source_version text, add column source_status text`.execute(db)
  await sql`create index book_appointments_source on book_appointments (source_id) where source_id is not null`.execute(db)

  await sql`
    create table platform_connection (
      only_one boolean primary key default true check (only_one),
      provider text not null,
      account text not null,
      credentials_sealed text not null,
      -- As they were probed with this salon's key.
      capabilities jsonb not null,
      probed_at timestamptz not null,
      write_back jsonb not null,
      connected_at timestamptz not null,
      connected_by text not null,
      -- Since when the platform refuses the key; nothing is asked then but whether it is good again.
      refused_at timestamptz,
      tried_at timestamptz
    )`.execute(db)

  await sql`
    create table platform_sync (
      only_one boolean primary key default true check (only_one),
      -- What is read now, from where on, and the page within it: a stopped desk goes on here.
      phase text not null check (phase in ('catalog', 'soon', 'clients', 'past', 'later', 'done')),
      reached timestamptz,
      cursor text,
      visits int not null default 0,
      clients int not null default 0,
      started_at timestamptz not null,
      finished_at timestamptz,
      -- Everything that the platform knew by then is in the copy, as far as its near future goes.
      as_of timestamptz,
      polled_at timestamptz,
      reconciled_at timestamptz,
      catalog_at timestamptz,
      -- When all clients were last read again, and the page of a reading that is under way.
      clients_at timestamptz,
      clients_cursor text,
      changed_since timestamptz,
      error_code text,
      error_at timestamptz,
      webhook_at timestamptz,
      -- Changes that a webhook told of, and those that only polling found.
      heard int not null default 0,
      overlooked int not null default 0,
      leased_until timestamptz
    )`.execute(db)

  // One line a command: what was wanted, before it is sent. "unknown" is looked into before anything is sent again.
  await sql`
    create table platform_writes (
      key text primary key,
      command_hash text not null,
      operation text not null,
      subject text not null,
      command jsonb not null,
      by text,
      at timestamptz not null,
      state text not null check (state in ('started', 'unknown', 'done')),
      leased_until timestamptz,
      fence int not null default 1,
      outcome jsonb
    )`.execute(db)
  await sql`create index platform_writes_open on platform_writes (subject) where state <> 'done'`.execute(db)

  // Who may book a person's day now, on platforms that do not refuse a second booking themselves.
  await sql`create table platform_places (name text primary key, holder text not null, leased_until timestamptz not null)`.execute(db)

  // What is still to be written to the platform without anybody waiting: scores, notes, a booking of ours to be taken back.
  await sql`
    create table platform_write_back (
      kind text not null check (kind in ('risk', 'note', 'cancel')),
      subject text not null,
      id text not null,
      payload jsonb not null,
      wanted_at timestamptz not null,
      due_at timestamptz not null,
      tries int not null default 0,
      state text not null check (state in ('wanted', 'done', 'failed')),
      why text,
      primary key (kind, subject, id)
    )`.execute(db)
  await sql`create index platform_write_back_due on platform_write_back (due_at) where state = 'wanted'`.execute(db)

  // What people should hear of is looked for at every drawing of their home.
  await sql`create index audit_platform on audit (seq) where action like 'platform.%'`.execute(db)
}
