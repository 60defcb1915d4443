import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type Ask, openAsk, type Request } from '../../../../src/platforms/kit/ask.ts'
import type { Outcome } from '../../../../src/platforms/booking-platform.ts'
import { freeBudget } from '../../../support/platforms/open-adapter.ts'
import { testClock, tinyNow } from '../../../support/tiny-book.ts'

const clock = testClock()
const open: Server[] = []
afterEach(async () => {
  for (const server of open.splice(0)) {
    server.closeAllConnections()
    await new Promise((closed) => { server.close(closed) })
  }
})

/** A server on a real socket; answers how to ask it, and what the budget was told. */
async function serve(handle: (request: IncomingMessage, response: ServerResponse) => void, timeoutMs = 15_000): Promise<{ url: string; slowed: number[]; ask: (more?: Partial<Request<{ fine: boolean }>>) => Promise<Outcome<{ fine: boolean }>> }> {
  const server = createServer(handle)
  open.push(server)
  await new Promise<void>((up) => { server.listen(0, '127.0.0.1', up) })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret-place`
  const budget = freeBudget(clock)
  const ask = openAsk({ budget, clock, timeoutMs })
  return { url, slowed: budget.slowed, ask: (more) => askFor(ask, url, more) }
}

const askFor = (ask: Ask, url: string, more: Partial<Request<{ fine: boolean }>> = {}) =>
  ask({ url, query: { phone: '2135550177' }, headers: { authorization: 'Bearer key-not-for-logs' }, ...(more.writes === true && { body: { client: 'Dana Kim' } }), schema: z.object({ fine: z.boolean() }), ...more })

/** The kind of a failure; it says nothing of the key, the address, what was sent or what came back. */
function kindOf(outcome: Outcome<unknown>): string {
  if (outcome.ok) return 'ok'
  expect(JSON.stringify(outcome)).not.toMatch(/not-for-logs|127\.0\.0\.1|secret-place|2135550177|Dana|Kim|Elena/)
  return outcome.error.kind
}

const wrote = { writes: true } as const
const json = (response: ServerResponse, status: number, body: string, headers: Record<string, string> = {}) => response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)

test('a good answer is parsed, with the time at which it was asked for', async () => {
  const server = await serve((_request, response) => json(response, 200, '{"fine":true,"name":"Elena"}'))
  expect(await server.ask()).toEqual({ ok: true, value: { fine: true }, observedAt: tinyNow })
})

describe('no answer: a read can be tried again, of a write nobody knows', () => {
  test.each([
    ['none in time', (_request: IncomingMessage, _response: ServerResponse) => {}, 'timeout'],
    ['its beginning in time and then nothing', (_request: IncomingMessage, response: ServerResponse) => { response.writeHead(200, { 'content-type': 'application/json' }).write('{"fine":') }, 'timeout'],
    ['the connection broken before the answer', (request: IncomingMessage) => { request.socket.destroy() }, 'UND_ERR_SOCKET'],
    ['the connection broken within the answer', (request: IncomingMessage, response: ServerResponse) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' }).write('{"fine":')
      setTimeout(() => request.socket.destroy(), 20)
    }, 'UND_ERR_SOCKET'],
    ['an answer without an end', (_request: IncomingMessage, response: ServerResponse) => { response.writeHead(200); flood(response) }, 'too_large'],
    ['a redirect, which a key does not follow', (_request: IncomingMessage, response: ServerResponse) => { json(response, 307, '', { location: 'http://127.0.0.1:9/secret-place' }) }, 'redirect'],
  ])('%s', async (_name, handle, code) => {
    const server = await serve(handle, code === 'timeout' ? 150 : 15_000)
    const [read, write] = [await server.ask(), await server.ask(wrote)]
    expect([kindOf(read), kindOf(write)]).toEqual(['unavailable', 'unknown_outcome'])
    expect(read).toMatchObject({ error: { providerCode: code } })
  })

  test('a connection that there was not: nothing was sent, also of a write', async () => {
    const server = await serve(() => {})
    await new Promise((closed) => { open.pop()?.close(closed) })
    expect([kindOf(await server.ask()), kindOf(await server.ask(wrote))]).toEqual(['unavailable', 'unavailable'])
  })
})

describe('an answer that is not what was expected', () => {
  test.each([
    ['words', 'I am not JSON, Elena'], ['another shape', '{"fine":"yes, Elena"}'], ['nothing at all', ''],
  ])('%s: of a read "unavailable", of a write "unknown": it may have been done', async (_name, body) => {
    const server = await serve((_request, response) => json(response, 200, body))
    expect([kindOf(await server.ask()), kindOf(await server.ask(wrote))]).toEqual(['unavailable', 'unknown_outcome'])
  })

  test.each([[401, 'auth'], [403, 'forbidden'], [404, 'not_found'], [409, 'conflict_version'], [412, 'conflict_version'], [422, 'invalid'], [429, 'rate_limited'], [500, 'unknown_outcome'], [502, 'unknown_outcome'], [503, 'unavailable'], [504, 'unknown_outcome']])('status %i of a write is %s', async (status, kind) => {
    const server = await serve((_request, response) => json(response, status, '{"error":"Elena"}'))
    expect(kindOf(await server.ask(wrote))).toBe(kind)
  })
})

describe('Retry-After', () => {
  test.each([['30', 30_000], ['Sat, 21 Nov 2026 15:31:00 GMT', 60_000], ['Sat, 21 Nov 2026 15:00:00 GMT', 0], ['86400', 3_600_000], ['soon', undefined]])('%s', async (given, ms) => {
    const server = await serve((_request, response) => json(response, 429, '{}', { 'retry-after': given }))
    const outcome = await server.ask()
    expect(outcome).toMatchObject({ ok: false, error: { kind: 'rate_limited', ...(ms !== undefined && { retryAfterMs: ms }) } })
    // The whole account waits, ten seconds where the vendor does not say how long.
    expect(server.slowed).toEqual([ms ?? 10_000])
  })

  test('of a vendor that is away is told on; only a limit slows the account down', async () => {
    const server = await serve((_request, response) => json(response, 503, '', { 'retry-after': '7' }))
    expect(await server.ask()).toMatchObject({ error: { kind: 'unavailable', retryAfterMs: 7_000 } })
    expect(server.slowed).toEqual([])
  })
})

/** More than anybody asked for, as fast as it is taken. */
function flood(response: ServerResponse): void {
  const part = Buffer.alloc(1_000_000, 0x20)
  const go = () => {
    while (!response.destroyed && response.write(part)) { /* until it is full */ }
    if (!response.destroyed) response.once('drain', go)
  }
  go()
}

test('what no database keeps does not come in: NUL and half a pair; a whole pair and the escaped words stay', async () => {
  const server = await serve((_request, response) => json(response, 200, String.raw`{"fine":true,"note":"a\u0000b \ud83d \ud83d\ude00 \\u0000"}`))
  const outcome = await server.ask({ schema: z.looseObject({ fine: z.boolean() }) })
  expect(outcome.ok && outcome.value).toEqual({ fine: true, note: 'ab \ufffd \u{1f600} \\u0000' })
})
