import type { FontFace } from './font-face.ts'

/** Drawn in place of what the font does not have. */
const missing = '□'
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** A text as the font can draw it: control and direction-changing characters are gone, what it lacks is a box each. */
export function drawable(text: string, face: FontFace): string {
  const plain = text.normalize('NFC').replace(/\s+/gu, ' ').replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}]/gu, '').trim()
  return [...graphemes.segment(plain)].map(({ segment }) => (Array.from(segment).every((character) => face.covers(character.codePointAt(0) ?? 0)) ? segment : missing)).join('')
}

/** The text cut to `width` with an ellipsis; '' when not even one character and that fit. */
export function cut({ text, width, size, face }: { text: string; width: number; size: number; face: FontFace }): string {
  if (face.widthOf(text, size) <= width) return text
  let kept = ''
  for (const { segment } of graphemes.segment(text)) {
    if (face.widthOf(`${kept}${segment}`.trimEnd(), size) + face.widthOf('…', size) > width) break
    kept += segment
  }
  return kept.trim() === '' ? '' : `${kept.trimEnd()}…`
}

/** The text in at most `lines` lines of `width`, broken between words; the last line is cut. */
export function wrap({ text, width, size, face, lines }: { text: string; width: number; size: number; face: FontFace; lines: number }): string[] {
  const out: string[] = []
  const words = text.split(' ')
  while (words.length > 0 && out.length < lines) {
    if (out.length === lines - 1) return [...out, cut({ text: words.join(' '), width, size, face })].filter(Boolean)
    let line = words.shift() as string
    while (words[0] !== undefined && face.widthOf(`${line} ${words[0]}`, size) <= width) line += ` ${words.shift()}`
    out.push(cut({ text: line, width, size, face }))
  }
  return out.filter(Boolean)
}
