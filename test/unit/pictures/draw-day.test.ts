import { expect, test } from 'vitest'
import type { DayBook } from '../../../src/insights/day-book.ts'
import { drawDay } from '../../../src/pictures/draw-day.ts'
import { cut, drawable, wrap } from '../../../src/pictures/fit-text.ts'
import { loadFonts } from '../../../src/pictures/font-face.ts'
import { layOutDay } from '../../../src/pictures/lay-out-day.ts'
import type { Drawing } from '../../../src/pictures/paint.ts'
import { looks, page } from '../../../src/pictures/palette.ts'
import { clockTime, dayOf, risky, visit } from './made-up-day.ts'

const fonts = await loadFonts()
const morning = clockTime('08:00')
const lay = (dayBook: DayBook, now = morning): Drawing => layOutDay({ dayBook, now, fonts })
const words = (drawing: Drawing): string[] => drawing.texts.map(({ text }) => text)

test('a day becomes a PNG, the same bytes each time, with its words', async () => {
  const dayBook = dayOf([{ visits: [visit({ from: '10:00', ...risky('high', 0.46) }), visit({ from: '13:00', client: 'Noor Owens' })], gaps: [['11:00', '13:00']] }, { name: 'Priya' }])
  const [one, two] = [await drawDay({ dayBook, now: morning }), await drawDay({ dayBook: structuredClone(dayBook), now: morning })]
  expect(one.png.subarray(1, 4).toString()).toBe('PNG')
  expect([one.png.readUInt32BE(16), one.png.readUInt32BE(20)]).toEqual([one.width, one.height])
  expect(two).toEqual(one)
  expect(one.hash).toMatch(/^[0-9a-f]{64}$/)
  expect(one.alt).toContain("Maya: 10 am Dana Reyes Women's cut, 45 min (high 46 %)")
  expect((await drawDay({ dayBook, now: clockTime('12:00') })).hash).not.toBe(one.hash)
})

test('letters are really there: a name that differs by one letter gives another picture', async () => {
  const hashOf = async (client: string) => (await drawDay({ dayBook: dayOf([{ visits: [visit({ client, from: '10:00', minutes: 120 })] }]), now: morning })).hash
  const hashes = await Promise.all(['Dana Reyes', 'Dana Reyas', 'Δάνα Ρέγιες', 'Дана Рейес'].map(hashOf))
  expect(new Set(hashes).size).toBe(4)
})

test('risk is said by a sign and words too, shorter where there is less room', () => {
  const said = (minutes: number) => words(lay(dayOf([{ visits: [visit({ from: '10:00', minutes, ...risky('high', 0.463) })] }]))).slice(-3 - 7).join(' | ')
  expect(said(90)).toContain('▲\u00a0high 46\u00a0%')
  expect(said(30)).toContain('▲\u00a0high | 46\u00a0%')
  expect(said(15)).toContain('▲ Dana')
  expect(words(lay(dayOf([{ visits: [visit({ from: '10:00', ...risky('medium', 0.2) })] }]))).join(' ')).toContain('◆')
})

test('every colour has the contrast that text needs, and the three risks differ in lightness', () => {
  for (const [name, { fill, ink }] of Object.entries(looks)) expect(contrast(fill, ink), name).toBeGreaterThanOrEqual(4.5)
  expect(contrast(page.ground, page.faint)).toBeGreaterThanOrEqual(4.5)
  expect(contrast(looks.low.fill, looks.high.fill)).toBeGreaterThan(4.5)
  expect(contrast(looks.medium.fill, looks.high.fill)).toBeGreaterThan(4.5)
})

test('one to twenty people and none, no visits, a closed day, and a day without hours are all drawn', async () => {
  for (const count of [1, 20]) {
    const drawing = lay(dayOf(Array.from({ length: count }, (_, n) => ({ name: `Person ${n}`, visits: [visit({ from: '10:00' })] }))))
    expect(drawing.bars.length).toBeGreaterThanOrEqual(count)
    expect(Math.max(...drawing.bars.map(({ y2 }) => y2))).toBeLessThan(drawing.height)
  }
  expect(words(lay(dayOf([])))).toContain('Nobody is booked')
  expect(words(lay(dayOf([], { open: null })))).toEqual(expect.arrayContaining(['Closed', expect.stringContaining('closed')]))
  expect((await drawDay({ dayBook: dayOf([], { open: null }), now: morning })).height).toBeGreaterThan(100)
})

test('two visits of one person at once are drawn side by side, and a third goes where there is room again', () => {
  const drawing = lay(dayOf([{ visits: [visit({ from: '10:00', minutes: 120 }), visit({ from: '10:30' }), visit({ from: '11:30' }), visit({ from: '13:00' })] }]))
  const bars = drawing.bars.slice(0, 4)
  expect(bars[0]?.y).toBeLessThan(bars[1]?.y ?? 0)
  expect(bars[2]?.y).toBe(bars[1]?.y)
  expect(bars[3]?.y).toBe(bars[0]?.y)
  for (const [n, bar] of bars.entries()) for (const other of bars.slice(n + 1)) expect(bar.x < other.x2 && other.x < bar.x2 && bar.y < other.y2 && other.y < bar.y2).toBe(false)
})

