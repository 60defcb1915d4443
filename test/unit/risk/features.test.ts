import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { featuresOf, indexCatalog } from '../../../src/risk/features.ts'
import { scoringMoment } from '../../../src/risk/outcome.ts'
import { trainingRows } from '../../../src/risk/training-rows.ts'
import type { AppointmentEvent, AppointmentHistory } from '../../../src/salon/salon.ts'
import { addDays, at, startOfDay } from '../../../src/salon/time.ts'
import { booking, riskCatalog, riskHistories, riskZone } from '../../support/risk-histories.ts'
import type { Ending } from '../../support/risk-histories.ts'

const salon = indexCatalog(riskCatalog)
const asOf = scoringMoment('2018-05-15', riskZone)
const target = booking({ client: 'C1', date: '2018-05-15', ending: 'open' })
const features = (history: AppointmentHistory, ofClient: AppointmentHistory[], moment = asOf) => featuresOf({ history, ofClient, salon, baseRate: 0.08, asOf: moment })

const endings: Ending[] = ['kept', 'no_show', 'late_cancel', 'early_cancel', 'open']
const anyBooking = fc.record({ day: fc.integer({ min: -80, max: 40 }), ending: fc.constantFrom(...endings), service: fc.constantFrom('CUT', 'DYE', 'CON') })
  .map(({ day, ending, service }) => booking({ client: 'C1', date: addDays('2018-05-15', day === 0 ? 1 : day), ending, service }))
const anyLaterEvent = fc.record({
  kind: fc.constantFrom<AppointmentEvent['kind']>('moved', 'confirmed', 'arrived', 'completed', 'cancelled', 'no_show', 'paid', 'note', 'booked'),
  minutes: fc.integer({ min: 1, max: 100_000 }),
}).map(({ kind, minutes }): AppointmentEvent => {
  const moment = new Date(Date.parse(asOf) + minutes * 60_000).toISOString()
  return { kind, at: moment, knownAt: moment }
})

describe('what was not known then does not count', () => {
  test('trap: no event known after the moment changes a feature, on any history', () => {
    fc.assert(fc.property(fc.array(anyBooking, { maxLength: 12 }), fc.array(anyLaterEvent, { minLength: 1, maxLength: 5 }), fc.nat(), (past, later, pick) => {
      const all = [target, ...past]
      const changed = all.map((history, i) => (i === pick % all.length ? { ...history, events: [...history.events, ...later] } : history))
      const first = changed[0] as AppointmentHistory
      expect(features(first, changed)).toEqual(features(target, all))
    }))
  })

  test('trap: the outcome of the visit itself never enters its own history', () => {
    const rows = endings.map((ending) => {
      const own = booking({ client: 'C1', date: '2018-05-15', ending })
      return features(own, [own, booking({ client: 'C1', date: '2018-04-01', ending: 'kept' })], '2018-12-01T00:00:00.000Z').values
    })
    for (const row of rows) expect(row).toEqual(rows[0])
  })

  test('an outcome of the day before the scoring moment is known only from the next midnight on', () => {
    const noShow = booking({ client: 'C1', date: '2018-05-14', ending: 'no_show' })
    expect(features(target, [target, noShow]).values.pastNoShows).toBe(0)
    expect(features(target, [target, noShow], startOfDay('2018-05-15', riskZone)).values.pastNoShows).toBe(1)
  })

  test('a booking that was moved later is scored by the day it stood on', () => {
    const moved: AppointmentHistory = {
      ...target,
      events: [{ kind: 'moved', at: '2018-05-14T20:00:00.000Z', knownAt: '2018-05-14T20:00:00.000Z', from: at('2018-05-12', '10:00', riskZone), to: target.appointment.start }],
    }
    expect(features(moved, [moved]).values).toMatchObject({ saturday: 1, tuesday: 0, moves: 0 })
    expect(features(moved, [moved], '2018-05-15T00:00:00.000Z').values).toMatchObject({ saturday: 0, tuesday: 1, moves: 1 })
  })

  test('a no-show that was corrected later counts until it was corrected', () => {
    const corrected = booking({ client: 'C1', date: '2018-04-10', ending: 'no_show' })
    corrected.events.push({ kind: 'completed', at: corrected.appointment.start, knownAt: startOfDay('2018-05-20', riskZone) })
    expect(features(target, [target, corrected]).values).toMatchObject({ pastNoShows: 1, pastVisits: 0 })
    expect(features(target, [target, corrected], startOfDay('2018-05-21', riskZone)).values).toMatchObject({ pastNoShows: 0, pastVisits: 1 })
  })
})

