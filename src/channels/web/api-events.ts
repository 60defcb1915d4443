import { Hono } from 'hono'
import { openLiveEvents, type Told } from './live-events.ts'
import type { LiveEvent } from './page-api.ts'
import type { PageDesk } from './page-desk.ts'
import { refuse } from './refuse.ts'
import { streamOut } from './stream-out.ts'
import { isStillKnown, knownOnly, type PageEnv } from './visitor.ts'

/** Open streams one browser may have: as many tabs as anybody uses. */
const mostStreams = 12

/** Proxies close what is silent for a minute, most of them for half of one. */
const beatMs = 25_000

/** What changed, as it happens, to every open page (Server-Sent Events; WHATWG HTML, section 9.2). */
export function eventRoutes(desk: PageDesk): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  const live = openLiveEvents(desk)
  const streams = new Map<string, number>()

  app.get('/api/events', knownOnly(desk), (c) => {
    if (c.req.method === 'HEAD') return c.body(null)
    const session = c.get('session')
    const open = streams.get(session.id) ?? 0
    if (open >= mostStreams) return refuse(c, { status: 429, code: 'unavailable', message: 'The page is open too many times in this browser. Close some of them.' })
    streams.set(session.id, open + 1)
    const lastSeen = c.req.header('last-event-id')
    const token = c.get('token')
    return streamOut({
      type: 'text/event-stream',
      run: (out) => {
        const tell = ({ id, subjects }: Told): void => out.write(`id: ${id}\ndata: ${JSON.stringify({ subjects } satisfies LiveEvent)}\n\n`)
        const off = live.listen(tell)
        const beat = setInterval(() => {
          out.write(': still here\n\n')
          // Who was signed out meanwhile hears nothing more.
          isStillKnown({ desk, token }).then((known) => { if (!known) out.end() }, () => out.end())
        }, beatMs)
        beat.unref()
        out.signal.addEventListener('abort', () => {
          off()
          clearInterval(beat)
          const left = (streams.get(session.id) ?? 1) - 1
          if (left === 0) streams.delete(session.id)
          else streams.set(session.id, left)
        })
        out.write(`retry: 2000\nid: ${live.last()}\n\n`)
        if (lastSeen === undefined || lastSeen === '') return
        for (const told of live.since(lastSeen) ?? [{ id: live.last(), subjects: ['*'] }]) tell(told)
      },
    })
  })
  return app
}
