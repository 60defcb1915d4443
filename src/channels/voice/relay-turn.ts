import type { Piece, TurnAnswer } from '../../phone/phone.ts'
import type { Mouth } from './relay-mouth.ts'
import { type Scheduler, within, type Within } from './scheduler.ts'

/** A turn that takes longer is given up, and a person takes over (F58): nobody holds a silent phone for longer. */
export const stallMs = 8_000

/** `cut`: what was not sent yet of a turn that is being spoken is not sent any more, for it was not heard. */
export type RunningTurn = { cut(): void; done: Promise<Within<TurnAnswer>> }

/**
 * One turn over the socket: its pieces are sent as soon as they are known, the rest with the answer. `done` never fails; what
 * comes after a stall is not spoken.
 */
export function runTurn({ ask, mouth, scheduler, onFirstWord }: { ask: (say: (piece: Piece) => void) => Promise<TurnAnswer>; mouth: Mouth; scheduler: Scheduler; onFirstWord: () => void }): RunningTurn {
  const known: string[] = []
  let said = 0
  let silent = false
  const say = (piece: Piece, last: boolean): void => {
    if (silent) return
    mouth.say(piece, last)
    if (++said === 1) onFirstWord()
  }
  const asked = Promise.resolve().then(() => ask((piece) => {
    known.push(piece.words)
    say(piece, false)
  }))
  const done = within(asked, { ms: stallMs, scheduler }).then((came) => {
    const rest = came.state === 'done' && !silent ? notYet(came.value.pieces, known) : []
    rest.forEach((piece, index) => say(piece, index === rest.length - 1))
    if (came.state === 'done' && rest.length === 0 && said > 0) mouth.finish()
    silent = true
    return came
  })
  return {
    // Where nothing of it was sent, the caller cut into earlier words.
    cut() { silent ||= said > 0 },
    done,
  }
}

/** Those pieces of an answer that were not handed over while it was worked. A filler may be handed over that the answer has not. */
function notYet(pieces: readonly Piece[], known: readonly string[]): Piece[] {
  const rest = [...pieces]
  for (const words of known) rest.splice(0, rest.findIndex((piece) => piece.words === words) + 1)
  return rest
}
