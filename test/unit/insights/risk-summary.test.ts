import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { riskSummary } from '../../../src/insights/risk-summary.ts'
import type { Store } from '../../../src/store/open-store.ts'
import { createTestStore } from '../../support/test-store.ts'
import { appointment, client, morning, openDayBook, scoreBy } from '../calls/day-book.ts'

let store: Store
beforeEach(async () => { store = await createTestStore() })
afterEach(async () => { await store.close() })

const clock = morning
const clients = [client('dana', 'Dana', 'Reyes')]

describe('riskSummary', () => {
  it('adds up risk and money by day and location, each in its own zone', async () => {
    const platform = await openDayBook({ store, clients, appointments: [
      appointment('a', { clientId: 'dana', time: '10:00' }),
      appointment('b', { clientId: 'dana', time: '12:00', serviceId: 'balayage' }),
      appointment('c', { clientId: 'dana', date: '2026-11-21', time: '09:00', locationId: 'east', staffId: 'theo' }),
      appointment('gone', { clientId: 'dana', date: '2026-11-21', time: '09:00', status: 'cancelled' }),
    ] })
    const { score } = scoreBy({ a: 0.4, b: 0.15, c: 0.05 })
    const summary = await riskSummary({ platform, score, clock, from: '2026-11-20', to: '2026-11-21' })
    expect(summary.days.map(({ location, date, appointments, bands, moneyAtRisk }) => [location.id, date, appointments, bands.high, bands.medium, bands.low, moneyAtRisk.minor])).toEqual([
      ['west', '2026-11-20', 2, 1, 1, 0, 7_100], ['west', '2026-11-21', 0, 0, 0, 0, 0], ['east', '2026-11-20', 0, 0, 0, 0, 0], ['east', '2026-11-21', 1, 0, 0, 1, 400],
    ])
    expect(summary.sentence).toBe('Friday 20 November to Saturday 21 November: 3 appointments, about 0.6 expected to fail (1 high, 1 medium risk), $75 at stake.')
  })

  it('names hotspots that stand out, with how much', async () => {
    const at = ['09:00', '11:00', '13:00', '15:00', '17:00', '19:00']
    const platform = await openDayBook({ store, clients, appointments: at.flatMap((time, i) => [appointment(`m${i}`, { clientId: 'dana', time }), appointment(`t${i}`, { clientId: 'dana', time, staffId: 'theo' })]) })
    const summary = await riskSummary({ platform, score: scoreBy(Object.fromEntries(at.map((_, i) => [`t${i}`, 0.25]))).score, clock, from: '2026-11-20', to: '2026-11-20', locationId: 'pearl' })
    expect(summary.hotspots).toMatchObject([{ by: 'staff', name: 'Theo', appointments: 6, location: { id: 'west' } }])
    expect(summary.hotspots[0]?.timesAverage).toBeCloseTo(0.25 / 0.15)
    expect(summary.sentence).toContain('Watch Theo\'s day at Pearl: 6 appointments at 1.7 times the average risk.')
  })

  it('says when there is nothing, and refuses bad ranges and places', async () => {
    const platform = await openDayBook({ store, clients, appointments: [] })
    const ask = (more: { from: string; to: string; locationId?: string }) => riskSummary({ platform, score: scoreBy({}).score, clock, ...more })
    expect((await ask({ from: '2026-11-20', to: '2026-11-20' })).sentence).toBe('Friday 20 November: no appointments in the book.')
    await expect(ask({ from: '2026-11-21', to: '2026-11-20' })).rejects.toMatchObject({ code: 'invalid_input' })
    await expect(ask({ from: '2026-01-01', to: '2026-11-20' })).rejects.toMatchObject({ code: 'invalid_input' })
    await expect(ask({ from: '2026-11-20', to: '2026-11-20', locationId: 'moon' })).rejects.toMatchObject({ code: 'invalid_input' })
  })
})
