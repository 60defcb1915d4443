import type { DayBook, DayRow, DayVisit } from '../insights/day-book.ts'
import { sayGlance, sayHour, sayMinutes, sayOpen } from '../insights/say-day-book.ts'
import type { Stretch } from '../salon/opening-hours.ts'
import { addMinutes, type Instant, localDate, localTime, minuteOfDay, minutesBetween, sayDate, sayTime } from '../salon/time.ts'
import { cut, drawable, wrap } from './fit-text.ts'
import type { FontFaces } from './font-face.ts'
import { labelBar, lookOf } from './label-bar.ts'
import type { Box, Drawing, Rule, Text } from './paint.ts'
import { looks, page, signs } from './palette.ts'

/** Pixels of the layout. A row is one lane high, or as many as visits of that person that overlap. */
const measures = { names: 118, margin: 20, hour: 104, narrowest: 760, widest: 1_300, top: 112, lane: 80, laneGap: 4, rowGap: 12, legend: 46, noteLine: 18 }

/** Places everything on the day's picture: an axis of local wall-clock hours, a row a person, a line for now, a legend. */
export function layOutDay({ dayBook, now, fonts }: { dayBook: DayBook; now: Instant; fonts: FontFaces }): Drawing {
  const { start, end } = axisOf(dayBook, now)
  const minutes = minutesBetween(start, end)
  const left = measures.names
  const width = Math.round(Math.min(measures.widest, Math.max(measures.narrowest, left + (minutes / 60) * measures.hour + measures.margin)))
  const right = width - measures.margin
  const notes = notesOf({ dayBook, width, fonts })
  const rows = placeRows(dayBook.rows)
  const bottom = rows.at(-1)?.bottom ?? measures.top + measures.lane
  const drawing: Drawing = { width, height: bottom + notes.length * measures.noteLine + (notes.length > 0 ? 10 : 0) + measures.legend, left, right, minutes, ground: [], grid: [], bars: [], marks: [], labels: [], texts: [] }
  const scale: Scale = { start, perMinute: (right - left) / minutes, left, minute: (px) => (px - left) / ((right - left) / minutes) }
  drawTitle({ drawing, scale, dayBook, now, fonts })
  const chip = drawNow({ drawing, scale, dayBook, now, bottom, fonts })
  drawAxis({ drawing, scale, dayBook, bottom, chip, fonts })
  for (const row of rows) drawRow({ drawing, scale, row, fonts })
  if (rows.length === 0) {
    const words = dayBook.open === null ? 'Closed' : 'Nobody is booked'
    drawing.texts.push(textAt({ scale, x: drawing.width / 2, y: measures.top + measures.lane / 2, text: words, size: 18, fill: page.faint, align: 'center' }))
  }
  notes.forEach((text, n) => drawing.texts.push(textAt({ scale, x: measures.margin, y: bottom + 18 + n * measures.noteLine, text, size: 13, fill: page.faint })))
  if (rows.length > 0) drawLegend({ drawing, scale, y: drawing.height - 26, fonts })
  return drawing
}

type Scale = { start: Instant; left: number; perMinute: number; minute(px: number): number }
/** Where the label of now covers the axis, in pixels. */
type Chip = { from: number; to: number }
type PlacedRow = DayRow & { top: number; bottom: number; lanes: { visit: DayVisit; lane: number }[] }

/** From the first whole hour to the last that anything touches. */
function axisOf({ open, rows, location: { zone }, date }: DayBook, now: Instant): Stretch {
  const stretches = [...(open === null ? [] : [open]), ...rows.flatMap(({ visits, shifts }) => [...visits, ...shifts])]
  const first = stretches.map(({ start }) => start).sort()[0] ?? (localDate(now, zone) === date ? now : undefined)
  if (first === undefined || stretches.length === 0) return { start: `${date}T09:00:00.000Z`, end: `${date}T18:00:00.000Z` }
  const last = stretches.map(({ end }) => end).sort().at(-1) as Instant
  const past = (instant: Instant): number => minuteOfDay(localTime(instant, zone)) % 60
  const start = addMinutes(first, -past(first))
  const end = past(last) === 0 ? last : addMinutes(last, 60 - past(last))
  return { start, end: end > start ? end : addMinutes(start, 60) }
}

function placeRows(rows: DayRow[]): PlacedRow[] {
  let top = measures.top
  return rows.map((row) => {
    const lanes = lanesOf(row.visits)
    const count = Math.max(1, ...lanes.map(({ lane }) => lane + 1))
    const placed = { ...row, lanes, top, bottom: top + count * measures.lane + (count - 1) * measures.laneGap + measures.rowGap }
    top = placed.bottom
    return placed
  })
}

