import { z } from 'zod'
import { DeskError } from '../salon/errors.ts'
import type { Instant } from '../salon/time.ts'
import type { Db, Trx } from './open-store.ts'
import { writeSetting } from './settings.ts'

/**
 * Settings that a location (scope its id) lays over the salon's (scope `''`), which lie over the usual ones, field by field:
 * a field that nobody set, or that no longer fits, is the next layer's. `fields` hold no defaults, or one changed field would
 * hide the salon's own for all others.
 */
export function layeredSettings<Shape extends z.ZodRawShape>({ name, fields, usual }: { name: string; fields: Shape; usual: z.infer<z.ZodObject<Shape>> }) {
  type Settings = z.infer<z.ZodObject<Shape>>

  async function readLayer(db: Db | Trx, scope: string): Promise<Partial<Settings>> {
    const row = await db.selectFrom('settings').select('value').where('name', '=', name).where('scope', '=', scope).executeTakeFirst()
    const value = z.record(z.string(), z.unknown()).safeParse(row?.value).data ?? {}
    return Object.fromEntries(Object.entries(fields).flatMap(([field, schema]) => {
      const parsed = field in value ? z.safeParse(schema, value[field]) : undefined
      return parsed?.success === true ? [[field, parsed.data] as const] : []
    })) as Partial<Settings>
  }

  return {
    /** What holds at a location, or (null) for the salon. */
    async read(db: Db | Trx, locationId: string | null): Promise<Settings> {
      const [salon, own] = await Promise.all([readLayer(db, ''), locationId === null || locationId === '' ? {} : readLayer(db, locationId)])
      return { ...usual, ...salon, ...own }
    },
    /** The change, checked. Throws `DeskError('invalid_input')` naming what does not fit; `detail.field` is its name. */
    check(change: Partial<Settings>): Partial<Settings> {
      const parsed = z.strictObject(fields).partial().safeParse(change)
      if (parsed.success) return parsed.data as Partial<Settings>
      const [issue] = parsed.error.issues
      const field = String(issue?.path[0] ?? '')
      throw new DeskError('invalid_input', { message: `bad ${name} setting: ${field}`, userMessage: `"${field}" does not fit: ${issue?.message ?? 'check it'}.`, detail: { field } })
    },
    /** Keeps a checked change in its layer, beside what was set there before. */
    async write(trx: Trx, { scope, change, by, now }: { scope: string; change: Partial<Settings>; by: string; now: Instant }): Promise<void> {
      await writeSetting(trx, { name, scope, value: { ...(await readLayer(trx, scope)), ...change }, by, now })
    },
  }
}
