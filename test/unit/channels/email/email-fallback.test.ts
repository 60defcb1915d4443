import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { unsubscribeToken } from '../../../../src/messages/consent/unsubscribe.ts'
import { wordsForMail } from '../../../../src/messages/words/email-words.ts'
import type { MailAnswer } from '../../../../src/messages/email/email.ts'
import { loadTemplates } from '../../../../src/messages/words/templates.ts'
import { toGsm } from '../../../../src/salon/gsm-text.ts'
import { verifyAudit } from '../../../../src/store/audit.ts'
import { writeSetting } from '../../../../src/store/settings.ts'
import { setPause } from '../../../../src/approvals/rollout.ts'
import { writeConsent } from '../../../../src/messages/consent/consent.ts'
import { type EmailDesk, expireLeases, openEmailDesk, words } from './email-desk.ts'
import { headerOf, readMail } from './fake-mail-server.ts'

let desk: EmailDesk

beforeAll(async () => { desk = await openEmailDesk() })
beforeEach(async () => { await desk.reset() })
afterAll(async () => { await desk.close() })

const out = (phone: string, source: 'keyword' | 'wrong_person') => desk.store.transaction((trx) => writeConsent(trx, { seal: desk.store.seal, phoneHash: desk.store.seal.lookup(phone), purpose: 'all', state: 'out', source, words: 'x', by: 'client:hana', at: desk.clock.now(), subject: 'thread:hana' }))

describe('a text that the phone cannot get', () => {
  test('goes by email: the same words without what only a phone can do, how to call, how to end emails', async () => {
    const id = await desk.failText()
    await desk.deliver()
    const [sent] = desk.server.received
    expect(sent?.to).toEqual(['hana.suzuki@example.com'])
    const mail = await readMail(sent)
    expect(mail.subject).toBe('Your appointment on Friday 27 November at 3:00 pm')
    const token = unsubscribeToken(desk.store.seal, desk.store.seal.lookup('hana.suzuki@example.com'))
    expect(mail.text?.trim()).toBe([
      "Hi Dana, it's Tiny Salon. You're booked for your women's cut with Cruz on Friday 27 November at 3:00 pm.",
      'To confirm or change anything, please call us: +12135550100. Replies to this email are not read.',
      'Tiny Salon, 1 Main Street',
      `You get this by email because a text could not reach you.\nNo more emails from us: https://desk.juniper.example/email/unsubscribe?t=${token}`,
    ].join('\n\n'))
    expect(headerOf(sent, 'List-Unsubscribe')).toEqual([`<https://desk.juniper.example/email/unsubscribe?t=${token}>`])
    // One row beside the text's own, which no person has to see to any more.
    expect(await desk.emails()).toMatchObject([{ key: 'mail:proposal:P-1', channel: 'email', state: 'sent', client_id: 'hana', needs_person: false, segments: 0, phone_hash: desk.store.seal.lookup('hana.suzuki@example.com') }])
    expect(await desk.text(id)).toMatchObject({ state: 'failed', needs_person: false })
    expect((await desk.audit()).map(([action]) => action)).toEqual(['email.queued', 'email.started', 'email.sent'])
    expect(await verifyAudit(desk.store.db)).toMatchObject({ ok: true })
  })

  test('leaves no word and no address in the log or the outbox, and is sealed at rest', async () => {
    await desk.failText()
    await desk.deliver()
    const kept = [await desk.store.db.selectFrom('audit').selectAll().execute(), await desk.store.db.selectFrom('outbox').selectAll().execute(), (await desk.emails())[0]?.body]
    for (const each of kept) expect(JSON.stringify(each)).not.toMatch(/Cruz on|suzuki|5550106/i)
  })

  test.each(['bad_number', 'landline', 'unreachable', 'filtered'] as const)('goes by email when the failure is %s', async (failure) => {
    await desk.failText({ failure })
    await desk.deliver()
    expect(desk.server.received).toHaveLength(1)
  })

  test.each(['opted_out', 'not_set_up', 'unknown'] as const)('does not when it is %s', async (failure) => {
    await desk.failText({ failure })
    expect(await desk.deliver()).toBe(0)
    expect([desk.server.received, await desk.emails()]).toEqual([[], []])
  })

  test('asked for twice, and delivered by two at once, goes once', async () => {
    await desk.failText()
    await desk.failText()
    await Promise.all([desk.deliver(), desk.deliver(), desk.deliver()])
    await desk.deliver()
    expect(desk.server.received).toHaveLength(1)
    expect(await desk.emails()).toHaveLength(1)
  })

  test('speaks Spanish around the words to who does', async () => {
    await desk.setHana({ email: 'hana@example.com', language: 'es-MX' })
    await desk.failText({ body: 'Hola Hana: le escribe Tiny Salon. Su cita es el viernes 27 de noviembre a las 15:00. Responda SÍ para confirmar o STOP para no recibir mensajes.' })
    await desk.deliver()
    const { subject, text } = await readMail(desk.server.received[0])
    expect(subject).toBe('Su cita el viernes 27 de noviembre a las 3:00 pm')
    expect(text).toMatch(/^Hola Hana: le escribe Tiny Salon\. Su cita es el viernes 27 de noviembre a las 15:00\.\n\nPara confirmar/)
    expect(text).not.toMatch(/STOP|SÍ/)
  })
})

