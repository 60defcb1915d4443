import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { sayProposal } from '../../../src/channels/cards/render-text.ts'
import { wantEmail } from '../../../src/messages/email/email-fallback.ts'
import type { MailAnswer, MailTransport, OutgoingMail } from '../../../src/messages/email/email.ts'
import type { Failure } from '../../../src/messages/messages.ts'
import { queueText } from '../../../src/messages/sending/queue-text.ts'
import { openUnsubscribes, unsubscribeToken } from '../../../src/messages/consent/unsubscribe.ts'
import { verifyAudit } from '../../../src/store/audit.ts'
import { expireLeases } from '../../support/approvals-desk.ts'
import { tinyZone } from '../../support/tiny-book.ts'
import { approve, type MessagesDesk, moveAndTell, openMessagesDesk, proposeMove } from './messages-desk.ts'

const address = 'dana.kim@example.com'
const words = "Hi Dana, it's Tiny Salon. We've moved your women's cut with Bea to Tuesday 24 November at 11:00 am."

let desk: MessagesDesk
let sent: OutgoingMail[]
let answers: ((mail: OutgoingMail) => Promise<MailAnswer>)[]
const emails: MailTransport = {
  name: 'fake mail', readsReplies: false, unsubscribeUrl: (token) => `https://desk.example/email/unsubscribe?t=${token}`,
  async send(mail) {
    sent.push(mail)
    return (answers.shift() ?? (async () => ({ state: 'sent' as const })))(mail)
  },
}

const setDana = (contact: { phones: string[]; email?: string }) => desk.store.db.updateTable('book_clients').set({ contact_sealed: desk.store.seal.seal(JSON.stringify(contact)) }).where('id', '=', 'dana-k').execute()
const rows = () => desk.store.db.selectFrom('texts').selectAll().orderBy('id').execute()
const lost = (failure: Failure) => desk.phones.next.push(async () => ({ state: 'failed', code: '21614', failure }))

describe('a text that cannot arrive', () => {
  beforeEach(async () => {
    sent = []
    answers = []
    desk = await openMessagesDesk({ emails })
    await setDana({ phones: ['+12135550102'], email: address })
    return () => desk.store.close()
  })

  test('goes by email with the delivery that found it out, and the thread and the card say so', async () => {
    lost('landline')
    const done = await moveAndTell(desk)
    expect(sent).toMatchObject([{ key: `mail:proposal:${done.id}`, to: address, subject: 'Your appointment on Tuesday 24 November at 11:00 am', body: expect.stringContaining(words) }])
    expect((await desk.messages.thread('dana-k')).texts).toMatchObject([
      { channel: 'sms', state: 'failed', needsPerson: false },
      { channel: 'email', state: 'sent', body: words, needsPerson: false },
    ])
    expect(await desk.messages.waiting()).toEqual([])
    expect(await desk.messages.deliver()).toBe(0)
    // It asked nothing: a YES that comes by phone later is for a person.
    expect(await desk.store.db.selectFrom('pending_questions').selectAll().execute()).toEqual([])
  })

  test('F32: undelivered by the service\'s report goes by email, once, however often that is reported', async () => {
    desk.phones.next.push(async () => ({ state: 'sent', id: 'SM1' }))
    await moveAndTell(desk)
    expect(sent).toEqual([])
    for (const status of ['sent', 'undelivered', 'undelivered', 'sent'] as const) await desk.messages.reported({ providerId: 'SM1', status, code: '30005', failure: 'bad_number' })
    await desk.messages.deliver()
    await desk.messages.deliver()
    expect(sent).toHaveLength(1)
  })

  test('that a phone got after all is not sent again by email', async () => {
    desk.phones.next.push(async () => ({ state: 'sent', id: 'SM1' }))
    await moveAndTell(desk)
    await desk.messages.reported({ providerId: 'SM1', status: 'undelivered', code: '30003', failure: 'unreachable' })
    await desk.messages.reported({ providerId: 'SM1', status: 'delivered' })
    await desk.messages.deliver()
    expect(sent).toEqual([])
  })

  test('of somebody who said STOP to the phone company stays unsent', async () => {
    lost('opted_out')
    await moveAndTell(desk)
    expect(sent).toEqual([])
    expect(await rows()).toMatchObject([{ channel: 'sms', state: 'failed', needs_person: true }])
  })

  test('the answer to a client\'s own text stays a text', async () => {
    await moveAndTell(desk)
    lost('unreachable')
    await desk.messages.receive({ clientId: 'dana-k', body: 'HELP', externalId: 'r1' })
    await desk.messages.deliver()
    expect(sent).toEqual([])
  })
})

