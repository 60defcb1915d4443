import { type Kysely, sql } from 'kysely'

/** Of an offer that was taken where a person has to make the booking: the steps, for the card of its chair. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table waitlist_offers add column hand_steps jsonb`.execute(db)
}
