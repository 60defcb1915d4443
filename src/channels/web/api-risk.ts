import { timingSafeEqual } from 'node:crypto'
import { Hono, type MiddlewareHandler } from 'hono'
import { DeskError } from '../../salon/errors.ts'
import { limitBody } from './read-input.ts'
import { refuse } from './refuse.ts'

export type RiskDesk = {
  /** Body of `POST /v1/risk/predict` in, its answer out. Throws `DeskError('invalid_input')`. */
  predictRisk(body: unknown): Promise<unknown>
  apiToken: string | undefined
}

/** Risk predictions for other programs, by bearer token. */
export function riskRoutes(desk: RiskDesk): Hono {
  const app = new Hono()
  const authorized: MiddlewareHandler = async (c, next) => {
    if (desk.apiToken === undefined) throw new DeskError('not_allowed', { message: 'no api token set', userMessage: 'Predictions over HTTP are switched off. Set DESK_API_TOKEN and send it as "Authorization: Bearer …".' })
    const given = /^bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? ''
    if (!sameText(given, desk.apiToken)) return refuse(c, { status: 401, code: 'unauthorized', message: 'Send the desk\'s API token as "Authorization: Bearer …".', headers: { 'www-authenticate': 'Bearer' } })
    return next()
  }
  // One booking to score is far below one KB.
  app.post('/v1/risk/predict', authorized, limitBody(64), async (c) => {
    const body: unknown = await c.req.json().catch(() => {
      throw new DeskError('invalid_input', { message: 'body is not json', userMessage: 'The body must be JSON.' })
    })
    return c.json((await desk.predictRisk(body)) as object)
  })
  return app
}

function sameText(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)]
  return x.length === y.length && timingSafeEqual(x, y)
}
