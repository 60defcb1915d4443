import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Client } from '../../../src/salon/salon.ts'
import { addMinutes } from '../../../src/salon/time.ts'
import { fairness } from '../../../src/waitlist/ranking/fairness.ts'
import { rankWaiting } from '../../../src/waitlist/ranking/rank-waiting.ts'
import type { FreeChair, Ranked } from '../../../src/waitlist/ranking/ranked.ts'
import type { Waiting } from '../../../src/waitlist/ranking/waiting.ts'
import { policies, type WaitlistPolicy } from '../../../src/waitlist/waitlist-settings.ts'
import { randomPicks, testChair, testClient, testEntry, testOffer, testSlotsOf, testVisit, testWaiting, waitingNow } from '../../support/waiting.ts'

const settings = { policy: 'first_in_line' as WaitlistPolicy, noticeMin: 60, perClientPerWeek: 3 }

function rank(waiting: Waiting, { chair = testChair(), policy = settings.policy, risks, noticeMin = 60 }: { chair?: FreeChair; policy?: WaitlistPolicy; risks?: ReadonlyMap<string, number> | 'unavailable'; noticeMin?: number } = {}): Ranked[] {
  return rankWaiting({ waiting, settings: { ...settings, policy, noticeMin }, chair, slotsOf: testSlotsOf(chair), ...(risks === undefined ? {} : { risks }) })
}

/** One who waits, alone, and what becomes of them. */
function alone(more: { entry?: Parameters<typeof testEntry>[1]; client?: Partial<Client>; waiting?: Partial<Parameters<typeof testWaiting>[0]>; chair?: Partial<FreeChair>; noticeMin?: number }): Ranked['excluded'] {
  const found = rank(testWaiting({ entries: [testEntry('a', more.entry)], clients: [testClient('a', more.client)], ...more.waiting }), { chair: testChair(more.chair), ...(more.noticeMin === undefined ? {} : { noticeMin: more.noticeMin }) })
  expect(found).toHaveLength(1)
  return found[0]?.excluded
}

const visits = (...standing: ReturnType<typeof testVisit>[]) => new Map([['a', { standing, kept: 0, failed: 0 }]])
const offers = (...given: Parameters<typeof testOffer>[1][]) => new Map([['a', given.map((one) => testOffer('a', one))]])

