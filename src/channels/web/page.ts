import { join } from 'node:path'
import { type Context, Hono } from 'hono'
import { DeskError } from '../../salon/errors.ts'
import { contentPolicy } from './guard.ts'
import type { PageDesk } from './page-desk.ts'
import { plainCss, plainPage, type PlainPage } from './plain-page.ts'
import { openFiles, send } from './serve-files.ts'
import { howToSignIn } from './sign-in.ts'
import { findVisitor, letIn, publicDemo } from './visitor.ts'

/** `/`, for people who are known (or the demo), and the files it is made of, which hold nothing of the salon's. */
export function pageRoutes({ desk, onError }: { desk: PageDesk; onError: (error: unknown) => void }): Hono {
  const app = new Hono()
  const files = openFiles({ dir: join(import.meta.dirname, 'page') })

  app.get('/', async (c) => {
    const visitor = await findVisitor(c, desk).catch((error: unknown) => {
      onError(error)
      return undefined
    })
    const cameFromElsewhere = c.req.header('sec-fetch-site') === 'cross-site'
    if (visitor === undefined) return plain(c, { title: 'Not reachable right now', paragraphs: ['The desk does not reach its database or the booking system. This page tries again by itself.'], refresh: { seconds: 5, to: '/' } }, 503)
    if (visitor.kind === 'no book') return plain(c, { title: 'One moment', paragraphs: ['The book is still being loaded. This page looks again by itself.'], refresh: { seconds: 2, to: '/' } }, 503)
    if (visitor.kind === 'public demo') return plain(c, { title: 'The demo stays on its own machine', paragraphs: [publicDemo] }, 403)
    if (visitor.kind === 'nobody') {
      // Browsers leave the cookie out when a link elsewhere was followed; asked again from here they send it.
      if (cameFromElsewhere) return plain(c, { title: 'One moment', paragraphs: ['Opening the front desk …'], refresh: { seconds: 0, to: '/' } }, 200)
      if (!visitor.demo) return plain(c, { title: `${visitor.catalog.business.name}: please sign in`, paragraphs: [howToSignIn] }, 401)
      await letIn(c, { desk, catalog: visitor.catalog })
    }
    const index = await files.index()
    if (index === undefined) throw new DeskError('not_found', { message: 'page files missing', userMessage: 'The page\'s files are not there.' })
    return send(c, index, { 'content-security-policy': contentPolicy(index.scripts) })
  })

  app.get('/page/:name{.+}', async (c) => {
    const served = await files.file(c.req.param('name'))
    return served === undefined ? c.notFound() : send(c, served)
  })
  for (const path of ['/salon/:file', '/cards/:file', '/speech/:file']) {
    app.get(path, async (c) => {
      const served = await files.shared(c.req.path)
      return served === undefined ? c.notFound() : send(c, served)
    })
  }
  app.get('/plain.css', (c) => c.body(plainCss, 200, { 'content-type': 'text/css; charset=utf-8', 'cache-control': 'no-cache' }))
  return app
}

function plain(c: Context, page: PlainPage, status: 200 | 401 | 403 | 503): Response {
  return c.html(plainPage(page), status)
}
