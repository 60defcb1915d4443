import { timingSafeEqual } from 'node:crypto'
import { type ServerType, serve } from '@hono/node-server'
import { Hono, type MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { collectDefaultMetrics, Registry } from 'prom-client'
import { DeskError, httpStatus, wordsFor } from '../../salon/errors.ts'

/** What the HTTP edge needs of the desk. */
export type WebDesk = {
  /** Throws when the database does not answer or there is no book yet. */
  status(): Promise<{ salon: string; paused: boolean; openProposals: number }>
  /** Body of `POST /v1/risk/predict` in, its answer out. Throws `DeskError('invalid_input')`. */
  predictRisk(body: unknown): Promise<unknown>
  apiToken: string | undefined
  onError(error: unknown): void
}

/** One booking to score is far below one KB. */
const largestBody = 64 * 1024

/** The HTTP side of the desk: health, metrics and risk predictions. */
export function webApp(desk: WebDesk): Hono {
  const app = new Hono()
  const metrics = new Registry()
  collectDefaultMetrics({ register: metrics })

  app.get('/healthz', (c) => c.json({ ok: true }))
  app.get('/readyz', async (c) => {
    const status = await desk.status().catch(() => undefined)
    return status === undefined ? c.json({ ok: false, problem: 'the database does not answer, or the book is still being loaded' }, 503) : c.json({ ok: true, ...status })
  })
  app.get('/metrics', async (c) => c.text(await metrics.metrics(), 200, { 'content-type': metrics.contentType }))

  const authorized: MiddlewareHandler = async (c, next) => {
    if (desk.apiToken === undefined) throw new DeskError('not_allowed', { message: 'no api token set', userMessage: 'Predictions over HTTP are switched off. Set DESK_API_TOKEN and send it as "Authorization: Bearer …".' })
    const given = /^bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? ''
    if (!sameText(given, desk.apiToken)) return c.json({ error: { code: 'unauthorized', message: 'Send the desk\'s API token as "Authorization: Bearer …".' } }, 401, { 'www-authenticate': 'Bearer' })
    return next()
  }
  const limited = bodyLimit({ maxSize: largestBody, onError: (c) => c.json({ error: { code: 'invalid_input', message: `The body may have at most ${largestBody / 1024} KB.` } }, 413) })
  app.post('/v1/risk/predict', authorized, limited, async (c) => {
    const body: unknown = await c.req.json().catch(() => {
      throw new DeskError('invalid_input', { message: 'body is not json', userMessage: 'The body must be JSON.' })
    })
    return c.json((await desk.predictRisk(body)) as object)
  })

  app.notFound((c) => c.json({ error: { code: 'not_found', message: 'There is nothing at this address.' } }, 404))
  app.onError((error, c) => {
    desk.onError(error)
    const code = error instanceof DeskError ? error.code : 'internal'
    return c.json({ error: { code, message: wordsFor(error) } }, httpStatus[code] as ContentfulStatusCode)
  })
  return app
}

/** Listens; port 0 takes any free one. Throws `DeskError('config')` when the port is in use or the address is not ours. */
export async function listen({ app, host, port }: { app: Hono; host: string; port: number }): Promise<{ url: string; close(): Promise<void> }> {
  const server = await new Promise<ServerType>((resolve, reject) => {
    const starting = serve({ fetch: app.fetch, hostname: host, port }, () => resolve(starting))
    starting.once('error', (error: NodeJS.ErrnoException) => reject(new DeskError('config', { message: `cannot listen on port ${port}: ${error.code}`, userMessage: sayRefusal({ code: error.code, host, port }), cause: error })))
  })
  const address = server.address()
  const bound = address !== null && typeof address === 'object' ? address.port : port
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    close: () => new Promise((resolve) => {
      server.close(() => resolve())
      if ('closeAllConnections' in server) server.closeAllConnections()
    }),
  }
}

function sayRefusal({ code, host, port }: { code: string | undefined; host: string; port: number }): string {
  if (code === 'EADDRINUSE') return `Port ${port} is already in use, perhaps by another desk. Stop that one, or choose another port: PORT=${port === 3001 ? 3002 : 3001} npm start`
  if (code === 'EACCES') return `This account may not listen on port ${port}. Choose one above 1023: PORT=3000 npm start`
  return `This machine cannot listen at HOST ${host} (${code}). Leave HOST out for this machine only, or set 0.0.0.0 for all its addresses.`
}

function sameText(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)]
  return x.length === y.length && timingSafeEqual(x, y)
}
