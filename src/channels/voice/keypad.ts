import type { Scheduler } from './scheduler.ts'

/** Keys that belong together come faster than this, in ms; and so do they behind a "0", which may begin a code or call a person. */
const [pauseMs, zeroMs] = [3_000, 1_500]

/** Keys of one caller. `expect`: how many make one answer from now on; undefined: each is one. */
export type Keypad = { expect(count: number | undefined): void; press(key: string): void; clear(): void }

/**
 * Gathers pressed keys into answers: as many as were asked for, fewer after "#" or three seconds without another. A "0" and
 * nothing right behind it is an answer, whatever was asked for: it calls a person (VOX-5); one in ten codes begins with it too.
 */
export function openKeypad({ scheduler, onKeys }: { scheduler: Scheduler; onKeys: (keys: string) => void }): Keypad {
  let expected: number | undefined
  let pressed = ''
  let giveUp = (): void => {}
  const clear = (): void => {
    giveUp()
    giveUp = () => {}
    pressed = ''
  }
  const answer = (keys: string): void => {
    clear()
    if (keys !== '') onKeys(keys)
  }
  return {
    expect(count) {
      expected = count
      clear()
    },
    press(key) {
      if (expected === undefined) return answer(key)
      if (key === '#') return answer(pressed === '' ? key : pressed)
      pressed += key
      if (pressed.length >= expected) return answer(pressed)
      giveUp()
      giveUp = scheduler.after(pressed === '0' ? zeroMs : pauseMs, () => answer(pressed))
    },
    clear,
  }
}
