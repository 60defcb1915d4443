import type { KnownBlock, RichTextBlock, RichTextText } from '@slack/web-api'
import type { Part } from '../../cards/card.ts'
import { saySegments } from '../../cards/say-segments.ts'
import { asText, bold, newLine, prose, quote, type RichElement, section, small, value } from './elements.ts'
import { cut, isolate, literal } from './escape.ts'

/** The picture of a day as a file that Slack has; undefined draws its description instead. */
export type FindPicture = (part: Extract<Part, { kind: 'day_picture' }>) => string | undefined

/** Parts of a card in order; neighbours that are text share a block, so that a card needs few. */
export function renderParts({ parts, findPicture }: { parts: Part[]; findPicture: FindPicture }): KnownBlock[] {
  const blocks: KnownBlock[] = []
  let open: RichElement[] = []
  const close = () => {
    blocks.push(...richBlocks(open))
    open = []
  }
  for (const part of parts) {
    const drawn = renderPart(part, findPicture)
    if ('block' in drawn) {
      close()
      blocks.push(drawn.block)
    } else {
      open.push(...drawn.rich)
    }
  }
  close()
  return blocks
}

function renderPart(part: Part, findPicture: FindPicture): { rich: RichElement[] } | { block: KnownBlock } {
  switch (part.kind) {
    case 'text':
      return { rich: [section(prose(part.text))] }
    case 'notice':
      return { rich: [section([bold('Please note: '), ...prose(part.text)])] }
    case 'changes':
      return { rich: rows(part.rows.map(({ label, before, after }) => [bold(`${label}: `), ...change(before, after)])) }
    case 'facts':
      return { rich: rows(part.rows.map(({ label, value: text }) => [bold(`${label}: `), ...value(text)])) }
    case 'policy':
      return { rich: [quote([...prose(part.quote), newLine, asText('From '), asText('"'), ...value(part.title), asText('" ('), ...value(part.file), asText(')')])] }
    case 'client_text':
      return { rich: part.segments === 0
        ? [section([bold('No text goes out: '), ...prose(part.text)])]
        : [section([bold('Text to '), ...value(part.to), asText(` (${saySegments(part.segments)}):`)]), quote(prose(part.text))] }
    case 'words':
      return { rich: [section([bold(`${part.label}:`)]), quote(prose(part.text))] }
    case 'texts':
      return { rich: part.items.flatMap(({ label, text }) => [section([bold(`${label}:`)]), quote(prose(text))]) }
    case 'list':
      return { rich: [
        ...(part.label === undefined ? [] : [section([bold(part.label)])]),
        ...(part.items.length === 0 ? [] : [{ type: 'rich_text_list' as const, style: part.ordered === true ? 'ordered' as const : 'bullet' as const, elements: part.items.map((item) => ({ type: 'rich_text_section' as const, elements: value(item) })) }]),
      ] }
    case 'fold':
      return fold(part)
    case 'day_picture': {
      const file = findPicture(part)
      return file === undefined
        ? { rich: [section(prose(part.alt))] }
        : { block: { type: 'image', slack_file: { id: file }, alt_text: isolate(cut(literal(part.alt, { lines: 'one' }) || 'The day', 1_998, '… (cut)')) } }
    }
    case 'small': // below, so that every path returns
  }
  return { block: small(part.text) }
}

/** A section shows its first lines and "see more"; rich text would always be open. What does not fit a section is shown open. */
function fold({ label, text, open }: { label: string; text: string; open?: true }): { rich: RichElement[] } | { block: KnownBlock } {
  const shown = isolate(`${literal(label, { lines: 'one' })}\n${literal(text)}`)
  return open === true || shown.length > 3_000 || shown.trim() === ''
    ? { rich: [section([bold(label)]), section(prose(text))] }
    : { block: { type: 'section', text: { type: 'plain_text', text: shown, emoji: false } } }
}

function change(before: string | null, after: string | null): RichTextText[] {
  if (before === null) return [...value(after ?? ''), asText(' (new)')]
  return after === null ? [...value(before), asText(' → removed')] : [...value(before), asText(' → '), ...value(after)]
}

/** Rows in one section, a line each; the line breaks are ours, those of the data are shown as signs. */
function rows(lines: RichTextText[][]): RichElement[] {
  return lines.length === 0 ? [] : [section(lines.flatMap((line, index) => (index === 0 ? line : [newLine, ...line])))]
}

/** Blocks of at most one block's worth of text; what is longer goes into further blocks, never away. */
function richBlocks(elements: RichElement[]): RichTextBlock[] {
  const blocks: RichTextBlock[] = []
  let size = Infinity
  for (const element of elements.flatMap(split)) {
    const length = textLength(element)
    if (size + length > blockMax) {
      blocks.push({ type: 'rich_text', elements: [] })
      size = 0
    }
    blocks.at(-1)?.elements.push(element)
    size += length
  }
  return blocks
}

const blockMax = 3_000

function split(element: RichElement): RichElement[] {
  if (textLength(element) <= blockMax) return [element]
  return element.elements.map((one) => ({ ...element, elements: [one] }) as RichElement)
}

/** How much text there is in a block or an element, however deep. */
export function textLength(part: unknown): number {
  if (typeof part !== 'object' || part === null) return 0
  return Object.entries(part).reduce((sum, [name, inner]) => sum + (name === 'text' && typeof inner === 'string' ? inner.length : textLength(inner)), 0)
}
