import { afterEach, expect, test } from 'vitest'
import { DeskError } from '../../../../src/salon/errors.ts'
import { type Random, seededRandom } from '../../../../src/salon/seeded-random.ts'
import { verifyAudit } from '../../../../src/store/audit.ts'
import { maya } from '../../../support/approvals-desk.ts'
import type { FaultyPlatform } from '../../../support/faulty-platform.ts'
import { type Instance, openWaitlistDesk, type WaitlistDesk } from '../waitlist-desk.ts'
import { type Chair, manyChairsBook, offerAll, outcomes } from './many-chairs.ts'

/**
 * The whole way from the text to the answer takes some 350 statements a seed, so that `npm test` runs few; `RACE_SEEDS=1000`
 * runs as many, `RACE_SEED=417` that one alone. A failing seed is in the message.
 */
const seeds = process.env['RACE_SEED'] === undefined ? Array.from({ length: Number(process.env['RACE_SEEDS'] ?? 40) }, (_, n) => n + 1) : [Number(process.env['RACE_SEED'])]
const sideBySide = 4

let desk: WaitlistDesk
afterEach(() => desk.close())

/** Where a YES can be held: before each call of the platform on its way from the reply to the booking that was read back. */
const stops = ['client', 'findClients', 'catalog', 'slot', 'create', 'appointment'] as const
type Stop = (typeof stops)[number]

/** Holds the next call of an operation until `until`; says when it has come there. */
function hold(platform: FaultyPlatform, { stop, until }: { stop: Stop; until: Promise<unknown> }): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  platform.failNext(stop, { do: 'wait', until: until.then(() => {}), reached: resolve })
  return promise
}

/** Every seed with a chair of its own; `sideBySide` pairs of instances take one chair after the other. */
async function race(run: (round: { chair: Chair; random: Random; pair: [Instance, Instance]; seed: number }) => Promise<void>): Promise<{ chairs: Chair[]; came: Awaited<ReturnType<typeof outcomes>> }> {
  desk = await openWaitlistDesk({ book: manyChairsBook(seeds.length) })
  const chairs = await offerAll(desk, seeds.length)
  const left = seeds.map((seed, n) => ({ seed, chair: chairs[n] as Chair }))
  await Promise.all(Array.from({ length: sideBySide }, async () => {
    const pair: [Instance, Instance] = [await desk.another(), await desk.another()]
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      await run({ ...next, pair, random: seededRandom(`race ${next.seed}`) }).catch((error: unknown) => {
        throw new Error(`seed ${next?.seed}`, { cause: error })
      })
      for (const { platform } of pair) platform.calm()
    }
  }))
  await desk.messages.deliver()
  expect(desk.errors).toEqual([])
  expect(await verifyAudit(desk.store.db)).toMatchObject({ ok: true })
  return { chairs, came: await outcomes(desk) }
}

test('F44 two clients answer YES within 10 ms: one is booked; the other gets one "just taken" and keeps the place', { timeout: 300_000 }, async () => {
  const { chairs, came } = await race(async ({ chair: { clients }, random, pair }) => {
    const [a, b] = random.chance(0.5) ? pair : [pair[1], pair[0]]
    const done = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const
    // Each is held somewhere until the other is where it is to be held, or is done: every pair of places meets.
    const met = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const
    void hold(a.platform, { stop: random.pick(stops), until: Promise.race([met[1].promise, done[1].promise]) }).then(met[0].resolve)
    if (random.chance(0.7)) void hold(b.platform, { stop: random.pick(stops), until: Promise.race([met[0].promise, done[0].promise]) }).then(met[1].resolve)
    const say = async (instance: Instance, client: string, mine: 0 | 1) => {
      await instance.messages.receive({ clientId: client, body: random.pick(['YES', 'yes', 'Yes please', 'y']), externalId: client })
      done[mine].resolve()
    }
    const order = random.chance(0.5) ? [() => say(a, clients[0], 0), () => say(b, clients[1], 1)] : [() => say(b, clients[1], 1), () => say(a, clients[0], 0)]
    await Promise.all(order.map((each) => each()))
  })
  for (const [n, { openingId, clients }] of chairs.entries()) {
    const outcome = came.get(openingId)
    const [winner = ''] = outcome?.booked ?? []
    const other = clients.find((client) => client !== winner) ?? ''
    expect(outcome, `seed ${seeds[n]}`).toEqual({
      state: 'filled', booked: [winner], waits: [other],
      offers: { [winner]: 'booked', [other]: 'expired' }, told: { [winner]: ['waitlist-filled'], [other]: ['waitlist-taken'] },
    })
  }
})

test('F48 staff withdraw it at the same instant as the YES: exactly one wins; when the YES has won, they are told that it is accepted', { timeout: 300_000 }, async () => {
  const said = new Map<string, string>()
  const { chairs, came } = await race(async ({ chair: { openingId, clients: [client] }, random, pair: [a, b] }) => {
    const closed = Promise.withResolvers<void>()
    const reached = hold(a.platform, { stop: random.pick(stops), until: closed.promise })
    const yes = a.messages.receive({ clientId: client, body: 'YES', externalId: client })
    if (random.chance(0.8)) await reached // otherwise both start at once
    else closed.resolve()
    const close = b.waitlist.close({ openingId, by: maya }).then(() => 'closed', (error: unknown) => {
      if (error instanceof DeskError && error.code === 'conflict') return error.userMessage
      throw error
    })
    // Half of them go on while the withdrawal is under way, half after it.
    if (random.chance(0.5)) closed.resolve()
    said.set(openingId, await close)
    closed.resolve()
    await yes
  })
  const wins = new Set<string>()
  for (const [n, { openingId, clients: [client, other] }] of chairs.entries()) {
    const outcome = came.get(openingId)
    const words = said.get(openingId) ?? ''
    const isClosed = words === 'closed'
    wins.add(isClosed ? 'staff' : 'yes')
    if (!isClosed) expect(words).toMatch(/said yes already|filled already/)
    expect(outcome, `seed ${seeds[n]}`).toEqual({
      state: isClosed ? 'closed' : 'filled', booked: isClosed ? [] : [client], waits: isClosed ? [client, other] : [other],
      offers: { [client]: isClosed ? 'expired' : 'booked', [other]: 'withdrawn' }, told: { [client]: [isClosed ? 'waitlist-taken' : 'waitlist-filled'], [other]: [] },
    })
  }
  if (seeds.length > 1) expect(wins).toEqual(new Set(['staff', 'yes']))
})