describe('no email', () => {
  const barred = async (code: string) => {
    const id = await desk.failText()
    await desk.deliver()
    expect([desk.server.received, await desk.emails()]).toEqual([[], []])
    expect(await desk.audit()).toEqual([['email.not_wanted', code]])
    // A person still has to tell them.
    expect(await desk.text(id)).toMatchObject({ needs_person: true })
  }

  test.each([[undefined], ['not an address'], ['hana@example.com\r\nBcc: thief@evil.example'], ['a@example.com, b@example.com']])('without an address: %j', async (email) => {
    await desk.setHana(email === undefined ? {} : { email })
    await barred('no_address')
  })

  test('to who said STOP, also on a number that is not the one texted', async () => {
    await desk.setHana({ email: 'hana@example.com', phones: ['+12135550106', '+12135550199'] })
    await out('+12135550199', 'keyword')
    await barred('opted_out')
  })

  test('but the words of a stranger at the old number are not the client\'s', async () => {
    await out('+12135550106', 'wrong_person')
    await desk.failText()
    await desk.deliver()
    expect(desk.server.received).toHaveLength(1)
  })

  test.each([{ sms: 'in', email: 'out' }, { sms: 'out', email: 'unknown' }] as const)('against the record: %j', async (consent) => {
    await desk.setHana({ email: 'hana@example.com', consent })
    await barred('no_consent')
  })

  test('from the demo, whose people are made up', async () => {
    await desk.store.db.updateTable('book_business').set({ demo: true }).execute()
    await barred('demo')
  })

  test.each([
    ['the answer to a STOP', { set: { purpose: 'consent' } }, 'not_for_email'],
    ['an offer', { set: { purpose: 'waitlist' } }, 'not_for_email'],
    ['advertising', { set: { purpose: 'marketing' } }, 'not_for_email'],
    ['a question that must be answered soon', { asks: { handler: 'pick_time', subject: 'appointment:c-friday', expiresAt: '2026-11-21T16:00:00.000Z' } }, 'too_soon'],
    ['a visit in an hour', { onlyWhile: { start: '2026-11-21T16:30:00.000Z', live: true } }, 'too_soon'],
    ['yesterday\'s text', { set: { at: '2026-11-20T15:00:00.000Z' } }, 'too_late'],
    ['nothing but a request for a reply', { body: 'Reply YES to confirm or STOP to opt out.' }, 'no_words'],
  ] as const)('instead of %s', async (_what, text, code) => {
    await desk.failText(text)
    await desk.deliver()
    expect([desk.server.received, await desk.audit()]).toEqual([[], [['email.not_wanted', code]]])
  })

  test('instead of an answer to the client\'s own text', async () => {
    const asked = await desk.failText({ key: 'in:1', failure: 'unknown' })
    await desk.failText({ key: 'answer:1', set: { answers: asked } })
    await desk.deliver()
    expect(await desk.audit()).toEqual([['email.not_wanted', 'not_for_email']])
  })

  test('F37: with words that are not those that were approved', async () => {
    const id = await desk.failText()
    await desk.store.db.updateTable('texts').set({ body: desk.store.seal.seal('See http://evil') }).where('id', '=', id).execute()
    await desk.deliver()
    expect(desk.server.received).toEqual([])

    await desk.failText({ key: 'another' })
    await desk.deliver()
    await desk.store.db.updateTable('outbox').set({ state: 'PENDING' }).where('key', '=', 'email:mail:another').execute()
    await desk.store.db.updateTable('texts').set({ body: desk.store.seal.seal('See http://evil'), state: 'queued' }).where('channel', '=', 'email').execute()
    await desk.deliver()
    expect(desk.server.received).toHaveLength(1)
    expect(await desk.emails()).toMatchObject([{ state: 'failed', error_code: 'corrupt', needs_person: true }])
  })
})