describe('F51: why somebody is not asked', () => {
  test('somebody whom it suits is', () => expect(alone({})).toBeUndefined())

  test.each<[string, Parameters<typeof alone>[0], string]>([
    ['service_gone', { entry: { serviceId: 'old' } }, 'waits for a service that is no longer offered'],
    ['too_long', { entry: { serviceId: 'color' } }, 'needs 120 minutes, the gap has 90'],
    ['other_times', { entry: { wanted: [{ from: '2026-11-20T22:00:00.000Z', to: '2026-11-21T02:00:00.000Z' }] } }, 'wants other times'],
    ['other_person', { entry: { staffId: 'ana' } }, 'waits for Ana Ortiz'],
    ['not_their_skill', { entry: { serviceId: 'color' }, chair: { end: '2026-11-20T23:30:00.000Z' } }, 'Bea Novak does not do Full color'],
    ['too_short_notice', { noticeMin: 240 }, "could not be here in time (240 minutes' notice)"],
    ['already_booked', { waiting: { visits: visits(testVisit('v', 'a', '2026-11-27T21:00:00.000Z')) } }, "already has Women's cut on Friday 27 November at 1:00 pm"],
    ['already_booked', { entry: { insteadOf: 'v' }, waiting: { visits: visits(testVisit('v', 'a', '2026-11-20T20:00:00.000Z')) } }, 'already has it sooner, on Friday 20 November at 12:00 pm'],
    ['booked_then', { waiting: { visits: visits(testVisit('v', 'a', '2026-11-20T21:00:00.000Z', { serviceId: 'color', minutes: 90 })) } }, 'is already booked at 1:00 pm'],
    ['opted_out', { waiting: { barred: new Map([['a', { because: 'opted_out' as const, words: 'asked for no more texts (STOP)' }]]) } }, 'asked for no more texts (STOP)'],
    ['no_number', { waiting: { barred: new Map([['a', { because: 'no_number' as const, words: 'has no phone number on file' }]]) } }, 'has no phone number on file'],
    ['shared_number', { waiting: { barred: new Map([['a', { because: 'shared_number' as const, words: 'shares a number' }]]) } }, 'shares a number'],
    ['asked_too_often', { waiting: { lately: offers({}, { at: '2026-11-17T18:00:00.000Z' }, { at: '2026-11-16T18:00:00.000Z' }) } }, 'was asked 3 times in seven days'],
    ['asked_too_often', { waiting: { lately: offers({ staffId: 'bea', start: testChair().start, state: 'declined' }) } }, 'has said no to this time'],
    ['asked_elsewhere', { waiting: { lately: offers({ state: 'sent', start: '2026-11-21T18:00:00.000Z' }) } }, 'is being asked about Saturday 21 November at 10:00 am'],
    ['patch_test', { entry: { serviceId: 'color' }, chair: { staffId: 'ana', end: '2026-11-20T23:30:00.000Z' } }, 'needs a patch test for Full color first'],
    ['left_this_chair', { chair: { notFor: ['a'] } }, 'had this time and left it'],
    ['not_on_list', { entry: { status: 'left' } }, 'is not on the waitlist any more'],
    ['not_on_list', { entry: { clientId: 'gone' } }, 'is not in the booking system any more'],
  ])('%s', (because, given, words) => expect(alone(given)).toEqual({ because, words }))

  test('no_time_free: the platform has none within the chair, or none that they named', () => {
    const waiting = testWaiting({ entries: [testEntry('a')], clients: [testClient('a')] })
    expect(rankWaiting({ waiting, settings, chair: testChair(), slotsOf: () => [] })[0]?.excluded).toEqual({ because: 'no_time_free', words: "no time is free in it for Women's cut" })
  })

  test('a visit that would be given up keeps nobody off, neither by its service nor by its time, as long as it is later', () => {
    expect(alone({ entry: { insteadOf: 'v' }, waiting: { visits: visits(testVisit('v', 'a', '2026-11-27T21:00:00.000Z')) } })).toBeUndefined()
    expect(alone({ entry: { insteadOf: 'v' }, waiting: { visits: visits(testVisit('v', 'a', '2026-11-20T21:30:00.000Z')) } })).toBeUndefined()
  })

  test('the first time that is clear of their own visits is theirs; a visit at its end is none in the way', () => {
    const [found] = rank(testWaiting({ entries: [testEntry('a')], clients: [testClient('a')], visits: visits(testVisit('v', 'a', '2026-11-20T20:30:00.000Z', { serviceId: 'blowdry', minutes: 60 })) }))
    expect(found?.slot?.start).toBe('2026-11-20T21:30:00.000Z')
  })

  test('offers for this very chair are not counted against them, nor those that were not sent', () => {
    expect(alone({ waiting: { lately: offers({ staffId: 'bea', start: testChair().start, state: 'sent' }, { state: 'skipped', sentAt: null }, { state: 'suppressed', sentAt: null }, {}) } })).toBeUndefined()
  })

  test('a patch test of the last six months will do', () => {
    expect(alone({ entry: { serviceId: 'color' }, client: { holdings: [{ kind: 'patch_test', done: '2026-09-01' }] }, chair: { staffId: 'ana', end: '2026-11-20T23:30:00.000Z' } })).toBeUndefined()
  })

  test('household_asked: of people with a number in common, and of one client with several entries, only the first', () => {
    const clients = [testClient('mother', { phones: ['+1', '+9'] }), testClient('child', { phones: ['+2', '+9'] }), testClient('other')]
    const entries = [testEntry('child', { createdAt: '2026-11-02T18:00:00.000Z' }), testEntry('mother', { createdAt: '2026-11-01T18:00:00.000Z' }), testEntry('other'), testEntry('again', { clientId: 'other', serviceId: 'blowdry', createdAt: '2026-11-12T18:00:00.000Z' })]
    expect(rank(testWaiting({ entries, clients })).map(({ entry, excluded }) => [entry.id, excluded?.words])).toEqual([
      ['mother', undefined], ['other', undefined],
      ['child', 'has a number in common with mother, who comes first'], ['again', 'is asked for something else they wait for'],
    ])
  })
})