/** Visits of one person at the same time go side by side: each into the first lane that is free. */
function lanesOf(visits: DayVisit[]): PlacedRow['lanes'] {
  const free: Instant[] = []
  return visits.map((visit) => {
    const found = free.findIndex((end) => end <= visit.start)
    const lane = found === -1 ? free.length : found
    free[lane] = visit.end
    return { visit, lane }
  })
}

function drawTitle({ drawing, scale, dayBook, now, fonts }: { drawing: Drawing; scale: Scale; dayBook: DayBook; now: Instant; fonts: FontFaces }): void {
  const { location, date } = dayBook
  const x = measures.margin
  const when = sayDate(date, localDate(now, location.zone))
  const room = drawing.width - measures.margin * 2
  const name = cut({ text: drawable(location.name, fonts.bold), width: room - fonts.regular.widthOf(when, 22) - 14, size: 24, face: fonts.bold })
  drawing.texts.push(
    textAt({ scale, x, y: 36, text: name, size: 24, bold: true }),
    textAt({ scale, x: x + fonts.bold.widthOf(name, 24) + 14, y: 36, text: when, size: 22, fill: page.faint }),
    textAt({ scale, x, y: 62, text: cut({ text: `${sayOpen(dayBook)} · ${sayGlance(dayBook)}`, width: room, size: 16, face: fonts.regular }), size: 16 }),
  )
}

function drawAxis({ drawing, scale, dayBook: { location: { zone }, rows }, bottom, chip, fonts }: { drawing: Drawing; scale: Scale; dayBook: DayBook; bottom: number; chip: Chip | undefined; fonts: FontFaces }): void {
  if (rows.length === 0) return
  const every = scale.perMinute * 60 < 44 ? 120 : 60
  for (let minute = 0; minute <= drawing.minutes; minute += 60) {
    const at = addMinutes(scale.start, minute)
    const y = measures.top - 6
    drawing.grid.push({ x: minute, x2: minute, y, y2: bottom - measures.rowGap / 2, stroke: page.grid, strokeWidth: 1 })
    const text = sayHour(at, zone)
    const [x, half] = [scale.left + minute * scale.perMinute, fonts.regular.widthOf(text, 14) / 2 + 4]
    const hidden = chip !== undefined && x + half > chip.from && x - half < chip.to
    if (minute % every === 0 && !hidden) drawing.texts.push(textAt({ scale, x, y: y - 6, text, size: 14, fill: page.faint, align: 'center' }))
  }
}

function drawRow({ drawing, scale, row, fonts }: { drawing: Drawing; scale: Scale; row: PlacedRow; fonts: FontFaces }): void {
  const [top, bottom] = [row.top, row.bottom - measures.rowGap]
  const plain = { stroke: 'transparent', strokeWidth: 0, dash: [], round: 0 }
  drawing.ground.push({ x: 0, x2: drawing.minutes, y: top - 3, y2: bottom + 3, fill: page.away, ...plain })
  drawing.ground.push(...row.shifts.map(({ start, end }): Box => ({ x: minutesBetween(scale.start, start), x2: minutesBetween(scale.start, end), y: top - 3, y2: bottom + 3, fill: page.here, ...plain })))
  drawing.grid.push(lineAcross({ drawing, scale, y: bottom + measures.rowGap / 2 }))
  const name = wrap({ text: drawable(row.staff.name, fonts.bold), width: measures.names - measures.margin - 10, size: 16, face: fonts.bold, lines: 2 })
  name.forEach((text, n) => drawing.texts.push(textAt({ scale, x: measures.margin, y: top + measures.lane / 2 + 6 + (n - (name.length - 1) / 2) * 19, text, size: 16, bold: true })))
  for (const gap of row.gaps) drawGap({ drawing, scale, gap, top, bottom, fonts })
  for (const { visit, lane } of row.lanes) drawVisit({ drawing, scale, visit, top: top + lane * (measures.lane + measures.laneGap), gaps: row.gaps, fonts })
}

function drawVisit({ drawing, scale, visit, top, gaps, fonts }: { drawing: Drawing; scale: Scale; visit: DayVisit; top: number; gaps: Stretch[]; fonts: FontFaces }): void {
  // What is left of a missed visit is free again, and drawn so.
  const end = visit.status === 'no_show' ? gaps.find(({ start }) => start > visit.start && start < visit.end)?.start ?? visit.end : visit.end
  const [from, to] = [minutesBetween(scale.start, visit.start), minutesBetween(scale.start, end)]
  const look = looks[lookOf(visit)]
  const inset = 1 / scale.perMinute
  const width = Math.max(3, (to - from) * scale.perMinute - 2)
  const x = scale.left + from * scale.perMinute + 1
  drawing.bars.push({ x: from + inset, x2: from + inset + width / scale.perMinute, y: top, y2: top + measures.lane, round: 5, fill: look.fill, stroke: look.stroke, strokeWidth: look.strokeWidth, dash: look.dash })
  for (const line of labelBar({ visit, width, height: measures.lane, fonts })) {
    drawing.texts.push({ ...textAt({ scale, x: x + line.x, y: top + line.baseline, text: line.text, size: line.size, bold: line.bold, fill: look.ink }), angle: line.turned ? 270 : 0 })
  }
}

