import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { addMinutes, localTime } from '../../../src/salon/time.ts'
import { betaQuantile } from '../../../src/waitlist/planning/beta-quantile.ts'
import { answeredIn, chanceOfYes } from '../../../src/waitlist/planning/chance-in-time.ts'
import { acceptanceOf, measureAcceptance, strangerRate, waitlisterPrior } from '../../../src/waitlist/planning/measure-acceptance.ts'
import type { OfferPlan } from '../../../src/waitlist/planning/plan.ts'
import { otherWindows, planOffers, planWith, windows } from '../../../src/waitlist/planning/plan-offers.ts'
import { roundsOf } from '../../../src/waitlist/planning/schedule.ts'
import { usualWaitlistSettings } from '../../../src/waitlist/waitlist-settings.ts'
import { addOffers, openOffersDesk, type OffersDesk } from '../../support/past-offers.ts'

const zone = 'America/Los_Angeles'
const hours = { from: '09:00', to: '20:00' }
const morning = '2026-11-20T18:00:00.000Z' // ten in the morning
const acceptance = acceptanceOf({ offers: 0, yes: 0, minutes: [] })

type Request = Parameters<typeof planOffers>[0]
function request({ people = 6, minutes = 600, settings = {}, ...more }: Partial<Omit<Request, 'settings'>> & { people?: number; minutes?: number; settings?: Partial<Request['settings']> } = {}): Request {
  const now = more.now ?? morning
  return { now, bookBy: addMinutes(now, minutes), chair: { start: addMinutes(now, minutes + 60) }, zone, hours, candidates: Array.from({ length: people }, () => ({})), acceptance, ...more, settings: { ...usualWaitlistSettings, ...settings } }
}
const chanceOf = (plan: ReturnType<typeof planOffers>) => (plan.kind === 'plan' ? plan.chance : 0)

describe('a plan', () => {
  test('one at a time with time to think, when there is time for everybody', () => {
    expect(planOffers(request({ people: 4 }))).toMatchObject({ kind: 'plan', width: 1, windowMin: 120, reaches: 4 })
  })

  test('waves when there is not', () => {
    const plan = planOffers(request({ people: 12, minutes: 90 }))
    expect(plan).toMatchObject({ kind: 'plan', width: 4 })
    expect(chanceOf(plan)).toBeGreaterThan(planWith(request({ people: 12, minutes: 90 }), { windowMin: 30, width: 1 })?.chance ?? 1)
  })

  test('everybody at once, up to the most, when the salon wants it so', () => {
    expect(planOffers(request({ people: 3, settings: { policy: 'offer_to_all' } }))).toMatchObject({ width: 3, windowMin: 240, reaches: 3 })
    expect(planOffers(request({ people: 30, settings: { policy: 'offer_to_all', most: 6 } }))).toMatchObject({ width: 6, reaches: 12 })
  })

  test('the window that the salon has set, and no more offers than it allows', () => {
    expect(planOffers(request({ people: 30, minutes: 2_000, settings: { windowMin: 45, mostOffers: 7 } }))).toMatchObject({ windowMin: 45, width: 1, reaches: 7 })
  })

  test('nobody to ask, too late, or only the night is left', () => {
    expect(planOffers(request({ people: 0 }))).toEqual({ kind: 'none', why: 'nobody' })
    expect(planOffers(request({ candidates: [{ excluded: { because: 'opted_out', words: '' } }] }))).toEqual({ kind: 'none', why: 'nobody' })
    expect(planOffers(request({ minutes: 9 }))).toEqual({ kind: 'none', why: 'too_late' })
    expect(planOffers(request({ minutes: 12 }))).toMatchObject({ kind: 'plan', windowMin: 12, until: addMinutes(morning, 12) })
    // Nine at night, and the chair is at ten in the morning: bookable until nine.
    const night = '2026-11-21T05:00:00.000Z'
    expect(planOffers(request({ now: night, minutes: 12 * 60 }))).toEqual({ kind: 'none', why: 'quiet_hours' })
    expect(planOffers(request({ now: night, minutes: 13 * 60 }))).toMatchObject({ kind: 'plan' })
  })

  test('the chair\'s start ends it, whatever the last moment to book is', () => {
    expect(planOffers(request({ chair: { start: addMinutes(morning, 5) } }))).toEqual({ kind: 'none', why: 'too_late' })
  })

  test('other windows are shown beside it', () => {
    const asked = request({ people: 12, minutes: 240 })
    const plan = planOffers(asked) as OfferPlan
    const others = otherWindows({ ...asked, plan })
    expect(others.map(({ windowMin }) => windowMin)).toEqual(windows.filter((each) => each !== plan.windowMin))
    for (const other of others) expect(other.chance).toBeLessThanOrEqual(plan.chance + 1e-9)
  })

  test('at the rate of strangers, waves reach what one at a time cannot', () => {
    const asked = request({ people: 12, minutes: 180, acceptance: { ...acceptance, rate: strangerRate } })
    const alone = planWith(asked, { windowMin: 30, width: 1 })
    const waves = planWith(asked, { windowMin: 30, width: 4 })
    expect(alone?.reaches).toBe(6)
    expect(waves?.reaches).toBe(12)
    expect(waves?.chance).toBeGreaterThan((alone?.chance ?? 1) * 1.5)
  })
})

