import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { createRequire, stripTypeScriptTypes } from 'node:module'
import { extname, join } from 'node:path'
import type { Context } from 'hono'

/** A file as the browser gets it. */
export type Served = { body: Uint8Array<ArrayBuffer>; type: string; etag: string }

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.ts': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webmanifest': 'application/manifest+json',
}

/** Plain names only, so that no path leads out of the folder. */
const aName = /^([a-z0-9-]+\/)*[a-z0-9-]+\.(css|ts|svg|png|ico|webmanifest)$/

const libraries = new Map([['lib/preact.js', 'preact'], ['lib/preact-hooks.js', 'preact/hooks']])

/** What the page shares with the desk: files without imports, under the address that the page's own import of them leads to. */
const shared = new Map([['/salon/gsm-text.ts', '../../salon/gsm-text.ts'], ['/cards/say-segments.ts', '../cards/say-segments.ts'], ['/speech/resample.ts', '../../speech/resample.ts']])

/**
 * The page's files: what lies in `dir`, TypeScript as JavaScript with its types taken out, and preact from its package.
 * Prepared at the first request and kept until the file changes.
 */
export function openFiles({ dir }: { dir: string }): { file(name: string): Promise<Served | undefined>; shared(path: string): Promise<Served | undefined>; index(): Promise<Served & { scripts: string[] } | undefined> } {
  const kept = new Map<string, { changed: number; served: Served }>()
  const require = createRequire(import.meta.url)

  const serve = async (path: string): Promise<Served | undefined> => {
    const found = await stat(path).catch(() => undefined)
    if (found?.isFile() !== true) return undefined
    const before = kept.get(path)
    if (before?.changed === found.mtimeMs) return before.served
    const served = await prepare(path)
    kept.set(path, { changed: found.mtimeMs, served })
    return served
  }

  return {
    async file(name) {
      const library = libraries.get(name)
      if (library !== undefined) return serve(require.resolve(library))
      return aName.test(name) ? serve(join(dir, name)) : undefined
    },
    async shared(path) {
      const file = shared.get(path)
      return file === undefined ? undefined : serve(join(import.meta.dirname, file))
    },
    async index() {
      const served = await serve(join(dir, 'index.html'))
      return served === undefined ? undefined : { ...served, scripts: hashesOfInlineScripts(new TextDecoder().decode(served.body)) }
    },
  }
}

async function prepare(path: string): Promise<Served> {
  const extension = extname(path)
  const raw = await readFile(path)
  const body = new Uint8Array(extension === '.ts' ? Buffer.from(withoutTypes(raw.toString('utf8'))) : raw)
  return { body, type: types[extension] ?? 'application/octet-stream', etag: etagOf(body) }
}

/** Node warns once that this part of it may still change, which nobody at the terminal can do anything about. */
function withoutTypes(source: string): string {
  const warn = process.emitWarning.bind(process)
  process.emitWarning = () => {}
  try {
    return stripTypeScriptTypes(source)
  } finally {
    process.emitWarning = warn
  }
}

function etagOf(body: Uint8Array): string {
  return `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`
}

/** With its etag, so that a browser asks each time and is sent it only when it changed. */
export function send(c: Context, { body, type, etag }: Served, headers: Record<string, string> = {}): Response {
  const all = { ...headers, 'content-type': type, etag, 'cache-control': 'no-cache' }
  return c.req.header('if-none-match')?.includes(etag) === true ? c.body(null, 304, all) : c.body(body, 200, all)
}

/** Content-Security-Policy hashes of the inline import map: the only script that does not come as a file. */
function hashesOfInlineScripts(html: string): string[] {
  return [...html.matchAll(/<script type="importmap">([\s\S]*?)<\/script>/g)].map(([, text = '']) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`)
}
