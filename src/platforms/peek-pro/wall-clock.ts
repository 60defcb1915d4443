const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/**
 * Peek writes times as they are on the wall of the place, without a zone: `2026-11-27T17:00:00`, `2026-11-27 5:00 PM`,
 * `Nov 27, 2026 at 5:00pm`. Answers `2026-11-27T17:00:00`, to be read in the place's zone; undefined for a time without a day, a
 * day in figures of which either could be the month, and everything else. Never by `Date`, which would add the server's zone.
 */
export function toWallClock(text: string): string | undefined {
  const date = dateOf(text)
  const time = date === undefined ? undefined : timeOf(text)
  return date === undefined || time === undefined ? undefined : `${date}T${time}:00`
}

function dateOf(text: string): string | undefined {
  const iso = /(?<!\d)(\d{4})-(\d\d)-(\d\d)(?!\d)/.exec(text)
  if (iso !== null) return real(Number(iso[1]), Number(iso[2]), Number(iso[3]))
  const [, name = '', day, year] = /\b([A-Za-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})\b/.exec(text) ?? []
  const month = months.indexOf(name.slice(0, 3).toLowerCase()) + 1
  return month === 0 ? undefined : real(Number(year), month, Number(day))
}

function timeOf(text: string): string | undefined {
  const [, hours, minutes = '00', half] = /(?:^|[T ])(\d{1,2}):(\d\d)(?::\d\d(?:\.\d+)?)? ?([AaPp])\.?[Mm]\b/.exec(text) ?? /(?:^|[T ])(\d{1,2})(?::(\d\d))? ?([AaPp])\.?[Mm]\b/.exec(text) ?? /(?:^|[T ])(\d\d):(\d\d)(?::\d\d(?:\.\d+)?)?$/.exec(text) ?? []
  if (hours === undefined || Number(minutes) > 59) return undefined
  const hour = Number(hours)
  if (half === undefined) return hour > 23 ? undefined : `${hours}:${minutes}`
  if (hour < 1 || hour > 12) return undefined
  return `${String((hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0)).padStart(2, '0')}:${minutes}`
}

function real(year: number, month: number, day: number): string | undefined {
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate()
  return month < 1 || month > 12 || day < 1 || day > last ? undefined : `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}