describe('a client without a phone number', () => {
  beforeEach(async () => {
    sent = []
    answers = []
    desk = await openMessagesDesk({ emails })
    await setDana({ phones: [], email: address })
    return () => desk.store.close()
  })

  test('is written to by email, as the card says before it is approved, in exactly those words', async () => {
    const proposal = await proposeMove(desk)
    expect(proposal.facts.message).toMatchObject({ kind: 'text', channel: 'email', body: words, segments: 0 })
    expect(proposal.facts.message).not.toHaveProperty('asks')
    expect(sayProposal({ proposal, zone: tinyZone, now: desk.clock.now() })).toContain(`To Dana Kim by email, because there is no phone number on file: "${words}"`)
    await approve(desk, proposal)
    await desk.messages.deliver()
    expect(desk.phones.sent).toEqual([])
    expect(sent).toMatchObject([{ key: `proposal:${proposal.id}`, to: address, body: expect.stringContaining(words) }])
    expect(await rows()).toMatchObject([{ channel: 'email', state: 'sent', proposal_id: proposal.id }])
  })

  test('gets none after unsubscribing, neither composed nor sent', async () => {
    const proposal = await proposeMove(desk)
    await openUnsubscribes(desk).take(unsubscribeToken(desk.store.seal, desk.store.seal.lookup(address)))
    expect(await desk.messages.compose({ template: 'moved', clientId: 'dana-k', locationId: 'main', values: { services: 'cut', staff: '', when: 'Friday' } })).toEqual({ kind: 'none', why: 'Dana Kim has no phone number on file.' })
    await approve(desk, proposal)
    await desk.messages.deliver()
    expect(sent).toEqual([])
  })

  test('among many is composed like alone', async () => {
    const wanted = { template: 'moved', locationId: 'main', values: { services: 'cut', staff: '', when: 'Friday' } }
    const composed = await desk.messages.composeAll([{ ...wanted, clientId: 'dana-k' }, { ...wanted, clientId: 'hana' }, { ...wanted, clientId: 'dana-k', purpose: 'waitlist' }])
    expect(composed).toMatchObject([{ kind: 'text', channel: 'email' }, { kind: 'text' }, { kind: 'none' }])
    expect(composed[1]).not.toHaveProperty('channel')
  })
})

/** 200 were run by hand. */
const rounds = 40

describe(`over ${rounds} seeded faults`, () => {
  const seeds = Array.from({ length: rounds }, (_, index) => index + 1)
  const delivered = new Map<string, number>()
  let crash: (() => void) | undefined

  /** The desk dies here: nothing comes back from this call, ever. */
  const dies = () => { crash?.(); return new Promise<never>(() => {}) }
  const has = (key: string) => { delivered.set(key, (delivered.get(key) ?? 0) + 1) }

  beforeAll(async () => {
    const tries = new Map<string, number>()
    desk = await openMessagesDesk({ emails: { ...emails, async send({ key }) {
      const attempt = (tries.get(key) ?? 0) + 1
      tries.set(key, attempt)
      const fate = attempt > 4 ? 1 : chance(`${key} ${attempt}`)
      if (fate < 0.15) return dies()
      if (fate < 0.3) { has(key); return dies() }
      if (fate < 0.5) return { state: 'later', code: 'busy', retryAfterMs: 60_000 }
      if (fate < 0.55) return { state: 'unknown', code: 'no_answer' }
      if (fate < 0.6) { has(key); return { state: 'unknown', code: 'no_answer' } }
      if (fate < 0.63) { has(key); throw new Error('socket hang up') }
      if (fate < 0.67) return { state: 'failed', code: 'bad_address' }
      has(key)
      return { state: 'sent' }
    } } })
    await setDana({ phones: ['+12135550102'], email: address })
  })
  afterAll(() => desk.store.close())

  test('F28, F29: at most one email a text, and none is lost without a person hearing of it', async () => {
    // As the sending side leaves a text that the phone company refused.
    await desk.store.transaction(async (trx) => {
      const now = desk.clock.now()
      for (const seed of seeds) {
        const key = `seed:${seed}`
        await queueText(trx, { seal: desk.store.seal, now, queued: { key, text: { clientId: 'dana-k', body: `${words} Reply STOP to opt out.`, template: 'moved', locationId: 'main' } } })
        const { id } = await trx.updateTable('texts').set({ state: 'failed', needs_person: true }).where('key', '=', key).returning('id').executeTakeFirstOrThrow()
        await trx.updateTable('outbox').set({ state: 'FAILED' }).where('key', '=', `text:${key}`).execute()
        await wantEmail(trx, { textId: id, key, failure: 'landline', now })
      }
    })

    for (let round = 0; round < 300; round++) {
      if (chance(`platform ${round}`) < 0.2) desk.platform.failNext('client', chance(`hang ${round}`) < 0.5 ? { do: 'refuse', kind: 'unavailable' } : { do: 'wait', until: new Promise(() => {}), reached: () => crash?.() })
      const alive = await deliverUntilDead()
      desk.clock.advance(alive ? 5 : 1)
      await expireLeases(desk)
      const left = await desk.store.db.selectFrom('outbox').select('id').where('state', 'in', ['PENDING', 'CLAIMED', 'UNKNOWN']).executeTakeFirst()
      if (left === undefined) break
    }

    const mails = (await rows()).filter(({ channel }) => channel === 'email')
    const texts = (await rows()).filter(({ channel }) => channel === 'sms')
    expect(mails).toHaveLength(seeds.length)
    expect([...delivered.values()].filter((times) => times > 1)).toEqual([])
    expect(delivered.size).toBeGreaterThan(rounds / 2)
    for (const mail of mails) {
      expect(['sent', 'failed', 'unknown']).toContain(mail.state)
      if (mail.state === 'sent') expect(delivered.get(mail.key)).toBe(1)
      if (mail.state === 'failed') expect(delivered.get(mail.key)).toBeUndefined()
      const textKey = mail.key.slice('mail:'.length)
      expect({ key: mail.key, someoneLooks: mail.needs_person || texts.find(({ key }) => key === textKey)?.needs_person }).toEqual({ key: mail.key, someoneLooks: mail.state !== 'sent' })
    }
    expect(await verifyAudit(desk.store.db)).toMatchObject({ ok: true })
  }, 240_000)

  /** Delivers until nothing is due (true), or until a worker dies with something in hand. */
  async function deliverUntilDead(): Promise<boolean> {
    const dead = new Promise<false>((resolve) => { crash = () => resolve(false) })
    return Promise.race([desk.messages.deliver().then(() => true as const), dead])
  }
})

/** 0 to 1, the same for the same words every time. */
function chance(words: string): number {
  let hash = 2_166_136_261
  for (const character of words) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619)
  hash = Math.imul(hash ^ (hash >>> 15), 2_246_822_507)
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32
}
