import { openRelaySession } from '../../src/channels/voice/relay-session.ts'
import { silentLogger, type Logger } from '../../src/logger.ts'
import { type RelayFrame, setupFrame, strictly } from './relay-frames.ts'
import type { ScriptedPhone } from './scripted-phone.ts'
import { settle, type StepScheduler } from './step-scheduler.ts'

const accountSid = `AC${'5'.repeat(32)}`

/** A session without a socket: frames go in by hand, and what it sends is looked at to the letter. */
export type RelayCall = {
  sent: RelayFrame[]
  closed: number[]
  recorded: string[]
  /** Sends frames one after another, each with what follows from it at once. */
  put(...frames: (Record<string, unknown> | string)[]): Promise<void>
  setup(more?: Record<string, unknown>): Promise<void>
  hangUp(): Promise<void>
  breakOff(): void
  /** The words sent so far. */
  said(): string
  handoff(): unknown
}

export function relayCall({ phone, scheduler, logger = silentLogger }: { phone: ScriptedPhone; scheduler: StepScheduler; logger?: Logger }): RelayCall {
  const call: Pick<RelayCall, 'sent' | 'closed' | 'recorded'> = { sent: [], closed: [], recorded: [] }
  const session = openRelaySession({
    phone, accountSid, scheduler, logger,
    admit: ({ proof }) => proof === 'ours', release: () => { call.recorded.push('released') }, record: (_callId, what) => { call.recorded.push(what) },
    send: (frame) => { call.sent.push(strictly(frame)) }, close: (code) => { call.closed.push(code) },
  })
  const put = async (...frames: (Record<string, unknown> | string)[]): Promise<void> => {
    for (const frame of frames) {
      session.receive(typeof frame === 'string' ? frame : JSON.stringify(frame))
      await settle()
    }
  }
  return {
    ...call, put,
    setup: (more = {}) => put(setupFrame({ accountSid, proof: 'ours', ...more })),
    async hangUp() {
      session.closed()
      await settle()
    },
    breakOff: () => session.breakOff('shutdown'),
    said: () => call.sent.map((frame) => (frame.type === 'text' ? frame.token : '')).join(''),
    handoff() {
      const last = call.sent.at(-1)
      return last?.type === 'end' ? JSON.parse(last.handoffData) as unknown : undefined
    },
  }
}
