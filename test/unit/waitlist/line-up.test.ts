import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ScoreAppointments } from '../../../src/calls/call-list.ts'
import type { RiskScore } from '../../../src/risk/open-model.ts'
import { lineUp } from '../../../src/waitlist/line-up/line-up.ts'
import { atMost, poissonBinomial } from '../../../src/waitlist/line-up/poisson-binomial.ts'
import { usualWaitlistSettings } from '../../../src/waitlist/waitlist-settings.ts'
import { countChanges } from '../../support/approvals-desk.ts'
import { openOffersDesk, type OffersDesk } from '../../support/past-offers.ts'

let desk: OffersDesk
beforeEach(async () => { desk = await openOffersDesk() })
afterEach(() => desk.close())

const scored = (risks: Record<string, number>): ScoreAppointments => async ({ appointments }) => new Map(appointments.flatMap(({ id }) => (risks[id] === undefined ? [] : [[id, { score: risks[id], band: 'high', confidence: 'high', reasons: ['missed the last visit'] } as unknown as RiskScore]])))
const line = (risks: Record<string, number>, day = '2026-11-21') => lineUp({ ...desk, score: scored(risks), day, locationId: 'main', settings: usualWaitlistSettings })

test('W5: who would be asked for a visit that may well fail, ready beforehand, and how many are enough', async () => {
  const changes = await countChanges(desk)
  const found = await line({ 'a-cut': 0.6, 'b-cut': 0.1, 'c-beard': 0.2, 'a-color': 0.1 })
  expect(found.visits.map(({ appointmentId, client, reasons, candidates, suits }) => [appointmentId, client.name, reasons, candidates.map((one) => one.client.id), suits])).toEqual([['a-cut', 'Elena García', ['missed the last visit'], ['jo'], 1]])
  expect(found.expected).toBeCloseTo(1, 12)
  // P(0) = 0.4 · 0.9 · 0.8 · 0.9 = 0.2592; with one failure it is 0.70992, with two above 0.8: two, at 30 % seven clients.
  expect(found).toMatchObject({ rarelyMore: 2, needed: 7, ready: 1, sentence: '1.0 failures expected on Saturday 21 November, rarely more than 2; ask-ready: 7 clients, 1 is there.' })
  expect(await countChanges(desk)).toBe(changes)
})

test('a day without visits, and one on which nothing is likely to fail', async () => {
  expect(await line({}, '2026-11-24')).toMatchObject({ visits: [], expected: 0, needed: 0, ready: 0, sentence: 'No visits are ahead on Tuesday 24 November.' })
  expect(await line({ 'a-cut': 0.05 })).toMatchObject({ visits: [], rarelyMore: 0, needed: 0, sentence: '0.1 failures expected on Saturday 21 November, rarely more than 0; ask-ready: 0 clients, 1 is there.' })
  expect(await line({})).toMatchObject({ needed: 0, sentence: 'How likely the visits of Saturday 21 November are to fail cannot be told.' })
})

test('a day or a place that is none is refused in words', async () => {
  await expect(line({}, 'tomorrow')).rejects.toMatchObject({ code: 'invalid_time' })
  await expect(lineUp({ ...desk, score: scored({}), day: '2026-11-21', locationId: 'elsewhere', settings: usualWaitlistSettings })).rejects.toMatchObject({ code: 'not_found' })
})

test('the distribution of failures adds up to one, has their sum as its mean, and is that of every combination', () => {
  fc.assert(fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 }), (chances) => {
    const found = poissonBinomial(chances)
    expect(found).toHaveLength(chances.length + 1)
    expect(found.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 9)
    expect(found.reduce((sum, p, k) => sum + k * p, 0)).toBeCloseTo(chances.reduce((sum, p) => sum + p, 0), 9)
    const byHand = chances.map(() => 0).concat(0)
    for (let set = 0; set < 2 ** chances.length; set++) {
      const happen = chances.map((_, i) => Math.floor(set / 2 ** i) % 2 === 1)
      const count = happen.filter(Boolean).length
      byHand[count] = (byHand[count] ?? 0) + chances.reduce((product, p, i) => product * (happen[i] === true ? p : 1 - p), 1)
    }
    byHand.forEach((p, k) => expect(found[k]).toBeCloseTo(p, 9))
    const most = atMost(found, 0.8)
    expect(found.slice(0, most + 1).reduce((sum, p) => sum + p, 0)).toBeGreaterThanOrEqual(0.8 - 1e-9)
    expect(found.slice(0, most).reduce((sum, p) => sum + p, 0)).toBeLessThan(0.8)
  }), { numRuns: 60 })
})
