import type { DatePhrase, TimePhrase } from './time-phrases/time-phrase.ts'

/** A date as one short word for labelled data: `2026-11-20` or `2026-11-23..2026-11-29`. */
export function dateKey({ from, to }: Pick<DatePhrase, 'from' | 'to'>): string {
  return from === to ? from : `${from}..${to}`
}

/** A time as one short word for labelled data: `15:00`, `after 17:00`, `14:00-16:00`, `afternoon`, `later 30`, `07:00|19:00`. */
export function timeKey(time: Pick<TimePhrase, 'kind' | 'at' | 'from' | 'to' | 'part' | 'byMinutes' | 'options'>): string {
  switch (time.kind) {
    case 'at':
      return time.from ?? ''
    case 'after':
      return `after ${time.from}`
    case 'before':
      return `before ${time.to}`
    case 'around':
      return `around ${time.at}`
    case 'between':
      return `${time.from}-${time.to}`
    case 'part_of_day':
      return time.part ?? ''
    case 'ambiguous_meridiem':
      return time.options?.join('|') ?? ''
    case 'earlier':
    case 'later':
    default:
      return time.byMinutes === undefined ? time.kind : `${time.kind} ${time.byMinutes}`
  }
}
