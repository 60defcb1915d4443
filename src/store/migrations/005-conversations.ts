import { type Kysely, sql } from 'kysely'

/** What was said between staff and the desk, in order; never changed, only added to or, with its conversation, deleted. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table conversations (
      id text primary key,
      person text not null,
      created_at timestamptz not null,
      last_at timestamptz not null,
      -- One turn at a time: who answers now, and until when nobody else may.
      turn_token text,
      turn_until timestamptz
    )`.execute(db)
  await sql`
    create table conversation_messages (
      id bigint generated always as identity primary key,
      conversation_id text not null references conversations on delete cascade,
      at timestamptz not null,
      message jsonb not null
    )`.execute(db)
  await sql`create index conversation_messages_in_order on conversation_messages (conversation_id, id)`.execute(db)
  // What a language model has used on one day of the salon, for the daily budget.
  await sql`
    create table agent_usage (
      day date not null,
      model text not null,
      turns integer not null default 0,
      tokens bigint not null default 0,
      primary key (day, model)
    )`.execute(db)
}
