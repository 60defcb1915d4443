/** A line (or two) of a document that opens a section. */
export type Heading = {
  /** 0-based index of the heading's line, and of the first line of what stands below it. */
  line: number
  bodyFrom: number
  /** 1 (outermost) to 9. */
  level: number
  title: string
  /** The id written as `{#id}` or as an anchor. */
  id?: string
}

type Lines = { lines: string[]; at: number }

/**
 * The headings from line `from` on (where the front matter ends) of a Markdown or plain text document: `#` and underlined headings, lines in bold, `Q:` lines and questions that stand alone.
 * Documents without a single Markdown heading are also read for what people do in plain text: CAPITALS, numbered titles, titles ending in a colon, short lines between blank ones.
 */
export function findHeadings({ lines, from }: { lines: string[]; from: number }): Heading[] {
  const fenced = fencedLines(lines)
  const each = (find: (given: Lines) => Heading | undefined) => lines.map((_, at) => (at < from || fenced.has(at) ? undefined : find({ lines, at })))
  const marked = each(markdownHeading)
  const loose = marked.every((heading) => heading === undefined)
  const others = each((given) => boldHeading(given) ?? questionHeading(given) ?? (loose ? plainHeading(given) : undefined))
  return marked.map((heading, i) => heading ?? others[i]).filter((heading) => heading !== undefined)
}

function markdownHeading({ lines, at }: Lines): Heading | undefined {
  const line = lines[at] as string
  const hashes = /^ {0,3}(#{1,6})\s+(.+?)\s*#*\s*$/.exec(line)
  if (hashes) return { line: at, bodyFrom: at + 1, level: (hashes[1] as string).length, ...withId(hashes[2] as string) }
  const underline = /^(=+|-+)\s*$/.exec(lines[at + 1] ?? '')?.[1]
  if (!underline || underline.length < 3 || !standsAlone({ lines, at }) || !/[\p{L}\p{N}]/u.test(line) || line.length > 90 || /^\s*([-*+|>]|\d+[.)]\s)/.test(line)) return undefined
  return { line: at, bodyFrom: at + 2, level: underline.startsWith('=') ? 1 : 2, ...withId(line.trim()) }
}

function boldHeading({ lines, at }: Lines): Heading | undefined {
  const bold = /^\s*(?:\*\*|__)([^*_]{2,90})(?:\*\*|__)\s*:?\s*(\{#[\w-]+\})?\s*$/.exec(lines[at] as string)
  if (!bold || !standsAlone({ lines, at })) return undefined
  return { line: at, bodyFrom: at + 1, level: 7, ...withId(`${(bold[1] as string).replace(/:\s*$/, '').replace(/^Q\s*[:.]\s*/, '')} ${bold[2] ?? ''}`) }
}

/** `Q: ...`, or a line that is one short question with its answer right below. */
function questionHeading({ lines, at }: Lines): Heading | undefined {
  const line = (lines[at] as string).trim()
  const marked = /^(?:[-*+]\s+)?(?:\*\*)?Q(?:uestion)?\s*\d*\s*[:.)]\s*(?:\*\*)?\s*(.+?)(?:\*\*)?$/.exec(line)?.[1]
  if (marked) return { line: at, bodyFrom: at + 1, level: 8, ...withId(marked) }
  const answered = lines.slice(at + 1, at + 3).some((next) => /[\p{L}\p{N}]/u.test(next) && !next.trim().endsWith('?'))
  const alone = /^(?:\d{1,2}[.)]\s+)?([\p{Lu}¿"“][^.!?]{3,100}\?)$/u.exec(line)?.[1]
  return alone && answered && standsAlone({ lines, at }) ? { line: at, bodyFrom: at + 1, level: 8, ...withId(alone) } : undefined
}

function plainHeading({ lines, at }: Lines): Heading | undefined {
  const line = (lines[at] as string).trim()
  if (line === '' || line.length > 80 || !standsAlone({ lines, at })) return undefined
  const framed = /^[=*~#_-]{2,}\s*(.+?)\s*[=*~#_-]{2,}$/.exec(line)?.[1]
  const numbered = /^(?:\(?\d{1,2}(?:\.\d{1,2})*[.)]|§\s*\d+|[IVX]{1,4}\.)\s*(.+)$/.exec(line)?.[1]
  const title = (framed ?? numbered ?? line).replace(/:\s*$/, '')
  if (!/\p{L}{2}/u.test(title) || title.split(/\s+/).length > 10 || /[.;,!]$/.test(title) || /^[-*+•–|>]/.test(title)) return undefined
  const next = lines.slice(at + 1).find((other) => other.trim() !== '')
  if (next === undefined) return undefined
  const shouted = title === title.toUpperCase() && /\p{Lu}{3}/u.test(title)
  const short = title.split(/\s+/).length <= 7 && /^[\p{Lu}\p{N}¿"“]/u.test(title) && next.trim().length > title.length
  const level = at === 0 || framed ? 1 : shouted ? 2 : 3
  // A numbered line followed by the next number is a list, not a title.
  if (numbered && !framed && /^\(?\d{1,2}[.)]\s/.test(next.trim()) && !/^\s*$/.test(lines[at + 1] ?? '')) return undefined
  return framed || shouted || short || (numbered && title.length <= 60) ? { line: at, bodyFrom: at + 1, level, title } : undefined
}

function standsAlone({ lines, at }: Lines): boolean {
  return at === 0 || lines[at - 1]?.trim() === '---' || !/[\p{L}\p{N}]/u.test(lines[at - 1] as string)
}

function withId(raw: string): { title: string; id?: string } {
  const id = /\{#([^}\s]+)\s*\}/.exec(raw)?.[1] ?? /<a\s+(?:id|name)=["']([^"']+)["']/.exec(raw)?.[1]
  const title = raw.replace(/\{#[^}]*\}/g, '').replace(/<[^>]*>/g, '').replace(/[*_`]{1,2}(?=\S)|(?<=\S)[*_`]{1,2}/g, '').replace(/\[([^\]]+)\]\([^)]*\)/g, '$1').trim()
  return id ? { title, id } : { title }
}

function fencedLines(lines: string[]): Set<number> {
  const fenced = new Set<number>()
  let open = false
  for (const [at, line] of lines.entries()) {
    const fence = /^\s*(```|~~~)/.test(line)
    if (open || fence) fenced.add(at)
    if (fence) open = !open
  }
  return fenced
}
