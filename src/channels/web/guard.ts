import type { Context, MiddlewareHandler } from 'hono'
import { refuse } from './refuse.ts'

const onlyFromHere = 'This can only be done from the desk\'s own page.'

/** What the desk was told about where it can be reached. */
export type Reach = { host: string; publicUrl?: string | undefined }

/** Whether only this machine can reach an address or name. */
export function isLoopback(host: string): boolean {
  const name = bare(host)
  return name === 'localhost' || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name)
}

/** An IPv6 address is written in brackets within a URL only. */
function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '').toLowerCase()
}

/** The name in the request's address, without the port, in lower case; '' when it is none. */
export function hostNameOf(c: Context): string {
  const given = c.req.header('host') ?? new URL(c.req.url).host
  return URL.canParse(`http://${given}`) ? new URL(`http://${given}`).hostname : ''
}

/** Whether the browser came by https, which only the public address can be. */
export function isSecure(c: Context, { publicUrl }: Reach): boolean {
  return publicUrl?.startsWith('https:') === true && new URL(publicUrl).hostname === hostNameOf(c)
}

/** Answers only to names that are ours: a stranger's name that points here (DNS rebinding) would let a stranger's page in. */
export function ownHost(reach: Reach): MiddlewareHandler {
  const own = [reach.host, ...(reach.publicUrl === undefined ? [] : [new URL(reach.publicUrl).hostname])]
  const named = new Set(own.map(bare))
  return async (c, next) => {
    const name = hostNameOf(c)
    if (isLoopback(name) || named.has(bare(name))) return next()
    return refuse(c, { status: 421, code: 'not_allowed', message: 'The desk does not answer at this address. Open it at the address it printed when it started, or set PUBLIC_URL to the one people use.' })
  }
}

/**
 * Lets only our own page change anything (CSRF): what a browser says about where a request comes from must be this very
 * address. Browsers send `Sec-Fetch-Site` to https and this machine, and `Origin` with every POST.
 */
export const sameOrigin: MiddlewareHandler = async (c, next) => {
  if (isReading(c)) return next()
  const site = c.req.header('sec-fetch-site')
  const origin = c.req.header('origin')
  const host = c.req.header('host') ?? new URL(c.req.url).host
  const originFits = origin !== undefined && URL.canParse(origin) && new URL(origin).host === host.toLowerCase()
  // A form of a page that tells nobody its address has the origin "null", and is known by the other header.
  if (site === undefined ? originFits : site === 'same-origin' && (originFits || origin === undefined || origin === 'null')) return next()
  return refuse(c, { status: 403, code: 'not_allowed', message: onlyFromHere })
}

/** The page's API is for our own page: other sites may not even ask, whatever they could read of the answer. */
export const notFromElsewhere: MiddlewareHandler = async (c, next) => {
  const site = c.req.header('sec-fetch-site')
  if (site === undefined || site === 'same-origin' || site === 'none') return next()
  return refuse(c, { status: 403, code: 'not_allowed', message: onlyFromHere })
}

/** A form of another site can send text, never JSON. */
export const jsonOnly: MiddlewareHandler = async (c, next) => {
  if (isReading(c) || /^application\/json\s*(;|$)/i.test(c.req.header('content-type') ?? '')) return next()
  return refuse(c, { status: 415, code: 'invalid_input', message: 'Send JSON (content-type: application/json).' })
}

/** The one address that takes sound instead, of one kind only; a form of another site cannot send that either. */
export const soundPath = '/api/voice-note'

export const soundOnly: MiddlewareHandler = async (c, next) => {
  if (isReading(c) || /^audio\/wav\s*(;|$)/i.test(c.req.header('content-type') ?? '')) return next()
  return refuse(c, { status: 415, code: 'invalid_input', message: 'Send sound (content-type: audio/wav).' })
}

function isReading(c: Context): boolean {
  return c.req.method === 'GET' || c.req.method === 'HEAD'
}

/** Nothing from elsewhere may run, be shown, or show us; `scripts` are hashes of inline parts of our own page. */
export function contentPolicy(scripts: string[] = []): string {
  return [
    "default-src 'self'", `script-src ${["'self'", ...scripts].join(' ')}`, "style-src 'self'", "img-src 'self' data:", "connect-src 'self'",
    "object-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'",
  ].join('; ')
}

/** On every answer of the page; a handler's own headers win. */
export function secureHeaders(reach: Reach): MiddlewareHandler {
  return async (c, next) => {
    await next()
    // Browsers heed it on https and this machine only, and complain elsewhere.
    const isTrusted = isSecure(c, reach) || isLoopback(hostNameOf(c))
    const defaults = {
      'content-security-policy': contentPolicy(),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'permissions-policy': 'microphone=(self), camera=(), geolocation=(), display-capture=()',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
      ...(isTrusted ? { 'cross-origin-opener-policy': 'same-origin' } : {}),
    }
    for (const [name, value] of Object.entries(defaults)) if (!c.res.headers.has(name)) c.res.headers.set(name, value)
  }
}
