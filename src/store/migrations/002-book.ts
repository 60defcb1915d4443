import { type Kysely, sql } from 'kysely'

/** The embedded book: a whole booking platform. The catalogue is always read whole, so its parts are documents. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table book_business (only_one boolean primary key default true check (only_one), id text not null, name text not null, demo boolean not null, current_at timestamptz not null)`.execute(db)
  await sql`create table book_locations (id text primary key, position int not null, data jsonb not null)`.execute(db)
  await sql`create table book_services (id text primary key, position int not null, data jsonb not null)`.execute(db)
  // "number" places a person on the number line of book_occupied.
  await sql`create table book_staff (id text primary key, number int generated always as identity unique, position int not null, data jsonb not null)`.execute(db)
  await sql`create table book_shifts (position int primary key, data jsonb not null)`.execute(db)

  await sql`
    create table book_clients (
      id text primary key,
      first_name text not null,
      last_name text not null,
      name_key text not null,
      contact_sealed text not null,
      language text,
      birthday text,
      consent jsonb not null,
      tags jsonb not null,
      holdings jsonb not null,
      created_at timestamptz,
      source_hash text,
      changed_here boolean not null default false
    )`.execute(db)
  await sql`create table book_contacts (kind text not null check (kind in ('phone', 'email')), lookup text not null, client_id text not null references book_clients on delete cascade, primary key (kind, lookup, client_id))`.execute(db)
  await sql`create index book_contacts_client on book_contacts (client_id)`.execute(db)
  await sql`create table book_notes (subject text not null check (subject in ('client', 'appointment')), subject_id text not null, id text not null, at timestamptz not null, by text not null, text text not null, primary key (subject, subject_id, id))`.execute(db)

  await sql`
    create table book_appointments (
      id text primary key,
      location_id text not null references book_locations,
      client_id text not null references book_clients,
      segments jsonb not null,
      starts_at timestamptz not null,
      ends_at timestamptz not null,
      time_known boolean not null,
      status text not null check (status in ('requested', 'booked', 'confirmed', 'arrived', 'in_service', 'completed', 'cancelled', 'no_show', 'declined', 'held', 'unknown')),
      version bigint not null,
      booked_at timestamptz,
      cancelled_by text,
      risk_score double precision,
      risk_band text,
      risk_model text,
      risk_at timestamptz,
      overbooked boolean not null default false,
      known_through timestamptz,
      source_hash text,
      changed_here boolean not null default false
    )`.execute(db)
  await sql`create index book_appointments_start on book_appointments (starts_at, id)`.execute(db)
  await sql`create index book_appointments_client on book_appointments (client_id)`.execute(db)
  await sql`create index book_appointments_overbooked on book_appointments (starts_at) where overbooked`.execute(db)

  await sql`
    create table book_events (
      id bigint generated always as identity primary key,
      appointment_id text not null references book_appointments on delete cascade,
      kind text not null,
      at timestamptz not null,
      known_at timestamptz not null,
      by text,
      from_at timestamptz,
      to_at timestamptz,
      amount jsonb,
      segments_before jsonb
    )`.execute(db)
  await sql`create index book_events_appointment on book_events (appointment_id)`.execute(db)
  await sql`create index book_events_undone on book_events (known_at) where kind in ('moved', 'cancelled')`.execute(db)

  // Who is busy when. A person's seconds are shifted by number * 2^33, so that one range holds person and time and the
  // constraint needs no extension: two people never meet on the line, one person never twice at one second.
  await sql`
    create table book_occupied (
      appointment_id text not null references book_appointments on delete cascade,
      chair int8range not null check (not isempty(chair)),
      constraint book_one_client_at_a_time exclude using gist (chair with &&)
    )`.execute(db)
  await sql`create index book_occupied_appointment on book_occupied (appointment_id)`.execute(db)

  await sql`
    create table book_waitlist (
      id text primary key,
      location_id text not null references book_locations,
      client_id text not null references book_clients,
      service_id text not null,
      staff_id text,
      wanted jsonb not null,
      created_at timestamptz not null,
      status text not null check (status in ('waiting', 'filled', 'left')),
      source_hash text,
      changed_here boolean not null default false
    )`.execute(db)

  // Numbered by the head's row, whose lock makes numbers appear in the order of commits: a reader's cursor skips nothing.
  await sql`create table book_changes (seq bigint primary key, at timestamptz not null, kind text not null, id text not null, key text, by text)`.execute(db)
  await sql`create table book_head (only_one boolean primary key default true check (only_one), seq bigint not null)`.execute(db)
  await sql`insert into book_head values (true, 0)`.execute(db)
  await sql`create table book_journal (key text primary key, command_hash text not null, operation text not null, at timestamptz not null, by text, outcome jsonb)`.execute(db)
}
