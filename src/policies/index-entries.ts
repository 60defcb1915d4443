import type { Section } from './section.ts'
import { plainText, splitSentences } from './split-text.ts'
import { typicalQuestions } from './typical-questions.ts'
import { usuallyUnwritten } from './usually-unwritten.ts'

/** One text of a section that a question may be near to. */
export type Entry = {
  /** Position of its section in the list of sections. */
  section: number
  kind: 'passage' | 'sentence' | 'example'
  text: string
}

/** One text that is the same for every folder: how policies put a topic, how people ask about it, and what policies leave open (which has no topic). */
export type CommonEntry = { kind: 'topic' | 'typical' | 'unwritten'; topic: number; text: string }

/** The embedder reads 256 word pieces; about this many words with their headings fit. */
const passageWords = 120

/** What is embedded of each section: its text under its headings (long ones in parts), each sentence under its title, and the author's examples. */
export function indexEntries({ sections }: { sections: Section[] }): Entry[] {
  return sections.flatMap((section, at) => {
    const sentences = splitSentences(section.text).map(({ plain }) => plain)
    const head = headOf(section)
    return [
      ...passages(sentences).map((passage): Entry => ({ section: at, kind: 'passage', text: `${head}. ${passage}` })),
      ...sentences.map((sentence): Entry => ({ section: at, kind: 'sentence', text: `${section.title}: ${sentence}` })),
      ...section.examples.map((example): Entry => ({ section: at, kind: 'example', text: plainText(example) })),
    ]
  })
}

/** What is embedded once for all folders. */
export const commonEntries: CommonEntry[] = [
  ...typicalQuestions.map(({ policy }, topic): CommonEntry => ({ kind: 'topic', topic, text: policy })),
  ...typicalQuestions.flatMap(({ asked }, topic) => asked.map((text): CommonEntry => ({ kind: 'typical', topic, text }))),
  ...usuallyUnwritten.map((text): CommonEntry => ({ kind: 'unwritten', topic: -1, text })),
]

function headOf(section: Section): string {
  return [...section.path, section.title].join(': ')
}

function passages(sentences: string[]): string[] {
  const found: string[] = []
  let words = Infinity
  for (const sentence of sentences) {
    const more = sentence.split(' ').length
    if (words + more > passageWords) found.push(sentence)
    else found.push(`${found.pop() ?? ''} ${sentence}`)
    words = words + more > passageWords ? more : words + more
  }
  return found
}
