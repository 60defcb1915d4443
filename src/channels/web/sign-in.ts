import { Hono } from 'hono'
import { z } from 'zod'
import { type Person, roleNames, roles } from '../../approvals/roles.ts'
import { DeskError } from '../../salon/errors.ts'
import { addMinutes, type Clock } from '../../salon/time.ts'
import { appendAudit } from '../../store/audit.ts'
import type { Store } from '../../store/open-store.ts'
import { rememberPerson } from '../../store/people.ts'
import { type PlainPage, plainPage } from './plain-page.ts'
import type { PageDesk } from './page-desk.ts'
import { beginSession, endSession, hashOfToken, madeUpPerson, newToken } from './session.ts'
import { findVisitor, giveCookie, publicDemo, takeCookie } from './visitor.ts'

/** Minutes within which a sign-in link must be used. */
const linkMinutes = 15

export const howToSignIn = 'Ask the desk for a sign-in link: it prints one where it is started ("npm start"), and in Slack "/desk page" gives you yours. A link works once, for 15 minutes.'

/**
 * A link that signs `person` in on the page, once, within 15 minutes; `baseUrl` is where the page is reached.
 * Throws `DeskError('invalid_input')` for a made-up person of the demo, whom no real salon lets in.
 */
export async function makeSignInLink({ store, clock, person, baseUrl }: { store: Store; clock: Clock; person: Person; baseUrl: string }): Promise<string> {
  if (person.id.startsWith(madeUpPerson)) throw new DeskError('invalid_input', { message: 'sign-in link for a made-up person', userMessage: 'People of the demo need no link.' })
  const token = newToken()
  const now = clock.now()
  await store.transaction(async (trx) => {
    await trx.insertInto('page_sessions').values({ token_hash: hashOfToken(store, token), kind: 'link', person_id: person.id, name: person.name, role: person.role, created_at: now, expires_at: addMinutes(now, linkMinutes), used_at: null }).execute()
    await rememberPerson(trx, { person, now })
    await appendAudit(trx, { at: now, actor: person.id, action: 'page.link_made', subject: `person:${person.id}`, detail: { role: person.role } })
  })
  const url = new URL('/sign-in', baseUrl)
  url.searchParams.set('token', token)
  return url.href
}

const Link = z.object({ person_id: z.string(), name: z.string(), role: z.enum(roles) }).transform(({ person_id, name, role }): Person => ({ id: person_id, name, role }))
const Token = z.string().regex(/^[\w-]{43}$/)

/** `GET /sign-in?token=` shows a button and changes nothing, so that a preview of the link cannot spend it; the button's POST does. */
export function signInRoutes(desk: PageDesk): Hono {
  const { store, clock } = desk
  const app = new Hono()
  const html = (page: PlainPage, status: 200 | 403 | 410 = 200) =>
    // Not `no-referrer`, which would take the form's origin away where the browser sends no Sec-Fetch-Site; other sites learn nothing either way.
    new Response(plainPage(page), { status, headers: { 'content-type': 'text/html; charset=utf-8', 'referrer-policy': 'same-origin' } })
  const tooLate = () => html({ title: 'This link does not work any more', paragraphs: ['It was used already, or is older than 15 minutes.', howToSignIn] }, 410)

  app.get('/sign-in', async (c) => {
    if ((await findVisitor(c, desk)).kind === 'public demo') return html({ title: 'Not from here', paragraphs: [publicDemo] }, 403)
    const token = Token.safeParse(c.req.query('token'))
    if (!token.success) return html({ title: 'Sign in', paragraphs: [howToSignIn] })
    const row = await openLinks().where('token_hash', '=', hashOfToken(store, token.data)).executeTakeFirst()
    const person = Link.safeParse(row)
    if (!person.success) return tooLate()
    return html({ title: 'Sign in to the front desk', paragraphs: [`You will be signed in here as ${person.data.name} (${roleNames[person.data.role]}).`], button: { label: 'Sign in', action: '/sign-in', fields: { token: token.data } } })
  })

  app.post('/sign-in', async (c) => {
    if ((await findVisitor(c, desk)).kind === 'public demo') return html({ title: 'Not from here', paragraphs: [publicDemo] }, 403)
    const token = Token.safeParse((await c.req.parseBody()).token)
    if (!token.success) return tooLate()
    const now = clock.now()
    const begun = await store.transaction(async (trx) => {
      const row = await trx.updateTable('page_sessions').set({ used_at: now })
        .where('token_hash', '=', hashOfToken(store, token.data)).where('kind', '=', 'link').where('used_at', 'is', null).where('expires_at', '>', now)
        .returning(['person_id', 'name', 'role']).executeTakeFirst()
      const person = Link.safeParse(row)
      if (!person.success) return undefined
      await appendAudit(trx, { at: now, actor: person.data.id, action: 'page.signed_in', subject: `person:${person.data.id}`, detail: { role: person.data.role } })
      return beginSession(trx, { store, clock, person: person.data })
    })
    if (begun === undefined) return tooLate()
    giveCookie(c, { desk, token: begun.token })
    return c.redirect('/', 303)
  })

  app.post('/sign-out', async (c) => {
    const visitor = await findVisitor(c, desk)
    if (visitor.kind === 'known') await endSession({ store, clock, session: visitor.session })
    takeCookie(c, desk)
    return c.json({})
  })
  return app

  function openLinks() {
    return store.db.selectFrom('page_sessions').select(['person_id', 'name', 'role']).where('kind', '=', 'link').where('used_at', 'is', null).where('expires_at', '>', clock.now())
  }
}
