import { type Kysely, sql } from 'kysely'

/** What came of calls, and every score with the list state it led to: together they measure what calling does. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table call_outcomes (
      id bigint generated always as identity primary key,
      appointment_id text not null,
      client_id text not null,
      location_id text not null,
      outcome text not null check (outcome in ('reached-confirmed', 'reached-moved', 'reached-cancelled', 'voicemail', 'no-answer', 'wrong-number', 'skipped')),
      at timestamptz not null,
      by text not null,
      note text
    )`.execute(db)
  await sql`create index call_outcomes_appointment on call_outcomes (appointment_id, id desc)`.execute(db)
  await sql`create index call_outcomes_at on call_outcomes (at)`.execute(db)

  await sql`
    create table scores (
      appointment_id text not null,
      at timestamptz not null,
      client_id text not null,
      model text not null,
      score double precision not null check (score between 0 and 1),
      band text not null check (band in ('low', 'medium', 'high')),
      reasons jsonb not null,
      state text not null check (state in ('call', 'held_out', 'not_listed')),
      primary key (appointment_id, at)
    )`.execute(db)
  await sql`create index scores_at on scores (at)`.execute(db)
}