describe('between the failed text and the email', () => {
  const held = async (): Promise<void> => {
    desk.server.faults.push({ at: 'to', reply: '450 4.2.0 greylisted' })
    await desk.failText()
    await desk.deliver()
    expect(await desk.emails()).toMatchObject([{ state: 'queued', attempted_at: null }])
    desk.clock.advance(5)
  }

  test('after they unsubscribe nothing goes any more, not now and not for the next text', async () => {
    await held()
    expect(await desk.unsubscribes.take(unsubscribeToken(desk.store.seal, desk.store.seal.lookup('hana.suzuki@example.com')))).toEqual({ salon: 'Tiny Salon' })
    await desk.deliver()
    await desk.failText({ key: 'next' })
    await desk.deliver()
    expect(desk.server.received).toEqual([])
    expect(await desk.emails()).toMatchObject([{ state: 'suppressed', error_code: 'unsubscribed' }])
    expect((await desk.audit()).at(-1)).toEqual(['email.not_wanted', 'unsubscribed'])
  })

  test('F36: a visit that moved, or was cancelled, is not told of at its old time', async () => {
    await held()
    await desk.store.db.updateTable('book_appointments').set({ status: 'cancelled' }).where('id', '=', 'c-friday').execute()
    await desk.deliver()
    expect(desk.server.received).toEqual([])
    expect(await desk.emails()).toMatchObject([{ state: 'suppressed', error_code: 'outdated' }])
  })

  test('F19: a STOP by phone wins', async () => {
    await held()
    await out('+12135550106', 'keyword')
    await desk.deliver()
    expect(desk.server.received).toEqual([])
    expect(await desk.emails()).toMatchObject([{ state: 'suppressed', error_code: 'opted_out' }])
  })

  test('F56: a paused desk waits, however long, and sends it once', async () => {
    await desk.failText()
    await setPause({ store: desk.store, paused: true, by: { id: 'olga', name: 'Olga', role: 'owner' }, now: desk.clock.now() })
    for (let minute = 0; minute < 15; minute++) {
      await desk.deliver()
      desk.clock.advance(1)
    }
    expect([desk.server.received, await desk.emails()]).toMatchObject([[], [{ state: 'queued' }]])
    await setPause({ store: desk.store, paused: false, by: { id: 'olga', name: 'Olga', role: 'owner' }, now: desk.clock.now() })
    desk.clock.advance(1)
    await desk.deliver()
    expect(desk.server.received).toHaveLength(1)
  })

  test('the caps that hold for texts hold for emails: the fourth of a day waits for a person\'s decision', async () => {
    await desk.store.transaction((trx) => writeSetting(trx, { name: 'texts', scope: 'main', value: { perDay: 2, holdMinutes: 0 }, by: 'olga', now: desk.clock.now() }))
    for (const key of ['a', 'b', 'c']) await desk.failText({ key, set: { automatic: true } })
    await desk.deliver()
    expect(desk.server.received).toHaveLength(2)
    expect((await desk.emails()).map(({ state, error_code: code }) => [state, code])).toEqual([['sent', null], ['sent', null], ['suppressed', 'over_cap']])
  })

  test('a client whose texts somebody took over gets no automatic email', async () => {
    await desk.store.db.insertInto('threads').values({ client_id: 'hana', phone: null, phone_hash: null, taken_by: 'maya', taken_at: desk.clock.now() }).execute()
    await desk.failText({ set: { automatic: true } })
    await desk.deliver()
    expect([desk.server.received, await desk.emails()]).toMatchObject([[], [{ state: 'suppressed', error_code: 'taken_over' }]])
  })

  test('a booking system that is away delays it', async () => {
    await desk.failText()
    desk.platform.failNext('client', { do: 'refuse', kind: 'unavailable' })
    await desk.deliver()
    expect(desk.server.received).toEqual([])
    desk.clock.advance(1)
    await desk.deliver()
    expect(desk.server.received).toHaveLength(1)
  })
})

