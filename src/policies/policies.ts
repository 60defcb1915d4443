/** A section found for a question, best first. */
export type Passage = {
  file: string
  /** The section's id within its file. */
  section: string
  title: string
  text: string
  /** Weighed nearness in meaning and words; only good for comparing passages of one search. */
  score: number
}

/** `quote` stands in the section word for word (white space aside). */
export type Citation = { file: string; section: string; title: string; quote: string }

export type PolicyAnswer = {
  answered: boolean
  /** Plain sentences; "The policy does not say." and the nearest topics where nothing answers. */
  answer: string
  citations: Citation[]
}

/** What a language model hands back: each sentence with the section (`section`, or `file#section` where two files have one of that name) and the words in it that support it. */
export type ComposedAnswer = { sentences: { text: string; section: string; quote: string }[] }
export type Compose = (question: string, passages: Passage[]) => Promise<ComposedAnswer>
