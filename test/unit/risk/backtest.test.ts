import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readSalonExport } from '../../../src/imports/read-salon-export.ts'
import { backtest } from '../../../src/risk/backtest.ts'
import { openRiskModel } from '../../../src/risk/open-model.ts'
import { at, localDate } from '../../../src/salon/time.ts'
import { booking, riskCatalog, riskHistories, riskZone } from '../../support/risk-histories.ts'

const salonExport = '../shared/data/salon'

describe('backtest', () => {
  const histories = riskHistories()
  const range = { from: '2018-05-01', to: '2018-06-30' }

  test('gives a line for every call-list visit of the range, and the naive rule on the same rows', () => {
    const { lines, summary } = backtest({ histories, catalog: riskCatalog, ...range })
    expect(lines.every(({ date }) => date >= range.from && date <= range.to)).toBe(true)
    expect(new Set(lines.map(({ outcome }) => outcome))).toEqual(new Set(['kept', 'no_show', 'late_cancel']))
    expect(summary).toMatchObject({ ...range, n: lines.length, failures: lines.filter(({ outcome }) => outcome !== 'kept').length })
    expect(summary.naive?.n).toBe(lines.length)
    expect(summary.auc.value).toBeGreaterThan(summary.naive?.auc.value ?? 1)
  })

  test('trap: consultations are reported apart', () => {
    const { summary } = backtest({ histories, catalog: riskCatalog, ...range })
    const apart = summary.withoutConsultations.model
    expect(apart?.n).toBeLessThan(summary.n)
    expect(apart?.auc.value).not.toBe(summary.auc.value)
  })

  test('trap: leaving the time of day out of cancelled bookings changes no score', () => {
    const blank = riskHistories()
    for (const { appointment } of blank) {
      if (appointment.status !== 'cancelled') continue
      const [date] = appointment.id.split(':').slice(-1)
      appointment.timeKnown = false
      appointment.start = booking({ client: 'x', date: date ?? '', ending: 'open', time: '08:00' }).appointment.start
    }
    expect(backtest({ histories: blank, catalog: riskCatalog, ...range }).lines).toEqual(backtest({ histories, catalog: riskCatalog, ...range }).lines)
  })

  test('trap: what happens later changes no line, so that the future cannot leak in', () => {
    const { lines } = backtest({ histories, catalog: riskCatalog, from: range.from, to: '2018-05-31' })
    const cut = histories.filter(({ appointment }) => appointment.start < '2018-06-02')
    expect(backtest({ histories: cut, catalog: riskCatalog, from: range.from, to: '2018-05-31' }).lines).toEqual(lines)
  })

  test('says what is wrong with a range that has nothing to judge', () => {
    expect(() => backtest({ histories, catalog: riskCatalog, from: '2018-06-30', to: '2018-05-01' })).toThrow(expect.objectContaining({ code: 'invalid_input' }))
    expect(() => backtest({ histories, catalog: riskCatalog, from: '2030-01-01', to: '2030-02-01' })).toThrow(expect.objectContaining({ code: 'invalid_input', userMessage: expect.stringMatching(/nothing to judge/) }))
    expect(() => backtest({ histories: [], catalog: riskCatalog, ...range })).toThrow(expect.objectContaining({ code: 'invalid_input' }))
  })
})

describe.skipIf(!existsSync(salonExport))("on the real salon's exports (skipped without ../shared)", () => {
  test('beats the naive rule, is calibrated, and is not good enough to be a leak', async () => {
    const { book } = await readSalonExport({ dir: salonExport })
    const { lines, summary } = backtest({ histories: book.appointments, catalog: book.catalog, from: '2018-05-15', to: '2018-06-26' })
    expect(lines).toHaveLength(597)
    expect(summary).toMatchObject({ n: 597, failures: 41 })
    expect(summary.auc.value).toBeGreaterThan((summary.naive?.auc.value ?? 1) + 0.05)
    expect(summary.auc.value).toBeLessThan(0.8)
    expect(summary.averagePrecision.value).toBeGreaterThan(summary.naive?.averagePrecision.value ?? 1)
    expect(summary.brier.value).toBeLessThan(summary.naive?.brier.value ?? 0)
    expect(summary.calibrationError.value).toBeLessThan(0.04)
    expect(summary.lift10.value).toBeGreaterThan(2.5)
    expect(summary.withoutConsultations.model).toMatchObject({ n: 578, failures: 31 })
  })

  test('trap: taking the time of day away from all of its bookings changes no score', async () => {
    const { book } = await readSalonExport({ dir: salonExport })
    const range = { catalog: book.catalog, from: '2018-06-01', to: '2018-06-26' }
    const { lines } = backtest({ histories: book.appointments, ...range })
    for (const { appointment } of book.appointments) {
      appointment.start = at(localDate(appointment.start, riskZone), '00:00', riskZone)
      appointment.timeKnown = false
    }
    expect(backtest({ histories: book.appointments, ...range }).lines).toEqual(lines)
  })

  test('the shipped model learned from no later day than its card says', async () => {
    const model = await openRiskModel({ dir: 'models/risk' })
    expect(model.baseRate).toBeCloseTo(80 / 1084, 10)
  })
})
