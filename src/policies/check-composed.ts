import type { Citation, ComposedAnswer } from './policies.ts'
import type { Section } from './section.ts'
import { plainText, squeeze } from './split-text.ts'

/** Shorter than this a quote proves nothing. */
const leastQuote = 8

/**
 * Keeps of a language model's answer only the sentences whose quote stands in the section they name (white space, Markdown marks and
 * typographic quotes aside) and whose numbers stand in that section too. Undefined where nothing is left.
 */
export function checkComposed({ composed, sections }: { composed: ComposedAnswer; sections: Section[] }): { answer: string; citations: Citation[] } | undefined {
  const supported = composed.sentences.flatMap(({ text, section: name, quote }) => {
    const section = sections.find((one) => [one.anchor, one.id, `${one.file}#${one.anchor}`].includes(name) && supports({ section: one, text, quote }))
    return section && text.trim() !== '' ? [{ text: squeeze(text), citation: { file: section.file, section: section.anchor, title: section.title, quote: squeeze(quote) } }] : []
  })
  if (supported.length === 0) return undefined
  const citations = supported.map(({ citation }) => citation)
  return {
    answer: supported.map(({ text }) => text).join(' '),
    citations: citations.filter(({ section, quote }, at) => citations.findIndex((other) => other.section === section && other.quote === quote) === at),
  }
}

function supports({ section, text, quote }: { section: Section; text: string; quote: string }): boolean {
  const words = even(section.text)
  const numbers = even(text).match(/\d+(?:[.,:]\d+)*/g) ?? []
  const written = new Set(even(`${section.title} ${section.text}`).match(/\d+(?:[.,:]\d+)*/g))
  return even(quote).length >= leastQuote && words.includes(even(quote)) && numbers.every((number) => written.has(number))
}

function even(text: string): string {
  return plainText(text).replace(/[‘’]/g, "'").replace(/[“”]/g, '"').replace(/[–—]/g, '-').toLowerCase()
}