function drawGap({ drawing, scale, gap, top, bottom, fonts }: { drawing: Drawing; scale: Scale; gap: Stretch; top: number; bottom: number; fonts: FontFaces }): void {
  const [from, to] = [minutesBetween(scale.start, gap.start), minutesBetween(scale.start, gap.end)]
  const { ink, ...look } = looks.free
  const inset = 2 / scale.perMinute
  drawing.bars.push({ x: from + inset, x2: to - inset, y: top + 1, y2: bottom - 1, round: 5, ...look })
  const length = sayMinutes(to - from)
  const room = (to - from) * scale.perMinute - 10
  const words = [['free', length]].find((lines) => lines.every((text) => fonts.regular.widthOf(text, 12.5) <= room)) ?? (fonts.regular.widthOf('free', 11.5) <= room ? ['free'] : [])
  words.forEach((text, n) => drawing.texts.push(textAt({ scale, x: scale.left + ((from + to) / 2) * scale.perMinute, y: (top + bottom) / 2 + 5 + (n - (words.length - 1) / 2) * 17, text, size: 12.5, fill: ink, align: 'center' })))
}

function drawNow({ drawing, scale, dayBook: { location: { zone }, rows }, now, bottom, fonts }: { drawing: Drawing; scale: Scale; dayBook: DayBook; now: Instant; bottom: number; fonts: FontFaces }): Chip | undefined {
  const minute = minutesBetween(scale.start, now)
  if (minute < 0 || minute > drawing.minutes || rows.length === 0) return undefined
  const text = `now ${sayTime(now, zone)}`
  const half = fonts.bold.widthOf(text, 13) / 2 + 7
  const middle = Math.min(drawing.width - half - 4, Math.max(half + 4, scale.left + minute * scale.perMinute))
  const y = measures.top - 26
  drawing.marks.push({ x: minute, x2: minute, y: y + 18, y2: bottom - measures.rowGap / 2, stroke: page.nowLine, strokeWidth: 2 })
  drawing.labels.push({ x: scale.minute(middle - half), x2: scale.minute(middle + half), y, y2: y + 20, fill: page.now, stroke: page.now, strokeWidth: 0, dash: [], round: 4 })
  drawing.texts.push(textAt({ scale, x: middle, y: y + 14.5, text, size: 13, bold: true, fill: '#ffffff', align: 'center' }))
  return { from: middle - half, to: middle + half }
}

function drawLegend({ drawing, scale, y, fonts }: { drawing: Drawing; scale: Scale; y: number; fonts: FontFaces }): void {
  const entries = [['low', 'low risk'], ['medium', `${signs.medium} medium`], ['high', `${signs.high} high`], ['done', 'here or done'], ['missed', '✗ no-show'], ['free', 'free'], [undefined, '✓ confirmed']] as const
  let x = measures.margin
  for (const [name, text] of entries) {
    if (name !== undefined) {
      const { fill, stroke, strokeWidth, dash } = looks[name]
      drawing.bars.push({ x: scale.minute(x), x2: scale.minute(x + 20), y: y - 11, y2: y + 3, round: 3, fill, stroke, strokeWidth, dash })
      x += 27
    }
    drawing.texts.push(textAt({ scale, x, y: y + 1, text, size: 14 }))
    x += fonts.regular.widthOf(text, 14) + 20
  }
}

/** Who is in the book without a place on the picture, in at most four lines. */
function notesOf({ dayBook: { untimed }, width, fonts }: { dayBook: DayBook; width: number; fonts: FontFaces }): string[] {
  if (untimed.length === 0) return []
  const who = untimed.map(({ client, risk }) => `${drawable(client.name, fonts.regular)}${risk === undefined || risk.band === 'low' ? '' : ` (${signs[risk.band]} ${risk.band} ${Math.round(risk.score * 100)} %)`}`)
  return wrap({ text: `Without a known time or person (${untimed.length}): ${who.join(', ')}`, width: width - measures.margin * 2, size: 13, face: fonts.regular, lines: 4 })
}

function lineAcross({ drawing, scale, y }: { drawing: Drawing; scale: Scale; y: number }): Rule {
  return { x: scale.minute(measures.margin), x2: scale.minute(drawing.right), y, y2: y, stroke: page.line, strokeWidth: 1 }
}

function textAt({ scale, x, y, text, size, bold = false, fill = page.ink, align = 'left' }: { scale: Scale; x: number; y: number; text: string; size: number; bold?: boolean; fill?: string; align?: Text['align'] }): Text {
  return { x: scale.minute(x), y, text, size, bold, align, angle: 0, fill }
}
