import { type Kysely, sql } from 'kysely'

/**
 * Bookings that a person was asked to make by hand, on platforms that may show them without their client: whom the visit will be
 * for that appears there, and for which visit that was found.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table expected_visits (
      -- That of the command which was handed over.
      key text primary key,
      client_id text not null,
      location_id text not null,
      segments jsonb not null,
      starts_at timestamptz not null,
      expected_at timestamptz not null,
      -- Nothing that appears later is taken for it.
      until timestamptz not null,
      -- The visit that it turned out to be; as long as its source names no client, it is this one's.
      visit_id text unique
    )`.execute(db)
  await sql`create index expected_visits_open on expected_visits (starts_at) where visit_id is null`.execute(db)
}
