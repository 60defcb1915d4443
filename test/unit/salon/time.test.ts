import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { expect, test } from 'vitest'
import { addDays, localDate, weekday } from '../../../src/salon/time.ts'

/** Days and zones are reckoned in a quick way of our own: it must say what Temporal says. */

const zones = ['America/Los_Angeles', 'America/St_Johns', 'Europe/London', 'Africa/Casablanca', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'Pacific/Apia', 'UTC'] as const
const instants = fc.date({ min: new Date('1950-01-01'), max: new Date('2090-01-01'), noInvalidDate: true }).map((date) => date.toISOString())
const days = fc.date({ min: new Date('0001-01-01'), max: new Date('9998-12-31'), noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10))

test('the local day of any instant, in any zone', () => {
  fc.assert(fc.property(instants, fc.constantFrom(...zones), (instant, zone) => {
    expect(localDate(instant, zone)).toBe(Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDate().toString())
  }), { numRuns: 2_000 })
})

test('the local day to the millisecond where clocks change, whatever was asked before', () => {
  for (const zone of zones) {
    let change = Temporal.Instant.from('2011-06-01T00:00:00Z').toZonedDateTimeISO(zone).getTimeZoneTransition('next')
    for (let n = 0; n < 8 && change !== null; n++) {
      for (const ms of [-1, 0, 1, -86_400_000, 86_399_999]) {
        const at = Temporal.Instant.fromEpochMilliseconds(change.epochMilliseconds + ms)
        expect(localDate(new Date(at.epochMilliseconds).toISOString(), zone)).toBe(at.toZonedDateTimeISO(zone).toPlainDate().toString())
      }
      change = change.getTimeZoneTransition('next')
    }
  }
})

test('weekdays and days ahead or back', () => {
  fc.assert(fc.property(days, fc.integer({ min: -2_000, max: 2_000 }), (day, ahead) => {
    expect(weekday(day)).toBe(Temporal.PlainDate.from(day).dayOfWeek)
    expect(addDays(day, ahead)).toBe(Temporal.PlainDate.from(day).add({ days: ahead }).toString())
  }), { numRuns: 2_000 })
})

test.each(['2026-02-30', '2026-13-01', '2025-02-29', 'tomorrow', ''])('%j is no day', (day) => {
  expect(() => weekday(day)).toThrow(RangeError)
  expect(() => addDays(day, 1)).toThrow(RangeError)
})

test('an instant in another form is read as before, and one in none is refused', () => {
  expect(localDate('2026-11-21T01:30:00+02:00', 'UTC')).toBe('2026-11-20')
  expect(localDate('1883-11-18T12:00:00.000Z', 'America/New_York')).toBe('1883-11-18')
  expect(() => localDate('2026-11-21', 'UTC')).toThrow(RangeError)
  expect(() => localDate('2026-02-30T00:00:00.000Z', 'UTC')).toThrow(RangeError)
})