describe('what a feature may look at', () => {
  test('trap: the time of day, or that it is missing, changes nothing', () => {
    const times = [{ time: '08:00' }, { time: '19:50' }, { time: '09:00', timeKnown: false }]
    const rows = times.map((when) => {
      const own = booking({ client: 'C1', date: '2018-05-15', ending: 'open', ...when })
      return features(own, [own, booking({ client: 'C1', date: '2018-04-01', ending: 'late_cancel', ...when })])
    })
    for (const row of rows) expect(row).toEqual(rows[0])
  })

  test('money received for a visit changes nothing: only kept visits have it', () => {
    const paid: AppointmentHistory = { ...target, events: [{ kind: 'paid', at: target.appointment.start, knownAt: startOfDay('2018-05-16', riskZone), amount: { minor: 0, currency: 'CAD' } }] }
    expect(features(paid, [paid], '2018-06-01T00:00:00.000Z').values).toEqual(features(target, [target], '2018-06-01T00:00:00.000Z').values)
  })

  test('a cancellation by the salon is not held against the client', () => {
    const bySalon = booking({ client: 'C1', date: '2018-04-10', ending: 'late_cancel' })
    for (const event of bySalon.events) event.by = 'salon'
    expect(features(target, [target, bySalon]).values).toMatchObject({ pastLateCancels: 0, pastFailureRate: 0.08, daysSinceCancel: Infinity })
  })

  test('one failure does not make a client "100 %": the rate is shrunk to the salon\'s', () => {
    const row = features(target, [target, booking({ client: 'C1', date: '2018-04-10', ending: 'no_show' })])
    expect(row.values.pastFailureRate).toBeCloseTo((1 + 4 * 0.08) / 5, 10)
    expect(row.recent).toEqual({ noShows: 1, lateCancels: 0, earlyCancels: 0 })
  })

  test('a service that the catalogue does not know leaves its kind unknown', () => {
    const odd = structuredClone(target)
    for (const segment of odd.appointment.segments) segment.serviceId = 'gone'
    expect(features(odd, [odd]).values.consultation).toBeUndefined()
  })
})

describe('training rows', () => {
  test('are the call-list visits in the order of their days, cancelled in time left out', () => {
    const rows = trainingRows({ histories: riskHistories(), catalog: riskCatalog })
    expect(rows.length).toBeGreaterThan(700)
    expect(rows.map((row) => row.date)).toEqual(rows.map((row) => row.date).toSorted())
    expect(new Set(rows.map((row) => row.outcome))).toEqual(new Set(['kept', 'no_show', 'late_cancel']))
  })

  test('a later history changes no earlier row', () => {
    const histories = riskHistories()
    const cut = startOfDay('2018-04-01', riskZone)
    const known = histories.filter((history) => history.events.every((event) => event.knownAt <= cut))
    const early = trainingRows({ histories: known, catalog: riskCatalog })
    const late = new Map(trainingRows({ histories, catalog: riskCatalog }).map((row) => [row.appointmentId, row]))
    expect(early.length).toBeGreaterThan(200)
    for (const row of early) expect(late.get(row.appointmentId)).toEqual(row)
  })

  test('no row uses a fact younger than its own scoring moment, and every label is younger', () => {
    for (const row of trainingRows({ histories: riskHistories(), catalog: riskCatalog })) expect(row.knownAt > row.asOf).toBe(true)
  })
})
