import { Hono } from 'hono'
import type { Phone } from '../../phone/phone.ts'
import { DeskError, wordsFor } from '../../salon/errors.ts'
import { openLimits } from './limits.ts'
import { CallCut, CallEnd, type CallLine, CallStart, type CallStarted, CallTurn } from './page-api.ts'
import type { PageDesk } from './page-desk.ts'
import { readBody } from './read-input.ts'
import { refuse } from './refuse.ts'
import { type Outflow, streamOut } from './stream-out.ts'
import { knownOnly, type PageEnv } from './visitor.ts'

/** Turns a caller may take in a minute; nobody speaks faster. */
const turnsPerMinute = 60

/** In the demo the page is also a client's telephone: it calls the salon, and the same side of the phone answers that answers Twilio. */
export function callRoutes({ desk, onError }: { desk: PageDesk; onError: (error: unknown) => void }): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  const known = knownOnly(desk)
  const limits = openLimits({ perMinute: turnsPerMinute })

  app.post('/api/call', known, async (c) => {
    const { clientId, requestId } = await readBody(c, CallStart)
    const phone = await demoPhone(desk, c.get('catalog').business.demo)
    const [client] = clientId === undefined ? [] : await desk.platform.clients({ ids: [clientId] }).then((found) => (found.ok ? found.value : []))
    const [from] = client?.phones ?? []
    const callId = `page:${c.get('session').conversationPrefix}${requestId}`
    const { pieces, next } = await phone.begin({ callId, via: 'page', ...(from === undefined ? {} : { from }) })
    return c.json({ callId, pieces, next } satisfies CallStarted)
  })

  app.post('/api/call/turn', known, async (c) => {
    const request = await readBody(c, CallTurn)
    mustBeOwn(request.callId, c.get('session').conversationPrefix)
    if (!limits.take(c.get('session').id)) return refuse(c, { status: 429, code: 'unavailable', message: 'That was a lot within a minute. Try again in a moment.', headers: { 'retry-after': '30' } })
    const phone = await demoPhone(desk, c.get('catalog').business.demo)
    return streamOut({ type: 'application/x-ndjson; charset=utf-8', run: (out) => { void answer({ phone, request, out }) } })
  })

  const answer = async ({ phone, request, out }: { phone: Phone; request: CallTurn; out: Outflow }): Promise<void> => {
    const say = (line: CallLine): void => out.write(`${JSON.stringify(line)}\n`)
    const began = performance.now()
    let firstWordMs: number | undefined
    try {
      let said = 0
      const { pieces, next } = await phone.turn({ ...request, say(piece) {
        firstWordMs ??= performance.now() - began
        said++
        say({ kind: 'piece', piece })
      } })
      // A turn that was answered before says nothing anew.
      if (said === 0) for (const piece of pieces) say({ kind: 'piece', piece })
      say({ kind: 'next', next })
      if (firstWordMs !== undefined) await phone.timed({ callId: request.callId, turnId: request.turnId, firstWordMs })
    } catch (error) {
      if (!(error instanceof DeskError)) onError(error)
      say({ kind: 'error', text: wordsFor(error) })
    }
    out.end()
  }

  app.post('/api/call/cut', known, async (c) => {
    const { callId, heard } = await readBody(c, CallCut)
    mustBeOwn(callId, c.get('session').conversationPrefix)
    await (await demoPhone(desk, c.get('catalog').business.demo)).interrupted({ callId, heard })
    return c.json({})
  })
  app.post('/api/call/end', known, async (c) => {
    const { callId } = await readBody(c, CallEnd)
    mustBeOwn(callId, c.get('session').conversationPrefix)
    await (await demoPhone(desk, c.get('catalog').business.demo)).ended({ callId, why: 'caller' })
    return c.json({})
  })
  return app
}

function demoPhone(desk: PageDesk, demo: boolean): Promise<Phone> {
  if (!demo || desk.phone === undefined) throw new DeskError('not_allowed', { message: 'a call from the page outside the demo', userMessage: 'Only in the demo can you call as a client. Real clients call from their own phone.' })
  return desk.phone()
}

function mustBeOwn(callId: string, prefix: string): void {
  if (!callId.startsWith(`page:${prefix}`)) throw new DeskError('not_allowed', { message: 'the call of somebody else', userMessage: 'That call is somebody else\'s. Begin one of your own.' })
}
