import type { Heard, Next, Phone, SpokenLanguage, TurnAnswer } from '../../phone/phone.ts'
import { errorFields, type Logger } from '../../logger.ts'
import { DeskError } from '../../salon/errors.ts'
import type { OutFrame } from './frames.ts'
import { greetingOf } from './greeting.ts'
import { type Handoff, writeHandoff } from './handoff.ts'
import { openKeypad } from './keypad.ts'
import { openMouth } from './relay-mouth.ts'
import { type RunningTurn, runTurn, stallMs } from './relay-turn.ts'
import { type Scheduler, within } from './scheduler.ts'
import { ownWords } from './words.ts'

/** So long after our last word presumably was spoken, nothing from the caller is silence, in ms. */
const silenceMs = 8_000

/** A goodbye is waited for this long at most, and a caller who cut into it may still say something for so long. */
const [longestGoodbyeMs, secondThoughtMs] = [15_000, 4_000]

/** Things said while a turn is worked wait; nobody says more than this in eight seconds. */
const mostWaiting = 20

/** The same words again this soon are the same frame again, not the same person. */
const sameFrameMs = 300

/** One conversation over one socket, after its setup. */
export type Talk = {
  prompt(said: { words: string; language: string | undefined; last: boolean }): void
  press(key: string): void
  interrupted(heard: string): void
  /** The other side is gone: nothing is said or done any more. */
  closed(): void
  /** Ends it from our side so that a person takes over. */
  breakOff(code: string): void
}

type Parts = {
  call: { id: string; session: string }
  /** What `begin` answered: its greeting is being spoken. */
  first: TurnAnswer
  phone: Pick<Phone, 'turn' | 'interrupted' | 'timed'>
  scheduler: Scheduler
  logger: Logger
  send: (frame: OutFrame) => void
  record: (what: 'start' | 'drop') => void
  /** A frame that was left alone, for counting. */
  onDropped: (what: string) => void
}

