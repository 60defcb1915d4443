/** One addressable part of a policy document: a heading and what stands below it, up to the next heading. */
export type Section = {
  /** `document#anchor`, e.g. `cancellation#late-cancellation`: one in the folder; never changes while the ids are written in the file. */
  id: string
  /** The part of the id after the `#`: one in its file. */
  anchor: string
  /** Path below the knowledge folder, with forward slashes. */
  file: string
  /** 1-based line of the heading (or of the first text where there is none). */
  line: number
  title: string
  /** Document title and the headings above this one, outermost first. */
  path: string[]
  /** The section's own words as written, without its heading. */
  text: string
  /** Questions that the author says this section answers. */
  examples: string[]
  /** What clients may be told about it by text, in the salon's own words, by language; absent where the section is for staff only. */
  clients?: ClientWording
}

export type ClientWording = { en: string; es?: string | undefined; fr?: string | undefined }

/** A knowledge file that was read and is text. */
export type KnowledgeFile = { file: string; text: string }
