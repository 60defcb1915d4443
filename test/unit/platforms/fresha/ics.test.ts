import { describe, expect, test } from 'vitest'
import { readCalendar } from '../../../../src/platforms/fresha/ics.ts'
import { calendar } from '../../../support/platforms/fake-fresha.ts'

const zone = 'America/Los_Angeles'
const event = (...lines: string[]) => ['BEGIN:VEVENT', 'UID:u-1', ...lines, 'END:VEVENT']
const read = (...lines: string[]) => readCalendar(calendar(event(...lines)), zone)?.events[0]

describe('a feed\'s times', () => {
  test.each([
    ['in UTC', ['DTSTART:20261121T180000Z', 'DTEND:20261121T184500Z'], '2026-11-21T18:00:00.000Z', '2026-11-21T18:45:00.000Z'],
    ['on the wall of a zone', ['DTSTART;TZID=Europe/Rome:20261121T190000', 'DTEND;TZID=Europe/Rome:20261121T194500'], '2026-11-21T18:00:00.000Z', '2026-11-21T18:45:00.000Z'],
    ['with the zone in quotes and another parameter', ['DTSTART;VALUE=DATE-TIME;TZID="Europe/Rome":20261121T190000', 'DURATION:PT45M'], '2026-11-21T18:00:00.000Z', '2026-11-21T18:45:00.000Z'],
    ['on the salon\'s wall where no zone is named', ['DTSTART:20261121T100000', 'DURATION:PT1H30M'], '2026-11-21T18:00:00.000Z', '2026-11-21T19:30:00.000Z'],
    ['without an end', ['DTSTART:20261121T180000Z'], '2026-11-21T18:00:00.000Z', '2026-11-21T18:00:00.000Z'],
    ['with an end before its start', ['DTSTART:20261121T180000Z', 'DTEND:20261121T170000Z'], '2026-11-21T18:00:00.000Z', '2026-11-21T18:00:00.000Z'],
    ['in the hour that does not exist in spring', [`DTSTART;TZID=${zone}:20270314T023000`, 'DURATION:PT30M'], '2027-03-14T10:30:00.000Z', '2027-03-14T11:00:00.000Z'],
    ['over the night in which the clock goes back', [`DTSTART;TZID=${zone}:20261101T003000`, `DTEND;TZID=${zone}:20261101T023000`], '2026-11-01T07:30:00.000Z', '2026-11-01T10:30:00.000Z'],
  ])('%s', (_name, lines, start, end) => {
    expect(read(...lines)).toMatchObject({ start, end, allDay: false })
  })

  test('a date alone is a day without a time', () => {
    expect(read('DTSTART;VALUE=DATE:20261126')).toMatchObject({ start: '2026-11-26T08:00:00.000Z', allDay: true })
  })

  test('a zone by another name is what its VTIMEZONE says', () => {
    const text = calendar(['BEGIN:VTIMEZONE', 'TZID:W. Europe', 'X-LIC-LOCATION:Europe/Berlin', 'END:VTIMEZONE', ...event('DTSTART;TZID=W. Europe:20261121T190000')])
    expect(readCalendar(text, zone)?.events[0]?.start).toBe('2026-11-21T18:00:00.000Z')
  })
})

describe('a feed\'s text', () => {
  test('folded lines, alarms, quoted colons and other line ends are read', () => {
    const text = calendar(event('DTSTART:20261121T180000Z', `SUMMARY;ALTREP="cid:part;1":${'A very long title: '.repeat(12)}`, 'STATUS:CANCELLED', 'BEGIN:VALARM', 'TRIGGER:-PT5M', 'DTSTART:20200101T000000Z', 'UID:alarm', 'END:VALARM'))
    for (const one of [text, text.replaceAll('\r\n', '\n'), `\uFEFF${text}`, text.replaceAll('\r\n ', '\r\n\t')]) {
      expect(readCalendar(one, zone)).toEqual({ events: [{ uid: 'u-1', start: '2026-11-21T18:00:00.000Z', end: '2026-11-21T18:00:00.000Z', allDay: false, cancelled: true }], unread: 0 })
    }
  })

  test.each([
    ['empty', ''], ['HTML', '<html>Sign in</html>'], ['cut off', calendar(event('DTSTART:20261121T180000Z')).slice(0, -30)], ['something else', 'BEGIN:VCARD\r\nEND:VCARD\r\n'],
  ])('%s is no calendar', (_name, text) => {
    expect(readCalendar(text, zone)).toBeUndefined()
  })

  test('events whose times cannot be read are counted', () => {
    const text = calendar(['DTSTART:20261332T000000', 'DTSTART:soon', 'DTSTART;TZID=Europe/Rome:20261121T250000', 'X-NOTHING:1'].flatMap((line) => event(line)))
    expect(readCalendar(text, zone)).toEqual({ events: [], unread: 4 })
  })

  test('one time of a repeated event is an event of its own', () => {
    const text = calendar([...event('DTSTART:20261121T180000Z', 'RRULE:FREQ=WEEKLY'), ...event('RECURRENCE-ID:20261128T180000Z', 'DTSTART:20261128T190000Z')])
    expect(readCalendar(text, zone)?.events.map(({ uid, start }) => [uid, start])).toEqual([['u-1', '2026-11-21T18:00:00.000Z'], ['u-1 20261128T180000Z', '2026-11-28T19:00:00.000Z']])
  })

  test('a very long line takes no time to speak of', () => {
    const text = calendar(event('DTSTART:20261121T180000Z', `X-LONG;A=${'a,'.repeat(20_000)}"`, `ATTENDEE;CN=${'"x'.repeat(20_000)}`))
    const begun = performance.now()
    expect(readCalendar(text, zone)?.events).toHaveLength(1)
    expect(performance.now() - begun).toBeLessThan(1_000)
  })
})