const requests = fc.record({
  now: fc.integer({ min: 0, max: 7 * 24 * 60 }).map((minutes) => addMinutes(morning, minutes)), people: fc.integer({ min: 1, max: 15 }), minutes: fc.integer({ min: 0, max: 4_000 }),
  rate: fc.double({ min: 0.02, max: 0.6, noNaN: true }), medianMin: fc.double({ min: 1, max: 90, noNaN: true }), windowMin: fc.option(fc.integer({ min: 10, max: 300 })), most: fc.integer({ min: 1, max: 8 }), policy: fc.constantFrom('first_in_line' as const, 'offer_to_all' as const),
}).map(({ rate, medianMin, windowMin, most, policy, ...rest }) => request({ ...rest, acceptance: { ...acceptance, rate, medianMin }, settings: { windowMin, most, policy } }))

describe('of any request', () => {
  test('more time never lowers the chance', () => {
    fc.assert(fc.property(requests, fc.integer({ min: 1, max: 600 }), (asked, more) => {
      const later = { ...asked, bookBy: addMinutes(asked.bookBy, more), chair: { start: addMinutes(asked.chair.start, more) } }
      expect(chanceOf(planOffers(later))).toBeGreaterThanOrEqual(chanceOf(planOffers(asked)) - 2e-9)
    }), { numRuns: 150 })
  })

  test('nothing is sent in quiet hours, nor too late to be answered', () => {
    fc.assert(fc.property(requests, (asked) => {
      const plan = planOffers(asked)
      if (plan.kind === 'none') return
      const rounds = roundsOf({ ...asked, windowMin: plan.windowMin, most: 100 })
      for (const { at, minutes } of rounds) {
        const time = localTime(at, zone)
        expect(time >= hours.from && time < hours.to).toBe(true)
        expect(minutes).toBeGreaterThanOrEqual(10)
        expect(addMinutes(at, minutes) <= asked.bookBy).toBe(true)
      }
      expect(plan.until <= asked.bookBy).toBe(true)
      expect(plan.width).toBeLessThanOrEqual(asked.settings.most)
      expect(plan.reaches).toBeLessThanOrEqual(asked.candidates.length)
      expect(plan.chance > 0 && plan.chance <= 1).toBe(true)
    }), { numRuns: 150 })
  })
})

