import type { Piece } from '../../../phone/phone.ts'

/** What the browser says aloud, piece after piece; silent where it has no voice. */
export type Mouth = {
  say(piece: Piece): void
  /** Falls silent, and answers what was heard of everything said since the last time, and whether that was all of it. */
  hush(): { heard: string; whole: boolean }
  isTalking(): boolean
}

/** `onQuiet` when all is said. */
export function openMouth({ onQuiet }: { onQuiet: () => void }): Mouth {
  const voice = 'speechSynthesis' in globalThis ? globalThis.speechSynthesis : undefined
  let pieces: { words: string; heardTo: number }[] = []
  let talking = 0
  return {
    say({ words, language }) {
      const piece = { words, heardTo: 0 }
      pieces.push(piece)
      if (voice === undefined) {
        piece.heardTo = words.length
        return
      }
      const speech = new SpeechSynthesisUtterance(words)
      speech.lang = language === 'es' ? 'es-US' : 'en-US'
      const said = pieces
      const end = (): void => {
        if (said !== pieces) return
        piece.heardTo = words.length
        talking--
        if (talking === 0) onQuiet()
      }
      speech.onboundary = ({ charIndex }) => { piece.heardTo = Math.max(piece.heardTo, charIndex) }
      speech.onend = end
      // A browser without a voice of its own says so here; then the words on the screen are all there is.
      speech.addEventListener('error', end)
      talking++
      voice.speak(speech)
    },
    hush() {
      const all = pieces
      pieces = []
      talking = 0
      voice?.cancel()
      return { heard: all.map(({ words, heardTo }) => words.slice(0, heardTo)).join(' ').trim(), whole: all.every(({ words, heardTo }) => heardTo >= words.length) }
    },
    isTalking: () => talking > 0,
  }
}
