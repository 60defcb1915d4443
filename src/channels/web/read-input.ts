import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { z } from 'zod'
import { DeskError } from '../../salon/errors.ts'
import { refuse } from './refuse.ts'

/** The JSON body as `schema` wants it. Throws `DeskError('invalid_input')` that names what does not fit. */
export async function readBody<Schema extends z.ZodType>(c: Context, schema: Schema): Promise<z.output<Schema>> {
  const body: unknown = await c.req.json().catch(() => {
    throw new DeskError('invalid_input', { message: 'body is not json', userMessage: 'The body must be JSON.' })
  })
  return fit({ schema, given: body, what: 'body' })
}

/** The query as `schema` wants it. Throws as `readBody` does. */
export function readQuery<Schema extends z.ZodType>(c: Context, schema: Schema): z.output<Schema> {
  return fit({ schema, given: c.req.query(), what: 'query' })
}

function fit<Schema extends z.ZodType>({ schema, given, what }: { schema: Schema; given: unknown; what: string }): z.output<Schema> {
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const places = parsed.error.issues.map(({ path }) => path.join('.') || what)
  const problems = parsed.error.issues.map(({ message }, index) => `${places[index]}: ${message}`)
  throw new DeskError('invalid_input', { message: `bad ${what}: ${places.join(', ')}`, userMessage: `This does not fit. ${problems.slice(0, 5).join('; ')}` })
}

/** Refuses bodies above `kilobytes`, before they are read whole. */
export function limitBody(kilobytes: number): MiddlewareHandler {
  return bodyLimit({ maxSize: kilobytes * 1024, onError: (c) => refuse(c, { status: 413, code: 'invalid_input', message: `The body may have at most ${kilobytes} KB.` }) })
}