test('text stays within its bar, however long the name', () => {
  const long = 'Maximiliana Featherstonehaugh-Wolfeschlegelsteinhausen de la Cruz'
  for (const minutes of [5, 10, 15, 20, 25, 30, 45, 60, 180]) {
    const drawing = lay(dayOf([{ visits: [visit({ client: long, from: '10:00', minutes, ...risky('high', 0.99), status: 'confirmed' })] }]))
    const [bar] = drawing.bars as [Drawing['bars'][number]]
    const pixels = (x: number) => drawing.left + (x * (drawing.right - drawing.left)) / drawing.minutes
    for (const text of drawing.texts.filter(({ x, y }) => x >= bar.x && x <= bar.x2 && y >= bar.y && y <= bar.y2)) {
      const length = (text.bold ? fonts.bold : fonts.regular).widthOf(text.text, text.size)
      if (text.angle === 0) expect(pixels(text.x) + length).toBeLessThanOrEqual(pixels(bar.x2))
      else expect(text.y - length).toBeGreaterThanOrEqual(bar.y)
    }
  }
})

test('what people type can neither break the picture nor turn it round', async () => {
  const names = ['<script>alert(1)</script>', '&amp; "quoted" \'names\'', 'a\u0000b\u0007c', '\ud800 half', '\u202eevil\u202c', '李娜', '👩‍🦰 Ana', 'مريم', 'x'.repeat(5_000), ' ', "{{datum.x}} ' + 1", '']
  const picture = await drawDay({ dayBook: dayOf(names.map((name) => ({ name, visits: [visit({ from: '10:00', client: name, services: name, minutes: 120 })] }))), now: morning })
  expect(picture.width).toBeGreaterThan(500)
  expect(picture.alt.length).toBeLessThanOrEqual(1_900)
  expect(drawable('\u202eevil\u202c', fonts.regular)).toBe('evil')
  expect(drawable('李娜', fonts.regular)).toBe('□□')
  expect(drawable('👩‍🦰 Ana\n\tB', fonts.regular)).toMatch(/^□+ Ana B$/)
  expect(drawable('Zoë Čapek, Ωmega, Юлия', fonts.regular)).toBe('Zoë Čapek, Ωmega, Юлия')
})

test('the axis and the line of now are on the wall clock, also when an hour comes twice', () => {
  const drawing = lay(dayOf([{ visits: [visit({ from: '08:30' })], shift: ['09:00', '18:20'] }]), clockTime('10:15'))
  expect(words(drawing)).toEqual(expect.arrayContaining(['8 am', '9 am', '12 pm', '7 pm', 'now 10:15 am']))
  expect(words(drawing)).not.toContain('10 am') // The label of now stands there.
  const night = { ...dayOf([]), date: '2026-11-01', open: { start: '2026-11-01T07:00:00.000Z', end: '2026-11-01T11:00:00.000Z' } }
  const rows = [{ staff: { id: 's', name: 'Maya' }, shifts: [night.open], visits: [], gaps: [] }]
  expect(words(lay({ ...night, rows })).filter((text) => text.endsWith(' am'))).toEqual(['12 am', '1 am', '1 am', '2 am', '3 am'])
  expect(words(lay(dayOf([{}]), '2026-11-17T20:00:00Z')).join(' ')).not.toContain('now ')
})

test('visits without a time are named below, and what is left of a missed visit is drawn as free', () => {
  const missed = visit({ from: '10:00', minutes: 120, status: 'no_show' })
  delete missed.risk
  const drawing = lay(dayOf([{ visits: [missed], gaps: [['10:30', '19:00']] }], { untimed: [visit({ client: 'Yuki Cho', from: '09:00', ...risky('medium', 0.2) })] }))
  expect(words(drawing).join(' ')).toContain('Without a known time or person (1): Yuki Cho (◆ medium 20 %)')
  const [gap, bar] = drawing.bars as [Drawing['bars'][number], Drawing['bars'][number]]
  expect(bar.dash).toEqual(looks.missed.dash)
  expect(bar.x2).toBeLessThanOrEqual(gap.x)
})

test('cutting and wrapping never leave half a character', () => {
  const face = fonts.bold
  expect(cut({ text: 'Dana', width: 500, size: 14, face })).toBe('Dana')
  expect(cut({ text: 'Dana Reyes', width: 40, size: 14, face })).toMatch(/^Da?n?…$/)
  expect(cut({ text: 'Dana', width: 2, size: 14, face })).toBe('')
  expect(cut({ text: 'Zoe\u0308\u0301e\u0308 Long', width: 36, size: 14, face })).not.toMatch(/e…$/)
  expect(wrap({ text: 'one two three', width: face.widthOf('one two', 14) + 1, size: 14, face, lines: 2 })).toEqual(['one two', 'three'])
})

/** WCAG 2.2, relative luminance and contrast ratio. */
function contrast(a: string, b: string): number {
  const luminance = (colour: string): number => [1, 3, 5].map((n) => parseInt(colour.slice(n, n + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)).reduce((sum, c, n) => sum + c * ([0.2126, 0.7152, 0.0722][n] as number), 0)
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}
