import type { Piece, SpokenLanguage, TurnAnswer } from '../../phone/phone.ts'

/** The first words as `<ConversationRelay>` carries them, and what is said over the socket after them. */
export type Greeting = { words: string; language: SpokenLanguage; interruptible: boolean; rest: Piece[] }

/** A greeting has one language; pieces from the first in another one on come after it. What the law wants said cannot be cut into, so neither can a greeting that has it. */
export function greetingOf({ pieces, next }: TurnAnswer): Greeting {
  const language = pieces[0]?.language ?? next.language
  const change = pieces.findIndex((piece) => piece.language !== language)
  const first = change < 0 ? pieces : pieces.slice(0, change)
  return {
    words: first.map(({ words }) => words).join(' '),
    language,
    interruptible: first.every(({ interruptible }) => interruptible !== false),
    rest: pieces.slice(first.length),
  }
}
