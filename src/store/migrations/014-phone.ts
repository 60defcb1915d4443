import { type Kysely, sql } from 'kysely'

/** Phone calls, what was said in each, and which phone of whom to ring. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table phone_calls (
      id text primary key,
      direction text not null check (direction in ('in', 'out')),
      via text not null check (via in ('relay', 'gather', 'page')),
      from_phone text,
      phone_hash text,
      client_id text,
      likely_client_id text,
      location_id text,
      appointment_id text,
      by text,
      language text not null,
      memory text not null,
      status text not null check (status in ('open', 'handed_over', 'message', 'ended')),
      why text,
      needs_person boolean not null default false,
      outcome text,
      message text,
      interruptions int not null default 0,
      hand_overs int not null default 0,
      recording text not null default 'off' check (recording in ('off', 'asked', 'on', 'refused')),
      started_at timestamptz not null,
      ended_at timestamptz
    )`.execute(db)
  await sql`create index phone_calls_recent on phone_calls (started_at desc)`.execute(db)
  await sql`create index phone_calls_waiting on phone_calls (started_at desc) where needs_person`.execute(db)
  await sql`create index phone_calls_number on phone_calls (phone_hash, started_at)`.execute(db)
  await sql`
    create table phone_turns (
      id bigint generated always as identity primary key,
      call_id text not null references phone_calls (id),
      turn_id text not null,
      at timestamptz not null,
      heard text not null,
      said text,
      cut_to text,
      answer text,
      reading text,
      did text,
      first_word_ms double precision,
      unique (call_id, turn_id)
    )`.execute(db)
  await sql`create table staff_phones (person_id text primary key, phone text not null, at timestamptz not null)`.execute(db)
  // What is said on the phone stands in the client's thread beside the texts.
  await sql`alter table texts drop constraint if exists texts_channel_check`.execute(db)
  await sql`alter table texts add constraint texts_channel_check check (channel in ('sms', 'email', 'voice'))`.execute(db)
}
