import { expect, test } from 'vitest'
import { readConfirmationSettings } from '../../../src/confirmations/confirmation-settings.ts'
import type { ConfirmationSettings } from '../../../src/confirmations/confirmation-settings.ts'
import { nextStep, stepsOf, type Step, type VisitNow } from '../../../src/confirmations/sequence.ts'
import type { RiskBand } from '../../../src/salon/salon.ts'
import { at, localTime, minutesBetween } from '../../../src/salon/time.ts'
import { createTestStore } from '../../support/test-store.ts'
import { tinyZone as zone } from '../../support/tiny-book.ts'

const store = await createTestStore()
const usual = (await readConfirmationSettings({ db: store.db, locationIds: ['main'] })).get('main') as ConfirmationSettings
await store.close()

const on = (date: string, time = '09:00') => at(date, time, zone)
const friday = on('2026-12-04', '15:00')
const dues = (band: RiskBand, settings: Partial<ConfirmationSettings> = {}, start = friday) => stepsOf({ start, zone, band, settings: { ...usual, ...settings } }).map(({ step, dueAt, until }) => [step, dueAt, until])
const next = (now: string, { band = 'low', done = [], settings = {}, ...visit }: { band?: RiskBand; done?: Step[]; settings?: Partial<ConfirmationSettings> } & Partial<VisitNow> = {}) =>
  nextStep({ visit: { start: friday, dealtWith: new Set(done), texts: done.length, ...visit }, zone, band, settings: { ...usual, ...settings }, now })

test('low risk: one text, two days before; higher risk: one three days before and one the day before', () => {
  expect(dues('low')).toEqual([['confirm', on('2026-12-02'), on('2026-12-04', '13:00')]])
  for (const band of ['medium', 'high'] as const) {
    expect(dues(band)).toEqual([['early', on('2026-12-01'), on('2026-12-03')], ['last', on('2026-12-03'), on('2026-12-04', '13:00')]])
  }
})

test('how many texts a risky visit gets is the salon\'s to say', () => {
  expect(dues('high', { touches: 1 }).map(([step]) => step)).toEqual(['early'])
  expect(dues('high', { touches: 3 }).map(([step]) => step)).toEqual(['early', 'confirm', 'last'])
  expect(next(on('2026-12-03'), { band: 'high', done: ['early'], settings: { touches: 1 } })).toEqual({ kind: 'nothing' })
})

test('a text is at least its hours before the visit, unless nobody may be texted at that hour', () => {
  for (const time of ['09:00', '12:30', '17:45']) {
    const start = on('2026-12-04', time)
    const [due] = stepsOf({ start, zone, band: 'low', settings: usual })
    expect(minutesBetween(due?.dueAt ?? start, start)).toBeGreaterThanOrEqual(48 * 60)
  }
  expect(dues('low', {}, on('2026-12-04', '07:30'))[0]?.[1]).toBe(on('2026-12-02'))
})

test('on the days that the clocks change the hour on the wall stays', () => {
  // Forward on 14 March 2027, back on 7 November 2027.
  for (const date of ['2027-03-14', '2027-03-15', '2027-03-16', '2027-03-17', '2027-11-07', '2027-11-08', '2027-11-09', '2027-11-10']) {
    for (const band of ['low', 'high'] as const) {
      const planned = stepsOf({ start: on(date, '10:00'), zone, band, settings: usual })
      expect(planned.length).toBe(band === 'low' ? 1 : 2)
      expect(planned.map(({ dueAt }) => localTime(dueAt, zone))).toEqual(planned.map(() => '09:00'))
    }
  }
})

test('due, not yet due, too late: never within two hours of the visit', () => {
  expect(next(on('2026-12-02', '08:59'))).toMatchObject({ kind: 'later', step: 'confirm', dueAt: on('2026-12-02') })
  expect(next(on('2026-12-02'))).toMatchObject({ kind: 'due', step: 'confirm' })
  expect(next(on('2026-12-04', '12:59'))).toMatchObject({ kind: 'due', step: 'confirm' })
  expect(next(on('2026-12-04', '13:00'))).toEqual({ kind: 'nothing' })
  expect(next(on('2026-12-04', '13:30'), { settings: { leastHours: 1 } })).toMatchObject({ kind: 'due' })
})

test('what was missed is passed by: after a pause the latest step goes, and only it', () => {
  expect(next(on('2026-12-03', '10:00'), { band: 'high' })).toMatchObject({ kind: 'due', step: 'last' })
  expect(next(on('2026-12-02', '10:00'), { band: 'high' })).toMatchObject({ kind: 'due', step: 'early' })
})

test('a risk that changes in between adds no text beyond its own number', () => {
  // Was high and had its first text; now low, which gets one.
  expect(next(on('2026-12-02'), { band: 'low', done: ['early'] })).toEqual({ kind: 'nothing' })
  // Was low and had its text; now high, which may have a second.
  expect(next(on('2026-12-03'), { band: 'high', done: ['confirm'] })).toMatchObject({ kind: 'due', step: 'last' })
})

test('a visit booked inside the window gets the next step only, and none that comes right after booking', () => {
  expect(next(on('2026-12-02', '10:00'), { band: 'high', bookedAt: on('2026-12-02', '09:30') })).toEqual({ kind: 'left_out', step: 'early', why: 'just_booked' })
  expect(next(on('2026-12-03'), { band: 'high', bookedAt: on('2026-12-02', '09:30') })).toMatchObject({ kind: 'due', step: 'last' })
  expect(next(on('2026-12-02', '09:00'), { bookedAt: on('2026-12-01', '22:00') })).toEqual({ kind: 'left_out', step: 'confirm', why: 'just_booked' })
  expect(next(on('2026-12-02', '09:00'), { bookedAt: on('2026-12-01', '20:00') })).toMatchObject({ kind: 'due' })
  expect(next(on('2026-12-02', '09:00'), { askedAt: on('2026-12-02', '08:00') })).toEqual({ kind: 'left_out', step: 'confirm', why: 'just_asked' })
  expect(next(on('2026-12-02', '09:00'), { bookedAt: on('2026-12-01', '22:00'), settings: { afterAskingHours: 0 } })).toMatchObject({ kind: 'due' })
})
