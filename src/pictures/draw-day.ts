import { createHash } from 'node:crypto'
import type { DayBook } from '../insights/day-book.ts'
import { sayDayBook } from '../insights/say-day-book.ts'
import type { Instant } from '../salon/time.ts'
import { loadFonts } from './font-face.ts'
import { layOutDay } from './lay-out-day.ts'
import { paint } from './paint.ts'

/** `width` and `height` in pixels of the PNG; `hash` is the SHA-256 of its bytes, in hex. */
export type DayPicture = { png: Buffer; width: number; height: number; alt: string; hash: string }

/** Draws a location's day as a timeline with its risks. The same day book at the same moment gives the same bytes. `alt` says what it shows in at most 1,900 characters. */
export async function drawDay({ dayBook, now }: { dayBook: DayBook; now: Instant }): Promise<DayPicture> {
  const fonts = await loadFonts()
  const image = await paint({ drawing: layOutDay({ dayBook, now, fonts }), fonts })
  return { ...image, alt: sayDayBook({ dayBook, now }), hash: createHash('sha256').update(image.png).digest('hex') }
}
