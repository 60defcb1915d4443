import type { Part } from './card.ts'

/** Characters that still read comfortably on a card, by what they are; Slack's own limits lie above (section text 3,000, header 150). */
const most = { title: 120, label: 60, value: 500, quote: 900, clientText: 1_000, prose: 2_800 } as const
const mostLines = 12

/** Parts as a card shows them, and whether any of them had to be cut. What is cut says so, with its full length. */
export function fitParts(parts: Part[]): { parts: Part[]; cut: boolean } {
  const fitter = openFitter()
  return { parts: parts.map((part) => fitPart(part, fitter.fit)), cut: fitter.wasCut() }
}

export function fitTitle(title: string): { title: string; cut: boolean } {
  const fitter = openFitter()
  return { title: fitter.fit(title, most.title), cut: fitter.wasCut() }
}

/** Parts in full: nothing is cut, and what is blank says that it is. */
export function wholeParts(parts: Part[]): Part[] {
  return parts.map((part) => fitPart(part, (text) => sayBlank(text)))
}

type Fit = (text: string, most: number) => string

function openFitter(): { fit: Fit; wasCut(): boolean } {
  let cut = false
  return {
    fit(text, limit) {
      const shown = cutText(text, limit)
      cut ||= shown !== text
      return sayBlank(shown)
    },
    wasCut: () => cut,
  }
}

function fitPart(part: Part, fit: Fit): Part {
  switch (part.kind) {
    case 'text':
    case 'small':
      return { ...part, text: fit(part.text, most.prose) }
    case 'notice':
      return { ...part, text: fit(part.text, most.value) }
    case 'changes':
      return { ...part, rows: part.rows.map(({ label, before, after }) => ({ label: fit(label, most.label), before: before === null ? null : fit(before, most.value), after: after === null ? null : fit(after, most.value) })) }
    case 'facts':
      return { ...part, rows: part.rows.map(({ label, value }) => ({ label: fit(label, most.label), value: fit(value, most.value) })) }
    case 'policy':
      return { ...part, quote: fit(part.quote, most.quote), title: fit(part.title, most.title) }
    case 'client_text':
      return { ...part, to: fit(part.to, most.label), text: fit(part.text, most.clientText) }
    case 'words':
      return { ...part, text: fit(part.text, most.value) }
    case 'texts':
      return { ...part, items: part.items.map((item) => ({ ...item, text: fit(item.text, most.clientText) })) }
    case 'fold':
      return { ...part, text: fit(part.text, most.prose) }
    case 'list':
      return { ...part, items: part.items.map((item) => fit(item, most.value)) }
    case 'day_picture': // below, so that every path returns
  }
  return part
}

/** The beginning of a text that is too long or has too many lines, with a mark that says so: "… (cut, 3,001 characters)". */
function cutText(text: string, limit: number): string {
  const characters = Array.from(text)
  const lines = text.split('\n')
  if (characters.length <= limit && lines.length <= mostLines) return text
  const kept = Array.from(lines.slice(0, mostLines).join('\n')).slice(0, limit).join('').trimEnd()
  return `${kept}… (cut, ${characters.length.toLocaleString('en-US')} characters)`
}

/** Nothing, or only what nobody can see (spaces, control and formatting characters), would look like a hole in the card. */
function sayBlank(text: string): string {
  return /^[\s\p{Cc}\p{Cf}]*$/u.test(text) ? '(empty)' : text
}
