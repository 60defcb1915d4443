import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { createInstance, getHttpOperationsFromSpec, type IHttpRequest, type IHttpResponse } from '@stoplight/prism-http'
import { type Logger, pino } from 'pino'
import type { Fetch } from '../../../src/platforms/kit/ask.ts'

/** A vendor's published specification as a judge of what is said both ways. */
export type VendorSpec = {
  /** Passes requests on to `fetch` and notes whatever the specification does not allow in the request or the answer. */
  watching(fetch: Fetch, options: { base: string; violations: string[] }): Fetch
  /** Answers as the specification's own examples do (or, `dynamic`, with anything that its schemas allow). */
  answering(options: { base: string; dynamic?: boolean; violations: string[] }): Fetch
}

/** Where the vendors' specifications lie: beside the project, for those whose licence does not let them into it. */
const folders = [resolve(import.meta.dirname, '../../data/specs'), resolve(import.meta.dirname, '../../../../shared/platforms/specs')]

/** The file of that name, where it is to be had. */
export function findSpec(name: string): string | undefined {
  return folders.map((folder) => resolve(folder, name)).find((file) => existsSync(file))
}

/** Reading a large one takes seconds: each is read once. */
const opened = new Map<string, Promise<VendorSpec>>()

export function openVendorSpec(file: string): Promise<VendorSpec> {
  const spec = opened.get(file) ?? readVendorSpec(file)
  opened.set(file, spec)
  return spec
}

async function readVendorSpec(file: string): Promise<VendorSpec> {
  const operations = await getHttpOperationsFromSpec(file)
  // Its mock logs at a level of its own.
  const logger = pino({ level: 'silent', customLevels: { success: 31 } }) as unknown as Logger
  const validate = { checkSecurity: false, validateRequest: true, validateResponse: true, errors: false }
  const toRequest = (url: string, base: string, { method, headers, body }: Parameters<Fetch>[1]): IHttpRequest => {
    const { pathname, searchParams } = new URL(url)
    const query: Record<string, string | string[]> = {}
    for (const name of searchParams.keys()) {
      const values = searchParams.getAll(name)
      query[name] = values.length > 1 ? values : values[0] ?? ''
    }
    const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
    return { method: method.toLowerCase() as IHttpRequest['method'], url: { path: decodeURI(pathname).replace(new URL(base).pathname.replace(/\/$/, ''), ''), query }, headers: { ...lower, ...(body !== undefined && { 'content-length': String(body.length) }) }, ...(body !== undefined && { body: parse(body) }) }
  }
  const run = async ({ url, base, init, violations, forward, dynamic = false }: { url: string; base: string; init: Parameters<Fetch>[1]; violations: string[]; forward?: () => Promise<IHttpResponse>; dynamic?: boolean }): Promise<IHttpResponse> => {
    // What fp-ts calls a ReaderTaskEither: logger, then nothing, then a promise of the right answer.
    const passOn = () => () => async () => ({ _tag: 'Right' as const, right: await (forward as () => Promise<IHttpResponse>)() })
    const mock = { dynamic }
    const config = forward === undefined ? { ...validate, mock, isProxy: false as const, upstreamProxy: undefined } : { ...validate, mock, isProxy: true as const, upstream: new URL(base), upstreamProxy: undefined }
    const prism = createInstance(config, { logger, ...(forward !== undefined && { forward: passOn }) })
    const request = toRequest(url, base, init)
    const outcome = await prism.request(request, operations)()
    if ('left' in outcome) {
      violations.push(`${init.method} ${request.url.path}: ${outcome.left.name} ${outcome.left.message}`)
      return { statusCode: 599 }
    }
    const { validations, output } = outcome.right
    for (const [way, found] of [['request', validations.input], ['answer', validations.output]] as const) {
      for (const { message, path } of found) violations.push(`${init.method} ${request.url.path} ${way} ${path?.join('.') ?? ''}: ${message}`)
    }
    return output
  }
  return {
    watching: (fetch, { base, violations }) => async (url, init) => {
      let answer: Response | undefined
      await run({ url, base, init, violations, forward: async () => {
        answer = await fetch(url, init)
        const text = await answer.clone().text()
        return { statusCode: answer.status, headers: Object.fromEntries(answer.headers), body: parse(text) }
      } })
      // What the specification does not know is asked all the same: the violation is noted, and whoever knows better says so (`knownWrong`).
      return answer ?? fetch(url, init)
    },
    answering: ({ base, dynamic, violations }) => async (url, init) => {
      const { statusCode, headers = {}, body } = await run({ url, base, init, violations, ...(dynamic !== undefined && { dynamic }) })
      return new Response(body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body), { status: statusCode, headers: { 'content-type': headers['content-type'] ?? 'application/json' } })
    },
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text === '' ? undefined : text
  }
}