test('the chance is what comes of playing it out', () => {
  const asked = request({ people: 9, minutes: 100, acceptance: { ...acceptance, rate: 0.2, medianMin: 15 }, candidates: Array.from({ length: 9 }, (_, i) => ({ answers: { offers: i, yes: i % 3 === 0 ? Math.floor(i / 3) : 0 } })) })
  const [plan, rounds] = [planWith(asked, { windowMin: 30, width: 2 }), roundsOf({ ...asked, windowMin: 30, most: 9 })]
  const random = lcg(7)
  const games = 40_000
  let filled = 0
  for (let game = 0; game < games; game++) {
    const took = asked.candidates.slice(0, plan?.reaches).some(({ answers }, i) => {
      if (random() >= chanceOfYes({ rate: 0.2, answers })) return false
      // Answer times: exponential with a median of 15 minutes, none beyond five medians.
      const minutes = -15 * Math.log2(1 - random() * (1 - 2 ** -5))
      return minutes <= (rounds[Math.floor(i / 2)]?.minutes ?? 0)
    })
    if (took) filled++
  }
  // Four standard errors.
  expect(Math.abs(filled / games - (plan?.chance ?? 0))).toBeLessThan(4 * Math.sqrt(0.25 / games))
  expect(answeredIn({ minutes: 75, medianMin: 15 })).toBe(1)
  expect(answeredIn({ minutes: 15, medianMin: 15 })).toBeCloseTo(0.5 / (1 - 2 ** -5), 12)
})

/** Numbers from 0 to 1, the same for the same seed (Lehmer, 48271 modulo 2^31 − 1). */
function lcg(seed: number): () => number {
  let state = seed
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
}

describe('how often, and how fast, clients say YES', () => {
  let desk: OffersDesk
  beforeEach(async () => { desk = await openOffersDesk() })
  afterEach(() => desk.close())

  test('a beta distribution\'s quantiles are those of the tables', () => {
    // Beta(1, 1) is uniform; Beta(2, 2): 3x² − 2x³ = q; Beta(1, n): 1 − (1 − x)^n = q.
    expect(betaQuantile({ a: 1, b: 1, q: 0.05 })).toBeCloseTo(0.05, 9)
    const x = betaQuantile({ a: 2, b: 2, q: 0.9 })
    expect(3 * x ** 2 - 2 * x ** 3).toBeCloseTo(0.9, 9)
    expect(betaQuantile({ a: 1, b: 30, q: 0.95 })).toBeCloseTo(1 - 0.05 ** (1 / 30), 9)
    expect(betaQuantile({ a: 300, b: 700, q: 0.5 })).toBeCloseTo(0.2999, 3)
  })

  test('without offers it is what is known of waitlists, and says how little that is', async () => {
    const found = await measureAcceptance({ db: desk.store.db, locationId: 'main', now: desk.now })
    expect(found).toMatchObject({ rate: waitlisterPrior.rate, offers: 0, yes: 0, medianMin: 12 })
    expect(found.from).toBeLessThan(0.16)
    expect(found.to).toBeGreaterThan(0.46)
  })

  test('offers that could be answered count; what was taken back, not sent, too old or elsewhere does not', async () => {
    const ago = (days: number) => addMinutes(desk.now, -days * 24 * 60)
    const yes = { state: 'booked' as const, answeredAfter: 4 }
    await addOffers(desk, [
      ...Array.from({ length: 10 }, (_, i) => ({ ...yes, at: ago(i + 1) })),
      ...Array.from({ length: 10 }, (_, i) => ({ state: i % 2 === 0 ? 'declined' as const : 'expired' as const, at: ago(i + 1) })),
      { state: 'late_yes', answeredAfter: 4, at: ago(3) }, { state: 'expired', why: 'too_late', answeredAfter: 4, at: ago(3) },
      { state: 'withdrawn', at: ago(2) }, { state: 'sent', at: ago(0) }, { state: 'suppressed', at: ago(2), sent: false }, { ...yes, at: ago(181) }, { ...yes, at: ago(2), locationId: 'other' },
    ])
    const found = await measureAcceptance({ db: desk.store.db, locationId: 'main', now: desk.now })
    expect(found).toMatchObject({ offers: 22, yes: 12 })
    expect(found.rate).toBeCloseTo((12 + 6) / (22 + 20), 12)
    expect(found.medianMin).toBeCloseTo(Math.exp((10 * Math.log(12) + 12 * Math.log(4)) / 22), 9)
    expect(found.from < found.rate && found.rate < found.to).toBe(true)
  })
})
