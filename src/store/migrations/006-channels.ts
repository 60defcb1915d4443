import { type Kysely, sql } from 'kysely'

/** What Slack, the page and texts need: leased work on what came in, who people are, what was posted where, texts and consent. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Rows of one lane are worked in the order they came; the lease is as in the outbox.
  await sql`
    alter table inbox
      add column lane text not null default '',
      add column attempts int not null default 0,
      add column fence bigint not null default 0,
      add column leased_until timestamptz,
      add column due_at timestamptz`.execute(db)
  await sql`create index inbox_lane on inbox (lane, id) where state = 'new'`.execute(db)

  // What the agent answered to one request, kept with the conversation, so that a request that is worked twice is answered once.
  await sql`create table agent_turns (request_id text primary key, conversation_id text not null references conversations on delete cascade, at timestamptz not null, turn jsonb not null)`.execute(db)

  // What a press of a button was answered, so that the same press delivered again has no second effect and the same answer.
  await sql`create table presses (key text primary key, at timestamptz not null, leased_until timestamptz not null, answer jsonb)`.execute(db)

  await sql`create table people (id text primary key, name text not null, role text not null, seen_at timestamptz not null)`.execute(db)

  // The morning's list as it was posted: outcomes are laid over it, its order stays.
  await sql`
    create table briefs (
      location_id text not null,
      day date not null,
      list jsonb not null,
      created_at timestamptz not null,
      primary key (location_id, day)
    )`.execute(db)

  await sql`
    create table slack_posts (
      key text primary key,
      -- What is shown: a live subject that is drawn again when it changes, or content fixed when it was wanted.
      subject text,
      content jsonb,
      lane text not null check (lane in ('card', 'talk', 'bulk')),
      channel text not null,
      thread_ts text,
      ts text,
      shown text,
      -- A post that may have got through without an answer is looked for, never sent again.
      state text not null default 'wanted' check (state in ('wanted', 'posted', 'lost')),
      created_at timestamptz not null,
      updated_at timestamptz not null
    )`.execute(db)
  await sql`create index slack_posts_subject on slack_posts (subject) where subject is not null`.execute(db)

  // Pictures that Slack has, by what is in them: each is uploaded once.
  await sql`create table slack_files (hash text primary key, file_id text not null, at timestamptz not null)`.execute(db)

  // When each limited thing (a method, a channel) may be used next, for all instances together.
  await sql`create table send_pace (key text primary key, free_at timestamptz not null)`.execute(db)

  await sql`
    create table texts (
      id bigint generated always as identity primary key,
      key text not null unique,
      client_id text not null,
      location_id text,
      direction text not null check (direction in ('out', 'in')),
      -- Sealed: what clients write and are told is theirs.
      body text not null,
      template text,
      appointment_id text,
      proposal_id text,
      segments int not null default 0,
      state text not null check (state in ('queued', 'sent', 'failed', 'unknown', 'suppressed', 'received')),
      error_code text,
      -- What a client's reply was read as and what the desk did; null until that is settled.
      reading text,
      did text,
      needs_person boolean not null default false,
      at timestamptz not null
    )`.execute(db)
  await sql`create index texts_of_client on texts (client_id, id)`.execute(db)

  // Consent by number (keyed hash), not by client: a shared phone that said STOP is silent for everybody on it.
  await sql`create table opt_outs (phone_hash text primary key, at timestamptz not null, by text not null, words text not null)`.execute(db)

  await sql`
    create table pending_questions (
      id bigint generated always as identity primary key,
      client_id text not null,
      -- The number that was asked (keyed hash): what it answers counts only where nothing else was asked of it.
      phone_hash text not null,
      handler text not null,
      subject text not null,
      data jsonb not null,
      asked_at timestamptz not null,
      expires_at timestamptz not null,
      answered_at timestamptz,
      answer text,
      answered_by bigint references texts
    )`.execute(db)
  await sql`create index pending_questions_of_number on pending_questions (phone_hash) where answered_at is null`.execute(db)
  await sql`create unique index pending_questions_one_open on pending_questions (client_id, handler, subject) where answered_at is null`.execute(db)

  await sql`
    create table page_sessions (
      token_hash text primary key,
      -- 'link' opens one session, once; 'session' is a browser that is signed in.
      kind text not null check (kind in ('link', 'session')),
      person_id text not null,
      name text not null,
      role text not null,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      used_at timestamptz
    )`.execute(db)
}
