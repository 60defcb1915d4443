import { describe, expect, test } from 'vitest'
import { sayReasons } from '../../../src/risk/say-reasons.ts'
import type { FeatureRow } from '../../../src/risk/features.ts'

const row = (values: FeatureRow['values'], recent?: FeatureRow['recent']): FeatureRow => ({ appointmentId: 'a', clientId: 'c', values, ...(recent && { recent }) })
const baseRate = 0.07

describe('reasons', () => {
  test('come from what raises the score, the weightiest first, three at most', () => {
    const reasons = sayReasons({
      row: row({ pastNoShows: 1, pastLateCancels: 2, pastVisits: 0, consultation: 1, leadDays: 40, confirmed: 0, color: 1 }, { noShows: 1, lateCancels: 1, earlyCancels: 0 }),
      contributions: { pastNoShows: 0.3, pastLateCancels: 0.3, consultation: 1.2, leadDays: 0.2, confirmed: 0.15, firstVisit: 0.12 },
      baseRate,
    })
    expect(reasons).toEqual(['consultation, which clients here miss more often', 'one no-show and one late cancellation in the last 60 days', 'booked 40 days ahead'])
  })

  test('never claim what the facts do not bear out', () => {
    const reasons = sayReasons({ row: row({ pastNoShows: 0, pastLateCancels: 0, pastEarlyCancels: 0, pastVisits: 2, consultation: 0 }), contributions: { pastFailureRate: 0.4, consultation: 0.3 }, baseRate })
    expect(reasons).toEqual(['nothing unusual: about 7 in 100 bookings here fall through'])
  })

  test('say what speaks for the booking when nothing raises the risk', () => {
    expect(sayReasons({ row: row({ pastVisits: 6, pastNoShows: 0, pastLateCancels: 0 }), contributions: { pastVisits: -0.3, style: -0.1 }, baseRate })).toEqual(['kept all 6 past visits', 'a kind of service that clients here rarely miss'])
    expect(sayReasons({ row: row({ pastVisits: 5, pastNoShows: 1, pastLateCancels: 0 }), contributions: { pastVisits: -0.3 }, baseRate })).toEqual(['kept 5 of 6 past bookings'])
    expect(sayReasons({ row: row({ confirmed: 1 }), contributions: { confirmed: -0.5 }, baseRate })).toEqual(['already confirmed'])
  })

  test('say both sides when more speaks for the booking than against it', () => {
    expect(sayReasons({ row: row({ pastVisits: 6, leadDays: 30 }), contributions: { pastVisits: -0.6, leadDays: 0.2 }, baseRate })).toEqual(['booked 30 days ahead', 'kept all 6 past visits'])
  })

  test.each<[FeatureRow['values'], FeatureRow['recent'] | undefined, object, string]>([
    [{ pastVisits: 0 }, undefined, { firstVisit: 0.2 }, 'no earlier visit on our records'],
    [{ pastVisits: 4, daysSinceVisit: 200 }, undefined, { daysSinceVisit: 0.2 }, 'last visit was 200 days ago'],
    [{ pastVisits: 4, daysSinceVisit: 20, visitsWithStaff: 0 }, undefined, { visitsWithStaff: 0.2 }, 'has not been with this staff member before'],
    [{ pastVisits: 3, pastLateCancels: 1 }, { noShows: 0, lateCancels: 0, earlyCancels: 0 }, { pastLateCancels: 0.2 }, 'one late cancellation among four past bookings'],
    [{ daysSinceCancel: 9 }, undefined, { daysSinceCancel: 0.3 }, 'cancelled a booking 9 days ago'],
    [{ color: 1, style: 1 }, undefined, { color: 0.3 }, 'color service, which falls through more often here'],
    [{ color: 1, style: 0 }, undefined, { style: 0.3 }, 'color without a cut or styling, which falls through more often here'],
    [{ saturday: 1 }, undefined, { saturday: 0.3 }, 'Saturday bookings fall through more often here'],
    [{ deposit: 0 }, undefined, { deposit: 0.3 }, 'no deposit paid'],
    [{ moves: 2 }, undefined, { moves: 0.3 }, 'changed twice since it was booked'],
    [{ leadDays: 0 }, undefined, { leadDays: 0.3 }, 'booked the same day'],
  ])('%j says so', (values, recent, contributions, words) => {
    expect(sayReasons({ row: row(values, recent), contributions, baseRate })).toEqual([words])
  })
})
