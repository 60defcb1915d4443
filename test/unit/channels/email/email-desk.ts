import { sql } from 'kysely'
import { emailTransport } from '../../../../src/channels/email/email-transport.ts'
import type { ClientText } from '../../../../src/approvals/action.ts'
import { fallbackEffect, fallbackHandler, wantEmail } from '../../../../src/messages/email/email-fallback.ts'
import type { MailTransport } from '../../../../src/messages/email/email.ts'
import { loadEmailWords } from '../../../../src/messages/words/email-words.ts'
import type { Failure } from '../../../../src/messages/messages.ts'
import { emailEffect } from '../../../../src/messages/email/queue-email.ts'
import { queueText } from '../../../../src/messages/sending/queue-text.ts'
import { emailHandler } from '../../../../src/messages/email/send-email.ts'
import { openUnsubscribes, type Unsubscribes } from '../../../../src/messages/consent/unsubscribe.ts'
import type { Language } from '../../../../src/salon/say-value.ts'
import type { Client } from '../../../../src/salon/salon.ts'
import type { Store } from '../../../../src/store/open-store.ts'
import { drainOutbox, type EffectHandler } from '../../../../src/store/outbox.ts'
import type { TextsTables } from '../../../../src/store/tables/texts.ts'
import type { Selectable } from 'kysely'
import { type FaultyPlatform, faultyPlatform } from '../../../support/faulty-platform.ts'
import { createTinyDesk, type TestClock, tinyNow } from '../../../support/tiny-book.ts'
import { type FakeMailServer, openFakeMailServer } from './fake-mail-server.ts'

const publicUrl = 'https://desk.juniper.example'

type TextRow = Selectable<TextsTables['texts']>

export type EmailDesk = {
  store: Store
  clock: TestClock
  platform: FaultyPlatform
  server: FakeMailServer
  /** The mail transport of the desk, to be put another in its place. */
  use(transport: MailTransport): void
  transport: MailTransport
  unsubscribes: Unsubscribes
  /** As it was opened: no text, no consent, no fault, and Hana at her usual address. */
  reset(): Promise<void>
  /** Alters Hana's record. */
  setHana(record: Partial<Pick<Client, 'phones' | 'email' | 'consent' | 'language'>>): Promise<void>
  /** A text that could not arrive, as the sending side settles one; answers its id. */
  failText(text?: FailedText): Promise<number>
  deliver(): Promise<number>
  emails(): Promise<TextRow[]>
  text(id: number): Promise<TextRow>
  /** What the log says of emails since the reset: action and code. */
  audit(): Promise<(string | undefined)[][]>
  close(): Promise<void>
}

type FailedText = { key?: string; clientId?: string; body?: string; failure?: Failure } & Partial<Pick<ClientText, 'asks' | 'onlyWhile' | 'appointmentId' | 'template'>> & { set?: Partial<Pick<TextRow, 'purpose' | 'answers' | 'automatic' | 'at' | 'proposal_id'>> }

export const words = "Hi Dana, it's Tiny Salon. You're booked for your women's cut with Cruz on Friday 27 November at 3:00 pm. Reply YES to confirm or STOP to opt out."

/** The tiny salon with a mail server, and texts that fail. Hana's visit on Friday 27 November is what they are about. */
export async function openEmailDesk(): Promise<EmailDesk> {
  const server = await openFakeMailServer()
  const { store, clock, platform: real } = await createTinyDesk()
  const platform = faultyPlatform(real)
  const first = emailTransport({ settings: server.settings, publicUrl, seal: store.seal })
  const emailWords = await loadEmailWords()
  const templates = { languageFor: (_template: string, wanted: (Language | undefined)[]) => wanted.find((language) => language !== undefined) ?? 'en' }
  let transport = first
  let since = 0
  const setHana: EmailDesk['setHana'] = async ({ phones = ['+12135550106'], email, consent = { sms: 'in', email: 'unknown' }, language = 'en' }) => {
    await store.db.updateTable('book_clients').set({ contact_sealed: store.seal.seal(JSON.stringify({ phones, email })), consent: JSON.stringify(consent), language }).where('id', '=', 'hana').execute()
  }
  const handlers = new Map<string, EffectHandler>([
    [fallbackEffect, fallbackHandler({ store, clock, platform })],
    [emailEffect, emailHandler({ store, clock, platform, words: emailWords, templates, transport: { ...first, send: (mail) => transport.send(mail) } })],
  ])
  return {
    store, clock, platform, server, transport: first,
    use: (next) => { transport = next },
    unsubscribes: openUnsubscribes({ store, clock, platform }),
    setHana,
    async reset() {
      await sql`truncate texts, outbox, consents, threads, settings, pending_questions cascade`.execute(store.db)
      await store.db.updateTable('book_business').set({ demo: false }).execute()
      await store.db.updateTable('book_appointments').set({ status: 'booked' }).where('id', '=', 'c-friday').execute()
      await setHana({ email: 'Hana.Suzuki@Example.com' })
      since = (await store.db.selectFrom('audit_head').select('seq').executeTakeFirstOrThrow()).seq
      clock.set(tinyNow)
      server.received.splice(0)
      server.faults.splice(0)
      transport = first
    },
    async failText({ key = 'proposal:P-1', clientId = 'hana', body = words, failure = 'landline', template = 'booked', appointmentId = 'c-friday', onlyWhile = { start: '2026-11-27T23:00:00.000Z', live: true }, asks, set } = {}) {
      return store.transaction(async (trx) => {
        const now = clock.now()
        await queueText(trx, { seal: store.seal, now, queued: { key, text: { clientId, locationId: 'main', body, template, appointmentId, onlyWhile, ...(asks === undefined ? {} : { asks }) } } })
        const { id } = await trx.updateTable('texts').set({ state: 'failed', error_code: '21614', needs_person: true, ...set }).where('key', '=', key).returning('id').executeTakeFirstOrThrow()
        await trx.updateTable('outbox').set({ state: 'FAILED' }).where('key', '=', `text:${key}`).execute()
        await wantEmail(trx, { textId: id, key, failure, now })
        return id
      })
    },
    deliver: () => drainOutbox({ store, clock, handlers }),
    emails: () => store.db.selectFrom('texts').selectAll().where('channel', '=', 'email').orderBy('id').execute(),
    text: (id) => store.db.selectFrom('texts').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
    async audit() {
      const rows = await store.db.selectFrom('audit').select(['action', 'detail']).where('action', 'like', 'email.%').where('seq', '>', since).orderBy('seq').execute()
      return rows.map(({ action, detail }) => [action, (detail as { code?: string }).code])
    },
    async close() {
      await server.close()
      await store.close()
    },
  }
}

/** Whoever holds an effect has died: its lease runs out. */
export async function expireLeases({ store }: Pick<EmailDesk, 'store'>): Promise<void> {
  await sql`update outbox set leased_until = clock_timestamp() - interval '1 second' where state = 'CLAIMED'`.execute(store.db)
}
