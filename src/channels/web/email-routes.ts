import { Hono } from 'hono'
import type { Unsubscribes } from '../../messages/consent/unsubscribe.ts'
import { type Reach, secureHeaders } from './guard.ts'
import { openLimits } from './limits.ts'
import { type PlainPage, plainPage } from './plain-page.ts'
import { limitBody } from './read-input.ts'
import { refuse } from './refuse.ts'

/** More than anybody presses one link within a minute. */
const perMinute = 30

const notOurs = { title: 'This link does not work', paragraphs: ['It is not a link of ours, or a part of it got lost on the way. Please open it from the email again, or call the salon: they can end emails for you.'] }

/**
 * `/email/unsubscribe?t=TOKEN`: the link in every email. Programs that check links fetch it, so GET only shows a button;
 * POST ends the emails at once, without cookie, question or redirect (RFC 8058), from a mail program and by the button.
 */
export function emailRoutes({ email, reach }: { email: Unsubscribes | undefined; reach: Reach }): Hono {
  const app = new Hono()
  const limits = openLimits({ perMinute })
  const html = (page: PlainPage, status: 200 | 400 | 404 = 200) => new Response(plainPage(page), { status, headers: { 'content-type': 'text/html; charset=utf-8' } })
  const ask = ({ salon, token }: { salon: string; token: string }): PlainPage => ({
    title: `No more emails from ${salon}?`,
    paragraphs: ['You will get no more emails about your appointments. Your appointments stay as they are.'],
    button: { label: 'Unsubscribe', action: `/email/unsubscribe?t=${encodeURIComponent(token)}`, fields: { 'List-Unsubscribe': 'One-Click' } },
  })

  app.use('/email/unsubscribe', secureHeaders(reach), limitBody(4))
  app.get('/email/unsubscribe', async (c) => {
    const token = c.req.query('t') ?? ''
    const found = await email?.look(token)
    return found === undefined ? html(notOurs, 404) : html(ask({ ...found, token }))
  })
  app.post('/email/unsubscribe', async (c) => {
    const token = c.req.query('t') ?? ''
    const found = await email?.look(token)
    if (found === undefined) return html(notOurs, 404)
    if (!limits.take(token)) return refuse(c, { status: 429, code: 'unavailable', message: 'That was pressed very often. Please wait a minute.', headers: { 'retry-after': '60' } })
    const body = await c.req.parseBody().catch(() => ({}))
    if (!('List-Unsubscribe' in body) || body['List-Unsubscribe'] !== 'One-Click') return html(ask({ ...found, token }), 400)
    await email?.take(token)
    return html({ title: 'You are unsubscribed', paragraphs: [`You will get no more emails from ${found.salon}. Your appointments stay as they are; call the salon to change one, or to get emails again.`] })
  })
  return app
}
