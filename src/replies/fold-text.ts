/** A text as the rules see it, with the way back: `words` are its folded words and marks, joined by one space in `text`. */
export type Folded = {
  text: string
  /** The place in the original where the folded character at `index` begins. */
  startOf(index: number): number
  /** The place in the original where the folded stretch that ends before `index` ends. */
  endOf(index: number): number
}

/** Signs that answer by themselves become words of their own. */
const signs: [RegExp, string][] = [
  [/^(?:👍|👌|✅|✔|☑|🆗|💯|🙋)/u, 'thumbsup'],
  [/^(?:👎|❌|🚫|🙅)/u, 'thumbsdown'],
  [/^(?:🙏)/u, 'thankshands'],
]

/** Marks that end a thought; any other mark is a comma, a slash or dash between digits is kept in its word. */
const marks: Record<string, string> = { '.': '.', '!': '!', '?': '?', '¿': '', '¡': '', ';': '.', '\n': '.', '…': '.' }

/**
 * Lower case, without accents, apostrophes and skin tones ("Sí, I'll" is "si , ill"), each word and mark set apart by one
 * space. Digits keep what joins them: 3:30, 11/27, 3.30. Neighbouring `times` become one word, `xtime`. Pure; never
 * throws, whatever the characters.
 */
export function foldText(original: string, times: { start: number; end: number }[] = []): Folded {
  let text = ''
  const starts: number[] = []
  const ends: number[] = []
  const tokens = original.matchAll(/\d+(?:[:./-]\d+)+|\d+(?=\p{L})|[\p{L}\p{N}\p{M}]+(?:['’‘`´][\p{L}\p{M}]+)*|[ap]\.m\.?|\n|[^\s\p{L}\p{N}]/giu)
  for (const match of tokens) {
    const inTime = times.some(({ start, end }) => match.index >= start && match.index < end)
    // "Check-in": what joins two words parts no thoughts.
    const joins = match[0] === '-' && /\p{L}-\p{L}/u.test(original.slice(Math.max(match.index - 1, 0), match.index + 2))
    const word = inTime ? 'xtime' : joins ? '' : foldToken(match[0])
    if (inTime && / ?xtime$/.test(text)) ends.fill(match.index + match[0].length, text.length - 'xtime'.length)
    if ((inTime && / ?xtime$/.test(text)) || word === '' || (/^[,.]$/.test(word) && (text === '' || text.endsWith(` ${word}`)))) continue
    const piece = text === '' ? word : ` ${word}`
    for (let k = 0; k < piece.length; k++) {
      starts.push(match.index)
      ends.push(match.index + match[0].length)
    }
    text += piece
  }
  return { text, startOf: (index) => starts[index] ?? original.length, endOf: (index) => ends[index - 1] ?? 0 }
}

function foldToken(token: string): string {
  if (/^\s$/.test(token)) return '.'
  if (/[\p{L}\p{N}]/u.test(token)) return token.normalize('NFD').replaceAll(/[\p{M}'’‘`´]/gu, '').toLowerCase()
  const sign = signs.find(([pattern]) => pattern.test(token))
  if (sign !== undefined) return sign[1]
  // Hearts and faces say nothing that a machine may act on.
  if (/^(?:\p{Extended_Pictographic}|\p{M}|\p{Emoji_Modifier}|\u200D|\uFE0F)/u.test(token)) return ''
  if (/^["“”«»*_~()[\]'’‘`´@#]$/.test(token)) return ''
  return marks[token] ?? ','
}