/** Turns strictly one after another; see `Phone` for what each of them promises. Nothing here throws. */
export function openTalk({ call, first, phone, scheduler, logger, send, record, onDropped }: Parts): Talk {
  const greeting = greetingOf(first)
  const mouth = openMouth({ send, scheduler, speaks: greeting.language, listens: first.next.language })
  const keypad = openKeypad({ scheduler, onKeys: (keys) => enqueue({ kind: 'keys', keys }) })
  const queue: { heard: Heard; at: number }[] = []
  let state: 'talking' | 'leaving' | 'over' = 'talking'
  let language: SpokenLanguage = first.next.language
  let leaving: Omit<Handoff, 'callId'> = { why: 'hang_up' }
  let saidGoodbye = false
  let working = false
  let turns = 0
  let current: RunningTurn | undefined
  let cutsAreKept = Promise.resolve(true)
  let latest = { words: '', at: -Infinity }
  let stopSilence = (): void => {}
  let stopLeaving = (): void => {}
  let stopRecording = (): void => {}
  const isTalking = (): boolean => state === 'talking'

  const over = (): void => {
    state = 'over'
    for (const stop of [stopSilence, stopLeaving, stopRecording, () => keypad.clear()]) stop()
    queue.length = 0
  }
  const end = (handoff: Omit<Handoff, 'callId'>): void => {
    if (state === 'over') return
    send({ type: 'end', handoffData: writeHandoff({ ...handoff, callId: call.id }) })
    over()
  }
  const leaveIn = (ms: number): void => {
    stopLeaving()
    stopLeaving = scheduler.after(ms, () => end(leaving))
  }
  /** Ends the session once the last words were presumably spoken: the end cuts off what is still being said. */
  const leave = (handoff: Omit<Handoff, 'callId'>): void => {
    state = 'leaving'
    leaving = handoff
    queue.length = 0
    keypad.clear()
    leaveIn(Math.min(mouth.left(), longestGoodbyeMs))
  }
  const waitForWords = (): void => {
    stopSilence()
    if (isTalking() && !working) stopSilence = scheduler.after(mouth.left() + silenceMs, () => enqueue({ kind: 'silence' }))
  }
  const enqueue = (heard: Heard): void => {
    if (state === 'over' || (state === 'leaving' && leaving.why !== 'hang_up')) return onDropped('after_end')
    if (queue.length >= mostWaiting) return onDropped('too_many')
    // Whoever says something into our goodbye is still there.
    stopLeaving()
    state = 'talking'
    queue.push({ heard, at: scheduler.now() })
    stopSilence()
    void work()
  }
  /** Nothing is recorded before the greeting, which says that it is, was spoken to its end; a "no" counts at once. */
  const recordOnceTold = (what: 'start' | 'drop'): void => {
    stopRecording()
    if (what === 'drop') return record('drop')
    if (state !== 'over') stopRecording = scheduler.after(Math.max(0, greetedAt - scheduler.now()), () => record('start'))
  }
  const work = async (): Promise<void> => {
    if (working) return
    working = true
    for (let next = queue.shift(); next !== undefined && isTalking(); next = queue.shift()) await turn(next)
    working = false
    waitForWords()
  }
  const turn = async ({ heard, at }: { heard: Heard; at: number }): Promise<void> => {
    const turnId = `${call.session}:${++turns}`
    // What the caller did not hear must be known before their "yes" is.
    if (!(await cutsAreKept)) return end({ why: 'broke', code: 'interrupted' })
    if (!isTalking()) return
    current = runTurn({
      ask: (say) => phone.turn({ callId: call.id, turnId, heard, say }), mouth, scheduler,
      onFirstWord() {
        if (heard.kind === 'silence') return
        phone.timed({ callId: call.id, turnId, firstWordMs: Math.round(scheduler.now() - at) }).catch((error: unknown) => logger.warn(errorFields(error), 'a turn of a call was not timed'))
      },
    })
    const came = await current.done
    current = undefined
    // A "no" to being recorded counts also when the line is gone.
    if (came.state === 'done' && came.value.recording !== undefined) recordOnceTold(came.value.recording)
    if (!isTalking()) return
    if (came.state === 'done') return follow(came.value.next)
    if (came.state === 'late') {
      logger.error({ call: call.id, turn: turns }, 'a turn of a call took too long; a person takes over')
      mouth.say({ words: ownWords.stalled[language], language }, true)
      return leave({ why: 'broke', code: 'stalled', told: true })
    }
    // The call may be over for the salon once it has said goodbye.
    if (saidGoodbye && came.error instanceof DeskError && came.error.code === 'not_found') return end({ why: 'hang_up' })
    logger.error({ ...errorFields(came.error), call: call.id, turn: turns }, 'a turn of a call failed; a person takes over')
    end({ why: 'broke', code: 'threw' })
  }
  const follow = (next: Next): void => {
    language = next.language
    if (next.kind === 'hand_over') return leave({ why: next.why })
    if (next.kind === 'hang_up') {
      saidGoodbye = true
      if (queue.length === 0) leave({ why: 'hang_up' })
      return
    }
    keypad.expect(next.keys)
    mouth.use(next.language)
  }

  mouth.reckon(greeting.words)
  const greetedAt = scheduler.now() + mouth.left()
  greeting.rest.forEach((piece, index) => mouth.say(piece, index === greeting.rest.length - 1))
  follow(first.next)
  waitForWords()

  return {
    prompt({ words, language: spoken, last }) {
      // Partial words are never acted on; they only say that somebody is speaking.
      if (!last || words.trim() === '') return waitForWords()
      const at = scheduler.now()
      if (words === latest.words && at - latest.at < sameFrameMs) return onDropped('duplicate')
      latest = { words, at }
      keypad.clear()
      enqueue({ kind: 'words', words, ...(spoken === undefined ? {} : { language: spoken }) })
    },
    press(key) {
      if (state === 'over' || (state === 'leaving' && leaving.why !== 'hang_up')) return onDropped('after_end')
      waitForWords()
      keypad.press(key)
    },
    interrupted(heard) {
      if (state === 'over') return onDropped('after_end')
      mouth.cut()
      current?.cut()
      cutsAreKept = cutsAreKept.then(async (kept) => {
        const came = await within(phone.interrupted({ callId: call.id, heard }), { ms: stallMs, scheduler })
        if (came.state === 'failed') logger.error({ ...errorFields(came.error), call: call.id }, 'an interruption was not kept; a person takes over')
        return kept && came.state === 'done'
      })
      if (state === 'leaving') leaveIn(leaving.why === 'hang_up' ? secondThoughtMs : 0)
      waitForWords()
    },
    closed: over,
    breakOff: (code) => end({ why: 'broke', code }),
  }
}