describe('when the mail server fails', () => {
  test('busy or not there: again, with longer pauses, for some hours; then a person', async () => {
    await desk.failText()
    let tries = 0
    desk.use({ ...desk.transport, send: async (): Promise<MailAnswer> => { tries++; return { state: 'later', code: 'busy', retryAfterMs: 300_000 } } })
    for (let minute = 0; minute < 12 * 60; minute += 30) {
      await desk.deliver()
      desk.clock.advance(30)
    }
    expect(tries).toBe(12)
    expect(await desk.emails()).toMatchObject([{ state: 'failed', error_code: 'busy', needs_person: true }])
  })

  test('for good: it is not tried again, and a person hears why', async () => {
    desk.server.faults.push({ at: 'to', reply: '550 5.1.1 no such user' })
    const id = await desk.failText()
    const before = desk.server.connections()
    await desk.deliver()
    desk.clock.advance(60)
    await desk.deliver()
    expect(desk.server.connections() - before).toBe(1)
    expect(await desk.emails()).toMatchObject([{ state: 'failed', error_code: 'bad_address', needs_person: true }])
    expect(await desk.text(id)).toMatchObject({ needs_person: true })
  })

  test('F31: the line goes dead after the words: unknown, for a person, and never again', async () => {
    desk.server.faults.push({ lost: 'kept' })
    await desk.failText()
    const before = desk.server.connections()
    await desk.deliver()
    desk.clock.advance(600)
    await desk.deliver()
    expect([desk.server.connections() - before, desk.server.received.length]).toEqual([1, 1])
    expect(await desk.emails()).toMatchObject([{ state: 'unknown', error_code: 'no_answer', needs_person: true }])
  })

  test('F29: a desk that dies with the email on its way never sends it twice', async () => {
    await desk.failText()
    let reached: (() => void) | undefined
    const begun = new Promise<void>((resolve) => { reached = resolve })
    let sends = 0
    desk.use({ ...desk.transport, send: () => { sends++; reached?.(); return new Promise(() => {}) } })
    void desk.deliver()
    await begun
    await expireLeases(desk)
    await desk.deliver()
    expect(sends).toBe(1)
    expect(await desk.emails()).toMatchObject([{ state: 'unknown', error_code: 'no_answer', needs_person: true }])
  })

  test('F29: one that dies before it began leaves it to the next, which sends it', async () => {
    await desk.failText()
    await desk.deliver().then(() => desk.server.received.splice(0))
    await desk.store.db.updateTable('texts').set({ state: 'queued', attempted_at: null }).where('channel', '=', 'email').execute()
    await desk.store.db.updateTable('outbox').set({ state: 'CLAIMED' }).where('kind', '=', 'email').execute()
    await expireLeases(desk)
    await desk.deliver()
    expect(desk.server.received).toHaveLength(1)
    expect(await desk.emails()).toMatchObject([{ state: 'sent' }])
  })
})

test('every text that is shipped keeps when and what, and loses what only a phone can do', async () => {
  const shipped = (await loadTemplates()).list().filter(({ template }) => !['help', 'opted-in', 'opted-out'].includes(template))
  expect(shipped.length).toBeGreaterThan(5)
  for (const { template, language, body, inputs } of shipped) {
    // As it goes out: in the plain SMS alphabet, which has curly brackets.
    const kept = wordsForMail(toGsm(body.replaceAll(/{{(prep\w*)}}/g, ' {{$1}}.')))
    const lost = inputs.filter((input) => ['when', 'visits', 'services', 'staff', 'prep'].includes(input) && !kept.includes(`{{${input}}}`))
    expect({ template, language, kept, lost }).toMatchObject({ kept: expect.not.stringMatching(/STOP|YES|SI|OUI|Reply|Respond|Répond|[Tt]ext us|[Ee]scribanos|[Eé]crivez-nous/), lost: [] })
  }

  expect(wordsForMail(words)).toBe("Hi Dana, it's Tiny Salon. You're booked for your women's cut with Cruz on Friday 27 November at 3:00 pm.")
  expect(wordsForMail('Le esperamos. Escribanos si algo cambia. La recepción le responderá; we will reply soon.')).toBe('Le esperamos. La recepción le responderá; we will reply soon.')
  expect(wordsForMail('Please call. Text us back!\nYes, we are open; no need to bring anything.')).toBe('Please call.\nYes, we are open; no need to bring anything.')
})
