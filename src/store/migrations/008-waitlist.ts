import { type Kysely, sql } from 'kysely'

/** The waitlist at work: chairs that came free, who is offered them in which order, and what became of each offer. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // A chair that is free and should not stay so.
  await sql`
    create table waitlist_openings (
      id text primary key,
      location_id text not null,
      -- Whose chair; null when anybody's will do.
      staff_id text,
      starts_at timestamptz not null,
      ends_at timestamptz not null,
      -- Why it is free: 'cancelled', 'no_show', 'moved', 'predicted', 'chain', 'staff', 'partner'; and which visit left it.
      cause text not null,
      appointment_id text,
      -- The service that was to be done, when it is known.
      service_id text,
      -- The opening whose filling freed this one, the first of that chain, and how deep this one is.
      parent_id text references waitlist_openings,
      root_id text not null,
      depth int not null default 0,
      state text not null check (state in ('open', 'offering', 'booking', 'filled', 'lost', 'closed', 'too_late')),
      -- Why it ended as it did.
      why text,
      -- Staff have it to themselves until then.
      wait_until timestamptz not null,
      -- What was approved: who decides about the order, for how long each may think, how many at once.
      proposal_id text,
      plan jsonb,
      -- The last moment at which a client can still be booked.
      book_by timestamptz not null,
      -- When something is to be looked at next; null when nothing is.
      due_at timestamptz,
      opened_at timestamptz not null,
      ended_at timestamptz
    )`.execute(db)
  // One opening per freed stretch of a visit, however often the platform tells of it and however many desks hear.
  await sql`create unique index waitlist_openings_once on waitlist_openings (cause, coalesce(appointment_id, id), starts_at, coalesce(staff_id, ''))`.execute(db)
  await sql`create index waitlist_openings_due on waitlist_openings (due_at) where due_at is not null`.execute(db)
  // What is not over: a few among all there ever were.
  await sql`create index waitlist_openings_live on waitlist_openings (state) where state in ('open', 'offering', 'booking')`.execute(db)
  await sql`create index waitlist_openings_when on waitlist_openings (location_id, starts_at)`.execute(db)

  await sql`
    create table waitlist_offers (
      id text primary key,
      opening_id text not null references waitlist_openings,
      -- The place in the approved order, from 1.
      place int not null,
      entry_id text not null,
      client_id text not null,
      slot_id text not null,
      -- The visit they would give up for it.
      instead_of text,
      -- Whose chair that visit has, and when: what comes free when they move.
      gives_up jsonb,
      body text not null,
      message jsonb not null,
      state text not null check (state in ('approved', 'queued', 'sent', 'send_unknown', 'accepted', 'booking', 'booked', 'declined', 'expired', 'withdrawn', 'undeliverable', 'suppressed', 'skipped', 'book_failed', 'apologised', 'late_yes')),
      why text,
      -- All on the database's clock, which every instance shares (WL-2).
      sent_at timestamptz,
      expires_at timestamptz,
      answered_at timestamptz,
      accepted_at timestamptz,
      -- The client's text (its id) that said YES.
      answer_id bigint,
      -- Tries to book it, and when the next one is due.
      attempts int not null default 0,
      next_try_at timestamptz,
      told_holding boolean not null default false,
      appointment_id text,
      at timestamptz not null,
      unique (opening_id, client_id),
      unique (opening_id, place)
    )`.execute(db)
  // WL-1: the database, not the program, decides that a chair has one winner.
  await sql`create unique index waitlist_offers_one_winner on waitlist_offers (opening_id) where state in ('accepted', 'booking', 'booked')`.execute(db)
  await sql`create index waitlist_offers_asked on waitlist_offers (id) where state in ('queued', 'sent', 'send_unknown')`.execute(db)
  await sql`create index waitlist_offers_of_client on waitlist_offers (client_id, at)`.execute(db)

  // What a visit that is waited for would take the place of.
  await sql`alter table book_waitlist add column instead_of text`.execute(db)

  // When a reply reached us, on the database's clock: what an acceptance is measured by.
  await sql`alter table texts add column received_at timestamptz`.execute(db)
  // A question whose time is over may still be answered, but only when nothing newer is asked.
  await sql`alter table pending_questions add column lapsed_at timestamptz`.execute(db)
}
