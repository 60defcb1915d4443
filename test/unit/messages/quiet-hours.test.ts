import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { numberZones } from '../../../src/messages/sending/number-zone.ts'
import { hoursFor, nextAllowed } from '../../../src/messages/sending/quiet-hours.ts'
import { usualHours } from '../../../src/messages/sending/text-settings.ts'
import { isZone, localTime } from '../../../src/salon/time.ts'

const pacific = 'America/Los_Angeles'
const eastern = 'America/New_York'
const next = (now: string, { salonZone = pacific, zones = [] as string[], hours = usualHours } = {}) => nextAllowed({ now, salonZone, numberZones: zones, hours })

describe('F35: a text goes out at the next allowed minute', () => {
  test.each([
    ['at 8:59 it waits a minute', '2026-11-20T16:59:00.000Z', [], '2026-11-20T17:00:00.000Z'],
    ['at 9:00 it goes', '2026-11-20T17:00:00.000Z', [], '2026-11-20T17:00:00.000Z'],
    ['at 19:59:59 it goes', '2026-11-21T03:59:59.000Z', [], '2026-11-21T03:59:59.000Z'],
    ['at 20:00 it waits for the morning', '2026-11-21T04:00:00.000Z', [], '2026-11-21T17:00:00.000Z'],
    ['at 17:00 it is 20:00 for a number in New York', '2026-11-21T01:00:00.000Z', [eastern], '2026-11-21T17:00:00.000Z'],
    ['at 9:00 in New York the salon still sleeps', '2026-11-20T14:00:00.000Z', [eastern], '2026-11-20T17:00:00.000Z'],
    ['of several zones the strictest counts', '2026-11-20T18:00:00.000Z', ['America/Denver', 'Pacific/Honolulu'], '2026-11-20T19:00:00.000Z'],
    ['an unknown zone is the salon\'s', '2026-11-20T18:00:00.000Z', [], '2026-11-20T18:00:00.000Z'],
    ['zones that never agree tell nothing', '2026-11-20T18:00:00.000Z', ['Europe/London', 'Pacific/Auckland'], '2026-11-20T18:00:00.000Z'],
  ])('%s', (_what, now, zones, expected) => {
    expect(next(now, { zones })).toBe(expected)
  })

  test.each([
    ['the night clocks go forward', '2027-03-14T05:00:00.000Z', '2027-03-14T16:00:00.000Z'], // 9:00 is an hour earlier then
    ['the evening before', '2027-03-13T16:30:00.000Z', '2027-03-13T17:00:00.000Z'],
    ['the night clocks go back', '2026-11-01T04:00:00.000Z', '2026-11-01T17:00:00.000Z'],
    ['in the hour that comes twice', '2026-11-01T09:30:00.000Z', '2026-11-01T17:00:00.000Z'],
  ])('%s: nine is nine on the wall', (_what, now, expected) => {
    const at = next(now)
    expect(at).toBe(expected)
    expect(localTime(expected, pacific)).toBe('09:00')
  })

  test('a zone without daylight saving beside one with it', () => {
    // Phoenix keeps its time; in summer it is Los Angeles', in winter an hour ahead.
    expect(next('2026-07-15T15:30:00.000Z', { zones: ['America/Phoenix'] })).toBe('2026-07-15T16:00:00.000Z')
    expect(next('2026-12-16T03:30:00.000Z', { zones: ['America/Phoenix'] })).toBe('2026-12-16T17:00:00.000Z')
  })

  test('whatever the zones, it is within the hours in the salon and with the number, and never earlier than now', () => {
    const zones = fc.constantFrom(pacific, eastern, 'America/St_Johns', 'America/Phoenix', 'America/Chicago', 'America/Anchorage')
    fc.assert(fc.property(zones, fc.array(zones, { maxLength: 3 }), fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 11, 31) }), (salonZone, others, ms) => {
      const now = new Date(ms).toISOString()
      const at = next(now, { salonZone, zones: others })
      if (at === undefined || at < now) return false
      return [salonZone, ...others].every((zone) => localTime(at, zone) >= '09:00' && localTime(at, zone) < '20:00')
    }), { numRuns: 300 })
  })

  test('hours that are none allow nothing', () => {
    expect(next('2026-11-20T18:00:00.000Z', { hours: { from: '20:00', to: '20:00' } })).toBeUndefined()
  })
})

test('LAW-4: for offers and advertising a salon can only narrow the usual hours; for texts about visits it decides', () => {
  const settings = { hours: { from: '07:00', to: '21:30' }, promotionalHours: { from: '08:00', to: '18:00' } }
  expect(hoursFor({ purpose: 'appointment', settings })).toEqual(settings.hours)
  expect(hoursFor({ purpose: 'waitlist', settings })).toEqual({ from: '09:00', to: '18:00' })
  expect(hoursFor({ purpose: 'marketing', settings: { ...settings, promotionalHours: { from: '10:00', to: '23:00' } } })).toEqual({ from: '10:00', to: '20:00' })
})

describe('the zones of a number', () => {
  test.each([
    ['+12135550102', [pacific]],
    ['+12125550100', [eastern]],
    ['+18085550100', ['Pacific/Honolulu']],
    ['+19075550100', ['America/Adak', 'America/Anchorage', 'America/Juneau', 'Pacific/Honolulu']],
    ['+16055550100', ['America/Chicago', 'America/Denver', 'America/North_Dakota/Center']],
    ['+442079460000', ['Europe/London']],
    ['+33612345678', ['Europe/Paris']],
    ['+18005550100', []],
    ['+9991', []],
  ])('%s', (phone, zones) => {
    expect(numberZones(phone)).toEqual(zones.length === 1 && phone.startsWith('+44') ? expect.arrayContaining(zones) : zones)
  })

  test('are all zones that this machine knows', () => {
    const all = Array.from({ length: 800 }, (_, n) => numberZones(`+1${200 + n}5550100`)).flat()
    expect(all.length).toBeGreaterThan(400)
    expect(all.filter((zone) => !isZone(zone))).toEqual([])
  })
})