describe('whose turn it is', () => {
  const clients = ['early', 'late', 'rich', 'exact'].map((id) => testClient(id))
  const entries = [
    testEntry('early', { serviceId: 'blowdry', createdAt: '2026-09-01T18:00:00.000Z' }), testEntry('late', { serviceId: 'blowdry', createdAt: '2026-11-19T18:00:00.000Z' }),
    testEntry('rich', { serviceId: 'cut', createdAt: '2026-11-18T18:00:00.000Z' }),
    testEntry('exact', { serviceId: 'blowdry', staffId: 'bea', wanted: [{ from: testChair().start, to: testChair().end }], createdAt: '2026-11-17T18:00:00.000Z' }),
  ]
  const waiting = testWaiting({ entries, clients, memory: new Map() })
  const order = (policy: WaitlistPolicy, more: Partial<Waiting> = {}, risks?: 'unavailable') => rank({ ...waiting, ...more }, { policy, ...(risks === undefined ? {} : { risks }) }).map(({ entry }) => entry.id)

  test('first in line, and offer to all, go by arrival only; the score shows the waiting', () => {
    expect(order('first_in_line')).toEqual(['early', 'exact', 'rich', 'late'])
    expect(order('offer_to_all')).toEqual(order('first_in_line'))
    expect(rank(waiting)[0]?.parts.map(({ name, weight, words }) => [name, weight, words])).toEqual([['waited', 1, 'waits since 80 days']])
  })

  test('the highest value: whoever pays more, and keeps what they book', () => {
    expect(order('highest_value')[0]).toBe('rich')
    expect(order('highest_value', { visits: new Map([['rich', { standing: [], kept: 0, failed: 12 }]]) })[0]).not.toBe('rich')
  })

  test('the best match: the very person at the very time', () => {
    expect(order('best_match')[0]).toBe('exact')
    expect(rank(waiting, { policy: 'best_match' })[0]?.why).toContain('asked for Bea Novak, named this time, fills 33 % of it')
  })

  test('whoever never wins rises, whoever has just won lets others go first', () => {
    const twins = testWaiting({ entries: ['a', 'b', 'c'].map((id) => testEntry(id)), clients: ['a', 'b', 'c'].map((id) => testClient(id)), memory: new Map([['a', [testOffer('a', { state: 'booked', answeredAt: '2026-11-18T19:00:00.000Z' })]], ['c', [testOffer('c', { state: 'late_yes', why: 'second', answeredAt: '2026-11-18T19:00:00.000Z' })]]]) })
    expect(rank(twins, { policy: 'best_match' }).map(({ entry }) => entry.id)).toEqual(['c', 'b', 'a'])
    const points = (...given: Parameters<typeof testOffer>[1][]) => fairness({ offers: given.map((one) => testOffer('a', one)), now: waitingNow }).points
    expect([points(), points({ state: 'late_yes' }), points({ state: 'withdrawn' }), points({ state: 'declined' })]).toEqual([50, 70, 55, 50])
    expect(points({ state: 'booked', at: '2026-10-21T18:00:00.000Z' })).toBeCloseTo(25, 5)
  })

  test('W6: without the model, or without the memory of earlier offers, it is first come first served and says so', () => {
    expect(order('highest_value', {}, 'unavailable')).toEqual(order('first_in_line'))
    expect(rank(waiting, { policy: 'best_match', risks: 'unavailable' })[0]?.why.at(-1)).toBe('in the order they came, because the risk of not coming cannot be told right now')
    const forgetful = rank({ ...waiting, memory: undefined }, { policy: 'best_match' })
    expect(forgetful.map(({ entry }) => entry.id)).toEqual(order('first_in_line'))
    expect(forgetful[0]?.why.at(-1)).toBe('in the order they came, because earlier offers cannot be read right now')
  })

  test('the risk of not coming counts where the policy looks at it', () => {
    const twins = testWaiting({ entries: ['a', 'b'].map((id) => testEntry(id)), clients: ['a', 'b'].map((id) => testClient(id)), memory: new Map() })
    expect(rank(twins, { policy: 'highest_value', risks: new Map([['a', 0.6], ['b', 0.1]]) }).map(({ entry }) => entry.id)).toEqual(['b', 'a'])
  })
})

describe('of any list', () => {
  const lists = fc.record({ seed: fc.nat(), people: fc.nat({ max: 60 }), policy: fc.constantFrom(...policies), anybody: fc.boolean() })
  const chairOf = (anybody: boolean): FreeChair => {
    const { staffId: _, ...open } = testChair()
    return anybody ? { ...open, end: addMinutes(open.end, 60) } : testChair()
  }

  test('nobody is lost, those who are asked come first, each excluded one says why', () => {
    fc.assert(fc.property(lists, ({ policy, anybody, ...made }) => {
      const waiting = testWaiting(made)
      const found = rank(waiting, { policy, chair: chairOf(anybody) })
      expect(found.map(({ entry }) => entry.id).sort()).toEqual(waiting.entries.map(({ id }) => id).sort())
      const isOut = found.map(({ excluded }) => excluded !== undefined)
      expect(isOut.lastIndexOf(false)).toBeLessThan(isOut.includes(true) ? isOut.indexOf(true) : isOut.length)
      for (const { excluded, slot, score, parts } of found) {
        expect(excluded === undefined ? slot !== undefined : excluded.words !== '').toBe(true)
        for (const points of [score, ...parts.map((part) => part.points)]) expect(points >= 0 && points <= 100).toBe(true)
      }
    }), { numRuns: 60 })
  })

  test('the order is total and does not hang on how the list came', () => {
    fc.assert(fc.property(lists, fc.nat(), ({ policy, anybody, ...made }, shuffle) => {
      const waiting = testWaiting(made)
      const pick = randomPicks(shuffle)
      const mixed = waiting.entries.map((entry) => ({ entry, at: pick(1_000_000) })).sort((a, b) => a.at - b.at).map(({ entry }) => entry)
      const ids = (from: Waiting) => rank(from, { policy, chair: chairOf(anybody) }).map(({ entry, excluded }) => [entry.id, excluded?.because])
      expect(ids({ ...waiting, entries: mixed })).toEqual(ids(waiting))
    }), { numRuns: 60 })
  })

  test('of a household, and of a client, only one is asked', () => {
    fc.assert(fc.property(lists, ({ policy, anybody, ...made }) => {
      const asked = rank(testWaiting(made), { policy, chair: chairOf(anybody) }).filter(({ excluded }) => excluded === undefined)
      const numbers = asked.flatMap(({ client }) => client.phones)
      expect(new Set(numbers).size).toBe(numbers.length)
      expect(new Set(asked.map(({ client }) => client.id)).size).toBe(asked.length)
    }), { numRuns: 60 })
  })
})
