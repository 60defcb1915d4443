import { errorFields, type Logger } from '../../logger.ts'
import type { Phone } from '../../phone/phone.ts'
import { callerOf } from './forms.ts'
import { type InFrame, type OutFrame, readFrame, writeFrame } from './frames.ts'
import { writeHandoff } from './handoff.ts'
import { stallMs } from './relay-turn.ts'
import { type Scheduler, within } from './scheduler.ts'
import { openTalk, type Talk } from './talk.ts'

/** Frames that come while a call is being looked up wait. */
const mostWaiting = 50

/** One call over one socket, whatever carries its frames. */
export type RelaySession = {
  /** One frame as it came; undefined for what is no text. */
  receive(raw: string | undefined): void
  closed(): void
  /** Ends it from our side, so that Twilio asks the action address what to do. */
  breakOff(code: string): void
}

export type RelayLine = {
  phone: Pick<Phone, 'begin' | 'turn' | 'interrupted' | 'timed'>
  accountSid: string
  scheduler: Scheduler
  logger: Logger
  /** Whether this call came in at our door (`proof` is what its TwiML carried) and has no other socket; it has this one from then on. */
  admit: (call: { callId: string; proof: string | undefined }) => boolean
  release: (callId: string) => void
  record: (callId: string, what: 'start' | 'drop') => void
  send: (frame: string) => void
  /** A WebSocket close code. */
  close: (code: number) => void
}

/** Policy violation, RFC 6455 section 7.4.1. */
const refused = 1008

/** Nothing that comes in here throws or is acted on out of its time: before the setup, after the end, twice. */
export function openRelaySession({ phone, accountSid, scheduler, logger, admit, release, record, send, close }: RelayLine): RelaySession {
  const dropped: Record<string, number> = {}
  const drop = (what: string): void => { dropped[what] = (dropped[what] ?? 0) + 1 }
  const early: InFrame[] = []
  let state: 'waiting' | 'opening' | 'open' | 'over' = 'waiting'
  let callId: string | undefined
  let talk: Talk | undefined
  const isOpening = (): boolean => state === 'opening'

  const put = (frame: OutFrame): void => {
    if (state === 'over') return
    send(writeFrame(frame))
    if (frame.type === 'end') over()
  }
  const over = (): void => {
    if (state === 'over') return
    state = 'over'
    talk?.closed()
    if (callId !== undefined) release(callId)
    if (Object.keys(dropped).length > 0) logger.warn({ call: callId, ...dropped }, 'frames of a call were left alone')
  }
  const breakOff = (code: string): void => {
    if (callId === undefined) close(refused)
    else if (talk === undefined) put({ type: 'end', handoffData: writeHandoff({ why: 'broke', callId, code }) })
    else talk.breakOff(code)
    over()
  }
  const open = async (setup: InFrame & { type: 'setup' }): Promise<void> => {
    if (setup.accountSid !== accountSid || !admit({ callId: setup.callSid, proof: setup.customParameters['proof'] })) {
      logger.warn({ session: setup.sessionId }, 'a socket for a call that did not come in here, or has one already')
      close(refused)
      return over()
    }
    callId = setup.callSid
    const call = { id: setup.callSid, session: setup.sessionId }
    state = 'opening'
    // The same call again is answered the same: what was greeted with, and in which language and with how many keys it goes on.
    const begun = await within(phone.begin({ callId, via: 'relay', ...callerOf({ From: setup.from, To: setup.to }) }), { ms: stallMs, scheduler })
    if (!isOpening()) return
    if (begun.state !== 'done') {
      logger.error({ ...(begun.state === 'failed' ? errorFields(begun.error) : {}), call: callId }, 'a call could not go on over its socket')
      return breakOff('begin')
    }
    talk = openTalk({ call, first: begun.value, phone, scheduler, logger, send: put, record: (what) => record(call.id, what), onDropped: drop })
    state = 'open'
    for (const frame of early.splice(0)) take(frame, talk)
  }
  const take = (frame: InFrame, to: Talk): void => {
    if (frame.type === 'prompt') to.prompt({ words: frame.voicePrompt, language: frame.lang, last: frame.last })
    else if (frame.type === 'dtmf') to.press(frame.digit)
    else if (frame.type === 'interrupt') to.interrupted(frame.utteranceUntilInterrupt)
    else drop('again')
  }

  return {
    receive(raw) {
      const frame = raw === undefined ? { type: 'unreadable' as const } : readFrame(raw)
      if (frame.type === 'unknown' || frame.type === 'unreadable') return drop(frame.type)
      if (frame.type === 'error') {
        drop(`error_${frame.code}`)
        return logger.warn({ call: callId, code: frame.code }, 'ConversationRelay reports an error')
      }
      if (state === 'over') return drop('after_end')
      if (state === 'waiting') return frame.type === 'setup' ? void open(frame) : drop('before_setup')
      if (talk !== undefined) return take(frame, talk)
      if (early.length < mostWaiting) early.push(frame)
      else drop('too_many')
    },
    closed: over,
    breakOff,
  }
}
