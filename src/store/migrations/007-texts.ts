import { type Kysely, sql } from 'kysely'

/** What texting real phones needs: which number and which service, what became of a text, a ledger of consent, who took a thread over, times held. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table texts
      add column channel text not null default 'sms' check (channel in ('sms', 'email')),
      -- Which consent and which quiet hours hold for it; 'consent' is the answer to STOP, START and HELP.
      add column purpose text not null default 'appointment' check (purpose in ('appointment', 'waitlist', 'marketing', 'consent')),
      -- The number (or address) it went to or came from, as a keyed hash.
      add column phone_hash text,
      -- The service's own name for it (Twilio's SM…).
      add column provider_id text,
      -- What the service reports of it since; only ever forward.
      add column delivery text check (delivery in ('accepted', 'queued', 'sending', 'sent', 'delivered', 'undelivered', 'failed', 'read')),
      add column delivery_code text,
      add column delivered_at timestamptz,
      -- When it was handed to the service for the last time; set before, so that what crashed before that was never sent.
      add column attempted_at timestamptz,
      -- Sent by the desk's own rules and not decided on one by one: what a client's caps count.
      add column automatic boolean not null default false,
      -- How a client's reply was read, whole.
      add column read jsonb,
      -- The reply that this text answers.
      add column answers bigint references texts`.execute(db)
  await sql`create unique index texts_provider on texts (provider_id) where provider_id is not null`.execute(db)
  await sql`create index texts_of_number on texts (phone_hash, id) where phone_hash is not null`.execute(db)

  await sql`create index pending_questions_of_client on pending_questions (client_id, id)`.execute(db)

  // What the service reported, kept also while it is not known yet which text it is about (F34).
  await sql`create table text_statuses (provider_id text not null, status text not null, code text, at timestamptz not null, primary key (provider_id, status))`.execute(db)

  // Append-only: the latest row of a number and purpose counts; 'all' goes for every purpose.
  await sql`
    create table consents (
      id bigint generated always as identity primary key,
      phone_hash text not null,
      purpose text not null check (purpose in ('all', 'appointment', 'waitlist', 'marketing')),
      state text not null check (state in ('in', 'out')),
      -- 'keyword', 'words', 'service' (the carrier or Twilio said so), 'staff', 'link', 'wrong_person'
      source text not null,
      -- Sealed: what the client wrote, or the staff member's reason.
      words text not null,
      by text not null,
      at timestamptz not null
    )`.execute(db)
  await sql`create index consents_of_number on consents (phone_hash, id)`.execute(db)
  await sql`insert into consents (phone_hash, purpose, state, source, words, by, at) select phone_hash, 'all', 'out', 'words', words, by, at from opt_outs order by at`.execute(db)
  await sql`drop table opt_outs`.execute(db)

  // A thread's own facts: who took it over, and for a number that belongs to no client, the number itself (sealed).
  await sql`create table threads (client_id text primary key, phone text, phone_hash text, taken_by text, taken_at timestamptz)`.execute(db)

  // Which texts of a visit's sequence were dealt with, by the start they were for: a visit that moved begins anew.
  await sql`
    create table confirmation_steps (
      appointment_id text not null,
      starts_at timestamptz not null,
      step text not null,
      client_id text not null,
      location_id text not null,
      -- 'proposed', 'recorded' (shadow), 'queued', 'skipped'
      state text not null,
      why text,
      proposal_id text,
      at timestamptz not null,
      primary key (appointment_id, starts_at, step)
    )`.execute(db)
  await sql`create index confirmation_steps_of_proposal on confirmation_steps (proposal_id) where proposal_id is not null`.execute(db)

  // Times offered to one client by text, kept from being offered to another.
  await sql`
    create table slot_holds (
      id bigint generated always as identity primary key,
      slot_id text not null,
      location_id text not null,
      client_id text not null,
      appointment_id text,
      staff_ids jsonb not null,
      starts_at timestamptz not null,
      ends_at timestamptz not null,
      held_at timestamptz not null,
      expires_at timestamptz not null,
      released_at timestamptz
    )`.execute(db)
  await sql`create index slot_holds_live on slot_holds (location_id, starts_at) where released_at is null`.execute(db)

  // The salon's own wording of a text, by language; the latest version counts.
  await sql`
    create table text_templates (
      id bigint generated always as identity primary key,
      template text not null,
      language text not null,
      -- Null: back to what is shipped.
      body text,
      by text not null,
      at timestamptz not null
    )`.execute(db)
  await sql`create index text_templates_latest on text_templates (template, language, id)`.execute(db)

  // How far something outside was read (Twilio's list of messages).
  await sql`create table cursors (name text primary key, value text not null, at timestamptz not null)`.execute(db)

  // How many effects a proposal stands for, so that a cap counts texts and not stacks of them.
  await sql`alter table proposals add column units int not null default 1`.execute(db)

  // A day's texts are planned location by location.
  await sql`create index book_appointments_place on book_appointments (location_id, starts_at)`.execute(db)
}
