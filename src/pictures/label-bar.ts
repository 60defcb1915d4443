import type { DayVisit } from '../insights/day-book.ts'
import { cut, drawable, wrap } from './fit-text.ts'
import type { FontFaces } from './font-face.ts'
import { looks, signs } from './palette.ts'

/** A piece of text within a bar, in pixels from the bar's top left corner; `baseline` is where its letters stand. */
export type Line = { text: string; x: number; baseline: number; size: number; bold: boolean; turned: boolean }

const insets = { narrow: 4, wide: 6 }
const sizes = { names: [14, 13, 12, 11], more: 12.5, line: 16, turned: [12, 11, 10], turnedLine: 14 }
/** Below this a bar's text is turned and runs up. */
const uprightFrom = 46
/** From this on it says the service too. */
const servicesFrom = 88

export function lookOf({ status, risk }: Pick<DayVisit, 'status' | 'risk'>): keyof typeof looks {
  if (status === 'no_show') return 'missed'
  if (risk !== undefined) return risk.band
  return status === 'completed' || status === 'arrived' || status === 'in_service' ? 'done' : 'unscored'
}

/** What a bar of `width` × `height` pixels says: the client, then the risk, then (with room) the service. */
export function labelBar({ visit, width, height, fonts }: { visit: DayVisit; width: number; height: number; fonts: FontFaces }): Line[] {
  return width < uprightFrom ? turnedLines({ visit, width, height, fonts }) : uprightLines({ visit, width, height, fonts })
}

function uprightLines({ visit, width, height, fonts }: { visit: DayVisit; width: number; height: number; fonts: FontFaces }): Line[] {
  const inset = width < 60 ? insets.narrow : insets.wide
  const room = width - inset * 2
  const most = Math.floor((height - insets.wide) / sizes.line)
  const note = wrapWhole({ texts: notesOf(visit), width: room, fonts })
  const full = drawable(visit.client.name, fonts.bold)
  // A smaller name that can be read is better than a large one that is cut.
  const size = sizes.names.find((size) => full.split(' ').every((word) => fonts.bold.widthOf(word, size) <= room)) ?? 11
  const name = wrap({ text: full, width: room, size, face: fonts.bold, lines: Math.max(1, Math.min(2, most - note.length)) })
  const alone = note.length === 1 && note[0] === '✓' && width > servicesFrom ? '✓ ' : ''
  const texts = [...name.map((text) => ({ text, size, bold: true })), ...(alone === '' ? note : []).map((text) => ({ text, size: sizes.more, bold: visit.risk?.band === 'high' }))]
  const left = most - texts.length
  const services = left > 0 && width > servicesFrom ? wrap({ text: `${alone}${drawable(visit.services, fonts.regular)}`, width: room, size: sizes.more, face: fonts.regular, lines: left }) : []
  return [...texts, ...services.map((text) => ({ text, size: sizes.more, bold: false }))]
    .map(({ text, size, bold }, n) => ({ text, size, bold, x: inset, baseline: insets.wide + 11 + n * sizes.line, turned: false }))
}

function turnedLines({ visit, width, height, fonts }: { visit: DayVisit; width: number; height: number; fonts: FontFaces }): Line[] {
  const lines = Math.min(2, Math.floor((width - 2) / sizes.turnedLine))
  if (lines === 0) return []
  const room = height - insets.wide * 2
  const name = drawable(visit.client.name, fonts.bold)
  const sign = signOf(visit)
  const note = lines > 1 ? firstThatFits({ texts: notesOf(visit), width: room, size: sizes.turned[0] as number, fonts }) : ''
  const whole = note === '' && sign !== '' ? `${sign} ${name}` : name
  const size = sizes.turned.find((size) => fonts.bold.widthOf(whole, size) <= room) ?? 11
  const first = cut({ text: whole, width: room, size, face: fonts.bold })
  const texts = [first, note].filter(Boolean)
  const start = (width - texts.length * sizes.turnedLine) / 2 + 11
  return texts.map((text, n) => ({ text, x: start + n * sizes.turnedLine, baseline: height - insets.wide, size, bold: n === 0, turned: true }))
}

/** The risk and the status, from the longest wording to a sign alone. */
function notesOf(visit: DayVisit): string[] {
  const { status, risk } = visit
  if (risk !== undefined) {
    const percent = `${Math.round(risk.score * 100)} %`
    const yes = status === 'confirmed' ? '✓' : ''
    if (risk.band === 'low') return status === 'confirmed' ? ['✓ confirmed', '✓'] : []
    return [`${signs[risk.band]} ${risk.band} ${percent} ${yes}`, `${signs[risk.band]} ${risk.band} ${percent}`, `${signs[risk.band]} ${percent}`, signs[risk.band]].map((text) => text.trim())
  }
  const words: Partial<Record<typeof status, string[]>> = {
    no_show: ['✗ no-show', '✗'], completed: ['done'], arrived: ['is here', 'here'], in_service: ['in the chair', 'in chair'],
  }
  return words[status] ?? []
}

function signOf({ status, risk }: DayVisit): string {
  return status === 'no_show' ? '✗' : risk !== undefined && risk.band !== 'low' ? signs[risk.band] : status === 'confirmed' ? '✓' : ''
}

/** The first wording whose words all fit, over two lines if need be. */
function wrapWhole({ texts, width, fonts }: { texts: string[]; width: number; fonts: FontFaces }): string[] {
  for (const text of texts) {
    const lines = wrap({ text: text.replace(/ %/g, '\u00a0%').replace(/([◆▲✓✗]) /gu, '$1\u00a0'), width, size: sizes.more, face: fonts.bold, lines: 2 })
    if (lines.join(' ').replaceAll('\u00a0', ' ') === text) return lines
  }
  return []
}

function firstThatFits({ texts, width, size, fonts }: { texts: string[]; width: number; size: number; fonts: FontFaces }): string {
  return texts.find((text) => fonts.bold.widthOf(text, size) <= width) ?? ''
}
