import type { Context, MiddlewareHandler } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { type Person, type Role } from '../../approvals/roles.ts'
import { unwrap } from '../../platforms/unwrap.ts'
import { DeskError } from '../../salon/errors.ts'
import type { Catalog } from '../../salon/salon.ts'
import { hostNameOf, isLoopback, isSecure } from './guard.ts'
import type { PageDesk } from './page-desk.ts'
import { refuse } from './refuse.ts'
import { beginSession, endSession, findSession, madeUpPerson, moveEnd, type Session, sessionMinutes } from './session.ts'

/** What every signed-in request knows. */
export type PageEnv = { Variables: { session: Session; token: string; catalog: Catalog } }

/** Who asks, and whether they may see anything. */
export type Visitor =
  | { kind: 'known'; session: Session; token: string; catalog: Catalog }
  | { kind: 'nobody'; demo: boolean; catalog: Catalog }
  /** The demo asks nobody who they are, so it must not be reachable from elsewhere. */
  | { kind: 'public demo' }
  | { kind: 'no book' }

export const publicDemo = 'The demo salon lets everybody in without signing in, so it is shown on this machine only. Start the desk without HOST and open it at http://localhost, or bring your own salon in ("desk import"): then this page asks people to sign in.'

/** Reads the cookie and the book. Throws `DeskError` when the booking system or the store does not answer. */
export async function findVisitor(c: Context, desk: PageDesk): Promise<Visitor> {
  const outcome = await desk.platform.catalog()
  if (!outcome.ok && outcome.error.kind === 'not_found') return { kind: 'no book' }
  const catalog = unwrap(outcome)
  const { demo } = catalog.business
  if (demo && !(isLoopback(desk.host) && isLoopback(hostNameOf(c)))) return { kind: 'public demo' }
  const token = getCookie(c, cookieName(c))
  const found = await findSession({ store: desk.store, clock: desk.clock, token })
  if (token === undefined || found === undefined || !mayStay({ session: found.session, demo })) return { kind: 'nobody', demo, catalog }
  const { session, movesTo } = found
  if (movesTo !== undefined) {
    await moveEnd({ store: desk.store, session, to: movesTo })
    giveCookie(c, { desk, token })
  }
  return { kind: 'known', session, token, catalog }
}

/** Whether a page that was left open may go on hearing what changes; asking is no use of the session. */
export async function isStillKnown({ desk, token }: { desk: PageDesk; token: string }): Promise<boolean> {
  const [outcome, found] = await Promise.all([desk.platform.catalog(), findSession({ store: desk.store, clock: desk.clock, token })])
  return found !== undefined && mayStay({ session: found.session, demo: outcome.ok && outcome.value.business.demo })
}

function mayStay({ session, demo }: { session: Session; demo: boolean }): boolean {
  return demo || !session.person.id.startsWith(madeUpPerson)
}

/** In the demo everybody is let in, as somebody of the front desk. */
export async function letIn(c: Context, { desk, catalog }: { desk: PageDesk; catalog: Catalog }): Promise<Extract<Visitor, { kind: 'known' }>> {
  const person: Person = { id: `${madeUpPerson}Robin`, name: 'Robin', role: 'front_desk' }
  const { token, session } = await desk.store.transaction((trx) => beginSession(trx, { store: desk.store, clock: desk.clock, person }))
  giveCookie(c, { desk, token })
  return { kind: 'known', session, token, catalog }
}

/** Lets a request of the page's API on when its visitor is known; `begins`: in the demo also who comes for the first time. */
export function knownOnly(desk: PageDesk, { begins = false }: { begins?: boolean } = {}): MiddlewareHandler<PageEnv> {
  return async (c, next) => {
    let visitor = await findVisitor(c, desk)
    if (visitor.kind === 'nobody' && visitor.demo && begins) visitor = await letIn(c, { desk, catalog: visitor.catalog })
    if (visitor.kind === 'public demo') return refuse(c, { status: 403, code: 'not_allowed', message: publicDemo })
    if (visitor.kind === 'no book') throw new DeskError('unavailable', { message: 'no book yet', userMessage: 'The book is still being loaded. Try again in a moment.' })
    if (visitor.kind === 'nobody') return refuse(c, { status: 401, code: 'unauthorized', message: visitor.demo ? 'Load the page again.' : 'You are not signed in (any more). Load the page again, it says how.' })
    c.set('session', visitor.session)
    c.set('token', visitor.token)
    c.set('catalog', visitor.catalog)
    return next()
  }
}

/**
 * The session's person with the role of this moment: somebody from Slack is asked about again, others keep what they signed
 * in with. Throws `DeskError('not_allowed')`, and signs out, when there is no role any more.
 */
export async function personNow({ desk, session }: { desk: PageDesk; session: Session }): Promise<Person> {
  const { person } = session
  if (!person.id.startsWith('slack:')) return person
  const role: Role | undefined = await desk.roleNow?.(person.id)
  if (role !== undefined) return { ...person, role }
  await endSession({ store: desk.store, clock: desk.clock, session })
  throw new DeskError('not_allowed', { message: 'no role any more', userMessage: 'You have no role at the desk any more. Ask a manager to add you to the group of the front desk in Slack.' })
}

export function giveCookie(c: Context, { desk, token }: { desk: PageDesk; token: string }): void {
  setCookie(c, cookieName(c), token, { path: '/', httpOnly: true, sameSite: 'Strict', secure: isSecure(c, desk), maxAge: sessionMinutes * 60 })
}

export function takeCookie(c: Context, desk: PageDesk): void {
  setCookie(c, cookieName(c), '', { path: '/', httpOnly: true, sameSite: 'Strict', secure: isSecure(c, desk), maxAge: 0 })
}

/** Cookies know no ports: two desks on one machine would sign each other's people out. */
function cookieName(c: Context): string {
  const port = /:(\d{1,5})$/.exec(c.req.header('host') ?? '')?.[1]
  return port === undefined ? 'desk_session' : `desk_session_${port}`
}
