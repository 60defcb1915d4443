import { type Kysely, sql } from 'kysely'

/** Settings, the audit chain, and the two boxes through which everything from and to the outside passes. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table settings (
      scope text not null default '',
      name text not null,
      value jsonb not null,
      changed_at timestamptz not null,
      changed_by text not null,
      primary key (scope, name)
    )`.execute(db)

  await sql`
    create table audit (
      seq bigint primary key,
      at timestamptz not null,
      actor text not null,
      action text not null,
      subject text not null,
      detail jsonb not null,
      prev_hash text not null,
      hash text not null
    )`.execute(db)
  await sql`create index audit_subject on audit (subject, seq)`.execute(db)
  await sql`create table audit_head (id int primary key check (id = 1), seq bigint not null, hash text not null)`.execute(db)
  await sql`insert into audit_head values (1, 0, repeat('0', 64))`.execute(db)
  await sql`
    create function audit_is_append_only() returns trigger language plpgsql as $$
    begin raise exception 'the audit log is append-only' using errcode = 'insufficient_privilege'; end $$`.execute(db)
  await sql`create trigger audit_append_only before update or delete on audit for each row execute function audit_is_append_only()`.execute(db)
  await sql`create trigger audit_no_truncate before truncate on audit for each statement execute function audit_is_append_only()`.execute(db)

  await sql`
    create table inbox (
      id bigint generated always as identity primary key,
      source text not null,
      external_id text not null,
      received_at timestamptz not null default clock_timestamp(),
      payload jsonb not null,
      state text not null default 'new' check (state in ('new', 'done', 'failed')),
      handled_at timestamptz,
      error_code text,
      unique (source, external_id)
    )`.execute(db)
  await sql`create index inbox_new on inbox (id) where state = 'new'`.execute(db)

  await sql`
    create table outbox (
      id bigint generated always as identity primary key,
      kind text not null,
      key text not null unique,
      payload jsonb not null,
      state text not null default 'PENDING' check (state in ('PENDING', 'CLAIMED', 'SENT', 'FAILED', 'UNKNOWN', 'CANCELLED')),
      due_at timestamptz not null,
      attempts int not null default 0,
      fence bigint not null default 0,
      leased_until timestamptz,
      result jsonb,
      error_code text,
      created_at timestamptz not null,
      updated_at timestamptz not null
    )`.execute(db)
  await sql`create index outbox_open on outbox (due_at) where state in ('PENDING', 'CLAIMED', 'UNKNOWN')`.execute(db)
}
