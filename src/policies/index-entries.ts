import type { Section } from './section.ts'
import { plainText, splitSentences } from './split-text.ts'
import { typicalQuestions } from './typical-questions.ts'
import { usuallyUnwritten } from './usually-unwritten.ts'

/** One text of a section that a question may be near to. */
export type Entry = {
  /** Position of its section in the list of sections; -1 for what belongs to no section; for `topic` and `typical` the number of the topic. */
  section: number
  kind: 'passage' | 'sentence' | 'example' | 'unwritten' | 'topic' | 'typical'
  text: string
}

/** The embedder reads 256 word pieces; about this many words with their headings fit. */
const passageWords = 120

/** What is embedded of each section: its text under its headings (long ones in parts), each sentence under its title, and the author's examples; and the questions that policies usually leave open. */
export function indexEntries({ sections }: { sections: Section[] }): Entry[] {
  const ofSections = sections.flatMap((section, at) => {
    const sentences = splitSentences(section.text).map(({ plain }) => plain)
    const head = headOf(section)
    return [
      ...passages(sentences).map((passage): Entry => ({ section: at, kind: 'passage', text: `${head}. ${passage}` })),
      ...sentences.map((sentence): Entry => ({ section: at, kind: 'sentence', text: `${section.title}: ${sentence}` })),
      ...section.examples.map((example): Entry => ({ section: at, kind: 'example', text: plainText(example) })),
    ]
  })
  const open = usuallyUnwritten.map((text): Entry => ({ section: -1, kind: 'unwritten', text }))
  const topics = typicalQuestions.map(({ policy }, topic): Entry => ({ section: topic, kind: 'topic', text: policy }))
  const typical = typicalQuestions.flatMap(({ asked }, topic) => asked.map((text): Entry => ({ section: topic, kind: 'typical', text })))
  return [...ofSections, ...open, ...topics, ...typical]
}

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
