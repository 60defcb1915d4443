import type { LocalDate } from '../../salon/time.ts'
import type { PageDesk } from './page-desk.ts'

/** Days whose pictures are kept. */
const mostKept = 20

/**
 * Draws a location's day as PNG. That takes the processor most of a second: it is done once for what the day holds and for
 * each ten minutes (the picture has a line of now), however many pages show it.
 */
export function keptPictures({ dayBook, dayPicture, clock }: Pick<PageDesk, 'dayBook' | 'dayPicture' | 'clock'>): PageDesk['dayPicture'] {
  const kept = new Map<string, { of: string; drawn: Promise<Uint8Array> }>()
  return async (where: { locationId: string; date: LocalDate }) => {
    const of = `${clock.now().slice(0, '2026-11-18T16:0'.length)} ${JSON.stringify(await dayBook(where))}`
    const key = `${where.locationId} ${where.date}`
    const before = kept.get(key)
    if (before?.of === of) return before.drawn
    const drawn = dayPicture(where)
    const entry = { of, drawn }
    kept.delete(key)
    kept.set(key, entry)
    drawn.catch(() => { if (kept.get(key) === entry) kept.delete(key) })
    for (const oldest of kept.keys()) if (kept.size > mostKept) kept.delete(oldest)
    return drawn
  }
}
