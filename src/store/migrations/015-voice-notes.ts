import { type Kysely, sql } from 'kysely'

/** What somebody spoke to the desk in a channel, as words, until they have looked at them and asked. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table voice_notes (
      -- The request that brought it.
      id text primary key,
      -- Who spoke: nobody else may ask what was heard.
      person_id text not null,
      -- The inbox whose worker answers it, in which conversation, and where, in that channel's own terms.
      source text not null,
      conversation_id text not null,
      place jsonb not null,
      -- Sealed: what was written with it, what was heard, and what was asked in the end.
      typed text not null,
      heard text not null,
      asked text,
      heard_by text not null check (heard_by in ('desk', 'slack')),
      at timestamptz not null,
      asked_at timestamptz
    )`.execute(db)
}
