import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readConsent } from '../../../src/messages/consent/consent.ts'
import type { StatusReport } from '../../../src/messages/messages.ts'
import type { Delivery } from '../../../src/store/tables/texts.ts'
import { expireLeases } from '../../support/approvals-desk.ts'
import { approve, type MessagesDesk, moveAndTell, openMessagesDesk, proposeMove, threadAudit } from './messages-desk.ts'

let desk: MessagesDesk
beforeEach(async () => { desk = await openMessagesDesk() })
afterEach(() => desk.store.close())

const text = () => desk.store.db.selectFrom('texts').selectAll().where('direction', '=', 'out').orderBy('id').executeTakeFirstOrThrow()
const report = (status: Delivery, more: Partial<StatusReport> = {}) => desk.messages.reported({ providerId: 'SM1', status, ...more })
const takeAs = (id: string, status?: Delivery) => desk.phones.next.push(async () => ({ state: 'sent', id, ...(status === undefined ? {} : { status }) }))
const openQuestions = () => desk.store.db.selectFrom('pending_questions').selectAll().where('answered_at', 'is', null).execute()

async function send(): Promise<void> {
  takeAs('SM1', 'queued')
  await moveAndTell(desk)
}

describe('what the text service reports', () => {
  test('of a text it took is kept with it, forward only', async () => {
    await send()
    expect(await text()).toMatchObject({ state: 'sent', provider_id: 'SM1', delivery: 'queued', phone_hash: desk.store.seal.lookup('+12135550102'), purpose: 'appointment', automatic: false })
    for (const status of ['sending', 'sent', 'delivered'] as const) {
      desk.clock.advance(1)
      await report(status)
      expect(await text()).toMatchObject({ delivery: status, needs_person: false })
    }
    expect((await text()).delivered_at).toBe(desk.clock.now())
    expect((await threadAudit(desk, 'dana-k')).slice(-3)).toEqual(['text.sending', 'text.passed_on', 'text.delivered'])
  })

  const orders: Delivery[][] = [['sent', 'delivered', 'sent', 'sending'], ['delivered', 'sent'], ['delivered', 'undelivered'], ['undelivered', 'delivered', 'failed'], ['failed', 'sent', 'delivered', 'delivered']]
  test.each(orders.map((order) => [order]))('F33: %j, twice and out of order, ends as delivered', async (order) => {
    await send()
    for (const status of [...order, ...order]) await report(status)
    expect(await text()).toMatchObject({ delivery: 'delivered', needs_person: false })
  })

  test('F33: read is further than delivered, and side by side they end the same', async () => {
    await send()
    await Promise.all((['read', 'sent', 'delivered', 'sending', 'delivered', 'read'] as const).map((status) => report(status)))
    expect(await text()).toMatchObject({ delivery: 'read' })
    expect(await desk.store.db.selectFrom('text_statuses').selectAll().execute()).toHaveLength(4)
  })

  test('F32: that it did not arrive is shown to a person, with the code', async () => {
    await send()
    await report('undelivered', { code: '30003' })
    expect(await text()).toMatchObject({ state: 'sent', delivery: 'undelivered', delivery_code: '30003', needs_person: true })
    expect(await desk.messages.waiting()).toHaveLength(1)
    expect(await desk.messages.deliver()).toBe(0)
    expect(desk.phones.sent).toHaveLength(1)
  })

  test('F34: before our own request was answered waits and is joined by the service\'s name', async () => {
    desk.phones.next.push(async () => {
      await report('sent')
      await report('delivered')
      return { state: 'sent', id: 'SM1', status: 'queued' }
    })
    await moveAndTell(desk)
    expect(await text()).toMatchObject({ state: 'sent', delivery: 'delivered', delivered_at: desk.clock.now() })
  })

  test('F34: a refusal that is faster than the answer counts too', async () => {
    desk.phones.next.push(async () => {
      await report('failed', { code: '21610' })
      return { state: 'sent', id: 'SM1', status: 'queued' }
    })
    await moveAndTell(desk)
    expect(await text()).toMatchObject({ delivery: 'failed', delivery_code: '21610', needs_person: true })
    expect(await readConsent(desk.store.db, { phoneHash: desk.store.seal.lookup('+12135550102'), purpose: 'appointment' })).toBe('out')
  })

  test('F34: at the same instant as the answer loses neither', async () => {
    let going: Promise<void>[] = []
    desk.phones.next.push(async () => {
      going = [report('sent'), report('delivered')]
      return { state: 'sent', id: 'SM1', status: 'queued' }
    })
    await moveAndTell(desk)
    await Promise.all(going)
    expect(await text()).toMatchObject({ delivery: 'delivered' })
  })

  test('of a text that is not ours is kept and changes nothing', async () => {
    await send()
    await desk.messages.reported({ providerId: 'SM-other', status: 'delivered', key: 'text:no-such' })
    expect(await text()).toMatchObject({ delivery: 'queued' })
  })
})

