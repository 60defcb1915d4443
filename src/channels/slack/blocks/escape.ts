/**
 * Invisible and of no width: put inside whatever Slack or a phone would turn into a link, a mention or an emoji, it stops
 * that and changes nothing to the eye (U+2060, word joiner). None survives from the data, so every one in a payload is ours.
 */
const joiner = '\u2060'

/** Shown where the data holds something that cannot be seen: a control character, a hidden letter, half a character. */
const mark = '\uFFFD'

const emojiJoin = /(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F])\u200D(?=\p{Extended_Pictographic})/gu
// In these scripts joiners are part of how words are written.
const letterJoin = /(?<=[\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Sinhala}]\p{M}*)[\u200C\u200D](?=[\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Sinhala}])/gu
const emojiStyle = /(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}#*\d])\uFE0F/gu
const hidden = /(?![\n\uE000\uE001\uE002])[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Cn}\p{Default_Ignorable_Code_Point}\u2800]+/gu
const manyMarks = /(\p{M}{4})\p{M}+/gu

/**
 * Text as it can be shown: well-formed, with line ends as `\n`, and nothing in it that hides, reorders or piles up. What was
 * there and cannot be shown leaves a visible mark. Every renderer's first step; the hash of an approval is over the stored values, not this.
 */
export function clean(text: string): string {
  // Joiners with a purpose are put aside while the others go.
  return text.toWellFormed()
    .replace(/[\uE000-\uE002]/g, mark)
    .replace(/\r\n?|[\u2028\u2029\u0085\v\f]/g, '\n').replace(/\t/g, ' ')
    .replace(emojiJoin, '\uE000').replace(letterJoin, (join) => (join === '\u200D' ? '\uE000' : '\uE001')).replace(emojiStyle, '\uE002')
    .replace(hidden, mark).replace(manyMarks, `$1${mark}`)
    .replace(/\uE000/g, '\u200D').replace(/\uE001/g, '\u200C').replace(/\uE002/g, '\uFE0F')
}

/**
 * Data for fields that Slack shows letter by letter (`plain_text`, the text of `rich_text`). Those parse no markup, but clients
 * still make links of what looks like an address; tokens like `<!channel>` are broken too, in case one is ever parsed.
 * `lines`: whether line breaks stay, or are shown as a sign so that a value cannot look like more rows.
 */
export function literal(text: string, { lines = 'many' }: { lines?: 'one' | 'many' } = {}): string {
  return inert(breaks(clean(text), lines))
}

/** Data for the one field that Slack reads as markup, a message's `text`: notifications and screen readers get it. In one line. */
export function fallback(text: string, max: number): string {
  const shown = Array.from(literal(text, { lines: 'one' }), (character) => lookalikes[character] ?? character)
  let kept = ''
  for (const character of shown) {
    if (kept.length + character.length > max - cutMark.length - 2) return isolate(kept) + cutMark
    kept += character
  }
  return isolate(kept)
}

const cutMark = '… (cut)'
// Slack knows three entities and no way to write its formatting signs literally, so these are drawn with their like.
const lookalikes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '*': '∗', _: '\uFF3F', '~': '∼', '`': '\u02CB' }

/** The beginning of what is too long for a field of `max` characters, with a mark; whole letters and emoji only. */
export function cut(text: string, max: number, end = '…'): string {
  if (text.length <= max) return text
  let kept = ''
  for (const { segment } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text.slice(0, max + 1))) {
    if (kept.length + segment.length > max - end.length) break
    kept += segment
  }
  return kept + end
}

/** A long text in pieces of at most `max`, all of it; at line ends and spaces where there are some. */
export function pieces(text: string, max: number): string[] {
  const found: string[] = []
  for (let rest = text; rest !== '';) {
    const room = cut(rest, max, '')
    const head = rest.length <= max ? rest : room === '' ? rest.slice(0, max).toWellFormed() : room
    const soft = rest.length <= max ? head.length : Math.max(head.lastIndexOf('\n'), head.lastIndexOf(' ')) + 1
    const piece = head.slice(0, soft > max / 2 ? soft : head.length)
    found.push(piece)
    rest = rest.slice(piece.length)
  }
  return found
}

function breaks(text: string, lines: 'one' | 'many'): string {
  return lines === 'one'
    ? text.replace(/ *(\n+) */g, (_all, run: string) => (run.length > 2 ? ` ⏎×${run.length} ` : ` ${'⏎'.repeat(run.length)} `))
    : text.replace(/\n{4,}/g, (run) => `\n(${run.length - 1} empty lines)\n`)
}

function inert(text: string): string {
  return text
    .replace(/<(?=[!@#/a-z])/gi, `<${joiner}`)
    .replace(/&(?=#?\w+;)/g, `&${joiner}`)
    .replace(/:(?=\/\/)/g, `:${joiner}`)
    .replace(/\b(mailto|tel|sms|slack|callto|facetime|skype|javascript|data):(?=\S)/gi, `$1:${joiner}`)
    .replace(/(?<=[\p{L}\p{N}_-])([.\u3002\uFF0E\uFF61])(?=\p{L}[\p{L}\p{N}-])/gu, `$1${joiner}`)
    .replace(/@(?=[\p{L}\p{N}_])/gu, `@${joiner}`)
    .replace(/#(?=[\p{L}_-])/gu, `#${joiner}`)
    .replace(/:(?=[a-z0-9_+'-]+:)/gi, `:${joiner}`)
}

const rightToLeft = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u

/** More lines than this are left as they are, so that a text grows by no more than 80 characters. */
const mostIsolated = 40

/** Hebrew or Arabic keeps its direction to itself (Unicode TR9, isolates); what stands beside it stays where it is. For text that is cut already. */
export function isolate(text: string): string {
  const lines = rightToLeft.test(text) ? text.split('\n') : []
  if (lines.length === 0 || lines.length > mostIsolated) return text
  return lines.map((line) => (rightToLeft.test(line) ? `\u2068${line}\u2069` : line)).join('\n')
}
