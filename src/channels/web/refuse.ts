import type { Context, Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { DeskError, httpStatus, wordsFor } from '../../salon/errors.ts'
import type { Refused } from './page-api.ts'

/** A refusal that only HTTP knows (no sign-in, too large, too many), in the shape of all others. */
export function refuse(c: Context, { status, code, message, headers = {} }: { status: ContentfulStatusCode; code: string; message: string; headers?: Record<string, string> }): Response {
  return c.json({ error: { code, message } } satisfies Refused, status, headers)
}

/** Gives every thrown thing its status and its words for people, by the one table; the reason goes to `onError`. */
export function answerErrors(app: Hono, onError: (error: unknown) => void): void {
  app.notFound((c) => refuse(c, { status: 404, code: 'not_found', message: 'There is nothing at this address.' }))
  app.onError((error, c) => {
    onError(error)
    const code = error instanceof DeskError ? error.code : 'internal'
    return refuse(c, { status: httpStatus[code] as ContentfulStatusCode, code, message: wordsFor(error) })
  })
}
