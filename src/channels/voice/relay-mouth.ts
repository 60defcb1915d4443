import type { Piece, SpokenLanguage } from '../../phone/phone.ts'
import type { OutFrame } from './frames.ts'
import type { Scheduler } from './scheduler.ts'
import { tags } from './words.ts'

/** How fast words are spoken, in characters a second; ConversationRelay does not say when it is done. */
const charactersPerSecond = 15

/** Sends words to be spoken, and reckons how long the caller still hears them. */
export type Mouth = {
  /** Said by somebody else (the greeting): only reckoned. */
  reckon(words: string): void
  say(piece: Piece, last: boolean): void
  /** Ends what is said in one go, where its last piece was not known to be the last. */
  finish(): void
  /** Speaks and listens in this language from now on. */
  use(language: SpokenLanguage): void
  /** The caller cut in: nothing is being said any more. */
  cut(): void
  /** How many ms it presumably still speaks. */
  left(): number
}

/** `speaks` and `listens`: as the session was opened. */
export function openMouth({ send, scheduler, speaks, listens }: { send: (frame: OutFrame) => void; scheduler: Scheduler; speaks: SpokenLanguage; listens: SpokenLanguage }): Mouth {
  let [voice, ear] = [speaks, listens]
  let until = 0
  const reckon = (words: string): void => { until = Math.max(until, scheduler.now()) + (words.length / charactersPerSecond) * 1_000 }
  return {
    reckon,
    say({ words, language, interruptible }, last) {
      reckon(words)
      send({ type: 'text', token: `${words} `, last, ...(language === voice ? {} : { lang: tags[language] }), ...(interruptible === undefined ? {} : { interruptible }) })
    },
    finish: () => send({ type: 'text', token: '', last: true }),
    use(language) {
      if (voice === language && ear === language) return
      voice = ear = language
      send({ type: 'language', ttsLanguage: tags[language], transcriptionLanguage: tags[language] })
    },
    cut() { until = scheduler.now() },
    left: () => Math.max(0, until - scheduler.now()),
  }
}
