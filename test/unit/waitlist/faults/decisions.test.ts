import { afterEach, expect, test } from 'vitest'
import { type Random, seededRandom } from '../../../../src/salon/seeded-random.ts'
import { verifyAudit } from '../../../../src/store/audit.ts'
import type { CascadeEvent } from '../../../../src/waitlist/cascade/cascade.ts'
import { advance, type Advanced } from '../../../../src/waitlist/running/advance.ts'
import { type Instance, openWaitlistDesk, type WaitlistDesk } from '../waitlist-desk.ts'
import { type Chair, manyChairsBook, offerAll, outcomes } from './many-chairs.ts'

/**
 * The decision alone, without the words and the booking around it (`races.test.ts` has those): two processes with connections of
 * their own, the chair's lock and its unique index. A failing seed is in the message.
 */
const seeds = Array.from({ length: Number(process.env['DECISION_SEEDS'] ?? 1_000) }, (_, n) => n + 1)
const sideBySide = 8

let desk: WaitlistDesk
afterEach(() => desk.close())

type Said = (instance: Instance, chair: Chair, event: (now: string) => CascadeEvent) => Promise<Advanced | undefined>

async function decide(run: (round: { chair: Chair; random: Random; pair: Instance[]; say: Said }) => Promise<void>): Promise<{ chairs: Chair[]; came: Awaited<ReturnType<typeof outcomes>> }> {
  desk = await openWaitlistDesk({ book: manyChairsBook(seeds.length) })
  const chairs = await offerAll(desk, seeds.length)
  const instances = [await desk.another(), await desk.another()]
  const say: Said = ({ store, platform, messages }, { openingId }, event) => advance({ store, platform, messages, clock: desk.clock }, openingId, { event: (_, now) => event(now) })
  const left = seeds.map((seed, n) => ({ seed, chair: chairs[n] as Chair }))
  await Promise.all(Array.from({ length: sideBySide }, async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const random = seededRandom(`decision ${next.seed}`)
      await run({ ...next, random, say, pair: random.chance(0.5) ? instances : instances.toReversed() }).catch((error: unknown) => {
        throw new Error(`seed ${next?.seed}`, { cause: error })
      })
    }
  }))
  expect(await verifyAudit(desk.store.db)).toMatchObject({ ok: true })
  return { chairs, came: await outcomes(desk) }
}

test('F44 two YES at the same instant on two instances: one has the chair, the other comes second', { timeout: 120_000 }, async () => {
  const { chairs, came } = await decide(async ({ chair, random, pair: [a, b], say }) => {
    const yes = (instance: Instance, place: 0 | 1) => () => say(instance, chair, (now) => ({ kind: 'yes', offerId: chair.offers[place], at: now, now }))
    const both = [yes(a as Instance, 0), yes(b as Instance, 1)]
    await Promise.all((random.chance(0.5) ? both : both.toReversed()).map((each) => each()))
  })
  for (const [n, { openingId }] of chairs.entries()) {
    const { state, offers = {} } = came.get(openingId) ?? {}
    expect([state, Object.values(offers).toSorted()], `seed ${seeds[n]}`).toEqual(['booking', ['accepted', 'late_yes']])
  }
})

test('F48 a YES and staff who withdraw it at the same instant on two instances: exactly one wins, and the other is told so', { timeout: 120_000 }, async () => {
  const said = new Map<string, string | undefined>()
  const { chairs, came } = await decide(async ({ chair, random, pair: [a, b], say }) => {
    const yes = () => say(a as Instance, chair, (now) => ({ kind: 'yes', offerId: chair.offers[0], at: now, now }))
    const close = async () => { said.set(chair.openingId, (await say(b as Instance, chair, (now) => ({ kind: 'close', why: 'staff', now })))?.step.refused) }
    await Promise.all((random.chance(0.5) ? [yes, close] : [close, yes]).map((each) => each()))
  })
  for (const [n, { openingId, clients: [client] }] of chairs.entries()) {
    const refused = said.get(openingId)
    const { state, offers } = came.get(openingId) ?? {}
    expect([state, offers?.[client], refused], `seed ${seeds[n]}`).toEqual(refused === undefined ? ['closed', 'expired', undefined] : ['booking', 'accepted', 'already_accepted'])
  }
  expect(new Set(said.values())).toEqual(new Set([undefined, 'already_accepted']))
})

test('F44 the database itself decides: a second winner cannot be written, whatever a program believes', async () => {
  desk = await openWaitlistDesk({ book: manyChairsBook(1) })
  await offerAll(desk, 1)
  await desk.store.db.updateTable('waitlist_offers').set({ state: 'booked' }).where('id', '=', 'offer-0').execute()
  await expect(desk.store.db.updateTable('waitlist_offers').set({ state: 'accepted' }).where('id', '=', 'offer-1').execute()).rejects.toThrow('waitlist_offers_one_winner')
})
