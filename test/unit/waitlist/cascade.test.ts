import { afterEach, expect, test } from 'vitest'
import { verifyAudit } from '../../../src/store/audit.ts'
import { bookedAt, card, cancel, offers, openings, openWaitlistDesk, type WaitlistDesk } from './waitlist-desk.ts'

let desk: WaitlistDesk
afterEach(() => desk.close())

test('a cancellation becomes a card with order, words, plan and chance; approved, the first is asked, says yes, is booked and told', async () => {
  desk = await openWaitlistDesk()
  await cancel(desk)
  await desk.work()
  expect(desk.errors).toEqual([])
  const proposal = await card(desk)
  expect(proposal.facts.title).toBe('Offer Saturday 21 November at 1:00 pm with Ana Ortiz to the waitlist')
  expect(proposal.facts.context).toMatchInlineSnapshot(`
    [
      {
        "label": "Order",
        "value": "first in line",
      },
      {
        "label": "Each may think",
        "value": "2 h",
      },
      {
        "label": "At the same time",
        "value": "one client",
      },
      {
        "label": "Chance of a filled chair",
        "value": "76 %, until 8:03 pm (30 % of offers are taken here)",
      },
      {
        "label": "With other windows",
        "value": "15 min: 55 %, 30 min: 69 %, 60 min: 76 %, 4 h × 2: 76 %",
      },
      {
        "label": "1. Jo Danvers",
        "value": "waits for Women's cut since 10 days",
      },
      {
        "label": "2. Fay O'Neil",
        "value": "waits for Women's cut since 9 days",
      },
      {
        "label": "3. Ivan Petrov",
        "value": "waits for Women's cut since 8 days",
      },
      {
        "label": "4. George Papadakis",
        "value": "waits for Women's cut since 7 days",
      },
    ]
  `)
  expect(proposal.facts.texts?.map(({ to }) => to)).toEqual(['Jo Danvers', "Fay O'Neil", 'Ivan Petrov', 'George Papadakis'])
  expect(desk.sent).toEqual([])

  await desk.approvals.decide({ id: proposal.id, decision: 'approve', by: { id: 'slack:maya', name: 'Maya', role: 'front_desk' }, hash: proposal.hash })
  expect(desk.errors).toEqual([])
  expect(desk.sent.map(({ to, body }) => [to, body])).toEqual([['+12135550108', proposal.facts.texts?.[0]?.body]])
  expect((await offers(desk)).map(([client, state]) => [client, state])).toEqual([['jo', 'sent'], ['fay', 'approved'], ['ivan', 'approved'], ['george', 'approved']])

  expect(await desk.write('jo', 'yes please')).toMatchObject({ did: 'booked' })
  expect(await bookedAt(desk)).toEqual(['jo'])
  expect(desk.sent.at(-1)?.body).toContain("Good news from the waitlist: you're booked")
  expect(await openings(desk)).toEqual([{ state: 'filled', why: null, cause: 'cancelled' }])
  expect((await desk.platform.waitlist({ ids: ['w-jo'] }))).toMatchObject({ value: [{ status: 'filled' }] })
  expect(await verifyAudit(desk.store.db)).toMatchObject({ ok: true })
})
