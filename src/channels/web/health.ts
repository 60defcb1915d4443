import { Hono } from 'hono'
import type { asFields } from '../../salon/freshness.ts'
import type { Counters } from './counters.ts'

/** What health needs: `status` throws when the database does not answer or there is no book yet. `book`: which platform it is on, and how old the copy of it is. */
export type HealthDesk = { status(): Promise<{ salon: string; paused: boolean; openProposals: number; book?: { platform: string } & ReturnType<typeof asFields> }> }

/** Whether the desk lives, whether it can work, and what it has counted. */
export function healthRoutes({ desk, counters }: { desk: HealthDesk; counters: Counters }): Hono {
  const app = new Hono()
  app.get('/healthz', (c) => c.json({ ok: true }))
  app.get('/readyz', async (c) => {
    const status = await desk.status().catch(() => undefined)
    return status === undefined ? c.json({ ok: false, problem: 'the database does not answer, or the book is still being loaded' }, 503) : c.json({ ok: true, ...status })
  })
  app.get('/metrics', async (c) => c.text(await counters.text(), 200, { 'content-type': counters.contentType }))
  return app
}