describe('F28, F29: a report with our own key', () => {
  test('settles a text whose answer was lost: sent, asked, and never sent again', async () => {
    desk.phones.next.push(() => Promise.reject(new Error('socket hang up')))
    await moveAndTell(desk)
    expect(await text()).toMatchObject({ state: 'unknown', provider_id: null })
    expect(await openQuestions()).toEqual([])
    const { key } = desk.phones.sent[0] ?? { key: '' }
    await report('sent', { key })
    await report('sent', { key })
    expect(await text()).toMatchObject({ state: 'sent', provider_id: 'SM1', delivery: 'sent', needs_person: false, error_code: null })
    expect(await openQuestions()).toHaveLength(1)
    desk.clock.advance(10)
    expect(await desk.messages.deliver()).toBe(0)
    expect(desk.phones.sent).toHaveLength(1)
  })

  test('also after the text was given up, and while a worker that believes nothing was sent looks for it', async () => {
    desk.phones.next.push(() => Promise.reject(new Error('socket hang up')))
    await moveAndTell(desk)
    const { key } = desk.phones.sent[0] ?? { key: '' }
    // The list does not know it yet; the report comes while we look.
    desk.phones.look = async () => {
      await report('delivered', { key })
      return { state: 'not_sent' }
    }
    desk.clock.advance(4)
    await desk.messages.deliver()
    expect(desk.phones.sent).toHaveLength(1)
    expect(await text()).toMatchObject({ state: 'sent', delivery: 'delivered' })
    expect((await desk.store.db.selectFrom('outbox').select('state').where('kind', '=', 'text').execute()).map(({ state }) => state)).toEqual(['SENT'])
  })

  test('that is faster than the answer counts once', async () => {
    desk.phones.next.push(async () => {
      await report('sent', { key: desk.phones.sent[0]?.key })
      return { state: 'sent', id: 'SM1', status: 'queued' }
    })
    await moveAndTell(desk)
    expect(await text()).toMatchObject({ state: 'sent', delivery: 'sent', provider_id: 'SM1' })
    expect((await threadAudit(desk, 'dana-k')).filter((action) => action === 'text.sent')).toHaveLength(1)
    expect(await openQuestions()).toHaveLength(1)
  })
})

test('F29: a desk that dies before it hands the text over sends it once, without looking', async () => {
  await approve(desk, await proposeMove(desk))
  let reached: (() => void) | undefined
  const begun = new Promise<void>((resolve) => { reached = resolve })
  desk.platform.failNext('client', { do: 'wait', until: new Promise(() => {}), reached: () => reached?.() })
  void desk.messages.deliver() // dies before anything was handed over
  await begun
  await expireLeases(desk)
  await desk.messages.deliver()
  expect(desk.phones.sent).toHaveLength(1)
  expect(await text()).toMatchObject({ state: 'sent' })
})

describe('F19, F32: a number that said STOP to the service (21610)', () => {
  const consent = () => readConsent(desk.store.db, { phoneHash: desk.store.seal.lookup('+12135550102'), purpose: 'appointment' })

  test('is silent for us too: no second try, and a person sees it', async () => {
    desk.phones.next.push(async () => ({ state: 'failed', code: '21610', failure: 'opted_out' }))
    await moveAndTell(desk)
    expect(await text()).toMatchObject({ state: 'failed', error_code: '21610', needs_person: true })
    expect(await consent()).toBe('out')
    expect(await desk.store.db.selectFrom('consents').select(['source', 'by']).execute()).toEqual([{ source: 'service', by: 'messages' }])
    expect((await proposeMove(desk, { time: '15:00' })).facts.message).toMatchObject({ kind: 'none' })
    desk.clock.advance(60)
    expect(await desk.messages.deliver()).toBe(0)
    expect(desk.phones.sent).toHaveLength(1)
  })

  test('also when that is only reported later', async () => {
    await send()
    await report('failed', { code: '21610', failure: 'opted_out' })
    expect(await text()).toMatchObject({ delivery: 'failed', needs_person: true })
    expect(await consent()).toBe('out')
  })
})
