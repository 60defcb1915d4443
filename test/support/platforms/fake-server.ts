import type { Hono } from 'hono'
import type { Fetch } from '../../../src/platforms/kit/ask.ts'

/**
 * What goes wrong with a request: `drop` does it and loses the answer, `lose` loses the request, `cut` ends the answer in its
 * middle; `answer` is given in the vendor's name and nothing is done.
 */
type Fault =
  | { do: 'drop' } | { do: 'lose' } | { do: 'timeout' }
  | { do: 'answer'; status: number; body?: unknown; headers?: Record<string, string> }
  | { do: 'before'; run: () => void | Promise<void> }

/** Which requests are meant; what is absent fits all. `body` is tried on the body as it was sent, for vendors whose calls share one address. */
export type Fits = { method?: string; path?: RegExp; body?: RegExp }

export type FakeServer = {
  /** In place of `globalThis.fetch`. */
  fetch: Fetch
  /** The fault comes to the next request that fits; several queue up. */
  failNext(fits: Fits, fault: Fault): void
  /** From now on every request that fits gets this answer; undefined ends it. */
  always(answer: Extract<Fault, { do: 'answer' }> | undefined, fits?: Fits): void
  calm(): void
  /** Every request so far. */
  readonly requests: { method: string; path: string; query: Record<string, string>; body: unknown }[]
}

/** A vendor's server in this process, with faults. Requests are real `Request`s, answers real `Response`s; only the wire is missing. */
export function fakeServer(app: Hono): FakeServer {
  const queue: { fits: Fits; fault: Fault }[] = []
  const requests: FakeServer['requests'] = []
  let standing: { answer: Extract<Fault, { do: 'answer' }>; fits: Fits } | undefined
  const fits = (wanted: Fits, method: string, path: string, body: string) => (wanted.method === undefined || wanted.method === method) && (wanted.path === undefined || wanted.path.test(path)) && (wanted.body === undefined || wanted.body.test(body))
  return {
    requests,
    failNext: (wanted, fault) => { queue.push({ fits: wanted, fault }) },
    always: (answer, wanted = {}) => { standing = answer === undefined ? undefined : { answer, fits: wanted } },
    calm: () => { queue.length = 0; standing = undefined },
    async fetch(url, { method, headers, body }) {
      const { pathname, searchParams } = new URL(url)
      requests.push({ method, path: pathname, query: Object.fromEntries(searchParams), body: parse(body) })
      const at = queue.findIndex((one) => fits(one.fits, method, pathname, body ?? ''))
      const fault = at === -1 ? undefined : queue.splice(at, 1)[0]?.fault
      const say = ({ status, body: answer, headers: more = {} }: Extract<Fault, { do: 'answer' }>) => new Response(typeof answer === 'string' ? answer : JSON.stringify(answer ?? {}), { status, headers: { 'content-type': 'application/json', ...more } })
      if (fault?.do === 'answer') return say(fault)
      if (standing !== undefined && fits(standing.fits, method, pathname, body ?? '')) return say(standing.answer)
      if (fault?.do === 'lose') throw broken('ECONNRESET')
      if (fault?.do === 'before') await fault.run()
      const answer = await app.fetch(new Request(url, { method, headers, ...(body !== undefined && { body }) }))
      if (fault?.do === 'drop') throw broken('ECONNRESET')
      if (fault?.do === 'timeout') throw Object.assign(new Error('The operation was aborted due to timeout'), { name: 'TimeoutError' })
      return answer
    },
  }
}

/** As undici throws it. */
function broken(code: string): Error {
  return Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error(code), { code }) })
}

function parse(body: string | undefined): unknown {
  try {
    return body === undefined ? undefined : JSON.parse(body) as unknown
  } catch {
    return body
  }
}
