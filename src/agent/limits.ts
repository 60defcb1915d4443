import { sql } from 'kysely'
import { z } from 'zod'
import type { LocalDate } from '../salon/time.ts'
import type { Store } from '../store/open-store.ts'
import { readSetting } from '../store/settings.ts'

const Limits = z.object({
  /** Answers of the language model, and tools it may use, in one turn. */
  modelCalls: z.int().min(1).max(50).default(8),
  toolCalls: z.int().min(1).max(50).default(12),
  seconds: z.number().positive().max(110).default(45),
  tokensPerTurn: z.int().positive().default(60_000),
  tokensPerDay: z.int().positive().default(2_000_000),
  /** How long the embedded brain answers alone after the language model failed. */
  restMinutes: z.number().min(0).max(1_440).default(5),
})

/** What one turn and one day may cost (LLM-5); setting `agent.limits`. */
export type Limits = z.infer<typeof Limits>

const defaults = Limits.parse({})

export function readLimits(store: Store): Promise<Limits> {
  return readSetting<Limits>(store.db, { name: 'agent.limits', schema: Limits, fallback: defaults })
}

/** Tokens a language model has used on a day of the salon. */
export async function tokensUsed({ store, day, model }: { store: Store; day: LocalDate; model: string }): Promise<number> {
  const row = await store.db.selectFrom('agent_usage').select('tokens').where('day', '=', day).where('model', '=', model).executeTakeFirst()
  return row?.tokens ?? 0
}

export async function addUsage({ store, day, model, tokens }: { store: Store; day: LocalDate; model: string; tokens: number }): Promise<void> {
  await store.db.insertInto('agent_usage').values({ day, model, turns: 1, tokens })
    .onConflict((conflict) => conflict.columns(['day', 'model']).doUpdateSet({ turns: sql`agent_usage.turns + 1`, tokens: sql`agent_usage.tokens + ${tokens}` }))
    .execute()
}
