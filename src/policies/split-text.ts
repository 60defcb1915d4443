/** One quotable piece of a section: a sentence, a bullet or a table row. */
export type Sentence = {
  /** Exactly as it stands in the file (white space aside). */
  quote: string
  /** The same for reading: no Markdown marks; a table row with its column names. */
  plain: string
  /** A single sentence may lean on the one before it ("It takes 5 minutes."); number of its paragraph or list. */
  block: number
}

const abbreviations = /\b(?:e\.g|i\.e|etc|approx|incl|min|max|hr|hrs|mins|no|vs|Mr|Mrs|Ms|Dr|St|Ave|a\.m|p\.m|Tel|Nr|Inc|Ltd|Co)\.$/i

/** Cuts a section's text into sentences, bullets and table rows, in order. */
export function splitSentences(text: string): Sentence[] {
  const blocks = blocksOf(text.replace(/<!--[\s\S]*?-->/g, '\n\n'))
  return blocks.flatMap((block, index) => (block.kind === 'table' ? rowsOf(block.lines, index) : sentencesOf(block.lines.join(' '), index)))
}

/** Markdown marks removed, white space single. */
export function plainText(text: string): string {
  return squeeze(
    text
      .replace(/<!--[\s\S]*?-->/g, ' ')
      .replace(/!\[[^\]]*\]\([^)]*\)/g, ' ')
      .replace(/\[([^\]]+)\]\([^)]*\)/g, '$1')
      .replace(/<\/?[a-z][^>]*>/gi, ' ')
      .replace(/(\*\*|__|`)/g, '')
      .replace(/(^|[\s(])[*_](\S[^*_\n]*\S|\S)[*_](?=[\s).,;:!?]|$)/g, '$1$2')
      .replace(/\\([*_#`|\\[\]-])/g, '$1'),
  )
}

/** White space runs become one space; for comparing a quote with a section. */
export function squeeze(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

type Block = { kind: 'text' | 'item' | 'table'; lines: string[] }

function blocksOf(text: string): Block[] {
  const blocks: Block[] = []
  let open: Block | undefined
  for (const line of text.split('\n')) {
    const trimmed = line.trim().replace(/^(?:>\s?)+/, '')
    const item = /^(?:[-*+•–]|\d{1,2}[.)]|\[[ x]\])\s+(.*)$/.exec(trimmed)
    if (trimmed === '' || /^([-=*_~]\s*){3,}$/.test(trimmed) || /^(```|~~~)/.test(trimmed)) open = undefined
    else if (isRow(trimmed)) {
      if (open?.kind !== 'table') blocks.push((open = { kind: 'table', lines: [] }))
      open.lines.push(trimmed)
    } else if (item) blocks.push((open = { kind: 'item', lines: [(item[1] as string).replace(/^\[[ x]\]\s+/, '')] }))
    else if (open && open.kind !== 'table') open.lines.push(trimmed)
    else blocks.push((open = { kind: 'text', lines: [trimmed.replace(/^A(?:nswer)?\s*[:.]\s+/, '')] }))
  }
  return blocks.filter(({ lines }) => lines.some((line) => /[\p{L}\p{N}]/u.test(line)))
}

function isRow(line: string): boolean {
  return /^\|.*\|$/.test(line) || (line.split('|').length > 2 && / \| /.test(line)) || /\S\t+\S/.test(line)
}

function sentencesOf(text: string, block: number): Sentence[] {
  const sentences: string[] = []
  let start = 0
  for (const end of text.matchAll(/[.!?…]+["'”’)\]*_]*\s+(?=["'“‘([*_¿¡]*[\p{Lu}\p{N}¿¡])/gu)) {
    const piece = text.slice(start, end.index + end[0].trimEnd().length)
    if (abbreviations.test(piece)) continue
    sentences.push(piece)
    start = end.index + end[0].length
  }
  sentences.push(text.slice(start))
  return sentences.map((quote) => ({ quote: squeeze(quote), plain: plainText(quote), block })).filter(({ plain }) => /[\p{L}\p{N}]/u.test(plain))
}

/** Rows read as "column: cell; column: cell", so that a number keeps its meaning away from the table's head. */
function rowsOf(lines: string[], block: number): Sentence[] {
  const cells = (line: string) => line.replace(/^\||\|$/g, '').split(/\||\t+/).map(plainText)
  const hasHead = /^\|?[\s:|-]+\|?$/.test(lines[1] ?? '')
  const head = hasHead ? cells(lines[0] as string) : []
  return lines.slice(hasHead ? 2 : 0).map((line) => ({
    quote: squeeze(line.replace(/^\||\|$/g, '')),
    plain: cells(line).map((cell, i) => (head[i] && cell ? `${head[i]}: ${cell}` : cell)).filter(Boolean).join('; '),
    block,
  }))
}
