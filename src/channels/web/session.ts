import { createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { type Person, roles } from '../../approvals/roles.ts'
import { addMinutes, type Clock, type Instant, minutesBetween } from '../../salon/time.ts'
import { appendAudit } from '../../store/audit.ts'
import type { Store, Trx } from '../../store/open-store.ts'
import { rememberPerson } from '../../store/people.ts'

/** A browser that is signed in. */
export type Session = {
  /** Names it within the store and in request ids; opens nothing. */
  id: string
  person: Person
  /** What a conversation of this person in this browser is called, up to the page's own part. */
  conversationPrefix: string
}

/** What ids of people of the demo begin with: they said themselves who they are, and a real salon never takes their word. */
export const madeUpPerson = 'demo:'

/** Minutes a session lasts after it was last used, and in all: 12 hours, 7 days. */
export const sessionMinutes = 12 * 60
const longestMinutes = 7 * 24 * 60
/** A session's end is moved at most this often, so that reading the page does not write. */
const slideMinutes = 30

const aToken = /^[\w-]{43}$/

/** A new secret for a link or a browser: 256 random bits. Only its hash is kept. */
export function newToken(): string {
  return randomBytes(32).toString('base64url')
}

/** Keyed, so that nobody who can only write to the database can make a session. */
export function hashOfToken(store: Store, token: string): string {
  return store.seal.lookup(`page:${token}`)
}

/** Opens a session within the caller's transaction; answers the secret for the browser's cookie. */
export async function beginSession(trx: Trx, { store, clock, person }: { store: Store; clock: Clock; person: Person }): Promise<{ token: string; session: Session }> {
  const now = clock.now()
  const token = newToken()
  const hash = hashOfToken(store, token)
  await trx.deleteFrom('page_sessions').where('expires_at', '<', addMinutes(now, -24 * 60)).execute()
  await trx.insertInto('page_sessions').values({ token_hash: hash, kind: 'session', person_id: person.id, name: person.name, role: person.role, created_at: now, expires_at: addMinutes(now, sessionMinutes), used_at: null }).execute()
  await rememberPerson(trx, { person, now })
  return { token, session: toSession(hash, person) }
}

/** The session of a browser's cookie; undefined when there is none or it is over. `movesTo`: where its end belongs once it is used. */
export async function findSession({ store, clock, token }: { store: Store; clock: Clock; token: string | undefined }): Promise<{ session: Session; movesTo?: Instant } | undefined> {
  if (token === undefined || !aToken.test(token)) return undefined
  const now = clock.now()
  const hash = hashOfToken(store, token)
  const row = await store.db.selectFrom('page_sessions').selectAll().where('token_hash', '=', hash).where('kind', '=', 'session').where('expires_at', '>', now).executeTakeFirst()
  const role = z.enum(roles).safeParse(row?.role)
  if (row === undefined || !role.success) return undefined
  const [wanted, latest] = [addMinutes(now, sessionMinutes), addMinutes(row.created_at, longestMinutes)]
  const movesTo = wanted < latest ? wanted : latest
  const session = toSession(hash, { id: row.person_id, name: row.name, role: role.data })
  return minutesBetween(row.expires_at, movesTo) < slideMinutes ? { session } : { session, movesTo }
}

/** It was used: its end moves on. */
export async function moveEnd({ store, session, to }: { store: Store; session: Session; to: Instant }): Promise<void> {
  await store.db.updateTable('page_sessions').set({ expires_at: to }).where('token_hash', '=', session.id).execute()
}

/** Makes the browser's person another one. */
export async function becomePerson({ store, clock, token, person }: { store: Store; clock: Clock; token: string; person: Person }): Promise<Session> {
  const hash = hashOfToken(store, token)
  const now = clock.now()
  await store.transaction(async (trx) => {
    await trx.updateTable('page_sessions').set({ person_id: person.id, name: person.name, role: person.role }).where('token_hash', '=', hash).execute()
    await rememberPerson(trx, { person, now })
    await appendAudit(trx, { at: now, actor: person.id, action: 'page.person_switched', subject: `person:${person.id}`, detail: { role: person.role } })
  })
  return toSession(hash, person)
}

export async function endSession({ store, clock, session }: { store: Store; clock: Clock; session: Session }): Promise<void> {
  await store.transaction(async (trx) => {
    await trx.deleteFrom('page_sessions').where('token_hash', '=', session.id).execute()
    await appendAudit(trx, { at: clock.now(), actor: session.person.id, action: 'page.signed_out', subject: `person:${session.person.id}` })
  })
}

function toSession(hash: string, person: Person): Session {
  const own = createHash('sha256').update(`${hash} ${person.id}`).digest('hex').slice(0, 16)
  return { id: hash, person, conversationPrefix: `page:${own}:` }
}
